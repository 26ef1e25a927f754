//! Chains of convolutions that go through the cache a few rows at a time: expand, filter each channel, project. The
//! first and the last may be missing.

mod branch;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::convolution::is_pointwise;
use super::epilogue::{Epilogue, LINEAR};
use super::team::Half;
use crate::graph::{self, Window};
use branch::{Branch, Ending, Extents};

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
pub type Activation<'a> = Option<&'a dyn Fn(&mut [f32])>;

/// Convolutions that are computed together.
#[derive(Debug)]
pub struct Chain {
    /// The halves of the inner channels: the chain's output is the sum of theirs.
    branches: Vec<Branch>,
    /// The windows of the layers that may change the extents of the image.
    first: Option<Window>,
    filter: Window,
    outputs: usize,
    /// Whether each branch gives sums of all outputs; else, it gives some of the outputs.
    projects: bool,
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

    /// Packs the chain's weights, for these halves of the channels that are filtered.
    pub fn pack(first: Option<Layer>, filter: Layer, last: Option<Layer>, halves: &[Half]) -> Self {
        debug_assert!(
            first.is_none_or(|first| Self::expands(first.op))
                && Self::filters(filter.op, filter.shape)
                && last.is_none_or(|last| Self::projects(last.op))
        );
        // One of very few channels may be empty.
        let halves = halves.iter().filter(|half| !half.of(filter.shape[0]).is_empty());
        Self {
            branches: halves.map(|half| Branch::pack(first, filter, last, *half)).collect(),
            first: first.map(|first| first.op.window.clone()),
            filter: filter.op.window.clone(),
            outputs: last.unwrap_or(filter).shape[0],
            projects: last.is_some(),
        }
    }

    /// `[n, h, w, c]` → `[n, h', w', outputs]`, for a chain of both halves. `inner` are the activations, behind their
    /// ranges, of the convolutions before the last: of the first, or nothing where there is none, and of the filter.
    pub fn forward(
        &self,
        x: &[f32],
        dims: [usize; 4],
        out: &mut [f32],
        inner: [Activation; 2],
        epilogue: &Epilogue,
    ) {
        self.run(x, dims, out, inner, &self.branches, epilogue);
    }

    /// As [`Self::forward`], of the first so many `branches` alone, without an epilogue. What is missing has to be
    /// added, and the epilogue [applied](Epilogue::apply).
    pub fn sums(
        &self,
        x: &[f32],
        dims: [usize; 4],
        out: &mut [f32],
        inner: [Activation; 2],
        branches: usize,
    ) {
        let branches = &self.branches[..branches.min(self.branches.len())];
        if !self.projects || branches.is_empty() {
            out.fill(0.0);
        }
        self.run(x, dims, out, inner, branches, &Epilogue::LINEAR);
    }

    fn run(
        &self,
        x: &[f32],
        [_, height, width, channels]: [usize; 4],
        out: &mut [f32],
        inner: [Activation; 2],
        branches: &[Branch],
        epilogue: &Epilogue,
    ) {
        let Some((last, others)) = branches.split_last().filter(|_| !out.is_empty()) else { return };
        let steps = |window: &Window, [height, width]: [usize; 2]| {
            [window.steps(0, height, 1), window.steps(1, width, 1)]
        };
        let filtered = self.first.as_ref().map_or([height, width], |window| steps(window, [height, width]));
        let extents =
            Extents { image: [height, width, channels], filtered, out: steps(&self.filter, filtered) };
        let positions = extents.out.iter().product::<usize>();
        // A sum is in its range once it is complete.
        let adds = self.projects && !others.is_empty();
        let (range, range_of_sum) = if adds { (LINEAR, epilogue.range) } else { (epilogue.range, LINEAR) };
        let images = x.chunks_exact((height * width * channels).max(1));
        let outs = out.chunks_exact_mut((positions * self.outputs).max(1));
        for (image, (x, out)) in images.zip(outs).enumerate() {
            for (at, branch) in others.iter().enumerate() {
                let ending = Ending { range, adds: adds && at > 0, outputs: self.outputs, done: &|_, _| () };
                branch.forward(x, &extents, inner, out, &ending);
            }
            let done = |first: usize, values: &mut [f32]| {
                let then =
                    |at: usize, values: &mut [f32]| epilogue.complete(image * positions + first + at, values);
                Epilogue { range: range_of_sum, then: Some(&then) }.apply(self.outputs, values);
            };
            let ending = Ending { range, adds, outputs: self.outputs, done: &done };
            last.forward(x, &extents, inner, out, &ending);
        }
    }
}
