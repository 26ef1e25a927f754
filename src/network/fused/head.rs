//! The head's convolution, of whose outputs each of two threads has half.

use burn::tensor::{Device, Tensor};

use super::convolution::Convolution;
use super::pointwise::Pointwise;
use crate::Result;
use crate::model::Weights;
use crate::network::layout::{channels_first, channels_last};
use crate::network::team::{Half, Partner, PartnerLost};
use crate::network::{FEATURE_CHANNELS, HEAD_CHANNELS};

/// Some halves of the head's convolution: both, or one.
#[derive(Debug)]
pub(in crate::network) struct Head {
    halves: Vec<Pointwise>,
}

impl Head {
    /// Takes the tensors `head.*`, for these halves.
    pub(in crate::network) fn load(weights: &mut Weights, halves: &[Half]) -> Result<Self> {
        Ok(Self::new(&Self::convolution(weights)?, halves))
    }

    /// Takes the tensors `head.*`.
    pub(super) fn convolution(weights: &mut Weights) -> Result<Convolution> {
        Convolution::take(weights, "head", [HEAD_CHANNELS, FEATURE_CHANNELS, 1, 1])
    }

    pub(super) fn new(head: &Convolution, halves: &[Half]) -> Self {
        Self { halves: halves.iter().map(|half| head.to_outputs(&half.of(HEAD_CHANNELS))).collect() }
    }

    /// `[B, 320, h, w]` → `[B, 1280, h, w]`.
    pub(in crate::network) fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        let (dims, device) = (features.dims(), features.device());
        let features = channels_last(features);
        tensor(self.halves.iter().map(|half| half.forward(&features)), dims, &device)
    }

    /// As [`Self::forward`], of the first half that is here alone: the other's outputs are the partner's.
    pub(in crate::network) fn forward_with(
        &self,
        partner: &dyn Partner,
        features: Tensor<4>,
    ) -> std::result::Result<Tensor<4>, PartnerLost> {
        let (dims, device) = (features.dims(), features.device());
        let Some(half) = self.halves.first() else { unreachable!("there is a half at least") };
        let own = half.forward(&channels_last(features));
        let mut others = vec![0.0; own.len()];
        partner.swap(&own, &mut others)?;
        Ok(tensor([own, others], dims, &device))
    }
}

/// From halves of the channels, each `[h, w, B, 640]`.
fn tensor(
    halves: impl IntoIterator<Item = Vec<f32>>,
    [batch, _, height, width]: [usize; 4],
    device: &Device,
) -> Tensor<4> {
    let halves = halves.into_iter().map(|half| channels_first(&half, [batch, height, width], device));
    Tensor::cat(halves.collect(), 1)
}
