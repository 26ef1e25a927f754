//! The one kernel behind convolutions and matrix products.

use std::array;
use std::borrow::Cow;

use super::Tensor;
use super::walk::{repeating, walk};
use crate::graph::{Number, permute};

/// Positions whose sums are taken together: each weight that is loaded serves as many.
const POSITIONS: usize = 4;
/// Outputs whose sums are taken together, as many as fill the registers.
const LANES: usize = 4;
/// Positions that all weights are read once for: what they read stays in the cache meanwhile.
const BLOCK: usize = 16 * POSITIONS;

/// An extent and the stride along it.
pub type Along = (usize, usize);

/// Weights `[taps, depth, outputs]` in strips of [`LANES`] outputs.
pub struct Weights<T> {
    strips: Vec<T>,
    /// What a place of padding holds.
    zeros: Vec<T>,
    taps: usize,
    outputs: usize,
}

impl<T: Number> Weights<T> {
    /// Of weights that lie in any order.
    pub fn new(values: &[T], taps: Along, depth: Along, outputs: Along) -> Self {
        let mut strips = Vec::with_capacity(taps.0 * depth.0 * outputs.0.next_multiple_of(LANES));
        for strip in (0..outputs.0).step_by(LANES) {
            for tap in 0..taps.0 {
                for place in 0..depth.0 {
                    let at = tap * taps.1 + place * depth.1;
                    let weight = |output| values[at + output * outputs.1];
                    strips.extend(
                        (strip..strip + LANES).map(|at| if at < outputs.0 { weight(at) } else { T::ZERO }),
                    );
                }
            }
        }
        Self { strips, zeros: vec![T::ZERO; depth.0], taps: taps.0, outputs: outputs.0 }
    }

    /// `y[p · stride + o] += Σ_t Σ_k row(p, t)[k] · weights[t, k, o]`; a row that is not there is zeros.
    pub fn accumulate<'a>(
        &self,
        positions: usize,
        row: &dyn Fn(usize, usize) -> Option<&'a [T]>,
        y: &mut [T],
        stride: usize,
    ) {
        let strip_length = self.taps * self.zeros.len() * LANES;
        if strip_length == 0 {
            return;
        }
        let mut rows = Vec::with_capacity(BLOCK / POSITIONS * self.taps);
        for first in (0..positions).step_by(BLOCK) {
            let last = positions.min(first + BLOCK);
            rows.clear();
            for position in (first..last).step_by(POSITIONS) {
                let at = |tap, step| if position + step < last { row(position + step, tap) } else { None };
                rows.extend((0..self.taps).map(|tap| array::from_fn(|step| at(tap, step))));
            }
            for (strip, weights) in self.strips.chunks_exact(strip_length).enumerate() {
                let output = strip * LANES;
                let lanes = LANES.min(self.outputs - output);
                for (tile, rows) in rows.chunks_exact(self.taps).enumerate() {
                    let positions = first + tile * POSITIONS..last;
                    for (position, sums) in positions.zip(self.tile(rows, weights)) {
                        let y = &mut y[position * stride + output..][..lanes];
                        y.iter_mut().zip(sums).for_each(|(y, sum)| *y += sum);
                    }
                }
            }
        }
    }

    fn tile(&self, rows: &[[Option<&[T]>; POSITIONS]], weights: &[T]) -> [[T; LANES]; POSITIONS] {
        let mut sums = [[T::ZERO; LANES]; POSITIONS];
        for (rows, weights) in rows.iter().zip(weights.chunks_exact(self.zeros.len() * LANES)) {
            if rows.iter().all(Option::is_none) {
                continue;
            }
            let [a, b, c, d] = rows.map(|row| row.unwrap_or(&self.zeros));
            let places = a.iter().zip(b).zip(c).zip(d);
            for ((((&a, &b), &c), &d), weights) in places.zip(weights.as_chunks::<LANES>().0) {
                for (sums, x) in sums.iter_mut().zip([a, b, c, d]) {
                    sums.iter_mut().zip(weights).for_each(|(sum, &weight)| *sum += x * weight);
                }
            }
        }
        sums
    }
}

/// a b, each perhaps with its last two axes swapped; the leading axes broadcast.
pub fn matrices<T: Number>(a: (Tensor<T>, bool), b: (Tensor<T>, bool), shape: &[usize]) -> Vec<T> {
    let ((a, transpose_a), (b, transpose_b)) = (a, b);
    let (batch, matrix) = shape.split_at(shape.len() - 2);
    let (batch_a, batch_b) = (&a.shape[..a.shape.len() - 2], &b.shape[..b.shape.len() - 2]);
    let (m, n, k) = (matrix[0], matrix[1], a.shape[batch_a.len() + usize::from(!transpose_a)]);
    let (depth, outputs) = if transpose_b { ((k, 1), (n, k)) } else { ((k, n), (n, 1)) };

    let rows = if transpose_a {
        let mut order: Vec<_> = (0..a.shape.len()).collect();
        order.swap(batch_a.len(), batch_a.len() + 1);
        Cow::Owned(permute(a.values, a.shape, &order))
    } else {
        Cow::Borrowed(a.values)
    };
    let mut y = vec![T::ZERO; shape.iter().product()];
    let mut multiply = |at: usize, rows: &[T], weights: &Weights<T>| {
        let row = |position, _| Some(&rows[position * k..][..k]);
        weights.accumulate(rows.len() / k.max(1), &row, &mut y[at..], n);
    };
    let weights = |at: usize| Weights::new(&b.values[at..], (1, 0), depth, outputs);
    if batch_a == batch && batch_b.iter().all(|&extent| extent == 1) {
        multiply(0, &rows, &weights(0));
        return y;
    }
    let (strides_a, strides_b) = (repeating(batch_a, batch), repeating(batch_b, batch));
    let mut at = 0;
    walk(batch, [&strides_a, &strides_b], [0; 2], &mut |[at_a, at_b], [step_a, step_b], extent| {
        for step in 0..extent {
            let (at_a, at_b) = (at_a + step * step_a, at_b + step * step_b);
            multiply(at, &rows[at_a * m * k..][..m * k], &weights(at_b * k * n));
            at += m * n;
        }
    });
    y
}
