//! What a node gives for known inputs, where that is about whole numbers, truth values, or where values lie.
//!
//! Arithmetic on floating-point numbers is not here: the operator's lowering, run at once, gives it.

mod arithmetic;
mod cast;
mod compare;
mod create;
mod index;
mod known;
mod order;
mod places;
mod reduce;
mod reshape;
mod select;

use crate::Result;
use crate::graph::Number;
use crate::lower::{Budget, Call, Item};

/// The outputs of a node; `None` where its lowering is to be run.
type Answer<T> = Result<Option<Vec<Item<T>>>>;

/// What a node gives for its inputs, all of which are known; `None` where its lowering is to be run instead.
///
/// # Errors
/// [`crate::Error::InvalidModel`] where inputs or attributes do not fit the operator, [`crate::Error::Unsupported`] for
/// what is too large, and what reading the file leads to.
pub fn evaluate<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    if !call.node.domain.is_empty() {
        return Ok(None);
    }
    let operator: fn(&Call<T>, &mut Budget) -> Answer<T> = match call.node.op.as_str() {
        "Constant" => create::constant,
        "ConstantOfShape" => create::constant_of_shape,
        "Range" => create::range,
        "EyeLike" => create::eye_like,
        "OneHot" => create::one_hot,
        "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike" | "Bernoulli"
        | "Multinomial" => create::random,
        "Identity" => reshape::identity,
        "Reshape" => reshape::reshape,
        "Flatten" => reshape::flatten,
        "Squeeze" => reshape::squeeze,
        "Unsqueeze" => reshape::unsqueeze,
        "Transpose" => select::transpose,
        "Expand" => select::expand,
        "Tile" => select::tile,
        "Slice" => select::slice,
        "Split" => select::split,
        "Concat" => select::concat,
        "Pad" => select::pad,
        "Gather" => select::gather,
        "Compress" => select::compress,
        "GatherElements" => index::gather_elements,
        "GatherND" => index::gather_nd,
        "Scatter" | "ScatterElements" => index::scatter_elements,
        "ScatterND" => index::scatter_nd,
        "Trilu" => index::trilu,
        "Cast" => cast::cast,
        "CastLike" => cast::cast_like,
        "Add" | "Sub" | "Mul" | "Div" | "Mod" | "Min" | "Max" | "Sum" | "And" | "Or" | "Xor" | "BitShift"
        | "BitwiseAnd" | "BitwiseOr" | "BitwiseXor" => arithmetic::binary,
        "Pow" => arithmetic::power,
        "Neg" | "Abs" | "Sign" | "Not" | "BitwiseNot" => arithmetic::unary,
        "Clip" => arithmetic::clip,
        "Equal" | "Less" | "LessOrEqual" | "Greater" | "GreaterOrEqual" => compare::comparison,
        "IsNaN" | "IsInf" => compare::peculiarity,
        "Where" => compare::choose,
        "ReduceSum" | "ReduceProd" | "ReduceMax" | "ReduceMin" | "ReduceMean" => reduce::reduction,
        "CumSum" => reduce::running_sum,
        "ArgMax" | "ArgMin" => order::extreme,
        "TopK" => order::largest,
        "NonZero" => order::non_zero,
        _ => return Ok(None),
    };
    operator(call, budget)
}

/// The only output of a node.
fn one<T>(item: Item<T>) -> Answer<T> {
    Ok(Some(vec![item]))
}
