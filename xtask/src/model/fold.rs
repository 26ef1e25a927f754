//! Folds every batch norm into the convolution before it: the network then has half the layers,
//! and its values are the same up to rounding.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::checkpoint::{Checkpoint, Layer, Tensor};

/// What the batch norms of EfficientNet-Lite add to the variance.
const EPSILON: f64 = 1e-3;

/// The network's tensors, by the names in the model file.
pub fn network(checkpoint: &Checkpoint) -> Result<BTreeMap<String, Tensor>> {
    let mut tensors = BTreeMap::from([
        ("classifier.weight".into(), checkpoint.classifier_weight.clone()),
        ("classifier.bias".into(), checkpoint.classifier_bias.clone()),
    ]);
    for (name, Layer { weight, norm }) in &checkpoint.layers {
        let (weight, bias) =
            norm.fold_into(weight.clone()).with_context(|| format!("cannot fold the layer \"{name}\""))?;
        tensors.insert(format!("{name}.weight"), weight);
        tensors.insert(format!("{name}.bias"), bias);
    }
    Ok(tensors)
}

/// The per-channel parameters of a batch norm in inference.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// What the normalised values are multiplied by: their deviation afterwards.
    pub gamma: Vec<f64>,
    /// What is then added: their mean afterwards.
    pub beta: Vec<f64>,
    /// The mean that is taken away.
    pub mean: Vec<f64>,
    /// The variance that is divided by.
    pub variance: Vec<f64>,
}

impl BatchNorm {
    /// The weight and bias of the one convolution that equals `weight` and then this norm.
    fn fold_into(&self, mut weight: Tensor) -> Result<(Tensor, Tensor)> {
        let Self { gamma, beta, mean, variance } = self;
        let channels = gamma.len();
        ensure!(
            weight.shape.first() == Some(&channels)
                && [beta, mean, variance].iter().all(|part| part.len() == channels),
            "its batch norm has another number of channels"
        );
        let scale: Vec<f64> =
            gamma.iter().zip(variance).map(|(gamma, variance)| gamma / (variance + EPSILON).sqrt()).collect();
        let filter = weight.values.len() / channels;
        for (filter, scale) in weight.values.chunks_exact_mut(filter).zip(&scale) {
            filter.iter_mut().for_each(|value| *value *= scale);
        }
        let bias = (0..channels).map(|c| beta[c] - mean[c] * scale[c]).collect();
        Ok((weight, Tensor { shape: vec![channels], values: bias }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norm() -> BatchNorm {
        BatchNorm {
            gamma: vec![2.0, 3.0],
            beta: vec![0.5, -1.0],
            mean: vec![4.0, -2.0],
            variance: vec![0.249, 8.999],
        }
    }

    #[test]
    fn the_folded_convolution_equals_convolution_then_norm() -> Result<()> {
        let weight = Tensor { shape: vec![2, 3, 1, 1], values: vec![1.0, -2.0, 0.25, 5.0, 0.0, -0.125] };
        let input = [0.3, -1.5, 2.0];
        let (folded, bias) = norm().fold_into(weight.clone())?;
        assert_eq!((&folded.shape, &bias.shape), (&vec![2, 3, 1, 1], &vec![2]));
        for c in 0..2 {
            let convolve = |w: &Tensor| (0..3).map(|i| w.values[3 * c + i] * input[i]).sum::<f64>();
            let BatchNorm { gamma, beta, mean, variance } = norm();
            let expected =
                (convolve(&weight) - mean[c]) / (variance[c] + EPSILON).sqrt() * gamma[c] + beta[c];
            assert!((convolve(&folded) + bias.values[c] - expected).abs() < 1e-12);
        }
        Ok(())
    }

    #[test]
    fn a_norm_of_another_width_is_refused() {
        assert!(norm().fold_into(Tensor { shape: vec![3, 1], values: vec![0.0; 3] }).is_err());
    }
}
