//! The first convolution.

use cubecl::client::Client;
use cubecl::server::Handle;

use super::kernel::Kernel;
use super::{Activation, outputs_innermost, upload};
use crate::Result;
use crate::model::Weights;
use crate::network::{COLOURS, STEM};

/// How many neighbours in a row, and how many channels, an invocation computes.
const TILE: (usize, usize) = (4, 8);

/// From a picture's colour planes to channels side by side, with its ReLU6.
pub(super) struct Stem {
    kernel: Kernel,
    weight: Handle,
    bias: Handle,
}

impl Stem {
    /// Takes `stem.weight` and `stem.bias`.
    pub(super) fn load(weights: &mut Weights, client: &Client) -> Result<Self> {
        let shape = [STEM.channels, COLOURS, STEM.kernel, STEM.kernel];
        let weight = outputs_innermost(&weights.values("stem.weight", shape)?, shape[1..].iter().product());
        let bias = weights.values("stem.bias", [STEM.channels])?;
        let kernel = Kernel::new(include_str!("stem.wgsl"));
        Ok(Self { kernel, weight: upload(client, weight), bias: upload(client, bias) })
    }

    /// Of a picture whose sides are multiples of 8.
    pub(super) fn forward(&self, client: &Client, picture: &Activation) -> Activation {
        let (height, width) = (picture.height / STEM.stride, picture.width / STEM.stride);
        let output = Activation::empty(client, height, width, STEM.channels);
        self.kernel.launch(
            client,
            height * (width / TILE.0) * (STEM.channels / TILE.1),
            &[&picture.buffer, &self.weight, &self.bias],
            &output.buffer,
            &[picture.height, picture.width, height, width],
        );
        output
    }
}
