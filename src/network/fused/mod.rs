//! The features on the CPU: each layer one pass over memory.
//!
//! burn's convolutions on the CPU gather patches into matrices, and bias, ReLU6 and residual are passes
//! of their own. Here channels lie innermost, so that a 1x1 convolution is a plain matrix product, what
//! follows a sum is done while it is in registers, and a block goes through all its layers a few rows at a
//! time, while what lies between them is in the cache.

mod block;
mod depthwise;
mod pointwise;
mod stem;
mod window;

use burn::tensor::{Device, Tensor, TensorData};
use wide::f32x4;

use super::{Backbone, COLOURS, FEATURE_CHANNELS, HEAD_CHANNELS, block_shapes};
use crate::Result;
use crate::model::Weights;
use block::Block;
use pointwise::Pointwise;
use stem::Patches;

/// Four channels of a position.
type Four = [f32; 4];

/// The activation of one picture: `height * width` positions of `channels / 4` fours each.
struct Activation {
    values: Vec<Four>,
    height: usize,
    width: usize,
}

/// The range of a ReLU6.
const RELU6: (f32, f32) = (0.0, 6.0);
/// That of a linear layer: all there is.
const LINEAR: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// All blocks with the stem, the head's convolution, and the classifier for windows.
#[derive(Debug)]
pub(super) struct Fused {
    blocks: Vec<Block>,
    head: Pointwise,
    /// The head's transpose.
    head_backward: Pointwise,
    classifier: Pointwise,
    classes: usize,
}

impl Fused {
    /// Takes the tensors `stem.*`, `blocks.*` and `head.*`, and has the classifier's already.
    pub(super) fn load(
        weights: &mut Weights,
        classifier: &Tensor<2>,
        classifier_bias: &Tensor<1>,
    ) -> Result<Self> {
        let blocks = block_shapes().map(|shape| Block::load(weights, &shape)).collect::<Result<_>>()?;
        let weight = weights.values("head.weight", [HEAD_CHANNELS, FEATURE_CHANNELS, 1, 1])?;
        let head = Pointwise::new(&weight, &weights.values("head.bias", [HEAD_CHANNELS])?, FEATURE_CHANNELS);
        let transposed: Vec<_> = (0..FEATURE_CHANNELS)
            .flat_map(|input| weight.iter().skip(input).step_by(FEATURE_CHANNELS).copied())
            .collect();
        let head_backward = Pointwise::new(&transposed, &[0.0; FEATURE_CHANNELS], HEAD_CHANNELS);
        let [classes] = classifier_bias.dims();
        let (classifier, bias) = (values(classifier.clone()), values(classifier_bias.clone()));
        let classifier = Pointwise::new(&classifier, &bias, HEAD_CHANNELS);
        Ok(Self { blocks, head, head_backward, classifier, classes })
    }

    fn features_of(&self, picture: &[f32], height: usize, width: usize) -> Activation {
        let patches = Patches::new(picture, height, width);
        let (first, others) = match self.blocks.split_first() {
            Some(blocks) => blocks,
            None => unreachable!("the network has blocks"),
        };
        let first = first.forward_rows(patches.height, patches.width, |rows| patches.of(rows).into());
        others.iter().fold(first, |input, block| block.forward(&input))
    }
}

impl Backbone for Fused {
    fn features(&self, input: Tensor<4>) -> Tensor<4> {
        let device = input.device();
        let [_, _, height, width] = input.dims();
        let pictures = values(input);
        let pictures = pictures.chunks_exact(COLOURS * height * width);
        let features = pictures.map(|picture| {
            let Activation { values, height, width } = self.features_of(picture, height, width);
            channels_first(values.as_flattened(), [1, height, width], &device)
        });
        Tensor::cat(features.collect(), 0)
    }

    fn head(&self, features: Tensor<4>) -> Tensor<4> {
        let device = features.device();
        let [batch, _, height, width] = features.dims();
        let output = self.head.forward(&channels_last(features));
        channels_first(&output, [batch, height, width], &device)
    }

    fn head_backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        let device = gradient.device();
        let [batch, _, height, width] = gradient.dims();
        // Behind a ReLU6 most of it is zero, at the same places for every class of a batch.
        let output = self.head_backward.forward_sparse(&values(gradient), batch);
        channels_first(&output, [batch, height, width], &device)
    }

    fn classify(&self, pooled: Tensor<2>) -> Option<Tensor<2>> {
        let device = pooled.device();
        let [rows, _] = pooled.dims();
        let padded = self.classifier.forward(&values(pooled));
        let logits = padded.chunks_exact(padded.len() / rows).flat_map(|row| &row[..self.classes]);
        let logits = TensorData::new(logits.copied().collect(), [rows, self.classes]);
        Some(Tensor::from_data(logits, &device))
    }
}

/// Values within a range. The value comes second, so that one that is not a number stays it.
fn clamp(value: f32x4, least: f32, most: f32) -> f32x4 {
    f32x4::splat(most).fast_min(f32x4::splat(least).fast_max(value))
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    match tensor.into_data().try_into_vec() {
        Ok(values) => values,
        Err(_) => unreachable!("the network's tensors are f32, and the CPU's are at hand"),
    }
}

/// How many channels are moved at once: a line of the cache.
const MOVED: usize = 16;

/// `[batch, channels, h, w]` → `[h, w, batch, channels]`, in which pictures of a batch lie side by side.
fn channels_last(tensor: Tensor<4>) -> Vec<f32> {
    let [batch, channels, height, width] = tensor.dims();
    let positions = height * width;
    let first = values(tensor);
    let mut last = vec![0.0; first.len()];
    for (picture, planes) in first.chunks_exact(channels * positions).enumerate() {
        for (group, planes) in planes.chunks(MOVED * positions).enumerate() {
            for position in 0..positions {
                let to = &mut last[(position * batch + picture) * channels + group * MOVED..];
                for (value, plane) in to.iter_mut().zip(planes.chunks_exact(positions)) {
                    *value = plane[position];
                }
            }
        }
    }
    last
}

/// The way back: `[h, w, batch, channels]` → `[batch, channels, h, w]`.
fn channels_first(last: &[f32], [batch, height, width]: [usize; 3], device: &Device) -> Tensor<4> {
    let positions = height * width;
    let channels = last.len() / (batch * positions);
    let mut first = vec![0.0; last.len()];
    for (picture, planes) in first.chunks_exact_mut(channels * positions).enumerate() {
        for (group, planes) in planes.chunks_mut(MOVED * positions).enumerate() {
            for position in 0..positions {
                let from = &last[(position * batch + picture) * channels + group * MOVED..];
                for (plane, value) in planes.chunks_exact_mut(positions).zip(from) {
                    plane[position] = *value;
                }
            }
        }
    }
    Tensor::from_data(TensorData::new(first, [batch, channels, height, width]), device)
}
