//! Truth values of numbers, and numbers that are chosen by them.

use std::cmp::Ordering;

use super::known::{common, count, numbers, shape as extents, spread, whole};
use super::{Answer, one};
use crate::Result;
use crate::graph::{Constant, Number};
use crate::lower::{Budget, Call, Ints, Item};
use crate::onnx::ElementType;

/// Equal and those that tell the smaller from the larger. None of them holds of what is no number.
pub fn comparison<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let holds: fn(Ordering) -> bool = match call.node.op.as_str() {
        "Equal" => Ordering::is_eq,
        "Less" => Ordering::is_lt,
        "LessOrEqual" => Ordering::is_le,
        "Greater" => Ordering::is_gt,
        _ => Ordering::is_ge,
    };
    let (a, b) = (extents(call, 0)?, extents(call, 1)?);
    let shape = common(call, a, b)?;
    let length = count(call, &shape)?;
    budget.spend_wide(3 * length, length)?;
    let values = match whole(call).as_deref() {
        Some([left, right]) => {
            compared(&spread(&left.read()?, a, &shape), &spread(&right.read()?, b, &shape), holds)
        }
        _ => {
            let (left, right) = (floats(call, 0)?, floats(call, 1)?);
            compared(&spread(&left.read()?, a, &shape), &spread(&right.read()?, b, &shape), holds)
        }
    };
    one(Item::Ints(Ints::new(shape, ElementType::Bool, values)))
}

fn compared<V: PartialOrd>(a: &[V], b: &[V], holds: fn(Ordering) -> bool) -> Vec<i64> {
    a.iter().zip(b).map(|(a, b)| i64::from(a.partial_cmp(b).is_some_and(holds))).collect()
}

/// IsNaN and IsInf
pub fn peculiarity<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let constant = floats(call, 0)?;
    budget.spend_wide(constant.len(), constant.len())?;
    let (negative, positive) = (call.int("detect_negative", 1) == 1, call.int("detect_positive", 1) == 1);
    let is_nan = call.node.op == "IsNaN";
    let holds = |value: f64| {
        if is_nan {
            value.is_nan()
        } else {
            value.is_infinite() && if value < 0.0 { negative } else { positive }
        }
    };
    let values: Vec<_> = constant.read()?.iter().map(|value| i64::from(holds(value.to_f64()))).collect();
    one(Item::Ints(Ints::new(constant.shape().to_vec(), ElementType::Bool, values)))
}

/// Where: the second input's value where the condition holds, else the third's.
pub fn choose<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let condition = numbers(call, 0)?;
    let (a, b) = (extents(call, 1)?, extents(call, 2)?);
    let shape = common(call, &condition.shape, &common(call, a, b)?)?;
    let length = count(call, &shape)?;
    budget.spend_wide(4 * length, length)?;
    let condition = spread(&condition.read()?, &condition.shape, &shape);
    one(if let (Item::Ints(left), Item::Ints(right)) = (call.required(1)?, call.required(2)?) {
        let (a, b) = (spread(&left.read()?, a, &shape), spread(&right.read()?, b, &shape));
        Item::Ints(Ints::new(shape, left.element, chosen(&condition, &a, &b)))
    } else {
        let (a, b) =
            (spread(&floats(call, 1)?.read()?, a, &shape), spread(&floats(call, 2)?.read()?, b, &shape));
        Item::Floats(Constant::new(shape, chosen(&condition, &a, &b)))
    })
}

fn chosen<V: Copy>(condition: &[i64], a: &[V], b: &[V]) -> Vec<V> {
    condition.iter().zip(a).zip(b).map(|((&holds, &a), &b)| if holds != 0 { a } else { b }).collect()
}

/// The numbers of an input that must be there.
fn floats<T: Number>(call: &Call<T>, at: usize) -> Result<Constant<T>> {
    call.constant_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))
}
