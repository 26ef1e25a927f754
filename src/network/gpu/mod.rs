//! The features on a GPU: each layer a launch of a kernel of our own.
//!
//! As on the CPU, channels lie innermost, and a kernel adds the bias and applies the ReLU6 to the sums that
//! it has in registers. A picture's launches are one submission, and only what the last one writes is read
//! back.

mod block;
mod depthwise;
mod kernel;
mod pointwise;
mod stem;

use std::fmt;

use burn::tensor::{Device, Tensor};
use cubecl::bytes::Bytes;
use cubecl::client::Client;
use cubecl::server::Handle;

use super::layout::{channels_first, values};
use super::{COLOURS, block_shapes};
use crate::model::Weights;
use crate::{Error, Result};
use block::Block;
use stem::Stem;

/// Called with a layer, by its block and its name there, when its launch is in the queue.
type Queued<'a> = &'a dyn Fn(usize, &'static str);

/// All convolutions up to the layer "features".
pub(super) struct Features {
    client: Client,
    stem: Stem,
    blocks: Vec<Block>,
}

impl Features {
    /// Takes the tensors `stem.*` and `blocks.*`.
    pub(super) fn load(weights: &mut Weights, client: &Client) -> Result<Self> {
        let stem = Stem::load(weights, client)?;
        let blocks =
            block_shapes().map(|shape| Block::load(weights, client, &shape)).collect::<Result<_>>()?;
        Ok(Self { client: client.clone(), stem, blocks })
    }

    /// `[B, 3, H, W]` → `[B, 320, H/32, W/32]`.
    ///
    /// # Errors
    /// [`Error::Device`] if the read-back fails.
    pub(super) async fn forward(&self, input: Tensor<4>) -> Result<Tensor<4>> {
        self.run(input, &|_, _| ()).await
    }

    /// The same, and tells of each layer once the GPU is done with it.
    #[cfg(not(target_family = "wasm"))]
    pub(super) async fn forward_by_layer(
        &self,
        input: Tensor<4>,
        done: &dyn Fn(usize, &'static str),
    ) -> Result<Tensor<4>> {
        let waited = |block, layer| {
            // What fails here fails the read-back too.
            let _ = cubecl::future::block_on(self.client.sync());
            done(block, layer);
        };
        self.run(input, &waited).await
    }

    async fn run(&self, input: Tensor<4>, queued: Queued<'_>) -> Result<Tensor<4>> {
        let device = input.device();
        let [_, _, height, width] = input.dims();
        let pictures = values(input);
        let pictures = pictures.chunks_exact(COLOURS * height * width);
        let features: Vec<_> =
            pictures.map(|picture| self.features_of(picture, height, width, queued)).collect();
        let buffers = features.iter().map(|features| features.buffer.clone()).collect();
        let read = self.client.read_async(buffers).await.map_err(fault)?;
        let features = features.iter().zip(&read).map(|(features, bytes)| features.tensor(bytes, &device));
        Ok(Tensor::cat(features.collect(), 0))
    }

    /// Puts one picture's launches in the queue.
    fn features_of(&self, picture: &[f32], height: usize, width: usize, queued: Queued) -> Activation {
        let picture = Activation { buffer: upload(&self.client, picture.to_vec()), height, width };
        let stem = self.stem.forward(&self.client, &picture);
        queued(0, "stem");
        let blocks = self.blocks.iter().enumerate();
        blocks.fold(stem, |input, (index, block)| {
            block.forward(&self.client, &input, &|layer| queued(index, layer))
        })
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Features").field("blocks", &self.blocks.len()).finish_non_exhaustive()
    }
}

/// The activation of one picture: `height * width` positions, all channels of each side by side.
struct Activation {
    buffer: Handle,
    height: usize,
    width: usize,
}

impl Activation {
    /// Room for one.
    fn empty(client: &Client, height: usize, width: usize, channels: usize) -> Self {
        Self { buffer: client.empty(height * width * channels * size_of::<f32>()), height, width }
    }

    /// As `[1, channels, height, width]`, of what was read back.
    fn tensor(&self, bytes: &[u8], device: &Device) -> Tensor<4> {
        let values: Vec<_> =
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        channels_first(&values, [1, self.height, self.width], device)
    }
}

fn upload(client: &Client, values: Vec<f32>) -> Handle {
    client.create(Bytes::from_elems(values))
}

/// `[outputs, covered]` → `[covered, outputs]`.
fn outputs_innermost(weight: &[f32], covered: usize) -> Vec<f32> {
    (0..covered).flat_map(|at| weight.iter().skip(at).step_by(covered).copied()).collect()
}

fn fault(reason: impl fmt::Display) -> Error {
    Error::Device { reason: reason.to_string() }
}
