//! Operators that work on each value alone, or on several tensors value by value.

mod activation;
mod align;
mod arithmetic;
mod cast;
mod clip;
mod nothing;

pub use activation::{
    celu, elu, gelu, hard_sigmoid, hard_swish, leaky_relu, mish, prelu, selu, shrink, softsign, swish,
    thresholded_relu,
};
pub use arithmetic::{
    binary, exclusive_or, infinite, mean, modulo, not_a_number, power, select, swapped, variadic,
};
pub use cast::{cast, cast_like};
pub use clip::clip;
pub use nothing::{dropout, identity};

use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Graph, Number, Unary, ValueId};

/// An operator that is one function of each value of its input.
pub fn unary<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, unary: Unary<T>) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| graph.unary(unary, x))
}

/// What several core operators make of the first input, whose axes stay where they lie.
fn apply<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    function: impl FnOnce(&mut Graph<T>, ValueId) -> Result<ValueId>,
) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let value = function(&mut lowering.graph, x.value)?;
    Ok(vec![Item::Live(Located { value, ..x })])
}
