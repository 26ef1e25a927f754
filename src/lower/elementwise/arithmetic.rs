//! Operators on several tensors, value by value.

use super::apply;
use crate::Result;
use crate::graph::{Binary, Graph, Number, Op, Unary, ValueId};
use crate::lower::{Call, Item, Lowering};

/// An operator that is one function of two values: Add, Sub, Mul, Div, Equal, Less, …
pub fn binary<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, binary: Binary) -> Result<Vec<Item<T>>> {
    combine(lowering, call, |graph, a, b| graph.binary(binary, a, b))
}

/// One function of two values in the other order: Greater, GreaterOrEqual.
pub fn swapped<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    binary: Binary,
) -> Result<Vec<Item<T>>> {
    combine(lowering, call, |graph, a, b| graph.binary(binary, b, a))
}

/// Xor of truth values.
pub fn exclusive_or<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    combine(lowering, call, |graph, a, b| {
        let same = graph.binary(Binary::Equal, a, b)?;
        graph.unary(Unary::Not, same)
    })
}

/// Mod: the remainder with the sign of the divisor, or (fmod) with that of the dividend.
pub fn modulo<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let of_dividend = call.int("fmod", 0) != 0;
    combine(lowering, call, |graph, a, b| {
        if !of_dividend {
            return graph.binary(Binary::Modulo, a, b);
        }
        let sign = graph.unary(Unary::Sign, a)?;
        let (a, b) = (graph.unary(Unary::Absolute, a)?, graph.unary(Unary::Absolute, b)?);
        let remainder = graph.binary(Binary::Modulo, a, b)?;
        graph.binary(Binary::Multiply, sign, remainder)
    })
}

/// Pow. Exponents that every network has are what they say, not logarithms.
pub fn power<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let base_rank = lowering.shape_of(call, 0)?.len();
    let exponent = match call.required(1)? {
        Item::Live(_) => None,
        _ => {
            call.constant_of(1)?.filter(|exponent| exponent.len() == 1 && exponent.shape().len() <= base_rank)
        }
    };
    let exponent = match exponent {
        Some(exponent) => exponent.read()?.first().map(|exponent| exponent.to_f64()),
        None => None,
    };
    match exponent {
        Some(1.0) => apply(lowering, call, |_, x| Ok(x)),
        Some(2.0) => apply(lowering, call, |graph, x| graph.binary(Binary::Multiply, x, x)),
        Some(3.0) => apply(lowering, call, |graph, x| {
            let square = graph.binary(Binary::Multiply, x, x)?;
            graph.binary(Binary::Multiply, square, x)
        }),
        Some(0.5) => apply(lowering, call, |graph, x| graph.unary(Unary::Sqrt, x)),
        Some(-1.0) => apply(lowering, call, |graph, x| graph.unary(Unary::Reciprocal, x)),
        _ => binary(lowering, call, Binary::Power),
    }
}

/// Operators on any number of tensors: Min, Max, Sum.
pub fn variadic<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    binary: Binary,
) -> Result<Vec<Item<T>>> {
    let (value, order) = accumulated(lowering, call, binary)?;
    Ok(lowering.output(value, order))
}

/// Mean of any number of tensors.
pub fn mean<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (sum, order) = accumulated(lowering, call, Binary::Add)?;
    let count = lowering.graph.add_scalar(call.inputs.len() as f64);
    let mean = lowering.graph.binary(Binary::Divide, sum, count)?;
    Ok(lowering.output(mean, order))
}

/// Where: the second input where the first is true, else the third.
pub fn select<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let aligned = lowering.aligned_inputs(call, 3)?;
    let value = lowering.add(call, Op::Select, &aligned.values)?;
    Ok(lowering.output(value, aligned.order))
}

/// IsNaN
pub fn not_a_number<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| {
        let number = graph.binary(Binary::Equal, x, x)?;
        graph.unary(Unary::Not, number)
    })
}

/// IsInf, of both signs or one.
pub fn infinite<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (negative, positive) = (call.int("detect_negative", 1) != 0, call.int("detect_positive", 1) != 0);
    apply(lowering, call, |graph, x| {
        let side = match (negative, positive) {
            (true, true) => graph.unary(Unary::Absolute, x)?,
            (true, false) => graph.unary(Unary::Negate, x)?,
            (false, true) => x,
            // Nothing is asked for, and neither 0 nor 1 is infinite.
            (false, false) => graph.unary(Unary::Step, x)?,
        };
        let infinity = graph.add_scalar(f64::INFINITY);
        graph.binary(Binary::Equal, side, infinity)
    })
}

fn combine<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    function: impl FnOnce(&mut Graph<T>, ValueId, ValueId) -> Result<ValueId>,
) -> Result<Vec<Item<T>>> {
    let aligned = lowering.aligned_inputs(call, 2)?;
    let &[a, b] = aligned.values.as_slice() else { return Err(call.invalid("it needs two inputs")) };
    let value = function(&mut lowering.graph, a, b)?;
    Ok(lowering.output(value, aligned.order))
}

/// All inputs, one after the other.
fn accumulated<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    binary: Binary,
) -> Result<(ValueId, Vec<usize>)> {
    let aligned = lowering.aligned_inputs(call, call.inputs.len())?;
    let mut values = aligned.values.into_iter();
    let first = values.next().ok_or_else(|| call.invalid("it has no inputs"))?;
    let value = values.try_fold(first, |total, value| lowering.graph.binary(binary, total, value))?;
    Ok((value, aligned.order))
}
