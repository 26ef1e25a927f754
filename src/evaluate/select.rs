//! Values at places that each axis gives on its own: transposed, sliced, repeated, padded, gathered; and joined.

use std::rc::Rc;

use super::known::{common, count, deferred, list, listed, numbers, picked, shape as extents, whole};
use super::places::{Places, along, every, repeated};
use super::{Answer, one};
use crate::Result;
use crate::graph::{Constant, Number, strides};
use crate::lower::{Budget, Call, Ints, Item};

/// Where the first input's values lie along each axis.
fn source<T: Number>(call: &Call<T>) -> Result<Vec<Places>> {
    let from = extents(call, 0)?;
    // One without values may have axes of any length.
    listed(call, from)?;
    Ok(every(from))
}

/// The first input's values at these places.
fn select<T: Number>(call: &Call<T>, budget: &mut Budget, axes: Vec<Places>, fill: f64) -> Answer<T> {
    let shape = axes.iter().map(Vec::len).collect();
    one(picked(call, budget, call.required(0)?, shape, axes, fill)?)
}

/// Transpose
pub fn transpose<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let axes = source(call)?;
    let order: Vec<_> = match call.node.ints("perm") {
        Some(order) => order.iter().map(|&axis| call.axis(axis, axes.len())).collect::<Result<_>>()?,
        None => (0..axes.len()).rev().collect(),
    };
    let mut seen = order.clone();
    seen.sort_unstable();
    if !seen.into_iter().eq(0..axes.len()) {
        return Err(call.invalid(format!("its order of axes is {order:?}")));
    }
    select(call, budget, order.into_iter().map(|axis| axes[axis].clone()).collect(), 0.0)
}

/// Expand: to the common shape of its own and another one.
pub fn expand<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let wanted: Vec<_> = sizes(call, &list(call, 1)?)?;
    let to = common(call, from, &wanted)?;
    listed(call, &to)?;
    select(call, budget, repeated(from, &to), 0.0)
}

/// Tile: each axis several times.
pub fn tile<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let times = sizes(call, &list(call, 1)?)?;
    if times.len() != from.len() {
        return Err(call.invalid(format!("it repeats {} axes of {}", times.len(), from.len())));
    }
    let to: Option<Vec<_>> =
        from.iter().zip(&times).map(|(extent, times)| extent.checked_mul(*times)).collect();
    let to = to.ok_or_else(|| call.invalid("its result is too large"))?;
    listed(call, &to)?;
    let axes = source(call)?
        .into_iter()
        .zip(to)
        .map(|(places, extent)| places.into_iter().cycle().take(extent).collect());
    select(call, budget, axes.collect(), 0.0)
}

fn sizes<T: Number>(call: &Call<T>, values: &[i64]) -> Result<Vec<usize>> {
    let sizes: Option<_> = values.iter().map(|&value| usize::try_from(value).ok()).collect();
    sizes.ok_or_else(|| call.invalid(format!("it asks for {values:?} places")))
}

/// Slice: parts of some axes, forwards or backwards.
pub fn slice<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let mut axes = source(call)?;
    let part = |name, at| call.list(name, at);
    let (Some(starts), Some(ends)) = (part("starts", 1)?, part("ends", 2)?) else {
        return Err(call.invalid("it has no starts or no ends"));
    };
    let of: Vec<_> = match part("axes", 3)? {
        Some(of) => of.iter().map(|&axis| call.axis(axis, axes.len())).collect::<Result<_>>()?,
        None => (0..starts.len().min(axes.len())).collect(),
    };
    let steps = call.list_of(4)?.unwrap_or_else(|| vec![1; starts.len()].into());
    if [ends.len(), of.len(), steps.len()] != [starts.len(); 3] {
        return Err(call.invalid("its starts, ends, axes and steps are not as many"));
    }
    for (((&axis, &start), &end), &step) in of.iter().zip(&*starts).zip(&*ends).zip(&*steps) {
        let extent = axes[axis].len() as i64;
        let counted = |place: i64| if place < 0 { place.saturating_add(extent) } else { place };
        let kept: Places = match step {
            0 => return Err(call.invalid("one of its steps is 0")),
            1.. => {
                let (start, end) =
                    (counted(start).clamp(0, extent) as usize, counted(end).clamp(0, extent) as usize);
                let step = usize::try_from(step).unwrap_or(usize::MAX);
                axes[axis].get(start..end).unwrap_or_default().iter().step_by(step).copied().collect()
            }
            _ => {
                // From `start` down to behind `end`.
                let (first, behind) =
                    (counted(start).clamp(-1, extent - 1) + 1, counted(end).clamp(-1, extent - 1) + 1);
                let step = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
                let part = axes[axis].get(behind as usize..first as usize).unwrap_or_default();
                part.iter().rev().step_by(step).copied().collect()
            }
        };
        axes[axis] = kept;
    }
    select(call, budget, axes, 0.0)
}

/// Split: an axis in parts, which the file gives or which are equal but for the last.
pub fn split<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let axes = source(call)?;
    let axis = call.axis(call.int("axis", 0), axes.len())?;
    let extent = axes[axis].len();
    let parts = match call.list("split", 1)? {
        Some(parts) => sizes(call, &parts)?,
        None => {
            let parts = call.node.outputs.len().max(1);
            let size = extent.div_ceil(parts);
            (0..parts).map(|part| size.min(extent.saturating_sub(part * size))).collect()
        }
    };
    let mut start = 0usize;
    let mut outputs = Vec::with_capacity(parts.len());
    for part in parts {
        let end = start.saturating_add(part);
        let mut axes = axes.clone();
        let places = axes[axis].get(start..end).map(<[_]>::to_vec);
        axes[axis] =
            places.ok_or_else(|| call.invalid(format!("its parts are more than {extent} places")))?;
        start = end;
        let shape = axes.iter().map(Vec::len).collect();
        outputs.push(picked(call, budget, call.required(0)?, shape, axes, 0.0)?);
    }
    Ok(Some(outputs))
}

