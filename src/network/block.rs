//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::relu6;

use super::Stage;
use super::convolution::Convolution;
use crate::Result;
use crate::model::Weights;

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
    pub(super) fn load(
        weights: &mut Weights,
        index: usize,
        channels: usize,
        stage: &Stage,
        stride: usize,
    ) -> Result<Self> {
        let name = |part| format!("blocks.{index}.{part}");
        let inner = channels * stage.expand;
        let expand = (stage.expand > 1)
            .then(|| Convolution::load(weights, &name("expand"), [inner, channels, 1, 1], 1))
            .transpose()?;
        let depthwise =
            Convolution::load_depthwise(weights, &name("depthwise"), inner, stage.kernel, stride)?;
        let project = Convolution::load(weights, &name("project"), [stage.channels, inner, 1, 1], 1)?;
        let residual = stride == 1 && channels == stage.channels;
        Ok(Self { expand, depthwise, project, residual })
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
