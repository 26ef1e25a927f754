//! The rows of an activation that a depthwise filter covers, as many as a few rows of its output need.

use std::ops::Range;

use super::pointwise::{Output, Pointwise};
use super::{Four, RELU6};

/// Some rows of an activation, `[row][channels / 4][column]`, with zeros before and after each row's
/// columns: the filter needs no other case at the sides.
pub(super) struct Window {
    values: Vec<Four>,
    /// Fours of channels.
    fours: usize,
    width: usize,
    /// Columns of zeros before a row's own.
    left: usize,
    /// Columns in all.
    padded: usize,
    /// The rows held.
    rows: Range<usize>,
}

impl Window {
    /// For rows of `width` positions, with zeros `left` and `right` of them.
    pub(super) fn new(fours: usize, width: usize, (left, right): (usize, usize)) -> Self {
        Self { values: Vec::new(), fours, width, left, padded: left + width + right, rows: 0..0 }
    }

    /// Moves on to these rows, which begin where the former ones did or below. Answers with those of them
    /// that are to be [filled](Self::fill).
    pub(super) fn advance(&mut self, rows: Range<usize>) -> Range<usize> {
        let row = self.row();
        let passed = rows.start.min(self.rows.end) - self.rows.start;
        self.values.copy_within(passed * row.., 0);
        self.values.resize(rows.len() * row, [0.0; 4]);
        let missing = self.rows.end.max(rows.start)..rows.end;
        self.rows = rows;
        missing
    }

    /// Fills rows with the ReLU6 of a product of their positions.
    pub(super) fn fill(&mut self, rows: Range<usize>, product: &Pointwise, input: &[f32]) {
        let (width, row, left) = (self.width, self.row(), self.left);
        let first = (rows.start - self.rows.start) * row;
        let output = Output {
            values: &mut self.values[first..],
            place: |position| position / width * row + left + position % width,
            step: self.padded,
        };
        product.forward_into(input, RELU6, output);
    }

    /// Four channels, from a row on.
    pub(super) fn lines(&self, row: usize, four: usize) -> Lines<'_> {
        let first = (row - self.rows.start) * self.row() + four * self.padded;
        Lines { values: &self.values[first..], step: self.row() }
    }

    /// From one row to the next.
    fn row(&self) -> usize {
        self.fours * self.padded
    }
}

/// The columns of four channels in successive rows.
pub(super) struct Lines<'a> {
    pub(super) values: &'a [Four],
    /// From one row to the next.
    pub(super) step: usize,
}
