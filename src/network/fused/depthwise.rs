//! Depthwise convolutions: one filter a channel.

use wide::f32x4;

use super::{Activation, RELU6, clamp};
use crate::network::padding::steps;

/// How many vectors of channels are summed side by side.
const VECTORS: usize = 4;
/// How many channels that is; every layer's number of channels is a multiple of it.
const LANES: usize = 4 * VECTORS;

/// A biased depthwise convolution with TensorFlow's SAME padding, and its ReLU6.
#[derive(Debug)]
pub(super) struct Depthwise {
    /// `[kernel, kernel, channels]`
    weights: Vec<[f32; LANES]>,
    bias: Vec<[f32; LANES]>,
    kernel: usize,
    stride: usize,
}

impl Depthwise {
    /// `weight` is `[channels, kernel, kernel]`.
    pub(super) fn new(weight: &[f32], bias: &[f32], kernel: usize, stride: usize) -> Self {
        let (bias, rest) = bias.as_chunks::<LANES>();
        debug_assert!(rest.is_empty(), "the channels are no multiple of {LANES}");
        let taps = kernel * kernel;
        let lanes = |tap: usize, group: usize| {
            std::array::from_fn(|lane| weight[(group * LANES + lane) * taps + tap])
        };
        let weights = (0..taps).flat_map(|tap| (0..bias.len()).map(move |group| lanes(tap, group))).collect();
        Self { weights, bias: bias.to_vec(), kernel, stride }
    }

    /// Channels innermost, before and after.
    pub(super) fn forward(&self, input: &Activation) -> Activation {
        let (values, _) = input.values.as_chunks::<LANES>();
        let groups = self.bias.len();
        let (height, top) = steps(input.height, self.kernel, self.stride);
        let (width, left) = steps(input.width, self.kernel, self.stride);
        let mut output = vec![[0.0; LANES]; height * width * groups];
        let mut positions = output.chunks_exact_mut(groups);
        for row in 0..height {
            let rows = covered(row * self.stride, top, self.kernel, input.height);
            for (column, output) in positions.by_ref().take(width).enumerate() {
                let columns = covered(column * self.stride, left, self.kernel, input.width);
                self.position(values, input.width, &rows, &columns, output);
            }
        }
        Activation { values: output.into_flattened(), height, width }
    }

    /// All channels of one position, where the filter covers these rows and columns.
    // A function of its own, as in the pointwise convolution.
    #[inline(never)]
    fn position(
        &self,
        input: &[[f32; LANES]],
        width: usize,
        rows: &Covered,
        columns: &Covered,
        output: &mut [[f32; LANES]],
    ) {
        let groups = self.bias.len();
        for (group, (output, bias)) in output.iter_mut().zip(&self.bias).enumerate() {
            let mut sums = vectors(bias);
            for y in 0..rows.taps {
                let line = &input[((rows.first + y) * width + columns.first) * groups + group..];
                let taps = (rows.first_tap + y) * self.kernel + columns.first_tap;
                let weights = &self.weights[taps * groups + group..];
                for x in 0..columns.taps {
                    let products = vectors(&line[x * groups]).into_iter().zip(vectors(&weights[x * groups]));
                    for (sum, (value, weight)) in sums.iter_mut().zip(products) {
                        *sum += value * weight;
                    }
                }
            }
            for (output, sum) in output.chunks_exact_mut(4).zip(sums) {
                output.copy_from_slice(&clamp(sum, RELU6.0, RELU6.1).to_array());
            }
        }
    }
}

/// Where on its axis a filter meets the input.
struct Covered {
    /// The first position of the input.
    first: usize,
    /// The filter's tap there.
    first_tap: usize,
    /// How many taps are inside.
    taps: usize,
}

fn covered(at: usize, padding: usize, kernel: usize, size: usize) -> Covered {
    let first_tap = padding.saturating_sub(at);
    let end = kernel.min(size + padding - at);
    Covered { first: at + first_tap - padding, first_tap, taps: end - first_tap }
}

fn vectors(lanes: &[f32; LANES]) -> [f32x4; VECTORS] {
    let (vectors, _) = lanes.as_chunks::<4>();
    std::array::from_fn(|vector| f32x4::new(vectors[vector]))
}
