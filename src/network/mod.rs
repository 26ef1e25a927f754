//! EfficientNet-Lite0, split where a map can be taken.
//!
//! ```text
//! features(x)  -> A  [B,  320, H/32, W/32]   layer "features": the last MBConv block, linear
//! head(A)      -> H  [B, 1280, H/32, W/32]   layer "head": 1x1 convolution and ReLU6
//! classify(H)  -> y  [B, classes]            global average pooling and the linear classifier
//! ```
//!
//! The expensive part, `features`, runs once per picture, and is all that a GPU computes; the cheap tail
//! runs on the CPU, and can be stepped back through.

mod fused;
#[cfg(feature = "webgpu")]
mod gpu;
mod layout;
mod padding;
mod team;

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;

use burn::tensor::Tensor;
use burn::tensor::activation::relu6;

use crate::device::Device;
use crate::model::{Model, Weights};
use crate::{Error, Result};
use fused::{Head, Tail};
use layout::values;
use team::Half;
pub use team::{Partner, PartnerLost};

/// One stage of MBConv blocks.
struct Stage {
    expand: usize,
    kernel: usize,
    stride: usize,
    channels: usize,
    blocks: usize,
}

/// The first convolution.
struct Stem {
    channels: usize,
    kernel: usize,
    stride: usize,
}

const STEM: Stem = Stem { channels: 32, kernel: 3, stride: 2 };
/// Red, green, blue.
const COLOURS: usize = 3;
/// Channels of the activation at layer "features".
const FEATURE_CHANNELS: usize = 320;
/// Channels of the activation at layer "head".
const HEAD_CHANNELS: usize = 1280;

const STAGES: [Stage; 7] = [
    Stage { expand: 1, kernel: 3, stride: 1, channels: 16, blocks: 1 },
    Stage { expand: 6, kernel: 3, stride: 2, channels: 24, blocks: 2 },
    Stage { expand: 6, kernel: 5, stride: 2, channels: 40, blocks: 2 },
    Stage { expand: 6, kernel: 3, stride: 2, channels: 80, blocks: 3 },
    Stage { expand: 6, kernel: 5, stride: 1, channels: 112, blocks: 3 },
    Stage { expand: 6, kernel: 5, stride: 2, channels: 192, blocks: 4 },
    Stage { expand: 6, kernel: 3, stride: 1, channels: FEATURE_CHANNELS, blocks: 1 },
];

/// One MBConv block: channels in, between and out.
struct BlockShape {
    index: usize,
    inputs: usize,
    inner: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
}

impl BlockShape {
    /// Whether the input is added to the output.
    fn residual(&self) -> bool {
        self.stride == 1 && self.inputs == self.outputs
    }
}

/// The blocks, first to last.
fn block_shapes() -> impl Iterator<Item = BlockShape> {
    let repeats = STAGES.iter().flat_map(|stage| (0..stage.blocks).map(move |repeat| (stage, repeat)));
    repeats
        .scan(STEM.channels, |channels, (stage, repeat)| {
            let inputs = std::mem::replace(channels, stage.channels);
            Some((stage, repeat, inputs))
        })
        .enumerate()
        .map(|(index, (stage, repeat, inputs))| BlockShape {
            index,
            inputs,
            inner: inputs * stage.expand,
            outputs: stage.channels,
            kernel: stage.kernel,
            stride: if repeat == 0 { stage.stride } else { 1 },
        })
}

/// A place in the network where a map can be taken: the target layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The output of the last MBConv block: 320 channels, linear.
    Features,
    /// After the head convolution and its ReLU6: 1280 channels, not negative.
    Head,
}

impl Layer {
    /// Both layers.
    pub const ALL: &'static [Self] = &[Self::Features, Self::Head];
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Features => "features",
            Self::Head => "head",
        })
    }
}

impl FromStr for Layer {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "features" => Ok(Self::Features),
            "head" => Ok(Self::Head),
            _ => Err(Error::UnknownLayer { name: name.into() }),
        }
    }
}

/// EfficientNet-Lite0 with its batch norms folded into the convolutions.
#[derive(Debug)]
pub struct EfficientNetLite0 {
    features: Features,
    tail: Tail,
}

/// The features, where they are computed.
#[derive(Debug)]
enum Features {
    Cpu {
        features: fused::Features,
        /// What computes half of them, if anything does.
        partner: RefCell<Option<Box<dyn Partner>>>,
    },
    #[cfg(feature = "webgpu")]
    WebGpu(Box<gpu::Features>),
}

impl Features {
    #[cfg_attr(not(feature = "webgpu"), expect(unused_variables, reason = "there is the CPU alone"))]
    fn load(weights: &mut Weights, device: &Device) -> Result<Self> {
        #[cfg(feature = "webgpu")]
        if let Some(client) = device.client() {
            return gpu::Features::load(weights, client).map(|features| Self::WebGpu(Box::new(features)));
        }
        let features = fused::Features::load(weights, &[Half::First, Half::Second])?;
        Ok(Self::Cpu { features, partner: RefCell::default() })
    }
}

impl EfficientNetLite0 {
    /// Puts a model's weights on a device.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] that names the tensor which is missing, superfluous or of a wrong
    /// shape or type, or says that there is not one label a class.
    pub fn load(model: &Model, device: &Device) -> Result<Self> {
        let mut weights = model.weights();
        let features = Features::load(&mut weights, device)?;
        let tail = Tail::load(&mut weights, model.labels().len())?;
        weights.finish()?;
        Ok(Self { features, tail })
    }

