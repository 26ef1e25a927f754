//! Arithmetic on whole numbers and truth values. Floating-point numbers are the lowering's.

use super::cast::wrapped;
use super::known::{common, count, spread, whole};
use super::{Answer, one};
use crate::Result;
use crate::graph::Number;
use crate::lower::{Budget, Call, Ints, Item};

/// A function of two numbers; `None` where it has no value.
type Function = fn(i64, i64) -> Option<i64>;

/// Functions of two numbers, some of which may be of more: then one after the other.
pub fn binary<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let Some(inputs) = whole(call) else { return Ok(None) };
    let function: Function = match call.node.op.as_str() {
        "Add" | "Sum" => |a, b| Some(a.wrapping_add(b)),
        "Sub" => |a, b| Some(a.wrapping_sub(b)),
        "Mul" => |a, b| Some(a.wrapping_mul(b)),
        "Div" => i64::checked_div,
        "Mod" if call.int("fmod", 0) == 1 => i64::checked_rem,
        "Mod" => floored_remainder,
        "Min" => |a, b| Some(a.min(b)),
        "Max" => |a, b| Some(a.max(b)),
        "And" | "BitwiseAnd" => |a, b| Some(a & b),
        "Or" | "BitwiseOr" => |a, b| Some(a | b),
        "Xor" | "BitwiseXor" => |a, b| Some(a ^ b),
        _ if call.text("direction", "LEFT") == "LEFT" => |a, b| shifted(a, b, u64::checked_shl),
        _ => |a, b| shifted(a, b, u64::checked_shr),
    };
    combined(call, budget, &inputs, function)
}

/// The remainder that has the sign of the divisor.
fn floored_remainder(a: i64, b: i64) -> Option<i64> {
    let remainder = a.checked_rem(b)?;
    Some(if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder })
}

fn shifted(value: i64, by: i64, shift: fn(u64, u32) -> Option<u64>) -> Option<i64> {
    let by = u32::try_from(by).unwrap_or(u32::MAX);
    Some(shift(value.cast_unsigned(), by).unwrap_or(0).cast_signed())
}

/// Pow; the result is of the base's type, whatever the exponent's is.
pub fn power<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    if let Some(inputs) = whole(call) {
        return combined(call, budget, &inputs, |base, exponent| match u32::try_from(exponent) {
            Ok(exponent) => Some(base.wrapping_pow(exponent)),
            Err(_) => Some((base as f64).powf(exponent as f64) as i64),
        });
    }
    let (Item::Ints(base), Item::Floats(exponent)) = (call.required(0)?, call.required(1)?) else {
        return Ok(None);
    };
    let shape = common(call, &base.shape, exponent.shape())?;
    let length = count(call, &shape)?;
    budget.spend_wide(2 * length, length)?;
    let bases = spread(&base.read()?, &base.shape, &shape);
    let exponents = spread(&exponent.read()?, exponent.shape(), &shape);
    let power =
        |(&value, exponent): (&i64, &T)| wrapped(base.element, (value as f64).powf(exponent.to_f64()) as i64);
    let values: Vec<_> = bases.iter().zip(&exponents).map(power).collect();
    one(Item::Ints(Ints::new(shape, base.element, values)))
}

/// Clip: not below the second input, not above the third.
pub fn clip<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let Some(Item::Ints(ints)) = call.input(0) else { return Ok(None) };
    let bound = |at, open| match call.list_of(at)?.as_deref() {
        None => Ok(open),
        Some(&[bound]) => Ok(bound),
        Some(_) => Err(call.invalid("its bounds are no single numbers")),
    };
    let (low, high) = (bound(1, i64::MIN)?, bound(2, i64::MAX)?);
    mapped(budget, ints, |value| value.max(low).min(high))
}

/// Functions of one number.
pub fn unary<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let Some(Item::Ints(ints)) = call.input(0) else { return Ok(None) };
    let function: fn(i64) -> i64 = match call.node.op.as_str() {
        "Neg" => i64::wrapping_neg,
        "Abs" => i64::wrapping_abs,
        "Sign" => i64::signum,
        "Not" => |value| (value == 0).into(),
        _ => |value| !value,
    };
    mapped(budget, ints, function)
}

fn mapped<T: Number>(budget: &mut Budget, ints: &Ints, function: impl Fn(i64) -> i64) -> Answer<T> {
    budget.spend_wide(ints.len(), ints.len())?;
    let values: Vec<_> = ints.read()?.iter().map(|&value| wrapped(ints.element, function(value))).collect();
    one(Item::Ints(Ints::new(ints.shape.clone(), ints.element, values)))
}

/// A function of all inputs, which broadcast.
fn combined<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    inputs: &[&Ints],
    function: Function,
) -> Answer<T> {
    let [first, others @ ..] = inputs else { return Err(call.invalid("it has no inputs")) };
    let mut result = (*first).clone();
    for other in others {
        result = pairwise(call, budget, &result, other, function)?;
    }
    one(Item::Ints(result))
}

fn pairwise<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    a: &Ints,
    b: &Ints,
    function: Function,
) -> Result<Ints> {
    let shape = common(call, &a.shape, &b.shape)?;
    let length = count(call, &shape)?;
    budget.spend_wide(2 * length, length)?;
    let (left, right) = (spread(&a.read()?, &a.shape, &shape), spread(&b.read()?, &b.shape, &shape));
    let values: Option<Vec<_>> = left
        .iter()
        .zip(&right)
        .map(|(&a_value, &b_value)| Some(wrapped(a.element, function(a_value, b_value)?)))
        .collect();
    let values = values.ok_or_else(|| call.invalid("it divides by 0"))?;
    Ok(Ints::new(shape, a.element, values))
}