/// Pad
pub fn pad<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let mut axes = source(call)?;
    let amounts = call.list("pads", 1)?.ok_or_else(|| call.invalid("it has no pads"))?;
    let of: Vec<_> = match call.list_of(3)? {
        Some(of) => of.iter().map(|&axis| call.axis(axis, axes.len())).collect::<Result<_>>()?,
        None => (0..axes.len()).collect(),
    };
    let (before, after) = amounts.split_at(amounts.len() / 2);
    if [before.len(), after.len()] != [of.len(); 2] {
        return Err(call.invalid(format!("its pads are {amounts:?} for {} axes", of.len())));
    }
    let fill = call.number_of(2)?.map_or_else(|| call.float("value", 0.0), T::to_f64);
    let mode = call.text("mode", "constant");
    for ((&axis, &before), &after) in of.iter().zip(before).zip(after) {
        let places = &axes[axis];
        let extent = places.len() as i64;
        let behind = extent.saturating_add(after);
        listed(call, &[usize::try_from(behind.saturating_add(before)).unwrap_or(0)])?;
        let place = |at: i64| match mode {
            _ if (0..extent).contains(&at) => Some(at),
            "edge" => Some(at.clamp(0, extent - 1)),
            "wrap" => at.checked_rem_euclid(extent),
            "reflect" => {
                // There and back again, without the ends twice.
                let at = at.checked_rem_euclid(2 * extent - 2).unwrap_or(0);
                Some(at.min(2 * extent - 2 - at))
            }
            _ => None,
        };
        let at = |at| place(at).and_then(|at| *places.get(usize::try_from(at).ok()?)?);
        axes[axis] = (before.saturating_neg()..behind).map(at).collect();
    }
    select(call, budget, axes, fill)
}

/// Gather: places of one axis, which may become several axes or none.
pub fn gather<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let axis = call.axis(call.int("axis", 0), from.len())?;
    let indices = numbers(call, 1)?;
    let mut axes = source(call)?;
    axes[axis] = indexed(call, &indices.read()?, from[axis], strides(from)[axis])?;
    let shape = [&from[..axis], &indices.shape, &from[axis + 1..]].concat();
    one(picked(call, budget, call.required(0)?, shape, axes, 0.0)?)
}

/// Where places of an axis lie, of which negative ones count from the end.
pub fn indexed<T: Number>(call: &Call<T>, indices: &[i64], extent: usize, stride: usize) -> Result<Places> {
    indices.iter().map(|&index| call.axis(index, extent).map(|place| Some(place * stride))).collect()
}

/// Compress: those places of an axis, or of all values, for which a condition holds.
pub fn compress<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let (mut axes, axis) = match call.node.int("axis") {
        Some(axis) => (source(call)?, call.axis(axis, from.len())?),
        None => (vec![along(listed(call, &[count(call, from)?])?, 1)], 0),
    };
    let condition = list(call, 1)?;
    let kept = axes[axis].iter().zip(&*condition).filter(|(_, holds)| **holds != 0);
    axes[axis] = kept.map(|(place, _)| *place).collect();
    select(call, budget, axes, 0.0)
}

/// Concat
pub fn concat<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let shapes = (0..call.inputs.len()).map(|at| extents(call, at)).collect::<Result<Vec<_>>>()?;
    let [first, ..] = shapes[..] else { return Err(call.invalid("it has no inputs")) };
    let axis = call.axis(call.int("axis", 1), first.len())?;
    let mut shape = first.to_vec();
    shape[axis] = 0;
    for other in &shapes {
        let fits =
            other.len() == first.len() && (0..first.len()).all(|at| at == axis || other[at] == first[at]);
        if !fits {
            return Err(call.invalid(format!("its inputs are of shapes {shapes:?}")));
        }
        shape[axis] = shape[axis].saturating_add(other[axis]);
    }
    // For each place before the axis, a run of values of each input.
    let outer: usize = first[..axis].iter().product();
    if let Some([first, ..]) = whole(call).as_deref() {
        let length = count(call, &shape)?;
        budget.spend_wide(length, length)?;
        let read = (0..shapes.len()).map(|at| list(call, at)).collect::<Result<Vec<_>>>()?;
        return one(Item::Ints(Ints::new(shape, first.element, joined(&read, outer))));
    }
    let inputs: Option<Vec<_>> = (0..shapes.len()).map(|at| call.constant_of(at)).collect::<Result<_>>()?;
    let inputs = inputs.unwrap_or_default();
    let compute = move || {
        let read = inputs.iter().map(Constant::read).collect::<Result<Vec<_>>>()?;
        Ok(joined(&read, outer))
    };
    one(Item::Floats(deferred(call, budget, shape, 0, compute)?))
}

/// The runs of several tensors in turn, of which each has `count`.
fn joined<V: Copy>(tensors: &[Rc<[V]>], count: usize) -> Vec<V> {
    let mut values = Vec::with_capacity(tensors.iter().map(|tensor| tensor.len()).sum());
    for run in 0..count {
        for tensor in tensors {
            let length = tensor.len() / count;
            values.extend_from_slice(&tensor[run * length..][..length]);
        }
    }
    values
}
