//! Sums along axes.

use super::cast::wrapped;
use super::known::{list, shape as extents};
use super::{Answer, one};
use crate::graph::{Constant, Number, permute};
use crate::lower::{Budget, Call, Ints, Item};

/// The reductions of whole numbers; those of floating-point numbers are the lowering's.
pub fn reduction<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let Some(Item::Ints(ints)) = call.input(0) else { return Ok(None) };
    let rank = ints.shape.len();
    let axes = match call.list("axes", 1)? {
        Some(axes) if !axes.is_empty() => call.axes(&axes, rank)?,
        _ if call.int("noop_with_empty_axes", 0) == 1 => return one(Item::Ints(ints.clone())),
        _ => (0..rank).collect(),
    };
    budget.spend_wide(ints.len(), ints.len())?;
    let is_reduced = |axis: &usize| axes.binary_search(axis).is_ok();
    let kept: Vec<_> = (0..rank).filter(|axis| !is_reduced(axis)).collect();
    let moved = permute(&ints.read()?, &ints.shape, &[&kept[..], &axes].concat());
    let length: usize = axes.iter().map(|&axis| ints.shape[axis]).product();
    let results: usize = kept.iter().map(|&axis| ints.shape[axis]).product();
    let reduce: fn(&[i64]) -> Option<i64> = match call.node.op.as_str() {
        "ReduceSum" => |values| Some(sum(values)),
        "ReduceProd" => |values| Some(values.iter().fold(1, |product, &value| product.wrapping_mul(value))),
        "ReduceMax" => |values| values.iter().copied().max(),
        "ReduceMin" => |values| values.iter().copied().min(),
        _ => |values| sum(values).checked_div(values.len() as i64),
    };
    budget.spend_wide(results, results)?;
    let values: Option<Vec<_>> = (0..results)
        .map(|at| Some(wrapped(ints.element, reduce(&moved[at * length..][..length])?)))
        .collect();
    let values = values.ok_or_else(|| call.invalid("an axis that it reduces has no places"))?;
    let keeps = call.int("keepdims", 1) != 0;
    let extent = |axis| if is_reduced(&axis) { keeps.then_some(1) } else { Some(ints.shape[axis]) };
    one(Item::Ints(Ints::new((0..rank).filter_map(extent).collect(), ints.element, values)))
}

fn sum(values: &[i64]) -> i64 {
    values.iter().fold(0, |sum, &value| sum.wrapping_add(value))
}

/// CumSum: the sum of a value and all before it along an axis.
pub fn running_sum<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let shape = extents(call, 0)?;
    let axis = match *list(call, 1)? {
        [axis] => call.axis(axis, shape.len())?,
        _ => return Err(call.invalid("its axis is no single number")),
    };
    let line = Line { length: shape[axis], stride: shape[axis + 1..].iter().product() };
    let (exclusive, reverse) = (call.int("exclusive", 0) == 1, call.int("reverse", 0) == 1);
    one(match call.required(0)? {
        Item::Ints(ints) => {
            budget.spend_wide(ints.len(), ints.len())?;
            let mut values = ints.read()?.to_vec();
            line.accumulate(&mut values, exclusive, reverse, 0, i64::wrapping_add);
            Item::Ints(Ints::new(shape.to_vec(), ints.element, values))
        }
        Item::Floats(constant) => {
            budget.spend_wide(constant.len(), constant.len())?;
            let mut values = constant.values()?.into_owned();
            line.accumulate(&mut values, exclusive, reverse, T::ZERO, |a, b| a + b);
            Item::Floats(Constant::new(shape.to_vec(), values))
        }
        _ => return Err(call.invalid("its input is no tensor")),
    })
}

/// The values along an axis.
struct Line {
    length: usize,
    /// From one to the next.
    stride: usize,
}

impl Line {
    fn accumulate<V: Copy>(
        &self,
        values: &mut [V],
        exclusive: bool,
        reverse: bool,
        zero: V,
        add: fn(V, V) -> V,
    ) {
        let Self { length, stride } = *self;
        let lines = values.len().checked_div(length).unwrap_or(0);
        for line in 0..lines {
            let start = line / stride * length * stride + line % stride;
            let mut sum = zero;
            for step in 0..length {
                let step = if reverse { length - 1 - step } else { step };
                let value = &mut values[start + step * stride];
                let before = sum;
                sum = add(sum, *value);
                *value = if exclusive { before } else { sum };
            }
        }
    }
}
