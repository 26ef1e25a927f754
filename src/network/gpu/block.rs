//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use cubecl::client::Client;

use super::Activation;
use super::depthwise::Depthwise;
use super::kernel::Kernel;
use super::pointwise::Pointwise;
use crate::Result;
use crate::model::Weights;
use crate::network::BlockShape;

/// Expand (1x1), filter each channel (depthwise), project (1x1, linear); added to its input where
/// the shapes agree.
pub(super) struct Block {
    expand: Option<Pointwise>,
    depthwise: Depthwise,
    project: Pointwise,
    residual: Option<Kernel>,
}

impl Block {
    /// Takes the tensors `blocks.INDEX.*`.
    pub(super) fn load(weights: &mut Weights, client: &Client, shape: &BlockShape) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let name = |part| format!("blocks.{index}.{part}");
        let expand = (inner != inputs)
            .then(|| Pointwise::load(weights, client, &name("expand"), [inner, inputs]))
            .transpose()?;
        let depthwise = Depthwise::load(weights, client, &name("depthwise"), [inner, kernel, stride])?;
        let project = Pointwise::load(weights, client, &name("project"), [outputs, inner])?;
        let residual = shape.residual().then(|| Kernel::new(include_str!("add.wgsl")));
        Ok(Self { expand, depthwise, project, residual })
    }

    /// From the block's input to its output. `queued` is called with the name of each layer that is in the queue.
    pub(super) fn forward(
        &self,
        client: &Client,
        input: &Activation,
        queued: &dyn Fn(&'static str),
    ) -> Activation {
        let expanded = self.expand.as_ref().map(|expand| {
            let expanded = expand.forward(client, input, RELU6);
            queued("expand");
            expanded
        });
        let filtered = self.depthwise.forward(client, expanded.as_ref().unwrap_or(input));
        queued("depthwise");
        let output = self.project.forward(client, &filtered, LINEAR);
        queued("project");
        if let Some(add) = &self.residual {
            let vectors = output.buffer.size() as usize / size_of::<[f32; 4]>();
            add.launch(client, vectors, &[&input.buffer], &output.buffer, &[]);
            queued("residual");
        }
        output
    }
}

/// The range of a ReLU6.
const RELU6: (f32, f32) = (0.0, 6.0);
/// That of a linear layer. WGSL knows no infinity.
const LINEAR: (f32, f32) = (f32::MIN, f32::MAX);
