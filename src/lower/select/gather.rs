//! Gather and its kin, at places that the file knows.

use super::places::{indices, of_elements, of_tuples};
use crate::Result;
use crate::graph::{Number, ValueId, elements};
use crate::lower::{Call, Item, Located, Lowering};

/// Gather: an axis becomes those of the indices.
pub fn gather<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let indices = indices(call, 1)?;
    let places =
        indices.read()?.iter().map(|&index| call.place(index, shape[axis])).collect::<Result<Vec<_>>>()?;
    let picked = lowering.picked(call, &x, axis, &places)?;
    if indices.shape.is_empty() {
        return Ok(vec![Item::Live(lowering.squeezed(&picked, &[axis])?)]);
    }
    let mut to = shape;
    to.splice(axis..=axis, indices.shape.iter().copied());
    let gathered = lowering.reshaped(&picked, &to)?;
    Ok(vec![Item::Live(gathered)])
}

/// GatherElements
pub fn gather_elements<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let indices = indices(call, 1)?;
    let places = of_elements(call, &indices, &shape, axis)?;
    let count = elements(&shape).ok_or_else(|| call.invalid("its input is too large"))?;
    let x = lowering.plain_input(call, 0)?;
    taken(lowering, call, x, [count, 1], &places, &indices.shape)
}

/// GatherND
pub fn gather_nd<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let indices = indices(call, 1)?;
    let batch = usize::try_from(call.int("batch_dims", 0)).unwrap_or(usize::MAX);
    let (tuples, counted) = match indices.shape.as_slice() {
        [tuples @ .., counted] if batch <= tuples.len() => (tuples, *counted),
        _ => return Err(call.invalid(format!("its indices have shape {:?}", indices.shape))),
    };
    let places = of_tuples(call, &indices, &shape, batch)?;
    let (outer, inner) = shape.split_at(batch + counted);
    let rows = [outer.iter().product(), inner.iter().product()];
    let x = lowering.plain_input(call, 0)?;
    taken(lowering, call, x, rows, &places, &[tuples, inner].concat())
}

/// These rows of a tensor that is read as a matrix, in another shape.
fn taken<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: ValueId,
    matrix: [usize; 2],
    places: &[usize],
    shape: &[usize],
) -> Result<Vec<Item<T>>> {
    let value = lowering.graph.reshape(x, &matrix)?;
    let picked = lowering.picked(call, &Located::plain(&lowering.graph, value), 0, places)?;
    let value = lowering.graph.reshape(picked.value, shape)?;
    Ok(lowering.plain_output(value))
}