    /// `[B, 3, H, W]` → the activations as far as the head.
    ///
    /// # Errors
    /// [`Error::Device`] if a GPU fails.
    pub async fn activations(&self, input: Tensor<4>) -> Result<Activations> {
        let features = match &self.features {
            Features::Cpu { features, partner } => {
                let (dims, device) = (input.dims(), input.device());
                let input = values(input);
                // Taken, and put back once it did its half: one that is lost is not asked again.
                if let Some(present) = partner.take() {
                    let shared = present
                        .start(&input, dims)
                        .and_then(|()| share(&*present, features, &self.tail.head, &input, dims));
                    if let Ok(activations) = shared {
                        partner.replace(Some(present));
                        return Ok(activations);
                    }
                }
                features.forward(&input, dims, &device)
            }
            #[cfg(feature = "webgpu")]
            Features::WebGpu(features) => features.forward(input).await?,
        };
        let linear = self.head_convolution(features.clone());
        Ok(Activations { features, linear })
    }

    /// The activation at layer "features" as in [`Self::activations`], on this thread alone, and tells of each
    /// layer by its block and its name there once it is done, to be timed. On the CPU the layers of a block go
    /// hand in hand and are one, "all"; a GPU is waited for at each.
    ///
    /// # Errors
    /// As [`Self::activations`].
    #[cfg(not(target_family = "wasm"))]
    pub async fn features_by_layer(
        &self,
        input: Tensor<4>,
        done: &dyn Fn(usize, &'static str),
    ) -> Result<Tensor<4>> {
        match &self.features {
            Features::Cpu { features, .. } => {
                let (dims, device) = (input.dims(), input.device());
                Ok(features.forward_by_block(&values(input), dims, &device, &|block| done(block, "all")))
            }
            #[cfg(feature = "webgpu")]
            Features::WebGpu(features) => features.forward_by_layer(input, done).await,
        }
    }

    /// Has another thread, which runs an [`Assistant`], compute half of the activations from now on, where the
    /// features are computed on the CPU. Once the partner is lost, this thread computes all again.
    pub fn share_with(&self, with: Box<dyn Partner>) {
        match &self.features {
            Features::Cpu { partner, .. } => drop(partner.replace(Some(with))),
            #[cfg(feature = "webgpu")]
            Features::WebGpu(_) => {}
        }
    }

    /// The activation at layer "features" → the one at layer "head", `[B, 1280, H/32, W/32]`.
    pub fn head(&self, features: Tensor<4>) -> Tensor<4> {
        relu6(self.head_convolution(features))
    }

    /// The linear half of [`Self::head`], before its ReLU6.
    pub fn head_convolution(&self, features: Tensor<4>) -> Tensor<4> {
        self.tail.head.forward(features)
    }

    /// The backward step of [`Self::head`] at its pooled output: the gradient that every position has there,
    /// `[B, 1280]`, and what [`Self::head_convolution`] made of one picture, `[1, 1280, h, w]` → the gradient
    /// with respect to the head's input, `[B, 320, h, w]`.
    pub fn head_backward(&self, gradient: Tensor<2>, linear: Tensor<4>) -> Tensor<4> {
        self.tail.head_backward(gradient, linear)
    }

    /// The activation at layer "head" → logits, `[B, classes]`.
    pub fn classify(&self, head: Tensor<4>) -> Tensor<2> {
        self.tail.classify(head.mean_dims(&[2, 3]).flatten(1, 3))
    }

    /// The activation of one picture at layer "head" → the logits of windows, each given by its cells,
    /// `[windows, classes]`.
    pub fn classify_windows(
        &self,
        head: Tensor<4>,
        windows: impl Iterator<Item = impl Iterator<Item = usize>>,
    ) -> Tensor<2> {
        self.tail.classify_windows(head, windows)
    }

    /// The classifier's weights of one class, `[1280]`: what CAM (Zhou et al. 2016) weighs with, and the
    /// gradient of the class's logit at the pooled head.
    pub fn classifier_row(&self, class: usize) -> Vec<f32> {
        self.tail.classifier_row(class)
    }
}

/// A picture's activations as far as the head.
#[derive(Debug)]
pub struct Activations {
    /// At layer "features", `[B, 320, H/32, W/32]`.
    pub features: Tensor<4>,
    /// What [`EfficientNetLite0::head_convolution`] makes of them, `[B, 1280, H/32, W/32]`: the activation at
    /// layer "head" is its ReLU6.
    pub linear: Tensor<4>,
}

/// A thread's half of the activations, and the partner's.
fn share(
    partner: &dyn Partner,
    features: &fused::Features,
    head: &Head,
    input: &[f32],
    dims: [usize; 4],
) -> std::result::Result<Activations, PartnerLost> {
    let features = features.forward_with(partner, input, dims, Device::cpu().burn())?;
    let linear = head.forward_with(partner, features.clone())?;
    Ok(Activations { features, linear })
}

/// The half of the activations that a second thread computes.
#[derive(Debug)]
pub struct Assistant {
    features: fused::Features,
    head: Head,
}

impl Assistant {
    /// Reads the second half of a model as far as the head.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] as [`EfficientNetLite0::load`].
    pub fn load(model: &Model) -> Result<Self> {
        let mut weights = model.weights();
        let features = fused::Features::load(&mut weights, &[Half::Second])?;
        Ok(Self { features, head: Head::load(&mut weights, &[Half::Second])? })
    }

    /// Runs beside [`EfficientNetLite0::activations`] on the same input, `[B, 3, H, W]`.
    ///
    /// # Errors
    /// [`PartnerLost`]
    pub fn assist(
        &self,
        partner: &dyn Partner,
        input: &[f32],
        dims: [usize; 4],
    ) -> std::result::Result<(), PartnerLost> {
        share(partner, &self.features, &self.head, input, dims).map(|_| ())
    }
}
