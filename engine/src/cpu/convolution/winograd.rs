//! Convolutions of 3 x 3 taps and stride 1 by Winograd's minimal filtering F(4x4, 3x3): 36 multiplications where the
//! sums of 16 outputs take 144 (Lavin and Gray 2016, arXiv 1509.09308). The points are 0, ±2/3, ±3/2 and infinity: with
//! the paper's ±1 and ±2 sums are four times as far off.
//!
//! A patch of 6 x 6 inputs and the taps are transformed, multiplied place by place, and the products' sums over the
//! channels transformed back: each place is a product of a matrix of its own.

use wide::f32x4;

use super::by_tap;
use super::part::Task;
use super::sliding::Image;
use crate::cpu::epilogue::{LINEAR, clamp};
use crate::cpu::product::{Input, Output, Places, Product};
use crate::graph;

/// Outputs of a tile along an axis.
const TILE: usize = 4;
/// Taps along an axis.
const TAPS: usize = 3;
/// Inputs of a tile along an axis.
const PATCH: usize = TILE + TAPS - 1;
/// How many weights there are for each one of the convolution's, in ninths.
const PLACES: usize = PATCH * PATCH;
/// About how many tiles go through all places at once: each place's weights are read once for them.
const TILES_AT_ONCE: usize = 56;
/// How many channels are summed up before they are added to the others: transformed values are larger than what becomes
/// of them, and so is what is lost.
const RUN: usize = 16;
/// Of fewer channels, transforming takes as long as it saves.
const LEAST_CHANNELS: usize = 16;

/// The points beside 0 and infinity, with both signs; their product is 1.
const NEAR: f32 = 2.0 / 3.0;
const FAR: f32 = 1.5;

/// A convolution with its weights transformed.
#[derive(Debug)]
pub struct Winograd {
    /// One for each place of a patch.
    products: Vec<Product>,
    bias: Vec<f32>,
    channels: usize,
    before: [isize; 2],
}

impl Winograd {
    /// Whether a convolution with a weight of this shape is one of these.
    pub fn suits(op: &graph::Convolution, [outputs, channels, ..]: [usize; 4]) -> bool {
        let window = &op.window;
        window.kernel == [TAPS; 2]
            && [window.stride, window.dilation, op.input_dilation] == [[1; 2]; 3]
            && op.groups == 1
            && [outputs, channels].iter().all(|&count| count >= LEAST_CHANNELS && count.is_multiple_of(4))
    }

    /// How many tiles an output of so many steps has.
    pub fn tiles(steps: [usize; 2]) -> usize {
        steps.iter().map(|steps| steps.div_ceil(TILE)).product()
    }

    /// How many weights are kept for so many.
    pub fn weights(count: usize) -> usize {
        count / (TAPS * TAPS) * PLACES
    }

    /// Transforms a weight `[outputs, channels, 3, 3]` of a convolution that [suits](Self::suits).
    pub fn pack(
        op: &graph::Convolution,
        weight: &[f32],
        [outputs, channels, ..]: [usize; 4],
        bias: Option<&[f32]>,
    ) -> Self {
        let taps = [0, 1, 2];
        let weight = by_tap(weight, [outputs, channels, TAPS, TAPS], &taps, &taps);
        let mut transformed = vec![0.0; PLACES * outputs * channels];
        for (output, weight) in weight.chunks_exact(TAPS * TAPS * channels).enumerate() {
            taps_to_places(weight, &mut transformed[output * channels..], outputs * channels, channels);
        }
        let places = transformed.chunks_exact(outputs * channels);
        let products = places.map(|weight| Product::pack(weight, None, [outputs, channels])).collect();
        let bias = bias.map_or_else(|| vec![0.0; outputs], <[f32]>::to_vec);
        Self { products, bias, channels, before: op.window.before }
    }

