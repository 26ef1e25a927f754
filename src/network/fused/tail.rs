//! What comes behind the features: the head's convolution and the classifier.

use burn::tensor::{Device, Tensor, TensorData};

use super::RELU6;
use super::head::Head;
use super::pointwise::Pointwise;
use crate::model::Weights;
use crate::network::layout::{channels_first, channels_last, values};
use crate::network::team::Half;
use crate::network::{FEATURE_CHANNELS, HEAD_CHANNELS};
use crate::{Error, Result};

/// The head's convolution in both directions, and the classifier.
#[derive(Debug)]
pub(in crate::network) struct Tail {
    pub(in crate::network) head: Head,
    /// The head's transpose.
    head_backward: Pointwise,
    classifier: Pointwise,
    classes: usize,
}

impl Tail {
    /// Takes the tensors `head.*` and `classifier.*`.
    pub(in crate::network) fn load(weights: &mut Weights, classes: usize) -> Result<Self> {
        let shape = weights.shape("classifier.weight")?;
        if shape.first() != Some(&classes) {
            return Err(Error::InvalidModel(format!(
                "the model has {classes} labels, but its classifier is of shape {shape:?}: one row a label"
            )));
        }
        let weight = weights.values("classifier.weight", [classes, HEAD_CHANNELS])?;
        let classifier =
            Pointwise::new(&weight, &weights.values("classifier.bias", [classes])?, HEAD_CHANNELS);
        let convolution = Head::convolution(weights)?;
        let head = Head::new(&convolution, &[Half::First, Half::Second]);
        let transposed: Vec<_> = (0..FEATURE_CHANNELS)
            .flat_map(|input| convolution.weight.iter().skip(input).step_by(FEATURE_CHANNELS).copied())
            .collect();
        let head_backward = Pointwise::new(&transposed, &[0.0; FEATURE_CHANNELS], HEAD_CHANNELS);
        Ok(Self { head, head_backward, classifier, classes })
    }

    /// The backward step of the head's convolution and ReLU6, for a gradient that is the same at every
    /// position: `[B, 1280]`, and what the convolution made of one picture, `[1, 1280, h, w]` →
    /// `[B, 320, h, w]`.
    pub(in crate::network) fn head_backward(&self, gradient: Tensor<2>, linear: Tensor<4>) -> Tensor<4> {
        let device = linear.device();
        let ([batch, _], [_, _, height, width]) = (gradient.dims(), linear.dims());
        let (least, most) = RELU6;
        let passes = |value| least < value && value < most;
        let output = self.head_backward.forward_where(&values(gradient), &channels_last(linear), passes);
        channels_first(&output, [batch, height, width], &device)
    }

    /// The classifier: `[rows, 1280]` → `[rows, classes]`.
    pub(in crate::network) fn classify(&self, pooled: Tensor<2>) -> Tensor<2> {
        let device = pooled.device();
        self.logits(&values(pooled), &device)
    }

    /// The classifier behind the mean over the cells of each window: `[1, 1280, h, w]` → `[windows, classes]`.
    pub(in crate::network) fn classify_windows(
        &self,
        head: Tensor<4>,
        windows: impl Iterator<Item = impl Iterator<Item = usize>>,
    ) -> Tensor<2> {
        let device = head.device();
        let head = channels_last(head);
        let mut pooled = Vec::new();
        for window in windows {
            let mut mean = [0.0; HEAD_CHANNELS];
            let mut cells = 0;
            for cell in window {
                let values = &head[cell * HEAD_CHANNELS..][..HEAD_CHANNELS];
                mean.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                cells += 1;
            }
            pooled.extend(mean.map(|sum| sum / cells as f32));
        }
        self.logits(&pooled, &device)
    }

    fn logits(&self, pooled: &[f32], device: &Device) -> Tensor<2> {
        let padded = self.classifier.forward(pooled);
        let rows = pooled.len() / HEAD_CHANNELS;
        let logits = padded.chunks_exact(padded.len() / rows).flat_map(|row| &row[..self.classes]);
        Tensor::from_data(TensorData::new(logits.copied().collect(), [rows, self.classes]), device)
    }

    /// The classifier's weights of one class, `[1280]`.
    pub(in crate::network) fn classifier_row(&self, class: usize) -> Vec<f32> {
        self.classifier.weights_of(class).collect()
    }
}
