//! The rows of an activation that a depthwise filter covers, as many as a few rows of its output need.

mod axis;

use std::ops::Range;

pub use axis::Axis;

use super::product::{Output, Places};

/// Four channels of a position.
pub(super) type Four = [f32; 4];

/// Some rows of an activation, `[row][channels / 4][column]`, with zeros before and after each row's
/// columns: the filter needs no other case at the sides.
#[derive(Debug)]
pub(super) struct Window {
    values: Vec<Four>,
    /// Fours of channels.
    fours: usize,
    width: usize,
    /// Columns of zeros before a row's own.
    left: usize,
    /// The first column that the filter needs.
    skipped: usize,
    /// Columns in all.
    padded: usize,
    /// The rows held.
    rows: Range<usize>,
}

impl Window {
    /// For rows of `width` positions, over which a window makes so many steps.
    pub(super) fn new(channels: usize, width: usize, columns: &Axis, steps: usize) -> Self {
        let left = columns.before.max(0) as usize;
        let skipped = columns.before.min(0).unsigned_abs();
        let padded = (left + width).max(skipped + columns.span(steps));
        Self { values: Vec::new(), fours: channels.div_ceil(4), width, left, skipped, padded, rows: 0..0 }
    }

    /// Moves on to these rows, which begin where the former ones did or below. Answers with those of them
    /// that are to be filled.
    pub(super) fn advance(&mut self, rows: Range<usize>) -> Range<usize> {
        let row = self.row();
        let passed = rows.start.min(self.rows.end) - self.rows.start;
        self.values.copy_within(passed * row.., 0);
        if self.values.is_empty() {
            // The first rows may lie at the image's edge, where the filter covers fewer than below.
            self.values.reserve(2 * rows.len() * row);
        }
        self.values.resize(rows.len() * row, [0.0; 4]);
        let missing = self.rows.end.clamp(rows.start, rows.end)..rows.end;
        self.rows = rows;
        missing
    }

    /// Where the values of rows go, from one on.
    pub(super) fn output(&mut self, row: usize) -> Output<'_> {
        let first = (row - self.rows.start) * self.row();
        let places = Places { first: 4 * self.left, width: self.width, row: 4 * self.row(), column: 4 };
        let step = 4 * self.padded;
        Output { values: self.values[first..].as_flattened_mut(), places, step }
    }

    /// Fills rows with channels of an image, `[H, W, total]`: channel `c` of the filter is `c / repeats` of it.
    pub(super) fn copy(
        &mut self,
        rows: Range<usize>,
        image: &[f32],
        total: usize,
        channels: &Range<usize>,
        repeats: usize,
    ) {
        let mut repeated = Vec::new();
        for row in rows {
            let first = (row - self.rows.start) * self.row() + self.left;
            for column in 0..self.width {
                let position = &image[(row * self.width + column) * total..][..total];
                let values = if repeats == 1 {
                    &position[channels.clone()]
                } else {
                    repeated.clear();
                    repeated.extend(channels.clone().map(|channel| position[channel / repeats]));
                    &repeated
                };
                spread(values, &mut self.values[first + column..], self.padded);
            }
        }
    }

    /// Changes each value of rows, but not the zeros beside them.
    pub(super) fn change(&mut self, rows: Range<usize>, change: &dyn Fn(&mut [f32])) {
        let (first, row) = ((rows.start - self.rows.start) * self.row(), self.row());
        for line in self.values[first..][..rows.len() * row].chunks_exact_mut(self.padded) {
            change(line[self.left..][..self.width].as_flattened_mut());
        }
    }

    /// Four channels, from a row on and from the first column that the filter needs on.
    /// Rows are so far apart.
    pub(super) fn lines(&self, row: usize, dilation: usize, four: usize) -> Lines<'_> {
        let first = row.saturating_sub(self.rows.start) * self.row() + four * self.padded + self.skipped;
        Lines { values: self.values.get(first..).unwrap_or_default(), step: dilation * self.row() }
    }

    /// From one row to the next.
    fn row(&self) -> usize {
        self.fours * self.padded
    }
}

/// The columns of four channels in some rows.
pub(super) struct Lines<'a> {
    pub(super) values: &'a [Four],
    /// From one row to the next.
    pub(super) step: usize,
}

/// Puts each four channels of a position a step further.
// A function of its own, small, for browsers' compilers.
#[inline(never)]
fn spread(values: &[f32], to: &mut [Four], step: usize) {
    let (fours, rest) = values.as_chunks::<4>();
    for (four, to) in fours.iter().zip(to.iter_mut().step_by(step)) {
        *to = *four;
    }
    if !rest.is_empty() {
        to[fours.len() * step][..rest.len()].copy_from_slice(rest);
    }
}