    /// Gives an output of so many `steps`, at least one along each axis, of an image `[height, width, channels]`. Of each band of rows that is done
    /// `done` is given the first position, and the values.
    pub fn forward(&self, task: &Task, out: &mut [f32]) {
        let &Task { image, steps, range, done, team } = task;
        let (channels, outputs) = (self.channels, self.bias.len());
        let [down, across] = steps.map(|steps| steps.div_ceil(TILE));
        let at_once = TILES_AT_ONCE.div_ceil(across);
        let run = if channels.is_multiple_of(RUN) { RUN } else { channels };
        let runs: Vec<_> = (0..channels).step_by(run).collect();
        // `[row of tiles][place][tile][channels]`, and of sums `[place][tile][outputs]`.
        let (row, out_row) = (PLACES * across * channels, TILE * steps[1] * outputs);
        let (mut inputs, mut sums) = (Vec::new(), Vec::new());
        for (band, out) in out.chunks_mut(at_once * out_row).enumerate() {
            let first = band * at_once;
            let rows = at_once.min(down - first);
            let tiles = rows * across;
            inputs.resize(rows * row, 0.0);
            sums.resize(PLACES * tiles * outputs, 0.0);
            team.share(inputs.chunks_exact_mut(row).enumerate(), |(at, inputs)| {
                let mut patch = vec![0.0; PLACES * channels];
                for tile in 0..across {
                    let corner = [first + at, tile].map(|at| (at * TILE) as isize);
                    let corner = [corner[0] - self.before[0], corner[1] - self.before[1]];
                    copy_patch(image, channels, corner, &mut patch);
                    to_places(&patch, &mut inputs[tile * channels..], across * channels, channels);
                }
            });
            let places = self.products.iter().zip(sums.chunks_exact_mut(tiles * outputs)).enumerate();
            team.share(places, |(place, (product, sums))| {
                let places =
                    Places { first: place * across * channels, width: across, row, column: channels };
                let input = Input { values: &inputs, places, distances: &runs, length: run };
                product.forward_into(&input, 0..tiles, LINEAR, Output::dense(sums, outputs));
            });
            team.share(out.chunks_mut(out_row).enumerate(), |(at, out)| {
                let rows = TILE.min(steps[0] - (first + at) * TILE);
                for tile in 0..across {
                    let column = tile * TILE;
                    let extents = [rows, TILE.min(steps[1] - column), steps[1]];
                    let sums = &sums[(at * across + tile) * outputs..];
                    let out = &mut out[column * outputs..];
                    from_places(sums, tiles * outputs, &self.bias, range, out, extents);
                }
                done((first + at) * TILE * steps[1], out);
            });
        }
    }
}

/// Copies the patch of an image at a corner, with zeros where it is outside.
fn copy_patch(
    Image { values: image, size: [height, width] }: Image,
    channels: usize,
    [top, left]: [isize; 2],
    patch: &mut [f32],
) {
    let inside = |first: isize, extent: usize| {
        let end = (first + PATCH as isize).clamp(0, extent as isize) as usize;
        (first.max(0) as usize).min(end)..end
    };
    let columns = inside(left, width);
    for (row, patch) in (top..).zip(patch.chunks_exact_mut(PATCH * channels)) {
        let row = usize::try_from(row).ok().filter(|&row| row < height && !columns.is_empty());
        let Some(row) = row else {
            patch.fill(0.0);
            continue;
        };
        let skipped = (columns.start as isize - left) as usize * channels;
        let (before, rest) = patch.split_at_mut(skipped);
        let (values, after) = rest.split_at_mut(columns.len() * channels);
        before.fill(0.0);
        values
            .copy_from_slice(&image[(row * width + columns.start) * channels..][..columns.len() * channels]);
        after.fill(0.0);
    }
}

/// G of the paper along both axes: an output's taps `[3, 3, channels]` become a row of each place's weights.
// Functions of their own, as those of products are.
#[inline(never)]
fn taps_to_places(weight: &[f32], transformed: &mut [f32], place: usize, channels: usize) {
    let (weight, transformed) = (weight.as_chunks::<4>().0, transformed.as_chunks_mut::<4>().0);
    let (fours, place) = (channels / 4, place / 4);
    for four in 0..fours {
        let mut columns = [[f32x4::ZERO; PATCH]; TAPS];
        for (x, column) in columns.iter_mut().enumerate() {
            let values = std::array::from_fn(|y| f32x4::new(weight[(y * TAPS + x) * fours + four]));
            *column = taps_transformed(values);
        }
        for y in 0..PATCH {
            let row = taps_transformed(std::array::from_fn(|x| columns[x][y]));
            for (x, value) in row.into_iter().enumerate() {
                transformed[(y * PATCH + x) * place + four] = value.to_array();
            }
        }
    }
}

