//! Chains of convolutions that go through the cache a few rows at a time: expand, filter each channel, project. The
//! first and the last may be missing.

mod branch;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::convolution::{Done, is_pointwise};
use super::epilogue::Epilogue;
use super::product::{Input, Output, Places, Product};
use super::team::Team;
use crate::graph::{self, Window};
use branch::{Branch, Image};

/// Into how many branches a chain's channels are divided, the first that suits: threads each take some.
const BRANCHES: [usize; 7] = [8, 6, 4, 2, 7, 5, 3];
/// The fewest channels of a branch.
const LEAST_CHANNELS: usize = 32;
/// A branch's channels are a multiple of what products give at once.
const TOGETHER: usize = 8;
/// About how many positions go through a chain at once.
const POSITIONS_AT_ONCE: usize = 84;
/// The share of rows that two threads may both compute.
const MOST_REPEATED: f64 = 0.1;

/// One of a chain's convolutions.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    /// How it meets its input.
    pub op: &'a graph::Convolution,
    /// `[outputs, channels / groups, rows, columns]`
    pub weight: &'a [f32],
    /// The weight's extents.
    pub shape: [usize; 4],
    /// `[outputs]`; zeros if there is none.
    pub bias: Option<&'a [f32]>,
    /// What its outputs are brought into. That of the chain's last convolution is the epilogue's.
    pub range: (f32, f32),
}

impl<'a> Layer<'a> {
    /// Weights and biases of some outputs.
    fn of_outputs(&self, outputs: &Range<usize>) -> (&'a [f32], Option<&'a [f32]>) {
        let each: usize = self.shape[1..].iter().product();
        let weight = &self.weight[outputs.start * each..outputs.end * each];
        (weight, self.bias.map(|bias| &bias[outputs.clone()]))
    }
}

/// Changes each value by itself: an activation.
pub type Activation<'a> = Option<&'a (dyn Fn(&mut [f32]) + Sync)>;

/// Convolutions that are computed together.
#[derive(Debug)]
pub struct Chain {
    /// Each filters as many of the channels.
    branches: Vec<Branch>,
    last: Option<Product>,
    /// The windows of the layers that may change the extents of the image.
    first: Option<Window>,
    filter: Window,
    outputs: usize,
}

impl Chain {
    /// Whether a convolution can be a chain's first.
    pub fn expands(op: &graph::Convolution) -> bool {
        op.groups == 1 && op.input_dilation == [1; 2]
    }

    /// Whether a convolution with a weight of this shape can be the one that filters each channel.
    pub fn filters(op: &graph::Convolution, [outputs, channels, ..]: [usize; 4]) -> bool {
        channels == 1 && op.groups == outputs && op.input_dilation == [1; 2]
    }

    /// Whether a convolution can be a chain's last.
    pub fn projects(op: &graph::Convolution) -> bool {
        is_pointwise(op)
    }

    /// Packs the chain's weights.
    pub fn pack(first: Option<Layer>, filter: Layer, last: Option<Layer>) -> Self {
        debug_assert!(
            first.is_none_or(|first| Self::expands(first.op))
                && Self::filters(filter.op, filter.shape)
                && last.is_none_or(|last| Self::projects(last.op))
        );
        let channels = filter.shape[0];
        let suits = |&branches: &usize| {
            channels.is_multiple_of(branches * TOGETHER) && channels / branches >= LEAST_CHANNELS
        };
        let each = channels / BRANCHES.into_iter().find(suits).unwrap_or(1);
        let branch = |at: usize| Branch::pack(first, filter, at * each..(at + 1) * each);
        Self {
            branches: (0..channels / each).map(branch).collect(),
            last: last.map(|last| Product::pack(last.weight, last.bias, [last.shape[0], channels])),
            first: first.map(|first| first.op.window.clone()),
            filter: filter.op.window.clone(),
            outputs: last.unwrap_or(filter).shape[0],
        }
    }

