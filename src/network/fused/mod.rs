//! The features on the CPU: each layer one pass over memory.
//!
//! burn's convolutions on the CPU gather patches into matrices, and bias, ReLU6 and residual are passes
//! of their own. Here channels lie innermost, so that a 1x1 convolution is a plain matrix product and a
//! depthwise one a sum of contiguous products, and what follows a sum is done while it is in registers.

mod depthwise;
mod pointwise;

use burn::tensor::{Device, Tensor, TensorData};

use super::{BlockShape, STEM_CHANNELS, block_shapes};
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

/// The stem and all blocks.
#[derive(Debug)]
pub(super) struct Fused {
    stem: Pointwise,
    blocks: Vec<Block>,
}

/// An inverted residual block.
#[derive(Debug)]
struct Block {
    expand: Option<Pointwise>,
    depthwise: Depthwise,
    project: Pointwise,
    residual: bool,
}

/// Extent of the stem's kernel and of its steps.
const STEM_KERNEL: usize = 3;
const STEM_STRIDE: usize = 2;
/// Red, green, blue.
const COLOURS: usize = 3;

impl Fused {
    /// Takes the tensors `stem.*` and `blocks.*`.
    pub(super) fn load(weights: &mut Weights) -> Result<Self> {
        let patch = COLOURS * STEM_KERNEL * STEM_KERNEL;
        let shape = [STEM_CHANNELS, COLOURS, STEM_KERNEL, STEM_KERNEL];
        let stem = Pointwise::new(
            &weights.values("stem.weight", shape)?,
            &weights.values("stem.bias", [STEM_CHANNELS])?,
            patch,
        );
        let blocks = block_shapes().map(|shape| Block::load(weights, &shape)).collect::<Result<_>>()?;
        Ok(Self { stem, blocks })
    }

    /// `[B, 3, H, W]` → `[B, 320, H/32, W/32]`.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let device = input.device();
        let [batch, _, height, width] = input.dims();
        let Ok(pictures) = input.into_data().try_into_vec::<f32>() else {
            unreachable!("the network's input is f32");
        };
        let features: Vec<_> = pictures
            .chunks_exact(COLOURS * height * width)
            .map(|picture| self.features(picture, height, width))
            .collect();
        let tensors = features.into_iter().map(|features| channels_first(features, &device)).collect();
        debug_assert!(batch > 0, "a batch holds a picture at least");
        Tensor::cat(tensors, 0)
    }

    fn features(&self, picture: &[f32], height: usize, width: usize) -> Activation {
        let patches = stem_patches(picture, height, width);
        let stem = Activation { values: self.stem.forward(&patches.values, RELU6, None), ..patches };
        self.blocks.iter().fold(stem, |input, block| block.forward(input))
    }
}

impl Block {
    fn load(weights: &mut Weights, shape: &BlockShape) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let mut pointwise = |part, outputs: usize, inputs: usize| -> Result<Pointwise> {
            let name = format!("blocks.{index}.{part}");
            let weight = weights.values(&format!("{name}.weight"), [outputs, inputs, 1, 1])?;
            Ok(Pointwise::new(&weight, &weights.values(&format!("{name}.bias"), [outputs])?, inputs))
        };
        let expand = (inner != inputs).then(|| pointwise("expand", inner, inputs)).transpose()?;
        let project = pointwise("project", outputs, inner)?;
        let name = format!("blocks.{index}.depthwise");
        let weight = weights.values(&format!("{name}.weight"), [inner, 1, kernel, kernel])?;
        let bias = weights.values(&format!("{name}.bias"), [inner])?;
        let depthwise = Depthwise::new(&weight, &bias, kernel, stride);
        Ok(Self { expand, depthwise, project, residual: shape.residual() })
    }

    fn forward(&self, input: Activation) -> Activation {
        let residual = self.residual.then(|| input.values.clone());
        let expanded = match &self.expand {
            Some(expand) => Activation { values: expand.forward(&input.values, RELU6, None), ..input },
            None => input,
        };
        let filtered = self.depthwise.forward(&expanded);
        drop(expanded);
        let values = self.project.forward(&filtered.values, LINEAR, residual.as_deref());
        Activation { values, ..filtered }
    }
}

/// What the stem's kernel covers at each of its positions, as channels: `[colour][row][column]`.
fn stem_patches(picture: &[f32], height: usize, width: usize) -> Activation {
    let (rows, top) = super::convolution::steps(height, STEM_KERNEL, STEM_STRIDE);
    let (columns, left) = super::convolution::steps(width, STEM_KERNEL, STEM_STRIDE);
    let mut values = Vec::with_capacity(rows * columns * COLOURS * STEM_KERNEL * STEM_KERNEL);
    for row in 0..rows {
        for column in 0..columns {
            for plane in picture.chunks_exact(height * width) {
                for y in 0..STEM_KERNEL {
                    for x in 0..STEM_KERNEL {
                        // Left of the first and above the first wrap around to beyond the last.
                        let y = (row * STEM_STRIDE + y).wrapping_sub(top);
                        let x = (column * STEM_STRIDE + x).wrapping_sub(left);
                        let inside = y < height && x < width;
                        values.push(if inside { plane[y * width + x] } else { 0.0 });
                    }
                }
            }
        }
    }
    Activation { values, height: rows, width: columns }
}

/// As burn lays it out: `[1, channels, height, width]`.
fn channels_first(activation: Activation, device: &Device) -> Tensor<4> {
    let Activation { values, height, width } = activation;
    let channels = values.len() / (height * width);
    let last = Tensor::<4>::from_data(TensorData::new(values, [1, height, width, channels]), device);
    last.permute([0, 3, 1, 2])
}
