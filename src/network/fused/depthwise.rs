//! Depthwise convolutions: one filter a channel.

use std::ops::Range;

use wide::f32x4;

use super::window::{Lines, Window};
use super::{Four, RELU6, clamp};
use crate::network::padding::{same_padding, steps};

/// How many columns are summed side by side.
const COLUMNS: usize = 4;

/// A biased depthwise convolution with TensorFlow's SAME padding, and its ReLU6.
#[derive(Debug)]
pub(super) struct Depthwise {
    /// `[channels / 4][kernel][kernel]`, four channels each
    weights: Vec<f32x4>,
    bias: Vec<f32x4>,
    kernel: usize,
    stride: usize,
}

impl Depthwise {
    /// `weight` is `[channels, kernel, kernel]`.
    pub(super) fn new(weight: &[f32], bias: &[f32], kernel: usize, stride: usize) -> Self {
        let taps = kernel * kernel;
        let (bias, rest) = bias.as_chunks::<4>();
        debug_assert!(rest.is_empty(), "the channels are no multiple of four");
        let four = |filters: &[f32], tap: usize| {
            f32x4::new(std::array::from_fn(|channel| filters[channel * taps + tap]))
        };
        let weights = weight
            .chunks_exact(4 * taps)
            .flat_map(|filters| (0..taps).map(move |tap| four(filters, tap)))
            .collect();
        Self { weights, bias: bias.iter().map(|&bias| f32x4::new(bias)).collect(), kernel, stride }
    }

    /// How many rows or columns come out.
    pub(super) fn steps(&self, size: usize) -> usize {
        steps(size, self.kernel, self.stride).0
    }

    /// A window over rows of this width.
    pub(super) fn window(&self, width: usize) -> Window {
        Window::new(self.bias.len(), width, same_padding(width, self.kernel, self.stride))
    }

    /// The rows of an input of this height that some rows of the output need.
    pub(super) fn covered(&self, rows: &Range<usize>, height: usize) -> Range<usize> {
        let (first, last) = (self.taps(rows.start, height), self.taps(rows.end - 1, height));
        first.row..last.row + last.taps.len()
    }

    /// Rows of the output, `[row][column][channels / 4]`, from a window that holds what they need.
    pub(super) fn forward(&self, window: &Window, rows: Range<usize>, height: usize, output: &mut [Four]) {
        let size = output.len() / rows.len();
        for (row, output) in rows.zip(output.chunks_exact_mut(size)) {
            let Covered { row, taps } = self.taps(row, height);
            for (four, bias) in self.bias.iter().enumerate() {
                let (first, count) = (four * self.kernel + taps.start, taps.len());
                let weights = &self.weights[first * self.kernel..][..count * self.kernel];
                let lines = window.lines(row, four);
                let output = &mut output[four..];
                let step = self.bias.len();
                match (self.kernel, self.stride) {
                    (3, 1) => lines.filter::<3, 1, 6>(weights, *bias, output, step),
                    (3, 2) => lines.filter::<3, 2, 9>(weights, *bias, output, step),
                    (5, 1) => lines.filter::<5, 1, 8>(weights, *bias, output, step),
                    (5, 2) => lines.filter::<5, 2, 11>(weights, *bias, output, step),
                    _ => unreachable!("the network has kernels of 3 and 5 and strides of 1 and 2"),
                }
            }
        }
    }

    /// What the filter covers at a row of the output.
    fn taps(&self, row: usize, height: usize) -> Covered {
        let (_, top) = steps(height, self.kernel, self.stride);
        let start = row * self.stride;
        let first = top.saturating_sub(start);
        Covered { row: start + first - top, taps: first..self.kernel.min(height + top - start) }
    }
}

/// Where a filter meets its input.
struct Covered {
    /// The first row.
    row: usize,
    /// The filter's rows that are inside.
    taps: Range<usize>,
}

impl Lines<'_> {
    /// All columns of one row of the output, which lie `step` apart. `COVERED` is what [`COLUMNS`] of them cover:
    /// `(COLUMNS - 1) * STRIDE + KERNEL`.
    // A function of its own, as in the pointwise convolution.
    #[inline(never)]
    fn filter<const KERNEL: usize, const STRIDE: usize, const COVERED: usize>(
        &self,
        weights: &[f32x4],
        bias: f32x4,
        output: &mut [Four],
        step: usize,
    ) {
        let columns = output.len().div_ceil(step);
        if columns < COLUMNS {
            for column in 0..columns {
                let sums = self.sums::<KERNEL, STRIDE, KERNEL, 1>(weights, bias, column);
                put(sums, output, column, step);
            }
            return;
        }
        // The last ones may be summed twice.
        for column in (0..columns).step_by(COLUMNS).map(|column| column.min(columns - COLUMNS)) {
            let sums = self.sums::<KERNEL, STRIDE, COVERED, COLUMNS>(weights, bias, column);
            put(sums, output, column, step);
        }
    }

    /// `N` columns side by side.
    #[inline(always)]
    fn sums<const KERNEL: usize, const STRIDE: usize, const COVERED: usize, const N: usize>(
        &self,
        weights: &[f32x4],
        bias: f32x4,
        column: usize,
    ) -> [f32x4; N] {
        let mut sums = [bias; N];
        let (weights, _) = weights.as_chunks::<KERNEL>();
        let lines = self.values[column * STRIDE..].chunks(self.step);
        for (weights, line) in weights.iter().zip(lines) {
            let values: [f32x4; COVERED] = std::array::from_fn(|at| f32x4::new(line[at]));
            for (x, weight) in weights.iter().enumerate() {
                for (at, sum) in sums.iter_mut().enumerate() {
                    *sum += values[at * STRIDE + x] * *weight;
                }
            }
        }
        sums
    }
}

#[inline(always)]
fn put<const N: usize>(sums: [f32x4; N], output: &mut [Four], column: usize, step: usize) {
    for (sum, at) in sums.into_iter().zip(column..) {
        output[at * step] = clamp(sum, RELU6.0, RELU6.1).to_array();
    }
}
