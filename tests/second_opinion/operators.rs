//! Operators along axes.

use burn::tensor::{Int, Tensor, TensorData};
use gradlens::graph::{Part, Reduction, SparseRows};

use crate::interpreter::Value;

/// Over these axes, which stay.
pub fn reduce(reduction: Reduction, x: Value, axes: &[usize]) -> Value {
    match reduction {
        Reduction::Sum => x.sum_dims(axes),
        Reduction::Mean => x.mean_dims(axes),
        Reduction::Maximum => x.max_dims(axes),
        Reduction::Minimum => x.min_dims(axes),
        Reduction::Product => x.prod_dims(axes),
    }
}

/// (x - mean) / sqrt(variance + epsilon)
pub fn normalise(x: Value, axes: &[usize], epsilon: f64) -> Value {
    let centred = x.clone() - x.mean_dims(axes);
    let variance = centred.clone().square().mean_dims(axes);
    centred / (variance + epsilon).sqrt()
}

/// A sparse matrix along an axis, as a dense one.
pub fn linear(x: Value, axis: usize, rows: &SparseRows<f32>) -> Value {
    let mut shape = x.dims();
    let (outer, extent): (usize, usize) = (shape[..axis].iter().product(), shape[axis]);
    let mut matrix = vec![0.0; rows.len() * extent];
    for (row, factors) in rows.iter().enumerate() {
        for &(place, factor) in factors {
            matrix[row * extent + place] += factor;
        }
    }
    let matrix = TensorData::new(matrix, [1, rows.len(), extent]);
    let matrix = Tensor::<3>::from_data(matrix, &x.device());
    shape[axis] = rows.len();
    let inner = shape[axis + 1..].iter().product::<usize>();
    matrix.matmul(x.reshape([outer, extent, inner])).reshape(shape)
}

/// Part of each axis behind the leading ones.
pub fn slice(x: Value, ones: usize, parts: &[Part]) -> Value {
    let shape = x.dims();
    parts.iter().enumerate().fold(x, |x, (at, part)| {
        let axis = at + ones;
        if part.extent == shape[axis] {
            x
        } else if part.step == 1 {
            x.narrow(axis, part.start, part.extent)
        } else {
            let places = (0..part.extent).map(|step| (part.start + step * part.step) as i32);
            let places = TensorData::new(places.collect(), [part.extent]);
            let places = Tensor::<1, Int>::from_data(places, &x.device());
            x.select(axis, places)
        }
    })
}
