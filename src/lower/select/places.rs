//! Indices of the file as places of a tensor.

use crate::Result;
use crate::graph::{Number, strides};
use crate::lower::moves::MOST_PLACES;
use crate::lower::{Call, Ints};

/// The indices of an input, if they are not too many to be handled one by one.
pub fn indices<T: Number>(call: &Call<T>, at: usize) -> Result<Ints> {
    let indices = call.ints_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))?;
    bounded(call, indices.len())?;
    Ok(indices)
}

/// That places are not too many to be handled one by one.
pub fn bounded<T: Number>(call: &Call<T>, places: usize) -> Result<()> {
    if places > MOST_PLACES {
        return Err(call.unsupported(format!("it handles {places} places one by one")));
    }
    Ok(())
}

/// GatherElements and ScatterElements: each index counts along one axis, and has its own place along the others.
pub fn of_elements<T: Number>(
    call: &Call<T>,
    indices: &Ints,
    shape: &[usize],
    axis: usize,
) -> Result<Vec<usize>> {
    let within = |(at, (index, extent)): (usize, (&usize, &usize))| at == axis || index <= extent;
    if indices.shape.len() != shape.len() || !indices.shape.iter().zip(shape).enumerate().all(within) {
        return Err(call.invalid(format!("its indices of shape {:?} do not fit {shape:?}", indices.shape)));
    }
    let (own, steps) = (strides(&indices.shape), strides(shape));
    let flat = |(at, &index): (usize, &i64)| {
        let along = |other: usize| at / own[other] % indices.shape[other] * steps[other];
        let others: usize = (0..shape.len()).filter(|&other| other != axis).map(along).sum();
        Ok(others + call.place(index, shape[axis])? * steps[axis])
    };
    indices.read()?.iter().enumerate().map(flat).collect()
}

/// GatherND and ScatterND: the innermost axis of the indices counts along as many axes of a tensor, behind `batch`
/// which both have in common. The places are those of what lies inside them.
pub fn of_tuples<T: Number>(
    call: &Call<T>,
    indices: &Ints,
    shape: &[usize],
    batch: usize,
) -> Result<Vec<usize>> {
    let wrong = || call.invalid(format!("its indices of shape {:?} do not fit {shape:?}", indices.shape));
    let [tuples @ .., counted] = indices.shape.as_slice() else { return Err(wrong()) };
    let end = batch.checked_add(*counted).filter(|&end| end <= shape.len()).ok_or_else(wrong)?;
    if tuples.get(..batch) != Some(&shape[..batch]) {
        return Err(wrong());
    }
    let count: usize = tuples.iter().product();
    let (axes, inner) = (&shape[batch..end], tuples[batch..].iter().product::<usize>());
    let extent: usize = axes.iter().product();
    let steps = strides(axes);
    let values = indices.read()?;
    let flat = |at: usize| {
        let tuple = &values[at * counted..(at + 1) * counted];
        let along = |(axis, &index): (usize, &i64)| Ok(call.place(index, axes[axis])? * steps[axis]);
        let place: usize = tuple.iter().enumerate().map(along).sum::<Result<usize>>()?;
        Ok(at / inner * extent + place)
    };
    bounded(call, count)?;
    (0..count).map(flat).collect()
}
