//! Depthwise convolutions: one filter a channel.

use super::Activation;
use super::RELU6;
use crate::network::convolution::steps;

/// How many channels are summed side by side; every layer's number of channels is a multiple of it.
const LANES: usize = 16;

type Lanes = [f32; LANES];

/// A biased depthwise convolution with TensorFlow's SAME padding, and its ReLU6.
#[derive(Debug)]
pub(super) struct Depthwise {
    /// `[kernel, kernel, channels]`
    weights: Vec<Lanes>,
    bias: Vec<Lanes>,
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
        let mut output = Vec::with_capacity(height * width * groups);
        for row in 0..height {
            let (first_y, taps_y) = covered(row * self.stride, top, self.kernel, input.height);
            for column in 0..width {
                let (first_x, taps_x) = covered(column * self.stride, left, self.kernel, input.width);
                for (group, bias) in self.bias.iter().enumerate() {
                    let mut sum = *bias;
                    for (y, tap_y) in taps_y.clone().enumerate() {
                        let line = ((first_y + y) * input.width + first_x) * groups + group;
                        let taps = (tap_y * self.kernel + taps_x.start) * groups + group;
                        let line = values[line..].iter().step_by(groups);
                        let weights = self.weights[taps..].iter().step_by(groups);
                        for (values, weights) in line.zip(weights).take(taps_x.len()) {
                            for ((sum, value), weight) in sum.iter_mut().zip(values).zip(weights) {
                                *sum += value * weight;
                            }
                        }
                    }
                    output.push(sum.map(|sum| sum.clamp(RELU6.0, RELU6.1)));
                }
            }
        }
        Activation { values: output.into_flattened(), height, width }
    }
}

/// Where on its axis a filter meets the input: the first position, and the taps that are inside.
fn covered(at: usize, padding: usize, kernel: usize, size: usize) -> (usize, std::ops::Range<usize>) {
    let first = padding.saturating_sub(at);
    let end = kernel.min(size + padding - at);
    (at + first - padding, first..end)
}