/// Bᵀ of the paper along both axes: a patch `[6, 6, channels]` becomes a row of each place's inputs.
#[inline(never)]
fn to_places(patch: &[f32], inputs: &mut [f32], place: usize, channels: usize) {
    let (patch, inputs) = (patch.as_chunks::<4>().0, inputs.as_chunks_mut::<4>().0);
    let (fours, place) = (channels / 4, place / 4);
    for four in 0..fours {
        let mut columns = [[f32x4::ZERO; PATCH]; PATCH];
        for (x, column) in columns.iter_mut().enumerate() {
            let values = std::array::from_fn(|y| f32x4::new(patch[(y * PATCH + x) * fours + four]));
            *column = patch_transformed(values);
        }
        for y in 0..PATCH {
            let row = patch_transformed(std::array::from_fn(|x| columns[x][y]));
            for (x, value) in row.into_iter().enumerate() {
                inputs[(y * PATCH + x) * place + four] = value.to_array();
            }
        }
    }
}

/// Aᵀ of the paper along both axes: a row of each place's sums becomes `[rows, columns, outputs]` of an output with rows
/// of `width`.
#[inline(never)]
fn from_places(
    sums: &[f32],
    place: usize,
    bias: &[f32],
    range: (f32, f32),
    out: &mut [f32],
    [rows, columns, width]: [usize; 3],
) {
    let (sums, bias, out) = (sums.as_chunks::<4>().0, bias.as_chunks::<4>().0, out.as_chunks_mut::<4>().0);
    let (place, fours) = (place / 4, bias.len());
    for (four, bias) in bias.iter().enumerate() {
        let bias = f32x4::new(*bias);
        let mut half = [[f32x4::ZERO; TILE]; PATCH];
        for (x, half) in half.iter_mut().enumerate() {
            *half =
                sums_transformed(std::array::from_fn(|y| f32x4::new(sums[(y * PATCH + x) * place + four])));
        }
        for y in 0..rows {
            let row = sums_transformed(std::array::from_fn(|x| half[x][y]));
            for (x, value) in row.into_iter().enumerate().take(columns) {
                out[(y * width + x) * fours + four] = clamp(value + bias, range).to_array();
            }
        }
    }
}

/// At the points: of a + b p + c p², divided by what the others make of it.
#[inline(always)]
fn taps_transformed([a, b, c]: [f32x4; TAPS]) -> [f32x4; PATCH] {
    let at = |point: f32, other: f32| {
        let square = point * point;
        let share = f32x4::splat((2.0 * square * (square - other * other)).recip());
        let (even, odd) = (share * (a + f32x4::splat(square) * c), share * f32x4::splat(point) * b);
        [even + odd, even - odd]
    };
    let ([near, near_below], [far, far_below]) = (at(NEAR, FAR), at(FAR, NEAR));
    [a, near, near_below, far, far_below, c]
}

#[inline(always)]
fn patch_transformed([a, b, c, d, e, f]: [f32x4; PATCH]) -> [f32x4; PATCH] {
    let [near, far] = [NEAR, FAR].map(f32x4::splat);
    let [near_square, far_square] = [NEAR * NEAR, FAR * FAR].map(f32x4::splat);
    let squares = near_square + far_square;
    let (even, odd) = (e - far_square * c, near * d - far * b);
    let (even_far, odd_far) = (e - near_square * c, far * d - near * b);
    [a - squares * c + e, even + odd, even - odd, even_far + odd_far, even_far - odd_far, b - squares * d + f]
}

#[inline(always)]
fn sums_transformed([a, b, c, d, e, f]: [f32x4; PATCH]) -> [f32x4; TILE] {
    let power = |point: f32, exponent: i32| f32x4::splat(point.powi(exponent));
    let ([even, odd], [even_far, odd_far]) = ([b + c, b - c], [d + e, d - e]);
    [
        a + even + even_far,
        power(NEAR, 1) * odd + power(FAR, 1) * odd_far,
        power(NEAR, 2) * even + power(FAR, 2) * even_far,
        power(NEAR, 3) * odd + power(FAR, 3) * odd_far + f,
    ]
}
