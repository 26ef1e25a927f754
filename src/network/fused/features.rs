//! The stem and all blocks.

use burn::tensor::Tensor;

use super::Activation;
use super::block::Block;
use super::stem::Patches;
use crate::Result;
use crate::model::Weights;
use crate::network::layout::{channels_first, values};
use crate::network::{COLOURS, block_shapes};

/// All convolutions up to the layer "features".
#[derive(Debug)]
pub(in crate::network) struct Features {
    /// The stem is a part of the first one.
    blocks: Vec<Block>,
}

impl Features {
    /// Takes the tensors `stem.*` and `blocks.*`.
    pub(in crate::network) fn load(weights: &mut Weights) -> Result<Self> {
        let blocks = block_shapes().map(|shape| Block::load(weights, &shape)).collect::<Result<_>>()?;
        Ok(Self { blocks })
    }

    /// `[B, 3, H, W]` → `[B, 320, H/32, W/32]`.
    pub(in crate::network) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let device = input.device();
        let [_, _, height, width] = input.dims();
        let pictures = values(input);
        let pictures = pictures.chunks_exact(COLOURS * height * width);
        let features = pictures.map(|picture| {
            let Activation { values, height, width } =
                self.features_of(&Patches::new(picture, height, width));
            channels_first(values.as_flattened(), [1, height, width], &device)
        });
        Tensor::cat(features.collect(), 0)
    }

    fn features_of(&self, picture: &Patches) -> Activation {
        let Some((first, others)) = self.blocks.split_first() else { unreachable!("the network has blocks") };
        let first = first.forward_rows(picture.height, picture.width, |rows| picture.of(rows).into());
        others.iter().fold(first, |input, block| block.forward(&input))
    }
}
