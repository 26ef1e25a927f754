//! What gives some rows and columns of a convolution's output: all, or those of two phases.

use std::ops::Range;

use super::phase::Phase;
use super::sliding::{Image, Sliding, by_tap};
use super::winograd::Winograd;
use crate::cpu::depthwise::Depthwise;
use crate::cpu::product::{Output, Places};
use crate::cpu::team::Team;
use crate::cpu::window::Window;
use crate::graph;

/// About how many positions go through a convolution at once.
const POSITIONS_AT_ONCE: usize = 112;

/// Told of what is done: the first position, and the values.
pub type Done<'a> = dyn Fn(usize, &mut [f32]) + Sync + 'a;

/// What an image is convolved to.
pub struct Task<'a> {
    pub image: Image<'a>,
    /// Rows and columns of the output.
    pub steps: [usize; 2],
    /// Of the sums.
    pub range: (f32, f32),
    pub done: &'a Done<'a>,
    /// The threads that do it.
    pub team: &'a Team,
}

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

    /// Gives the part's share of an output. Of each band of rows that is done the task is told if the part gives all rows
    /// and columns.
    pub fn forward(&self, task: &Task, out: &mut [f32]) {
        if let Filter::Winograd(winograd) = &self.filter {
            return winograd.forward(task, out);
        }
        let Self { rows, columns, outputs, .. } = self;
        let across = task.steps[1];
        let (row, column) = (rows.every * across * outputs, columns.every * outputs);
        let first = (rows.first * across + columns.first) * outputs;
        let [rows, width] = [rows.steps(task.steps[0]), columns.steps(across)];
        if rows * width * outputs == 0 {
            return;
        }
        let places = Places { first: 0, width, row, column };
        // Of few positions, each thread computes some of the outputs, else some of the rows.
        let few = matches!(self.filter, Filter::Sliding(_)) && task.team.is_large_for(rows * width);
        let (of_rows, of_outputs) = if few { (&Team::ALONE, task.team) } else { (task.team, &Team::ALONE) };
        let piece = of_rows.piece(rows, 1);
        let pieces = out[first..].chunks_mut(piece * row).enumerate().take(rows.div_ceil(piece));
        of_rows.share(pieces, |(at, out)| {
            let mut bands = self.bands(task, width);
            let rows = at * piece..rows.min((at + 1) * piece);
            let at_once = POSITIONS_AT_ONCE.div_ceil(width);
            let count = rows.len().div_ceil(at_once);
            for (band, out) in out.chunks_mut(at_once * row).enumerate().take(count) {
                let first = rows.start + band * at_once;
                let output = Output { values: &mut *out, places, step: 4 };
                bands.forward(first..rows.end.min(first + at_once), output, of_outputs);
                (task.done)(first * width, out);
            }
        });
    }

    fn bands<'a>(&'a self, task: &'a Task<'a>, width: usize) -> Bands<'a> {
        let window = match &self.filter {
            Filter::Depthwise { depthwise, .. } => Some(depthwise.window(task.image.size[1], width)),
            _ => None,
        };
        Bands { part: self, task, width, copied: Vec::new(), window }
    }
}

/// A part at an image: bands of rows, one below the other.
struct Bands<'a> {
    part: &'a Part,
    task: &'a Task<'a>,
    /// Of the output.
    width: usize,
    copied: Vec<f32>,
    /// What a depthwise filter covers.
    window: Option<Window>,
}

impl Bands<'_> {
    /// Gives some rows of the output; the first one goes to position 0.
    fn forward(&mut self, rows: Range<usize>, output: Output, team: &Team) {
        let &Task { image, range, .. } = self.task;
        match (&self.part.filter, &mut self.window) {
            (Filter::Depthwise { depthwise, repeats }, Some(window)) => {
                let outputs = self.part.outputs;
                let missing = window.advance(depthwise.covered(&rows, image.size[0]));
                window.copy(missing, image.values, outputs / repeats, &(0..outputs), *repeats);
                depthwise.forward(window, rows, [image.size[0], self.width], range, output);
            }
            (Filter::Sliding(sliding), _) => {
                sliding.forward(image, (rows, self.width), range, output, &mut self.copied, team);
            }
            _ => unreachable!("Winograd's filter gives the whole output"),
        }
    }
}
