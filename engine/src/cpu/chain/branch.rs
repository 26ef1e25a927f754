//! Some of the channels that a chain filters.

use std::ops::Range;

use super::{Activation, Layer};
use crate::cpu::convolution::{self, Sliding, by_tap};
use crate::cpu::depthwise::Depthwise;
use crate::cpu::epilogue::LINEAR;
use crate::cpu::product::Output;
use crate::cpu::team::Team;
use crate::cpu::window::{Axis, Window};

/// The first layers of a chain, for some channels.
#[derive(Debug)]
pub struct Branch {
    first: Option<Sliding>,
    filter: Depthwise,
    /// Which of the channels.
    channels: Range<usize>,
    /// Of the layers.
    ranges: [(f32, f32); 2],
}

/// An image on its way through a chain.
pub struct Image<'a> {
    pub values: &'a [f32],
    /// Height, width, channels.
    pub extents: [usize; 3],
    /// Height and width of what is filtered.
    pub filtered: [usize; 2],
    /// And of what comes out.
    pub steps: [usize; 2],
    /// The activations behind both layers.
    pub inner: [Activation<'a>; 2],
}

/// A branch at an image: bands of rows, one below the other.
pub struct Bands<'a> {
    branch: &'a Branch,
    image: &'a Image<'a>,
    window: Window,
    copied: Vec<f32>,
}

impl Branch {
    pub fn pack(first: Option<Layer>, filter: Layer, channels: Range<usize>) -> Self {
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
            ranges: [first.map_or(LINEAR, |first| first.range), filter.range],
            channels,
        }
    }

    /// How many channels there are.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// Begins at an image.
    pub fn bands<'a>(&'a self, image: &'a Image<'a>) -> Bands<'a> {
        let window = self.filter.window(image.filtered[1], image.steps[1]);
        Bands { branch: self, image, window, copied: Vec::new() }
    }
}

impl Bands<'_> {
    /// Gives rows of the output, within a range; the first one goes to position 0.
    pub fn filter(&mut self, rows: Range<usize>, range: (f32, f32), output: Output) {
        let height = self.image.filtered[0];
        let missing = self.window.advance(self.branch.filter.covered(&rows, height));
        self.fill(missing);
        self.branch.filter.forward(&self.window, rows, [height, self.image.steps[1]], range, output);
    }

    /// The same, `[positions, channels]`, with what lies behind the filter.
    pub fn filter_and_activate(&mut self, rows: Range<usize>, filtered: &mut [f32]) {
        self.filter(rows, self.branch.ranges[1], Output::dense(filtered, self.branch.channels()));
        if let Some(activation) = self.image.inner[1] {
            activation(filtered);
        }
    }

    /// Fills rows of the window with what is filtered.
    fn fill(&mut self, rows: Range<usize>) {
        let Self { branch, image, window, copied } = self;
        let [height, width, channels] = image.extents;
        let Some(first) = &branch.first else {
            return window.copy(rows, image.values, channels, &branch.channels, 1);
        };
        if rows.is_empty() {
            return;
        }
        let of = convolution::Image { values: image.values, size: [height, width] };
        let (output, taken) = (window.output(rows.start), (rows.clone(), image.filtered[1]));
        first.forward(of, taken, branch.ranges[0], output, copied, &Team::ALONE);
        if let Some(activation) = image.inner[0] {
            window.change(rows, activation);
        }
    }
}
