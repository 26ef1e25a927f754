//! The network on the CPU.
//!
//! burn's convolutions on the CPU gather patches into matrices, and bias, ReLU6 and residual are passes
//! of their own. Here channels lie innermost, so that a 1x1 convolution is a plain matrix product, what
//! follows a sum is done while it is in registers, and a block goes through all its layers a few rows at a
//! time, while what lies between them is in the cache.

mod block;
mod convolution;
mod depthwise;
mod features;
mod head;
mod pointwise;
mod stem;
mod tail;
mod window;

use wide::f32x4;

pub(super) use features::Features;
pub(super) use head::Head;
pub(super) use tail::Tail;

/// Four channels of a position.
type Four = [f32; 4];

/// The activation of one picture: `height * width` positions of `channels / 4` fours each.
struct Activation {
    values: Vec<Four>,
    height: usize,
    width: usize,
}

impl Activation {
    /// Adds values of the same shape.
    fn add(&mut self, values: &[f32]) {
        let sums = self.values.as_flattened_mut().iter_mut();
        sums.zip(values).for_each(|(sum, value)| *sum += value);
    }
}

/// The range of a ReLU6.
const RELU6: (f32, f32) = (0.0, 6.0);
/// That of a linear layer: all there is.
const LINEAR: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// Values within a range. The value comes second, so that one that is not a number stays it.
fn clamp(value: f32x4, least: f32, most: f32) -> f32x4 {
    f32x4::splat(most).fast_min(f32x4::splat(least).fast_max(value))
}
