//! `SparseTensorProto` → a dense [`Tensor`].

use super::external::Files;
use super::wire::Message;
use super::{Tensor, TensorData, invalid, weights};
use crate::Result;

/// Reads a `SparseTensorProto`.
pub(super) fn tensor(message: Message<'_>, files: Files<'_>) -> Result<Tensor> {
    let file = message.file();
    let (mut values, mut indices) = (None, None);
    let mut dims = Vec::new();
    for field in message {
        let field = field?;
        match field.number {
            1 => values = Some(weights::tensor(field.message()?, files)?),
            2 => indices = Some(weights::tensor(field.message()?, files)?),
            3 => field.ints(&mut dims)?,
            _ => {}
        }
    }
    let (Some(values), Some(indices)) = (values, indices) else {
        return Err(invalid("a sparse tensor has no values or no indices"));
    };
    let wrong = || invalid(format!("the sparse tensor \"{}\" does not fit its shape {dims:?}", values.name));
    let shape = weights::shape(&dims).ok_or_else(wrong)?;
    let elements = shape.iter().product();
    file.spend((elements as u64).saturating_mul(8))?;
    let positions = positions(&indices, &shape)?.ok_or_else(wrong)?;
    let data = if values.element.is_float() {
        TensorData::Floats(scatter(&values.to_f64()?, &positions, elements).ok_or_else(wrong)?)
    } else {
        TensorData::Ints(scatter(&values.to_i64()?, &positions, elements).ok_or_else(wrong)?)
    };
    Ok(Tensor { shape, data, ..values })
}

/// Where in the dense tensor each value is; the indices are row-major positions, or a row of coordinates each.
fn positions(indices: &Tensor, shape: &[usize]) -> Result<Option<Vec<usize>>> {
    let elements = [shape.iter().product()];
    let axes = match indices.shape.as_slice() {
        [_] => &elements,
        [_, rank] if *rank == shape.len() && *rank > 0 => shape,
        _ => return Ok(None),
    };
    let position = |row: &[i64]| {
        row.iter().zip(axes).try_fold(0, |position, (&index, &length)| {
            let index = usize::try_from(index).ok().filter(|index| *index < length)?;
            Some(position * length + index)
        })
    };
    Ok(indices.to_i64()?.chunks_exact(axes.len()).map(position).collect())
}

fn scatter<T: Copy + Default>(values: &[T], positions: &[usize], elements: usize) -> Option<Vec<T>> {
    if values.len() != positions.len() {
        return None;
    }
    let mut dense = vec![T::default(); elements];
    for (&value, &position) in values.iter().zip(positions) {
        *dense.get_mut(position)? = value;
    }
    Some(dense)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bytes, floats, int, ints, read, text};
    use super::*;

    fn sparse(values: &[f32], indices: &[i64], index_shape: &[i64], dims: &[i64]) -> Result<Vec<f64>> {
        let count = i64::try_from(values.len()).expect("a few");
        let values = [int(1, count), int(2, 1), text(8, "w"), floats(4, values)].concat();
        let indices = [ints(1, index_shape), int(2, 7), ints(7, indices)].concat();
        read([bytes(1, &values), bytes(2, &indices), ints(3, dims)].concat(), |message| {
            tensor(message, Files(&[]))?.to_f64()
        })
    }

    #[test]
    fn positions_and_coordinates_are_the_same() {
        let dense = Ok(vec![0.0, 0.0, 5.0, 7.0, 0.0, 0.0]);
        assert_eq!(sparse(&[5.0, 7.0], &[2, 3], &[2], &[2, 3]), dense);
        assert_eq!(sparse(&[5.0, 7.0], &[0, 2, 1, 0], &[2, 2], &[2, 3]), dense);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(sparse(&[5.0], &[6], &[1], &[2, 3]).is_err());
        assert!(sparse(&[5.0], &[0, 3], &[1, 2], &[2, 3]).is_err());
        assert!(sparse(&[5.0], &[-1], &[1], &[2, 3]).is_err());
        assert!(sparse(&[5.0], &[0, 1], &[2], &[2, 3]).is_err());
        assert!(sparse(&[5.0], &[0], &[1], &[1 << 40]).is_err());
        assert!(sparse(&[5.0], &[0], &[1], &[-2]).is_err());
        assert!(sparse(&[], &[], &[0, 0], &[]).is_err());
    }
}
