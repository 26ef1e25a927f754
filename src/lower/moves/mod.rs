//! Operators that move values, repeat them or leave some out, and those that ask for a shape.
//!
//! Each says itself where the picture's positions are afterwards.

mod join;
mod pad;
mod pick;
mod regroup;
mod repeat;
mod reshape;
mod shape;
mod slice;
mod space;
mod transpose;

pub use join::{concat, joined, split};
pub use pad::pad;
pub use pick::MOST_PLACES;
pub use repeat::{expand, tile};
pub use reshape::{flatten, reshape, resolved, squeeze, unsqueeze};
pub use shape::{shape, size};
pub use slice::{slice, whole};
pub use space::{depth_to_space, space_to_depth};
pub use transpose::transpose;

use super::{Located, Positions};

/// The operators, here and among the selections, that move values.
pub const MOVES: [&str; 18] = [
    "Transpose",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Concat",
    "Split",
    "Slice",
    "Expand",
    "Tile",
    "Pad",
    "DepthToSpace",
    "SpaceToDepth",
    "Gather",
    "GatherElements",
    "GatherND",
    "Compress",
    "ConcatFromSequence",
];

/// An axis that was not there before.
const NEW: usize = usize::MAX;

impl Located {
    /// Where the positions are when axis `i` of the result is axis `axes[i]` of this, or [`NEW`]; nowhere if one of
    /// their axes, or the channels', is left out.
    pub(super) fn positions_among(&self, axes: &[usize]) -> Option<Positions> {
        self.positions?.transposed(axes)
    }

    /// Where the positions are when an axis holds something else than before.
    pub(super) fn positions_without(&self, axis: usize) -> Option<Positions> {
        self.positions.filter(|positions| !positions.axes().contains(&axis))
    }
}
