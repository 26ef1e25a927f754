//! The features on the CPU: each layer one pass over memory.
//!
//! burn's convolutions on the CPU gather patches into matrices, and bias, ReLU6 and residual are passes
//! of their own. Here channels lie innermost, so that a 1x1 convolution is a plain matrix product and a
//! depthwise one a sum of contiguous products, and what follows a sum is done while it is in registers.

mod depthwise;
mod pointwise;

use burn::tensor::{Device, Tensor, TensorData};
use wide::f32x4;

use super::padding::steps;
use super::{Backbone, BlockShape, COLOURS, FEATURE_CHANNELS, HEAD_CHANNELS, STEM, block_shapes};
use crate::Result;
use crate::model::Weights;
use depthwise::Depthwise;
use pointwise::Pointwise;

/// The activation of one picture: `height * width` positions of `channels` values each.
struct Activation {
    values: Vec<f32>,
    height: usize,
    width: usize,
}

/// The range of a ReLU6.
const RELU6: (f32, f32) = (0.0, 6.0);
/// That of a linear layer: all there is.
const LINEAR: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// The stem, all blocks, the head's convolution, and the classifier for windows.
#[derive(Debug)]
pub(super) struct Fused {
    stem: Pointwise,
    blocks: Vec<Block>,
    head: Pointwise,
    /// The head's transpose.
    head_backward: Pointwise,
    classifier: Pointwise,
    classes: usize,
}

/// An inverted residual block.
#[derive(Debug)]
struct Block {
    expand: Option<Pointwise>,
    depthwise: Depthwise,
    project: Pointwise,
    residual: bool,
}

impl Fused {
    /// Takes the tensors `stem.*`, `blocks.*` and `head.*`, and has the classifier's already.
    pub(super) fn load(
        weights: &mut Weights,
        classifier: &Tensor<2>,
        classifier_bias: &Tensor<1>,
    ) -> Result<Self> {
        let stem = pointwise(weights, "stem", [STEM.channels, COLOURS, STEM.kernel, STEM.kernel])?;
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
        Ok(Self { stem, blocks, head, head_backward, classifier, classes })
    }

    fn features_of(&self, picture: &[f32], height: usize, width: usize) -> Activation {
        let patches = stem_patches(picture, height, width);
        let stem = Activation { values: self.stem.forward(&patches.values, RELU6, None), ..patches };
        self.blocks.iter().fold(stem, |input, block| block.forward(input))
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
            channels_first(&values, [1, height, width], &device)
        });
        Tensor::cat(features.collect(), 0)
    }

    fn head(&self, features: Tensor<4>) -> Tensor<4> {
        let device = features.device();
        let [batch, _, height, width] = features.dims();
        let output = self.head.forward(&channels_last(features), LINEAR, None);
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
        let padded = self.classifier.forward(&values(pooled), LINEAR, None);
        let logits = padded.chunks_exact(padded.len() / rows).flat_map(|row| &row[..self.classes]);
        let logits = TensorData::new(logits.copied().collect(), [rows, self.classes]);
        Some(Tensor::from_data(logits, &device))
    }
}

impl Block {
    fn load(weights: &mut Weights, shape: &BlockShape) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let name = |part| format!("blocks.{index}.{part}");
        let expand = (inner != inputs)
            .then(|| pointwise(weights, &name("expand"), [inner, inputs, 1, 1]))
            .transpose()?;
        let project = pointwise(weights, &name("project"), [outputs, inner, 1, 1])?;
        let name = name("depthwise");
        let weight = weights.values(&format!("{name}.weight"), [inner, 1, kernel, kernel])?;
        let bias = weights.values(&format!("{name}.bias"), [inner])?;
        let depthwise = Depthwise::new(&weight, &bias, kernel, stride);
        Ok(Self { expand, depthwise, project, residual: shape.residual() })
    }

    fn forward(&self, input: Activation) -> Activation {
        let expanded = self.expand.as_ref().map(|expand| Activation {
            values: expand.forward(&input.values, RELU6, None),
            height: input.height,
            width: input.width,
        });
        let filtered = self.depthwise.forward(expanded.as_ref().unwrap_or(&input));
        let residual = self.residual.then_some(input.values.as_slice());
        Activation { values: self.project.forward(&filtered.values, LINEAR, residual), ..filtered }
    }
}

/// Takes `NAME.weight` of this shape and `NAME.bias`: a product over all that a kernel covers.
fn pointwise(weights: &mut Weights, name: &str, shape: [usize; 4]) -> Result<Pointwise> {
    let [outputs, covered @ ..] = shape;
    let weight = weights.values(&format!("{name}.weight"), shape)?;
    let bias = weights.values(&format!("{name}.bias"), [outputs])?;
    Ok(Pointwise::new(&weight, &bias, covered.iter().product()))
}

/// What the stem's kernel covers at each of its positions, as channels: `[colour][row][column]`.
fn stem_patches(picture: &[f32], height: usize, width: usize) -> Activation {
    let (rows, top) = steps(height, STEM.kernel, STEM.stride);
    let (columns, left) = steps(width, STEM.kernel, STEM.stride);
    let mut values = Vec::with_capacity(rows * columns * COLOURS * STEM.kernel * STEM.kernel);
    for row in 0..rows {
        for column in 0..columns {
            for plane in picture.chunks_exact(height * width) {
                for y in 0..STEM.kernel {
                    for x in 0..STEM.kernel {
                        // Left of the first and above the first wrap around to beyond the last.
                        let y = (row * STEM.stride + y).wrapping_sub(top);
                        let x = (column * STEM.stride + x).wrapping_sub(left);
                        let inside = y < height && x < width;
                        values.push(if inside { plane[y * width + x] } else { 0.0 });
                    }
                }
            }
        }
    }
    Activation { values, height: rows, width: columns }
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
