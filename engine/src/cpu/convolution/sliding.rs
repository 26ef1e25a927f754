//! Convolutions as products: the inputs of a position are runs of values in an image, or in a copy of some of its
//! rows that holds the padding too.

use std::ops::Range;

use crate::cpu::product::{Input, Output, Places, Product};
use crate::cpu::team::Team;
use crate::cpu::window::Axis;

/// An image, `[height, width, channels of all groups]`.
#[derive(Debug, Clone, Copy)]
pub struct Image<'a> {
    pub values: &'a [f32],
    /// Height and width.
    pub size: [usize; 2],
}

/// A convolution of groups of channels.
#[derive(Debug)]
pub struct Sliding {
    /// One a group.
    products: Vec<Product>,
    /// Channels of a group.
    channels: usize,
    rows: Axis,
    columns: Axis,
}

impl Sliding {
    /// `weight` is `[outputs, rows, columns, channels]`, of as many taps as the axes say and the channels of a group.
    pub fn pack(
        weight: &[f32],
        bias: Option<&[f32]>,
        [outputs, channels]: [usize; 2],
        groups: usize,
        [rows, columns]: [Axis; 2],
    ) -> Self {
        let (outputs, covered) = (outputs / groups.max(1), rows.kernel * columns.kernel * channels);
        let product = |group: usize| {
            let bias = bias.map(|bias| &bias[group * outputs..][..outputs]);
            Product::pack(&weight[group * outputs * covered..][..outputs * covered], bias, [outputs, covered])
        };
        Self { products: (0..groups).map(product).collect(), channels, rows, columns }
    }

    /// Some rows of the output, each of so many `columns`, of an image; the first one goes to position 0.
    /// `band` is memory for what is copied. The threads of a team each compute some of the outputs.
    pub fn forward(
        &self,
        image: Image,
        (rows, columns): (Range<usize>, usize),
        range: (f32, f32),
        output: Output,
        band: &mut Vec<f32>,
        team: &Team,
    ) {
        let start = [self.rows.start(rows.start), self.columns.start(0)];
        let span = [self.rows.span(rows.len()), self.columns.span(columns)];
        let inside = |axis: usize| start[axis] >= 0 && start[axis] as usize + span[axis] <= image.size[axis];
        let (values, first, row) = if self.products.len() == 1 && inside(0) && inside(1) {
            let [y, x] = start.map(|start| start as usize);
            (image.values, (y * image.size[1] + x) * self.channels, image.size[1] * self.channels)
        } else {
            self.copy_band(image, start, span, band);
            (&**band, 0, span[1] * self.channels)
        };
        let (distances, length) = self.runs(row);
        let column = self.columns.stride * self.channels;
        let places = Places { first, width: columns, row: self.rows.stride * row, column };
        let (mut group, mut outputs) = (0, 0);
        for product in &self.products {
            let input = Input { values, places: places.shifted(group), distances: &distances, length };
            let output = Output {
                values: &mut *output.values,
                places: output.places.shifted(outputs),
                step: output.step,
            };
            product.forward_by_panels(&input, rows.len() * columns, range, output, team);
            group += span[0] * row;
            outputs += product.outputs();
        }
    }

    /// Where a position's runs are, if rows are so far apart, and how long they are: the taps of a row are one if
    /// they lie side by side.
    fn runs(&self, row: usize) -> (Vec<usize>, usize) {
        let (columns, length) = if self.columns.dilation == 1 {
            (1, self.columns.kernel * self.channels)
        } else {
            (self.columns.kernel, self.channels)
        };
        let (row, column) = (self.rows.dilation * row, self.columns.dilation * self.channels);
        let of_row = |y| (0..columns).map(move |x| y * row + x * column);
        ((0..self.rows.kernel).flat_map(of_row).collect(), length)
    }

    /// Copies the part of an image that begins at `start` and has the extents `span`, with zeros where it is
    /// outside: `[group][row][column][channels]`.
    fn copy_band(
        &self,
        Image { values, size: [height, width] }: Image,
        start: [isize; 2],
        span: [usize; 2],
        band: &mut Vec<f32>,
    ) {
        let (groups, channels) = (self.products.len(), self.channels);
        let group = span[0] * span[1] * channels;
        band.clear();
        band.resize(groups * group, 0.0);
        let inside = |axis: usize, extent: usize| {
            let clip = |place: isize| place.clamp(0, extent as isize) as usize;
            clip(start[axis])..clip(start[axis] + span[axis] as isize)
        };
        let columns = inside(1, width);
        for y in inside(0, height) {
            let row = (y as isize - start[0]) as usize * span[1];
            let first = (row + (columns.start as isize - start[1]).max(0) as usize) * channels;
            let from = &values[(y * width + columns.start) * groups * channels..]
                [..columns.len() * groups * channels];
            if groups == 1 {
                band[first..][..from.len()].copy_from_slice(from);
            } else {
                for (at, from) in from.chunks_exact(channels.max(1)).enumerate() {
                    let to = first + at % groups * group + at / groups * channels;
                    band[to..][..channels].copy_from_slice(from);
                }
            }
        }
    }
}

/// Some taps of a weight `[outputs, channels, rows, columns]`, those that are in some rows and columns: `[outputs, rows,
/// columns, channels]`.
pub fn by_tap(
    weight: &[f32],
    [outputs, channels, height, width]: [usize; 4],
    rows: &[usize],
    columns: &[usize],
) -> Vec<f32> {
    if height * width == 1 {
        return weight.to_vec();
    }
    let mut taken = Vec::with_capacity(outputs * rows.len() * columns.len() * channels);
    for output in 0..outputs {
        for (y, x) in rows.iter().flat_map(|y| columns.iter().map(move |x| (y, x))) {
            let place = |channel| ((output * channels + channel) * height + y) * width + x;
            taken.extend((0..channels).map(|channel| weight[place(channel)]));
        }
    }
    taken
}
