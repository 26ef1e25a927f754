//! Values at places that a tensor of indices gives for each of them.

use super::known::{count, list, listed, numbers, picked, shape as extents};
use super::places::{Places, along, walk};
use super::{Answer, one};
use crate::Result;
use crate::graph::{Binary, Constant, Number, strides};
use crate::lower::{Budget, Call, Ints, Item};

/// GatherElements: along an axis, the place that each index says.
pub fn gather_elements<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let indices = numbers(call, 1)?;
    budget.spend_wide(indices.len(), indices.len())?;
    let places = element_places(call, &indices)?;
    one(picked(call, budget, call.required(0)?, indices.shape.clone(), vec![places], 0.0)?)
}

/// Where each index of a tensor points to in the first input: at its own place but along one axis.
fn element_places<T: Number>(call: &Call<T>, indices: &Ints) -> Result<Places> {
    let from = extents(call, 0)?;
    let axis = call.axis(call.int("axis", 0), from.len())?;
    let fits = indices.shape.len() == from.len()
        && (0..from.len()).all(|other| other == axis || indices.shape[other] <= from[other]);
    if !fits {
        return Err(call.invalid(format!("indices of shape {:?} do not fit {from:?}", indices.shape)));
    }
    listed(call, &indices.shape)?;
    let stride = strides(from)[axis];
    let mut axes: Vec<_> =
        indices.shape.iter().zip(strides(from)).map(|(&extent, stride)| along(extent, stride)).collect();
    axes[axis].fill(Some(0));
    let mut places = Vec::with_capacity(indices.len());
    walk(&axes, &mut |at| places.push(at));
    for (place, &index) in places.iter_mut().zip(&*indices.read()?) {
        *place = place.map(|at| call.axis(index, from[axis]).map(|index| at + index * stride)).transpose()?;
    }
    Ok(places)
}

/// GatherND: what lies at the leading axes' places that the last axis of the indices says.
pub fn gather_nd<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let indices = numbers(call, 1)?;
    let batch = usize::try_from(call.int("batch_dims", 0)).unwrap_or(usize::MAX);
    let shared =
        from.get(..batch).filter(|shared| indices.shape.starts_with(shared) && indices.shape.len() > batch);
    if shared.is_none() {
        return Err(call.invalid(format!("indices of shape {:?} do not fit {from:?}", indices.shape)));
    }
    let (starts, inner) = block_places(call, budget, &indices, batch)?;
    let shape = [&indices.shape[..indices.shape.len() - 1], inner].concat();
    let axes = vec![starts, along(inner.iter().product(), 1)];
    one(picked(call, budget, call.required(0)?, shape, axes, 0.0)?)
}

/// Where the blocks start that the last axis of the indices points to in the first input, and their shape.
fn block_places<'c, T: Number>(
    call: &'c Call<T>,
    budget: &mut Budget,
    indices: &Ints,
    batch: usize,
) -> Result<(Places, &'c [usize])> {
    let from = extents(call, 0)?;
    let depth = *indices.shape.last().ok_or_else(|| call.invalid("its indices are no list"))?;
    let (Some(inner), true) = (from.get(batch.saturating_add(depth)..), depth > 0) else {
        return Err(call.invalid(format!("its indices have {depth} of {} axes", from.len())));
    };
    listed(call, &[count(call, inner)?])?;
    budget.spend_wide(indices.len(), indices.len())?;
    let steps = strides(from);
    let blocks = indices.len() / depth;
    let batches: usize = from[..batch].iter().product();
    let stride: usize = from[batch..].iter().product();
    let start = |(block, index): (usize, &[i64])| {
        let at = block * batches / blocks * stride;
        (0..depth).try_fold(at, |at, axis| {
            let place = call.axis(index[axis], from[batch + axis])?;
            Ok(at + place * steps[batch + axis])
        })
    };
    let starts =
        indices.read()?.chunks(depth).enumerate().map(|item| start(item).map(Some)).collect::<Result<_>>()?;
    Ok((starts, inner))
}

/// ScatterElements: with other values at the places that the indices say.
pub fn scatter_elements<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let indices = numbers(call, 1)?;
    budget.spend_wide(indices.len(), indices.len())?;
    scatter(call, budget, &element_places(call, &indices)?)
}

/// ScatterND: with other blocks of values.
pub fn scatter_nd<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let indices = numbers(call, 1)?;
    let (starts, inner) = block_places(call, budget, &indices, 0)?;
    let block: usize = inner.iter().product();
    let length = starts.len().saturating_mul(block);
    budget.spend_wide(length, length)?;
    let mut places = Vec::with_capacity(length);
    walk(&[starts, along(block, 1)], &mut |at| places.push(at));
    scatter(call, budget, &places)
}

/// The first input with the values of the third at these places.
fn scatter<T: Number>(call: &Call<T>, budget: &mut Budget, places: &[Option<usize>]) -> Answer<T> {
    let shape = extents(call, 0)?.to_vec();
    let length = count(call, &shape)?;
    budget.spend_wide(length, length.saturating_add(places.len()))?;
    if count(call, extents(call, 2)?)? != places.len() {
        return Err(call.invalid("its updates are not as many as their places"));
    }
    let reduction = call.text("reduction", "none");
    one(match (call.required(0)?, call.required(2)?) {
        (Item::Ints(data), Item::Ints(updates)) => {
            let combine: fn(i64, i64) -> i64 = match reduction {
                "add" => i64::wrapping_add,
                "mul" => i64::wrapping_mul,
                "max" => Ord::max,
                "min" => Ord::min,
                _ => |_, update| update,
            };
            Item::Ints(Ints::new(
                shape,
                data.element,
                scattered(&data.read()?, &updates.read()?, places, combine),
            ))
        }
        (Item::Floats(data), Item::Floats(updates)) => {
            let combine: fn(T, T) -> T = match reduction {
                "add" => |a, b| a + b,
                "mul" => |a, b| a * b,
                "max" => |a, b| Binary::Maximum.apply(a, b),
                "min" => |a, b| Binary::Minimum.apply(a, b),
                _ => |_, update| update,
            };
            Item::Floats(Constant::new(shape, scattered(&data.read()?, &updates.read()?, places, combine)))
        }
        _ => return Err(call.invalid("its data and its updates are not of one type")),
    })
}

fn scattered<V: Copy>(data: &[V], updates: &[V], places: &[Option<usize>], combine: fn(V, V) -> V) -> Vec<V> {
    let mut values = data.to_vec();
    for (place, &update) in places.iter().zip(updates) {
        if let Some(value) = place.and_then(|place| values.get_mut(place)) {
            *value = combine(*value, update);
        }
    }
    values
}

/// Trilu: with zeros below (or above) a diagonal of each matrix.
pub fn trilu<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let shape = extents(call, 0)?;
    let [.., rows, columns] = *shape else { return Err(call.invalid("its input is no matrix")) };
    let diagonal = if call.input(1).is_some() { list(call, 1)?.first().copied().unwrap_or(0) } else { 0 };
    let is_upper = call.int("upper", 1) != 0;
    let length = count(call, shape)?;
    budget.spend_wide(length, length)?;
    let is_kept = |at: usize| {
        let above = (at % columns) as i64 - (at / columns % rows) as i64;
        if is_upper { above >= diagonal } else { above <= diagonal }
    };
    let places = (0..length).map(|at| is_kept(at).then_some(at)).collect();
    one(picked(call, budget, call.required(0)?, shape.to_vec(), vec![places], 0.0)?)
}
