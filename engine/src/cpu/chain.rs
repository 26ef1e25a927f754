//! Chains of convolutions that go through the cache a few rows at a time: expand, filter each channel, project. The
//! first and the last may be missing.

mod branch;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::convolution::{Done, is_pointwise};
use super::epilogue::{Epilogue, LINEAR};
use super::product::{Input, Output, Places, Product, ROWS};
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
    /// The last layer, if there is one, of equal parts of the branches: the less is summed up at once, the less is lost.
    last: Vec<Product>,
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
    pub fn pack<'a>(first: Option<Layer>, filter: Layer, last: Option<Layer<'a>>) -> Self {
        debug_assert!(
            first.is_none_or(|first| Self::expands(first.op))
                && Self::filters(filter.op, filter.shape)
                && last.is_none_or(|last| Self::projects(last.op))
        );
        let channels = filter.shape[0];
        let suits = |&branches: &usize| {
            channels.is_multiple_of(branches * TOGETHER) && channels / branches >= LEAST_CHANNELS
        };
        let count = BRANCHES.into_iter().find(suits).unwrap_or(1);
        let each = channels / count;
        let branch = |at: usize| Branch::pack(first, filter, at * each..(at + 1) * each);
        let part = if count.is_multiple_of(2) { channels / 2 } else { channels };
        let parts =
            |last: Layer<'a>| (0..channels).step_by(part).map(move |at| project(&last, at..at + part));
        Self {
            branches: (0..count).map(branch).collect(),
            last: last.into_iter().flat_map(parts).collect(),
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
            if self.has_long_halos(steps[0], team) {
                self.forward_by_channels(&image, out, epilogue.range, &done, team);
            } else {
                self.forward_by_rows(&image, out, epilogue.range, &done, team);
            }
        }
    }

    /// Whether threads that each give some rows would filter too many of the same.
    fn has_long_halos(&self, rows: usize, team: &Team) -> bool {
        let Window { kernel, stride, dilation, .. } = &self.filter;
        let repeated = ((kernel[0] - 1) * dilation[0]) as f64 / (rows * stride[0]) as f64;
        let can_be_divided = self.branches.len() > 1 && !self.last.is_empty();
        can_be_divided && (team.threads() - 1) as f64 * repeated > MOST_REPEATED
    }

    /// Each thread gives some of the rows, a few at a time.
    fn forward_by_rows(&self, image: &Image, out: &mut [f32], range: (f32, f32), done: &Done, team: &Team) {
        let [rows, columns] = image.steps;
        let each = rows.div_ceil(team.threads());
        team.share(out.chunks_mut(each * columns * self.outputs).enumerate(), |(piece, out)| {
            let mut bands: Vec<_> = self.branches.iter().map(|branch| branch.bands(image)).collect();
            let (mut filtered, mut sums) = (Vec::new(), Vec::new());
            let (start, end) = (piece * each, rows.min((piece + 1) * each));
            let at_once = POSITIONS_AT_ONCE.div_ceil(columns);
            for (band, out) in out.chunks_mut(at_once * columns * self.outputs).enumerate() {
                let first = start + band * at_once;
                let rows = first..end.min(first + at_once);
                if self.last.is_empty() {
                    for (at, band) in bands.iter_mut().enumerate() {
                        let places = Places::apart(self.outputs).shifted(at * self.channels());
                        band.filter(rows.clone(), range, Output { values: &mut *out, places, step: 4 });
                    }
                } else {
                    let positions = rows.len() * columns;
                    let size = positions * self.channels();
                    filtered.resize(size * self.branches.len(), 0.0);
                    for (band, filtered) in bands.iter_mut().zip(filtered.chunks_exact_mut(size)) {
                        band.filter_and_activate(rows.clone(), filtered);
                    }
                    self.project(&filtered, 0..positions, range, out, &mut sums);
                }
                done(first * columns, out);
            }
        });
    }

    /// Each thread filters some of the channels at all positions, before each gives some of the output.
    fn forward_by_channels(
        &self,
        image: &Image,
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
        let piece = team.piece(rows * columns, ROWS);
        team.share(out.chunks_mut(piece * self.outputs).enumerate(), |(at, out)| {
            let first = at * piece;
            let positions = first..first + out.len() / self.outputs;
            self.project(&filtered, positions, range, out, &mut Vec::new());
            done(first, out);
        });
    }

    /// Channels of a branch.
    fn channels(&self) -> usize {
        self.branches[0].channels()
    }

    /// The last layer's outputs at some positions of what the branches filtered, which lies one branch behind the other.
    /// `sums` is memory for a part of them.
    fn project(
        &self,
        filtered: &[f32],
        positions: Range<usize>,
        range: (f32, f32),
        out: &mut [f32],
        sums: &mut Vec<f32>,
    ) {
        let (length, size) = (self.channels(), filtered.len() / self.branches.len());
        let each = self.branches.len() / self.last.len();
        let own = if self.last.len() == 1 { range } else { LINEAR };
        for (at, last) in self.last.iter().enumerate() {
            let distances: Vec<_> = (at * each..(at + 1) * each).map(|branch| branch * size).collect();
            let input =
                Input { values: filtered, places: Places::apart(length), distances: &distances, length };
            if at == 0 {
                last.forward_into(&input, positions.clone(), own, Output::dense(out, self.outputs));
                continue;
            }
            sums.resize(out.len(), 0.0);
            last.forward_into(&input, positions.clone(), own, Output::dense(sums, self.outputs));
            out.iter_mut().zip(&*sums).for_each(|(out, sum)| *out += sum);
        }
        if self.last.len() > 1 {
            Epilogue { range, then: None }.apply(self.outputs, out);
        }
    }
}

/// What some of the inputs add to a last layer's outputs; the first ones bring the bias.
fn project(last: &Layer, inputs: Range<usize>) -> Product {
    let [outputs, channels, ..] = last.shape;
    let mut weight = Vec::with_capacity(outputs * inputs.len());
    for row in last.weight.chunks_exact(channels) {
        weight.extend_from_slice(&row[inputs.clone()]);
    }
    Product::pack(&weight, last.bias.filter(|_| inputs.start == 0), [outputs, inputs.len()])
}
