//! The convolutions as burn's operators, for a GPU.

mod block;
mod convolution;

use burn::tensor::Tensor;
use burn::tensor::activation::relu6;

use super::{Backbone, COLOURS, FEATURE_CHANNELS, HEAD_CHANNELS, STEM, block_shapes};
use crate::Result;
use crate::model::Weights;
use block::Block;
use convolution::Convolution;

/// The stem, all blocks, and the head's convolution.
#[derive(Debug)]
pub(super) struct Layers {
    stem: Convolution,
    blocks: Vec<Block>,
    head: Convolution,
}

impl Layers {
    /// Takes the tensors `stem.*`, `blocks.*` and `head.*`.
    pub(super) fn load(weights: &mut Weights) -> Result<Self> {
        let shape = [STEM.channels, COLOURS, STEM.kernel, STEM.kernel];
        let stem = Convolution::load(weights, "stem", shape, STEM.stride)?;
        let blocks = block_shapes().map(|shape| Block::load(weights, &shape)).collect::<Result<_>>()?;
        let head = Convolution::load(weights, "head", [HEAD_CHANNELS, FEATURE_CHANNELS, 1, 1], 1)?;
        Ok(Self { stem, blocks, head })
    }
}

impl Backbone for Layers {
    fn features(&self, input: Tensor<4>) -> Tensor<4> {
        self.blocks.iter().fold(relu6(self.stem.forward(input)), |x, block| block.forward(x))
    }

    fn head(&self, features: Tensor<4>) -> Tensor<4> {
        self.head.forward(features)
    }

    fn head_backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        self.head.pointwise_backward(gradient)
    }
}
