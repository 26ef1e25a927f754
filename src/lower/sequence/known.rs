//! Known tensors of lists, taken apart and put behind each other: they stay known.

use std::ops::Range;

use crate::Result;
use crate::graph::{Constant, Number};
use crate::lower::{Call, Ints, Item};

/// These places of an axis of a known tensor; `None` if it is not known.
pub fn part<T: Number>(item: &Item<T>, axis: usize, places: Range<usize>) -> Result<Option<Item<T>>> {
    let shape = |from: &[usize]| {
        let mut shape = from.to_vec();
        shape[axis] = places.len();
        shape
    };
    Ok(match item {
        Item::Ints(ints) => {
            let values = cut(&ints.read()?, &ints.shape, axis, &places);
            Some(Item::Ints(Ints::new(shape(&ints.shape), ints.element, values)))
        }
        Item::Floats(floats) => {
            let from = floats.shape().to_vec();
            let part = floats.map(shape(&from), move |values| cut(values, &from, axis, &places));
            Some(Item::Floats(part))
        }
        _ => None,
    })
}

fn cut<V: Copy>(values: &[V], shape: &[usize], axis: usize, places: &Range<usize>) -> Vec<V> {
    let inner: usize = shape[axis + 1..].iter().product();
    let blocks = values.chunks(shape[axis].max(1) * inner.max(1));
    blocks.flat_map(|block| &block[places.start * inner..places.end * inner]).copied().collect()
}

/// A known tensor in another shape of as many values; `None` if it is not known.
pub fn reshaped<T: Number>(item: &Item<T>, shape: Vec<usize>) -> Result<Option<Item<T>>> {
    Ok(match item {
        Item::Ints(ints) => Some(Item::Ints(Ints::new(shape, ints.element, ints.read()?))),
        Item::Floats(floats) => Some(Item::Floats(floats.reshaped(shape))),
        _ => None,
    })
}

/// Known tensors behind each other along an axis; `None` if one is not known.
pub fn joined<T: Number>(call: &Call<T>, items: &[Item<T>], axis: usize) -> Result<Option<Item<T>>> {
    let ints = items.iter().map(|item| match item {
        Item::Ints(ints) => Some(ints),
        _ => None,
    });
    if let Some(ints) = ints.collect::<Option<Vec<_>>>() {
        let parts =
            ints.iter().map(|ints| Ok((ints.shape.as_slice(), ints.read()?))).collect::<Result<Vec<_>>>()?;
        let (shape, values) = behind(call, &parts, axis)?;
        return Ok(ints.first().map(|first| Item::Ints(Ints::new(shape, first.element, values))));
    }
    let floats = items.iter().map(|item| match item {
        Item::Floats(floats) => Some(floats),
        _ => None,
    });
    let Some(floats) = floats.collect::<Option<Vec<_>>>() else { return Ok(None) };
    let parts = floats.iter().map(|part| Ok((part.shape(), part.read()?))).collect::<Result<Vec<_>>>()?;
    let (shape, values) = behind(call, &parts, axis)?;
    Ok(Some(Item::Floats(Constant::new(shape, values))))
}

/// Shape and values of tensors behind each other.
fn behind<T: Number, V: Copy>(
    call: &Call<T>,
    parts: &[(&[usize], impl AsRef<[V]>)],
    axis: usize,
) -> Result<(Vec<usize>, Vec<V>)> {
    let mut shape = parts.first().map_or(Vec::new(), |(shape, _)| shape.to_vec());
    let fits = |other: &[usize]| {
        other.len() == shape.len() && (0..shape.len()).all(|at| at == axis || other[at] == shape[at])
    };
    if axis >= shape.len() || !parts.iter().all(|(other, _)| fits(other)) {
        return Err(call.invalid("the tensors of its list do not fit each other"));
    }
    let outer: usize = shape[..axis].iter().product();
    shape[axis] = parts.iter().map(|(part, _)| part[axis]).sum();
    let mut values = Vec::new();
    for at in 0..outer {
        for (_, part) in parts {
            let part = part.as_ref();
            let block = part.len() / outer;
            values.extend_from_slice(&part[at * block..(at + 1) * block]);
        }
    }
    Ok((shape, values))
}
