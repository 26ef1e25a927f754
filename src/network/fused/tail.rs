//! What comes behind the features: the head's convolution and the classifier.

use burn::tensor::{Tensor, TensorData};

use super::pointwise::Pointwise;
use crate::Result;
use crate::model::Weights;
use crate::network::layout::{channels_first, channels_last, values};
use crate::network::{FEATURE_CHANNELS, HEAD_CHANNELS};

/// The head's convolution in both directions, and the classifier outside autodiff.
#[derive(Debug)]
pub(in crate::network) struct Tail {
    head: Pointwise,
    /// The head's transpose.
    head_backward: Pointwise,
    classifier: Pointwise,
    classes: usize,
}

impl Tail {
    /// Takes the tensors `head.*`, and has the classifier's already.
    pub(in crate::network) fn load(
        weights: &mut Weights,
        classifier: &Tensor<2>,
        classifier_bias: &Tensor<1>,
    ) -> Result<Self> {
        let weight = weights.values("head.weight", [HEAD_CHANNELS, FEATURE_CHANNELS, 1, 1])?;
        let head = Pointwise::new(&weight, &weights.values("head.bias", [HEAD_CHANNELS])?, FEATURE_CHANNELS);
        let transposed: Vec<_> = (0..FEATURE_CHANNELS)
            .flat_map(|input| weight.iter().skip(input).step_by(FEATURE_CHANNELS).copied())
            .collect();
        let head_backward = Pointwise::new(&transposed, &[0.0; FEATURE_CHANNELS], HEAD_CHANNELS);
        let [classes] = classifier_bias.dims();
        let (classifier, bias) = (values(classifier.clone()), values(classifier_bias.clone()));
        let classifier = Pointwise::new(&classifier, &bias, HEAD_CHANNELS);
        Ok(Self { head, head_backward, classifier, classes })
    }

    /// The head's convolution: `[B, 320, h, w]` → `[B, 1280, h, w]`.
    pub(in crate::network) fn head(&self, features: Tensor<4>) -> Tensor<4> {
        let device = features.device();
        let [batch, _, height, width] = features.dims();
        let output = self.head.forward(&channels_last(features));
        channels_first(&output, [batch, height, width], &device)
    }

    /// Its backward step: `[B, 1280, h, w]` → `[B, 320, h, w]`.
    pub(in crate::network) fn head_backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        let device = gradient.device();
        let [batch, _, height, width] = gradient.dims();
        // Behind a ReLU6 most of it is zero, at the same places for every class of a batch.
        let output = self.head_backward.forward_sparse(&values(gradient), batch);
        channels_first(&output, [batch, height, width], &device)
    }

    /// The classifier: `[rows, 1280]` → `[rows, classes]`.
    pub(in crate::network) fn classify(&self, pooled: Tensor<2>) -> Tensor<2> {
        let device = pooled.device();
        let [rows, _] = pooled.dims();
        let padded = self.classifier.forward(&values(pooled));
        let logits = padded.chunks_exact(padded.len() / rows).flat_map(|row| &row[..self.classes]);
        let logits = TensorData::new(logits.copied().collect(), [rows, self.classes]);
        Tensor::from_data(logits, &device)
    }
}
