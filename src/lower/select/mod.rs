//! Operators that take values from, or put them at, places which the file knows.

mod gather;
mod mask;
mod places;
mod scatter;

pub use gather::{gather, gather_elements, gather_nd};
pub use mask::{compress, trilu};
pub use scatter::{scatter_elements, scatter_nd};

use super::{Call, Item, Lowering};
use crate::Result;
use crate::graph::Number;

/// Operators whose result's shape, or whose places, the picture decides: TopK, NonZero, OneHot, …
pub fn undecided<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    Err(call.unsupported("which values it gives depends on the picture: leave it out of the exported model"))
}
