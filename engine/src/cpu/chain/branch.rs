//! Some of the channels that a chain filters.

use std::ops::Range;

use super::{Activation, Layer};
use crate::cpu::convolution::{Sliding, by_tap};
use crate::cpu::depthwise::Depthwise;
use crate::cpu::epilogue::LINEAR;
use crate::cpu::product::{Input, Output, Places, Product};
use crate::cpu::team::Half;
use crate::cpu::window::{Axis, Window};

/// About how many positions go through a chain at once.
const POSITIONS_AT_ONCE: usize = 84;

/// A chain of some channels.
#[derive(Debug)]
pub struct Branch {
    first: Option<Sliding>,
    filter: Depthwise,
    last: Option<Product>,
    /// Which of the channels.
    channels: Range<usize>,
    /// Of the layers before the last.
    ranges: [(f32, f32); 2],
}

/// The extents of an image, of what is filtered, and of what comes out.
pub struct Extents {
    pub image: [usize; 3],
    pub filtered: [usize; 2],
    pub out: [usize; 2],
}

/// What becomes of a chain's output.
pub struct Ending<'a> {
    /// That of the last layer's sums.
    pub range: (f32, f32),
    /// Whether they are added to what is there.
    pub adds: bool,
    /// Of the chain, of which a branch without a last layer gives some.
    pub outputs: usize,
    /// Told of each band that is done: the first position, and the values.
    pub done: &'a dyn Fn(usize, &mut [f32]),
}

impl Branch {
    pub fn pack(first: Option<Layer>, filter: Layer, last: Option<Layer>, half: Half) -> Self {
        let channels = half.of(filter.shape[0]);
        let axes = |layer: &Layer| [0, 1].map(|axis| Axis::new(&layer.op.window, axis));
        let expand = |layer: Layer| {
            let (weight, bias) = layer.of_outputs(&channels);
            let [_, inputs, rows, columns] = layer.shape;
            let taps = [rows, columns].map(|taps| (0..taps).collect::<Vec<_>>());
            let weight = by_tap(weight, [channels.len(), inputs, rows, columns], &taps[0], &taps[1]);
            Sliding::pack(&weight, bias, [channels.len(), inputs], 1, axes(&layer))
        };
        let (weight, bias) = filter.of_outputs(&channels);
        Self {
            first: first.map(expand),
            filter: Depthwise::pack(weight, bias, channels.len(), axes(&filter)),
            last: last.map(|last| project(&last, &channels, half)),
            ranges: [first.map_or(LINEAR, |first| first.range), filter.range],
            channels,
        }
    }

    /// Of an image, `[height, width, channels]`, a few rows at a time.
    pub fn forward(
        &self,
        image: &[f32],
        extents: &Extents,
        inner: [Activation; 2],
        out: &mut [f32],
        ending: &Ending,
    ) {
        let ([height, width], [rows, columns]) = (extents.filtered, extents.out);
        let at_once = POSITIONS_AT_ONCE.div_ceil(columns).min(rows);
        let mut window = self.filter.window(width, columns);
        let (mut copied, mut filtered, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        for (band, out) in out.chunks_mut((at_once * columns * ending.outputs).max(1)).enumerate() {
            let first = band * at_once;
            let rows = first..rows.min(first + at_once);
            let missing = window.advance(self.filter.covered(&rows, height));
            self.fill(&mut window, missing.clone(), image, extents, &mut copied);
            if let (Some(activation), Some(_)) = (inner[0], &self.first) {
                window.change(missing, activation);
            }
            let size = [height, columns];
            let positions = rows.len() * columns;
            let Some(last) = &self.last else {
                let places = Places::apart(ending.outputs).shifted(self.channels.start);
                let output = Output { values: out, places, step: 4 };
                self.filter.forward(&window, rows, size, ending.range, output);
                (ending.done)(first * columns, out);
                continue;
            };
            let channels = self.channels.len();
            filtered.resize(positions * channels, 0.0);
            let output = Output::dense(&mut filtered, channels);
            self.filter.forward(&window, rows, size, self.ranges[1], output);
            if let Some(activation) = inner[1] {
                activation(&mut filtered);
            }
            let input = Input::dense(&filtered, channels);
            if ending.adds {
                sums.resize(out.len(), 0.0);
                let output = Output::dense(&mut sums, ending.outputs);
                last.forward_into(&input, positions, ending.range, output);
                out.iter_mut().zip(&sums).for_each(|(out, sum)| *out += sum);
            } else {
                last.forward_into(&input, positions, ending.range, Output::dense(out, ending.outputs));
            }
            (ending.done)(first * columns, out);
        }
    }

    /// Fills rows of the window with what is filtered.
    fn fill(
        &self,
        window: &mut Window,
        rows: Range<usize>,
        image: &[f32],
        extents: &Extents,
        copied: &mut Vec<f32>,
    ) {
        let [height, width, channels] = extents.image;
        match &self.first {
            None => window.copy(rows, image, channels, &self.channels, 1),
            Some(_) if rows.is_empty() => {}
            Some(first) => {
                let output = window.output(rows.start);
                let rows = (rows, extents.filtered[1]);
                first.forward(image, [height, width], rows, self.ranges[0], output, copied);
            }
        }
    }
}

/// What some of the inputs add to a last layer's outputs; the first half brings the bias.
fn project(last: &Layer, inputs: &Range<usize>, half: Half) -> Product {
    let [outputs, channels, ..] = last.shape;
    let mut weight = Vec::with_capacity(outputs * inputs.len());
    for row in last.weight.chunks_exact(channels) {
        weight.extend_from_slice(&row[inputs.clone()]);
    }
    let bias = last.bias.filter(|_| half == Half::First);
    Product::pack(&weight, bias, [outputs, inputs.len()])
}
