//! What looks at a whole axis: sums, means, extrema, softmax and normalisation.

use super::Tensor;
use super::moves::binary;
use super::walk::{repeating, walk};
use crate::graph::{Binary, Number, Reduction, strides};

/// Over some axes, which stay with an extent of 1: the shape and the values.
pub fn reduce<T: Number>(reduction: Reduction, x: Tensor<T>, axes: &[usize]) -> (Vec<usize>, Vec<T>) {
    let mut shape = x.shape.to_vec();
    axes.iter().for_each(|&axis| shape[axis] = 1);
    let (start, combine) = match reduction {
        Reduction::Sum | Reduction::Mean => (0.0, Binary::Add),
        Reduction::Maximum => (f64::NEG_INFINITY, Binary::Maximum),
        Reduction::Minimum => (f64::INFINITY, Binary::Minimum),
        Reduction::Product => (1.0, Binary::Multiply),
    };
    let mut y = vec![T::of(start); shape.iter().product()];
    let to = repeating(&shape, x.shape);
    walk(x.shape, [&strides(x.shape), &to], [0; 2], &mut |[at, to], [_, stride], extent| {
        let row = &x.values[at..][..extent];
        if stride == 0 {
            // A row by itself first: sums of parts lose less.
            let part = row.iter().fold(T::of(start), |part, &x| combine.apply(part, x));
            y[to] = combine.apply(y[to], part);
        } else {
            y[to..].iter_mut().zip(row).for_each(|(y, &x)| *y = combine.apply(*y, x));
        }
    });
    if reduction == Reduction::Mean {
        let count = T::of(x.values.len() as f64 / y.len() as f64);
        y.iter_mut().for_each(|y| *y = *y / count);
    }
    (shape, y)
}

pub fn softmax<T: Number>(x: Tensor<T>, axis: usize) -> Vec<T> {
    // From the largest: no power overflows.
    let mut powers = with_reduced(Binary::Subtract, x, Reduction::Maximum, x, &[axis]);
    powers.iter_mut().for_each(|power| *power = power.exp());
    let powers = Tensor { shape: x.shape, values: &powers };
    with_reduced(Binary::Divide, powers, Reduction::Sum, powers, &[axis])
}

pub fn normalise<T: Number>(x: Tensor<T>, axes: &[usize], epsilon: f64) -> Vec<T> {
    // The mean of squares from the mean, not the difference of two large numbers.
    let centred = with_reduced(Binary::Subtract, x, Reduction::Mean, x, axes);
    let squares: Vec<_> = centred.iter().map(|&x| x * x).collect();
    let (shape, mut deviations) = reduce(Reduction::Mean, Tensor { shape: x.shape, values: &squares }, axes);
    deviations.iter_mut().for_each(|variance| *variance = (*variance + T::of(epsilon)).sqrt());
    let deviations = Tensor { shape: &shape, values: &deviations };
    binary(Binary::Divide, Tensor { shape: x.shape, values: &centred }, deviations, x.shape)
}

/// f(x, reduction of y over axes)
fn with_reduced<T: Number>(f: Binary, x: Tensor<T>, by: Reduction, y: Tensor<T>, axes: &[usize]) -> Vec<T> {
    let (shape, reduced) = reduce(by, y, axes);
    binary(f, x, Tensor { shape: &shape, values: &reduced }, x.shape)
}
