//! Depthwise convolutions: one filter a channel.

use std::ops::Range;

use wide::f32x4;

use super::epilogue::clamp;
use super::product::Output;
use super::window::{Axis, Lines, Window};

/// How many columns are summed side by side.
const COLUMNS: usize = 4;

/// A biased depthwise convolution.
#[derive(Debug)]
pub(super) struct Depthwise {
    /// `[channels / 4][rows][columns]`, four channels each
    weights: Vec<f32x4>,
    bias: Vec<f32x4>,
    channels: usize,
    rows: Axis,
    columns: Axis,
}

impl Depthwise {
    /// `weight` is `[channels, rows, columns]`, of as many taps as the axes say.
    pub(super) fn pack(
        weight: &[f32],
        bias: Option<&[f32]>,
        channels: usize,
        [rows, columns]: [Axis; 2],
    ) -> Self {
        let taps = rows.kernel * columns.kernel;
        let or_zero = |values: &[f32], at: usize| values.get(at).copied().unwrap_or(0.0);
        let four = |of: &dyn Fn(usize) -> f32| f32x4::new(std::array::from_fn(of));
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for first in (0..channels).step_by(4) {
            weights.extend((0..taps).map(|tap| four(&|lane| or_zero(weight, (first + lane) * taps + tap))));
            biases.push(four(&|lane| or_zero(bias.unwrap_or_default(), first + lane)));
        }
        Self { weights, bias: biases, channels, rows, columns }
    }

    /// A window over rows of this width, for so many columns of the output.
    pub(super) fn window(&self, width: usize, columns: usize) -> Window {
        Window::new(self.channels, width, &self.columns, columns)
    }

    /// The rows of an input of this height that some rows of the output need.
    pub(super) fn covered(&self, rows: &Range<usize>, height: usize) -> Range<usize> {
        self.rows.covered(rows, height)
    }

    /// Rows of the output, of so many `columns`, within a range, from a window that holds what they need of an
    /// input of this `height`. The first one goes to position 0.
    pub(super) fn forward(
        &self,
        window: &Window,
        rows: Range<usize>,
        [height, columns]: [usize; 2],
        range: (f32, f32),
        output: Output,
    ) {
        let kernel = self.columns.kernel;
        let step = output.places.column;
        let mut ragged = vec![0.0; if self.channels.is_multiple_of(4) { 0 } else { 4 * columns }];
        for (at, row) in rows.enumerate() {
            let taps = self.rows.taps(row, height);
            let first = self.rows.start(row) + (taps.start * self.rows.dilation) as isize;
            let values = &mut output.values[output.places.of(at * columns)..];
            for (four, bias) in self.bias.iter().enumerate() {
                let weights =
                    &self.weights[(four * self.rows.kernel + taps.start) * kernel..][..taps.len() * kernel];
                let lines = window.lines(first.max(0) as usize, self.rows.dilation, four);
                if 4 * four + 4 <= self.channels {
                    let values = &mut values[4 * four..];
                    self.filter(&lines, weights, *bias, Line { values, columns, step, range });
                } else {
                    self.filter(
                        &lines,
                        weights,
                        *bias,
                        Line { values: &mut ragged, columns, step: 4, range },
                    );
                    for (sums, at) in ragged.chunks_exact(4).zip((0..).step_by(step)) {
                        let lanes = self.channels % 4;
                        values[at + 4 * four..][..lanes].copy_from_slice(&sums[..lanes]);
                    }
                }
            }
        }
    }

    /// One row of four channels.
    fn filter(&self, lines: &Lines, weights: &[f32x4], bias: f32x4, line: Line) {
        let Axis { kernel, stride, dilation, .. } = self.columns;
        match (kernel, stride, dilation) {
            (3, 1, 1) => lines.filter::<3, 1, 6>(weights, bias, line),
            (3, 2, 1) => lines.filter::<3, 2, 9>(weights, bias, line),
            (5, 1, 1) => lines.filter::<5, 1, 8>(weights, bias, line),
            (5, 2, 1) => lines.filter::<5, 2, 11>(weights, bias, line),
            (7, 1, 1) => lines.filter::<7, 1, 10>(weights, bias, line),
            _ => lines.filter_by(&self.columns, weights, bias, line),
        }
    }
}

/// One row of the output, of four channels.
struct Line<'a> {
    values: &'a mut [f32],
    columns: usize,
    /// From one column to the next.
    step: usize,
    range: (f32, f32),
}

impl Line<'_> {
    /// Fills all columns with sums, several at once or each alone.
    #[inline(always)]
    fn fill(mut self, several: impl Fn(usize) -> [f32x4; COLUMNS], one: impl Fn(usize) -> [f32x4; 1]) {
        let columns = self.columns;
        if columns < COLUMNS {
            (0..columns).for_each(|column| self.put(one(column), column));
            return;
        }
        // The last ones may be summed twice.
        for column in (0..columns).step_by(COLUMNS).map(|column| column.min(columns - COLUMNS)) {
            self.put(several(column), column);
        }
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, sums: [f32x4; N], column: usize) {
        for (sum, at) in sums.into_iter().zip(column..) {
            self.values[at * self.step..][..4].copy_from_slice(&clamp(sum, self.range).to_array());
        }
    }
}

impl Lines<'_> {
    /// All columns of one row of the output. `COVERED` is what [`COLUMNS`] of them cover:
    /// `(COLUMNS - 1) * STRIDE + KERNEL`.
    // A function of its own, as in the product.
    #[inline(never)]
    fn filter<const KERNEL: usize, const STRIDE: usize, const COVERED: usize>(
        &self,
        weights: &[f32x4],
        bias: f32x4,
        line: Line,
    ) {
        line.fill(
            |column| self.sums::<KERNEL, STRIDE, COVERED, COLUMNS>(weights, bias, column),
            |column| self.sums::<KERNEL, STRIDE, KERNEL, 1>(weights, bias, column),
        );
    }

    /// As [`Self::filter`], of any axis.
    #[inline(never)]
    fn filter_by(&self, axis: &Axis, weights: &[f32x4], bias: f32x4, line: Line) {
        line.fill(
            |column| self.sums_by(axis, weights, bias, column),
            |column| self.sums_by(axis, weights, bias, column),
        );
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
        for (weights, line) in weights.iter().zip(self.from(column * STRIDE)) {
            let values: [f32x4; COVERED] = std::array::from_fn(|at| f32x4::new(line[at]));
            for (x, weight) in weights.iter().enumerate() {
                for (at, sum) in sums.iter_mut().enumerate() {
                    *sum += values[at * STRIDE + x] * *weight;
                }
            }
        }
        sums
    }

    /// As [`Self::sums`], of any axis.
    #[inline(always)]
    fn sums_by<const N: usize>(
        &self,
        axis: &Axis,
        weights: &[f32x4],
        bias: f32x4,
        column: usize,
    ) -> [f32x4; N] {
        let mut sums = [bias; N];
        for (weights, line) in weights.chunks_exact(axis.kernel.max(1)).zip(self.from(column * axis.stride)) {
            for (x, weight) in weights.iter().enumerate() {
                for (at, sum) in sums.iter_mut().enumerate() {
                    *sum += f32x4::new(line[at * axis.stride + x * axis.dilation]) * *weight;
                }
            }
        }
        sums
    }

    /// The rows, each from a column on.
    #[inline(always)]
    fn from(&self, column: usize) -> impl Iterator<Item = &[[f32; 4]]> {
        self.values.get(column..).unwrap_or_default().chunks(self.step.max(1))
    }
}
