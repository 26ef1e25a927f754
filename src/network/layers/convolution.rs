//! A convolution with TensorFlow's SAME padding.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;

use crate::Result;
use crate::model::Weights;
use crate::network::padding::same_padding;

/// A biased 2-D convolution, padded the way TensorFlow pads: the output has ⌈input / stride⌉
/// positions, and an odd padding pixel goes to the right and the bottom.
///
/// burn's own `Conv2d` cannot stand in: its SAME padding does not depend on the input's size.
#[derive(Module, Debug)]
pub(super) struct Convolution {
    /// `[out, in / groups, kernel, kernel]`
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    stride: usize,
    groups: usize,
}

impl Convolution {
    /// Takes `NAME.weight` of this shape and `NAME.bias`.
    pub(super) fn load(weights: &mut Weights, name: &str, shape: [usize; 4], stride: usize) -> Result<Self> {
        Self::load_grouped(weights, name, shape, stride, 1)
    }

    /// As [`Self::load`], one filter a channel.
    pub(super) fn load_depthwise(
        weights: &mut Weights,
        name: &str,
        channels: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<Self> {
        Self::load_grouped(weights, name, [channels, 1, kernel, kernel], stride, channels)
    }

    fn load_grouped(
        weights: &mut Weights,
        name: &str,
        shape: [usize; 4],
        stride: usize,
        groups: usize,
    ) -> Result<Self> {
        let weight = weights.take(&format!("{name}.weight"), shape)?;
        let bias = weights.take(&format!("{name}.bias"), [shape[0]])?;
        Ok(Self { weight: Param::from_tensor(weight), bias: Param::from_tensor(bias), stride, groups })
    }

    /// `[B, in, H, W]` → `[B, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let weight = self.weight.val();
        let [_, _, height, width] = input.dims();
        let [_, _, kernel, _] = weight.dims();
        let padding = [height, width].map(|size| same_padding(size, kernel, self.stride));
        let options = ConvOptions::new_with_padding([self.stride; 2], padding, [1, 1], self.groups);
        conv2d(input, weight, Some(self.bias.val()), options)
    }

    /// The backward step of a 1x1 convolution of stride 1, itself one with the transposed weight:
    /// ∂y / ∂output `[B, out, H, W]` → ∂y / ∂input `[B, in, H, W]`.
    pub(super) fn pointwise_backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        let transposed = self.weight.val().swap_dims(0, 1);
        conv2d(gradient, transposed, None, ConvOptions::new([1, 1], [0, 0], [1, 1], 1))
    }
}
