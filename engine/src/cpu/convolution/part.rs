//! What gives some rows and columns of a convolution's output: all, or those of two phases.

use std::ops::Range;

use super::phase::Phase;
use super::sliding::{Sliding, by_tap};
use super::winograd::Winograd;
use crate::cpu::depthwise::Depthwise;
use crate::cpu::product::{Output, Places};
use crate::graph;

/// About how many positions go through a convolution at once.
const POSITIONS_AT_ONCE: usize = 112;

/// A convolution of an input without zeros between its values.
#[derive(Debug)]
pub struct Part {
    rows: Phase,
    columns: Phase,
    filter: Filter,
    /// Of the whole convolution.
    outputs: usize,
}

#[derive(Debug)]
enum Filter {
    Sliding(Sliding),
    /// With as many outputs a channel as `repeats` says.
    Depthwise {
        depthwise: Depthwise,
        repeats: usize,
    },
    /// Fewer products of larger weights, for all rows and columns.
    Winograd(Winograd),
}

impl Part {
    /// Takes the taps of these phases from a weight `[outputs, channels / groups, rows, columns]`.
    pub fn pack(
        [rows, columns]: [Phase; 2],
        weight: &[f32],
        shape: [usize; 4],
        bias: Option<&[f32]>,
        groups: usize,
    ) -> Self {
        let [outputs, channels, ..] = shape;
        let weight = by_tap(weight, shape, &rows.taps, &columns.taps);
        let axes = [rows.axis, columns.axis];
        let filter = if channels == 1 && groups > 1 {
            let depthwise = Depthwise::pack(&weight, bias, outputs, axes);
            Filter::Depthwise { depthwise, repeats: outputs / groups }
        } else {
            Filter::Sliding(Sliding::pack(&weight, bias, [outputs, channels], groups, axes))
        };
        Self { rows, columns, filter, outputs }
    }

    /// As [`Self::pack`], of a convolution that [suits](Winograd::suits).
    pub fn pack_winograd(
        [rows, columns]: [Phase; 2],
        op: &graph::Convolution,
        weight: &[f32],
        shape: [usize; 4],
        bias: Option<&[f32]>,
    ) -> Self {
        let filter = Filter::Winograd(Winograd::pack(op, weight, shape, bias));
        Self { rows, columns, filter, outputs: shape[0] }
    }

    /// Gives the part's share of an output of so many `steps`, of an image `[height, width, channels]`. Of each
    /// band of rows that is done `done` is given the first position, if the part gives all rows and columns, and the
    /// values.
    pub fn forward(
        &self,
        image: &[f32],
        size: [usize; 2],
        steps: [usize; 2],
        range: (f32, f32),
        out: &mut [f32],
        done: &dyn Fn(usize, &mut [f32]),
    ) {
        let Self { rows, columns, filter, outputs } = self;
        let (row, column) = (rows.every * steps[1] * outputs, columns.every * outputs);
        let first = (rows.first * steps[1] + columns.first) * outputs;
        let [rows, width] = [rows.steps(steps[0]), columns.steps(steps[1])];
        if rows * width * outputs == 0 {
            return;
        }
        let places = Places { first: 0, width, row, column };
        let mut in_bands = |forward: &mut dyn FnMut(Range<usize>, Output)| {
            let at_once = POSITIONS_AT_ONCE.div_ceil(width);
            for (band, out) in out[first..].chunks_mut(at_once * row).enumerate().take(rows.div_ceil(at_once))
            {
                let first = band * at_once;
                forward(first..rows.min(first + at_once), Output { values: out, places, step: 4 });
                done(first * width, out);
            }
        };
        match filter {
            Filter::Sliding(sliding) => {
                let mut band = Vec::new();
                in_bands(&mut |rows, output| {
                    sliding.forward(image, size, (rows, width), range, output, &mut band);
                });
            }
            Filter::Winograd(winograd) => winograd.forward(image, size, steps, range, out, done),
            Filter::Depthwise { depthwise, repeats } => {
                let mut window = depthwise.window(size[1], width);
                in_bands(&mut |rows, output| {
                    let missing = window.advance(depthwise.covered(&rows, size[0]));
                    window.copy(missing, image, outputs / repeats, &(0..*outputs), *repeats);
                    depthwise.forward(&window, rows, [size[0], width], range, output);
                });
            }
        }
    }
}
