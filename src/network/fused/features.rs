//! The stem and all blocks.

use std::convert::Infallible;

use burn::tensor::{Device, Tensor};

use super::Activation;
use super::block::Block;
use super::stem::Patches;
use crate::Result;
use crate::model::Weights;
use crate::network::layout::channels_first;
use crate::network::team::{Half, Partner, PartnerLost};
use crate::network::{COLOURS, block_shapes};

/// As many halves of the network as there are.
const ALL: usize = usize::MAX;

/// All convolutions up to the layer "features", or a half of them.
#[derive(Debug)]
pub(in crate::network) struct Features {
    /// The stem is a part of the first one.
    blocks: Vec<Block>,
}

impl Features {
    /// Takes the tensors `stem.*` and `blocks.*`, for these halves.
    pub(in crate::network) fn load(weights: &mut Weights, halves: &[Half]) -> Result<Self> {
        let blocks =
            block_shapes().map(|shape| Block::load(weights, &shape, halves)).collect::<Result<_>>()?;
        Ok(Self { blocks })
    }

    /// `[B, 3, H, W]` → `[B, 320, H/32, W/32]`.
    pub(in crate::network) fn forward(&self, input: &[f32], dims: [usize; 4], device: &Device) -> Tensor<4> {
        self.forward_by_block(input, dims, device, &|_| ())
    }

    /// The same, and tells of each block by its index once it is done.
    pub(in crate::network) fn forward_by_block(
        &self,
        input: &[f32],
        dims: [usize; 4],
        device: &Device,
        done: &dyn Fn(usize),
    ) -> Tensor<4> {
        let Ok(features) = self.run(input, dims, ALL, |index, _| {
            done(index);
            Ok::<_, Infallible>(())
        });
        tensor(&features, device)
    }

    /// As [`Self::forward`], of the first half that is here alone: the other's sums are the partner's.
    pub(in crate::network) fn forward_with(
        &self,
        partner: &dyn Partner,
        input: &[f32],
        dims: [usize; 4],
        device: &Device,
    ) -> std::result::Result<Tensor<4>, PartnerLost> {
        let features = self.run(input, dims, 1, |_, sums| {
            let mut others = vec![[0.0; 4]; sums.values.len()];
            partner.swap(sums.values.as_flattened(), others.as_flattened_mut())?;
            sums.add(others.as_flattened());
            Ok(())
        })?;
        Ok(tensor(&features, device))
    }

    /// The features of each picture, of so many halves at most; `complete` is given a block's index, and adds to
    /// its sums what is missing.
    fn run<E>(
        &self,
        input: &[f32],
        [_, _, height, width]: [usize; 4],
        halves: usize,
        complete: impl Fn(usize, &mut Activation) -> std::result::Result<(), E>,
    ) -> std::result::Result<Vec<Activation>, E> {
        let Some((first, others)) = self.blocks.split_first() else { unreachable!("the network has blocks") };
        let features_of = |picture| {
            let patches = Patches::new(picture, height, width);
            let rows = |rows| patches.of(rows).into();
            let mut output = first.forward_rows(patches.height, patches.width, rows, halves);
            complete(0, &mut output)?;
            for (index, block) in (1..).zip(others) {
                let input = output;
                output = block.forward(&input, halves);
                complete(index, &mut output)?;
                if block.residual {
                    output.add(input.values.as_flattened());
                }
            }
            Ok(output)
        };
        input.chunks_exact(COLOURS * height * width).map(features_of).collect()
    }
}

/// A batch of activations, channels first.
fn tensor(pictures: &[Activation], device: &Device) -> Tensor<4> {
    let picture = |Activation { values, height, width }: &Activation| {
        channels_first(values.as_flattened(), [1, *height, *width], device)
    };
    Tensor::cat(pictures.iter().map(picture).collect(), 0)
}
