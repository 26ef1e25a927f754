//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::relu6;

use super::convolution::Convolution;
use crate::Result;
use crate::model::Weights;
use crate::network::BlockShape;

/// Expand (1x1), filter each channel (depthwise), project (1x1, linear); added to its input where
/// the shapes agree.
#[derive(Module, Debug)]
pub(super) struct Block {
    expand: Option<Convolution>,
    depthwise: Convolution,
    project: Convolution,
    residual: bool,
}

impl Block {
    /// Takes the tensors `blocks.INDEX.*`.
    pub(super) fn load(weights: &mut Weights, shape: &BlockShape) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let name = |part| format!("blocks.{index}.{part}");
        let expand = (inner != inputs)
            .then(|| Convolution::load(weights, &name("expand"), [inner, inputs, 1, 1], 1))
            .transpose()?;
        let depthwise = Convolution::load_depthwise(weights, &name("depthwise"), inner, kernel, stride)?;
        let project = Convolution::load(weights, &name("project"), [outputs, inner, 1, 1], 1)?;
        Ok(Self { expand, depthwise, project, residual: shape.residual() })
    }

    /// `[B, in, H, W]` → `[B, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
    pub(super) fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let expanded = match &self.expand {
            Some(expand) => relu6(expand.forward(input.clone())),
            None => input.clone(),
        };
        let filtered = relu6(self.depthwise.forward(expanded));
        let output = self.project.forward(filtered);
        if self.residual { input + output } else { output }
    }
}
