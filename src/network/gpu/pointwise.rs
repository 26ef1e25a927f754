//! 1x1 convolutions: matrix products over the channels of each position.

use cubecl::client::Client;
use cubecl::server::Handle;

use super::kernel::Kernel;
use super::{Activation, upload};
use crate::Result;
use crate::model::Weights;

/// How many positions, and how many outputs, an invocation computes.
const TILE: (usize, usize) = (8, 8);

/// A biased 1x1 convolution.
pub(super) struct Pointwise {
    kernel: Kernel,
    weight: Handle,
    bias: Handle,
    inputs: usize,
    outputs: usize,
}

impl Pointwise {
    /// Takes `NAME.weight` and `NAME.bias`.
    pub(super) fn load(
        weights: &mut Weights,
        client: &Client,
        name: &str,
        [outputs, inputs]: [usize; 2],
    ) -> Result<Self> {
        let weight = weights.values(&format!("{name}.weight"), [outputs, inputs, 1, 1])?;
        let bias = weights.values(&format!("{name}.bias"), [outputs])?;
        let (weight, bias) = (upload(client, tiled(&weight, inputs)), upload(client, bias));
        Ok(Self { kernel: Kernel::new(include_str!("pointwise.wgsl")), weight, bias, inputs, outputs })
    }

    /// The sums within a range.
    pub(super) fn forward(
        &self,
        client: &Client,
        input: &Activation,
        (least, most): (f32, f32),
    ) -> Activation {
        let output = Activation::empty(client, input.height, input.width, self.outputs);
        let positions = input.height * input.width;
        self.kernel.launch(
            client,
            positions.div_ceil(TILE.0) * (self.outputs / TILE.1),
            &[&input.buffer, &self.weight, &self.bias],
            &output.buffer,
            &[positions, self.inputs, self.outputs, least.to_bits() as usize, most.to_bits() as usize],
        );
        output
    }
}

/// `[outputs, inputs]` → `[outputs / 8, inputs / 4, 2, 4 inputs, 4 outputs]`: in the order in which a tile's
/// sums need the weights.
fn tiled(weight: &[f32], inputs: usize) -> Vec<f32> {
    let mut tiled = Vec::with_capacity(weight.len());
    for rows in weight.chunks_exact(TILE.1 * inputs) {
        for first in (0..inputs).step_by(4) {
            for half in rows.chunks_exact(4 * inputs) {
                let columns = (first..first + 4).map(|input| half[input..].iter().step_by(inputs));
                tiled.extend(columns.flatten());
            }
        }
    }
    tiled
}
