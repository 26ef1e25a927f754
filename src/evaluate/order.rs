//! Where the largest values are, and those that are not 0.

use std::cmp::Ordering;

use super::known::{count, shape as extents};
use super::{Answer, one};
use crate::graph::{Constant, Number, permute};
use crate::lower::{Budget, Call, Ints, Item};
use crate::onnx::ElementType;

/// ArgMax and ArgMin: along an axis, the place of the first (or last) largest or smallest value.
pub fn extreme<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let rank = extents(call, 0)?.len();
    let axis = call.axis(call.int("axis", 0), rank)?;
    let sorting = Sorting {
        axis,
        largest: call.node.op == "ArgMax",
        last: call.int("select_last_index", 0) == 1,
        count: 1,
    };
    let (_, mut places) = sorted(call, budget, &sorting)?;
    if call.int("keepdims", 1) == 0 {
        places.shape.remove(axis);
    }
    one(Item::Ints(places))
}

/// TopK: the largest (or smallest) values along an axis, in order, and their places.
pub fn largest<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let wanted = match (call.node.int("k"), call.list_of(1)?.as_deref()) {
        (Some(k), _) | (None, Some(&[k])) => usize::try_from(k).ok(),
        _ => None,
    };
    let count = wanted.ok_or_else(|| call.invalid("its k is no single number"))?;
    let axis = call.axis(call.int("axis", -1), extents(call, 0)?.len())?;
    let sorting = Sorting { axis, largest: call.int("largest", 1) == 1, last: false, count };
    let (values, places) = sorted(call, budget, &sorting)?;
    Ok(Some(vec![values, Item::Ints(places)]))
}

/// What is wanted of the values along an axis.
struct Sorting {
    axis: usize,
    /// Whether the largest come first.
    largest: bool,
    /// Whether the last of equal values comes first.
    last: bool,
    count: usize,
}

/// The first values in this order, and their places.
fn sorted<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    sorting: &Sorting,
) -> crate::Result<(Item<T>, Ints)> {
    let mut shape = extents(call, 0)?.to_vec();
    let extent = shape[sorting.axis];
    if sorting.count > extent {
        return Err(call.invalid(format!("it wants {} of {extent} places", sorting.count)));
    }
    let length = count(call, &shape)?;
    // Sorting takes about as many steps as the number of values has bits.
    budget.spend_wide(3 * length, length.saturating_mul(usize::BITS as usize))?;
    let (values, places) = match call.required(0)? {
        Item::Ints(ints) => {
            let (values, places) = sorting.first(&ints.read()?, &shape);
            shape[sorting.axis] = sorting.count;
            (Item::Ints(Ints::new(shape.clone(), ints.element, values)), places)
        }
        Item::Floats(constant) => {
            let (values, places) = sorting.first(&constant.read()?, &shape);
            shape[sorting.axis] = sorting.count;
            (Item::Floats(Constant::new(shape.clone(), values)), places)
        }
        _ => return Err(call.invalid("its input is no tensor")),
    };
    Ok((values, Ints::new(shape, ElementType::I64, places)))
}

impl Sorting {
    fn first<V: Copy + PartialOrd>(&self, values: &[V], shape: &[usize]) -> (Vec<V>, Vec<i64>) {
        let (outer, inner) = (&shape[..self.axis], &shape[self.axis + 1..]);
        // With the axis behind all others, then back again.
        let rank = shape.len();
        let there: Vec<_> = (0..rank).filter(|&axis| axis != self.axis).chain([self.axis]).collect();
        let back: Vec<_> = (0..self.axis).chain([rank - 1]).chain(self.axis..rank - 1).collect();
        let moved = permute(values, shape, &there);
        let (mut first, mut places) = (Vec::new(), Vec::new());
        let order = |a: V, b: V| {
            let order = a.partial_cmp(&b).unwrap_or(Ordering::Equal);
            if self.largest { order.reverse() } else { order }
        };
        for line in moved.chunks(shape[self.axis].max(1)) {
            let mut sorted: Vec<_> = (0..line.len()).collect();
            if self.last {
                sorted.reverse();
            }
            sorted.sort_by(|&a, &b| order(line[a], line[b]));
            first.extend(sorted[..self.count].iter().map(|&place| line[place]));
            places.extend(sorted[..self.count].iter().map(|&place| place as i64));
        }
        let shape = [outer, inner, &[self.count]].concat();
        (permute(&first, &shape, &back), permute(&places, &shape, &back))
    }
}

/// NonZero: for each axis, where the values lie that are not 0.
pub fn non_zero<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let shape = extents(call, 0)?;
    let length = count(call, shape)?;
    budget.spend_wide(length.saturating_mul(shape.len() + 1), length)?;
    let found: Vec<_> = match call.required(0)? {
        Item::Ints(ints) => places(&ints.read()?, |&value| value != 0),
        Item::Floats(constant) => places(&constant.read()?, |&value| value != T::ZERO),
        _ => return Err(call.invalid("its input is no tensor")),
    };
    let strides = crate::graph::strides(shape);
    let along = shape
        .iter()
        .zip(&strides)
        .flat_map(|(extent, stride)| found.iter().map(move |at| (at / stride % extent) as i64));
    let values: Vec<_> = along.collect();
    one(Item::Ints(Ints::new(vec![shape.len(), found.len()], ElementType::I64, values)))
}

fn places<V>(values: &[V], holds: impl Fn(&V) -> bool) -> Vec<usize> {
    (0..values.len()).filter(|&at| holds(&values[at])).collect()
}