    /// `[n, h, w, c]` → `[n, h', w', outputs]`. `inner` are the activations, behind their ranges, of the convolutions
    /// before the last: of the first, or nothing where there is none, and of the filter.
    pub fn forward(
        &self,
        x: &[f32],
        [_, height, width, channels]: [usize; 4],
        out: &mut [f32],
        inner: [Activation; 2],
        epilogue: &Epilogue,
        team: &Team,
    ) {
        let steps = |window: &Window, [height, width]: [usize; 2]| {
            [window.steps(0, height, 1), window.steps(1, width, 1)]
        };
        let filtered = self.first.as_ref().map_or([height, width], |window| steps(window, [height, width]));
        let steps = steps(&self.filter, filtered);
        let positions = steps[0] * steps[1];
        let images = x.chunks_exact((height * width * channels).max(1));
        let outs = out.chunks_exact_mut((positions * self.outputs).max(1));
        for (image, (values, out)) in images.zip(outs).enumerate() {
            let done =
                |first: usize, values: &mut [f32]| epilogue.complete(image * positions + first, values);
            let image = Image { values, extents: [height, width, channels], filtered, steps, inner };
            match &self.last {
                Some(last) if self.has_long_halos(steps[0], team) => {
                    self.forward_by_channels(&image, last, out, epilogue.range, &done, team);
                }
                _ => self.forward_by_rows(&image, out, epilogue.range, &done, team),
            }
        }
    }

    /// Whether threads that each give some rows would filter too many of the same.
    fn has_long_halos(&self, rows: usize, team: &Team) -> bool {
        let Window { kernel, stride, dilation, .. } = &self.filter;
        let repeated = ((kernel[0] - 1) * dilation[0]) as f64 / (rows * stride[0]) as f64;
        self.branches.len() > 1 && (team.threads() - 1) as f64 * repeated > MOST_REPEATED
    }

    /// Each thread gives some of the rows, a few at a time.
    fn forward_by_rows(&self, image: &Image, out: &mut [f32], range: (f32, f32), done: &Done, team: &Team) {
        let [rows, columns] = image.steps;
        let each = rows.div_ceil(team.threads());
        team.share(out.chunks_mut(each * columns * self.outputs).enumerate(), |(piece, out)| {
            let mut bands: Vec<_> = self.branches.iter().map(|branch| branch.bands(image)).collect();
            let mut filtered = Vec::new();
            let (start, end) = (piece * each, rows.min((piece + 1) * each));
            let at_once = POSITIONS_AT_ONCE.div_ceil(columns);
            for (band, out) in out.chunks_mut(at_once * columns * self.outputs).enumerate() {
                let first = start + band * at_once;
                let rows = first..end.min(first + at_once);
                if let Some(last) = &self.last {
                    let positions = rows.len() * columns;
                    let size = positions * self.channels();
                    filtered.resize(size * self.branches.len(), 0.0);
                    for (band, filtered) in bands.iter_mut().zip(filtered.chunks_exact_mut(size)) {
                        band.filter_and_activate(rows.clone(), filtered);
                    }
                    let output = Output::dense(out, self.outputs);
                    let distances = self.distances(size);
                    last.forward_into(&self.input(&filtered, &distances), 0..positions, range, output);
                } else {
                    for (at, band) in bands.iter_mut().enumerate() {
                        let places = Places::apart(self.outputs).shifted(at * self.channels());
                        band.filter(rows.clone(), range, Output { values: &mut *out, places, step: 4 });
                    }
                }
                done(first * columns, out);
            }
        });
    }

    /// Each thread filters some of the channels at all positions, before each gives some of the output.
    fn forward_by_channels(
        &self,
        image: &Image,
        last: &Product,
        out: &mut [f32],
        range: (f32, f32),
        done: &Done,
        team: &Team,
    ) {
        let [rows, columns] = image.steps;
        let size = rows * columns * self.channels();
        let at_once = POSITIONS_AT_ONCE.div_ceil(columns);
        let mut filtered = vec![0.0; size * self.branches.len()];
        team.share(self.branches.iter().zip(filtered.chunks_exact_mut(size)), |(branch, filtered)| {
            let mut bands = branch.bands(image);
            for (band, filtered) in filtered.chunks_mut(at_once * columns * self.channels()).enumerate() {
                let first = band * at_once;
                bands.filter_and_activate(first..rows.min(first + at_once), filtered);
            }
        });
        last.forward_dense(&self.input(&filtered, &self.distances(size)), out, range, team, done);
    }

    /// Channels of a branch.
    fn channels(&self) -> usize {
        self.branches[0].channels()
    }

    /// Where the channels of each branch begin, of which one filtered so many values.
    fn distances(&self, size: usize) -> Vec<usize> {
        (0..self.branches.len()).map(|branch| branch * size).collect()
    }

    /// What the branches filtered, one behind the other, as the last layer's input.
    fn input<'a>(&self, filtered: &'a [f32], distances: &'a [usize]) -> Input<'a> {
        let length = self.channels();
        Input { values: filtered, places: Places::apart(length), distances, length }
    }
}
