//! Folds every batch norm into the convolution before it: the network then has half the layers,
//! and its values are the same up to rounding.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use super::checkpoint::{Checkpoint, Tensor};

/// What the batch norms of EfficientNet-Lite add to the variance.
const EPSILON: f64 = 1e-3;
/// How many MBConv blocks there are.
pub const BLOCKS: usize = 16;

/// The network's tensors, by the names in the model file.
pub fn network(checkpoint: &Checkpoint) -> Result<BTreeMap<String, Tensor>> {
    let mut tensors = BTreeMap::new();
    for (name, convolution, norm) in layers() {
        let weight = checkpoint.tensor(&format!("{convolution}.weight"))?;
        let part = |part| checkpoint.tensor(&format!("{norm}.{part}")).map(|tensor| tensor.values);
        let norm = BatchNorm {
            gamma: part("weight")?,
            beta: part("bias")?,
            mean: part("running_mean")?,
            variance: part("running_var")?,
        };
        let (weight, bias) =
            norm.fold_into(weight).with_context(|| format!("cannot fold \"{convolution}\""))?;
        tensors.insert(format!("{name}.weight"), weight);
        tensors.insert(format!("{name}.bias"), bias);
    }
    for part in ["weight", "bias"] {
        tensors.insert(format!("classifier.{part}"), checkpoint.tensor(&format!("_fc.{part}"))?);
    }
    Ok(tensors)
}

/// Our name, the convolution and the batch norm of every layer.
fn layers() -> Vec<(String, String, String)> {
    let layer = |name: &str, convolution: &str, norm: &str| (name.into(), convolution.into(), norm.into());
    let mut layers = vec![layer("stem", "_conv_stem", "_bn0"), layer("head", "_conv_head", "_bn1")];
    for n in 0..BLOCKS {
        let parts = [
            ("expand", "_expand_conv", "_bn0"),
            ("depthwise", "_depthwise_conv", "_bn1"),
            ("project", "_project_conv", "_bn2"),
        ];
        // Block 0 does not widen its input.
        for (name, convolution, norm) in &parts[usize::from(n == 0)..] {
            layers.push((
                format!("blocks.{n}.{name}"),
                format!("_blocks.{n}.{convolution}"),
                format!("_blocks.{n}.{norm}"),
            ));
        }
    }
    layers
}

/// The per-channel parameters of a batch norm in inference.
struct BatchNorm {
    gamma: Vec<f64>,
    beta: Vec<f64>,
    mean: Vec<f64>,
    variance: Vec<f64>,
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

    #[test]
    fn every_layer_has_one_name() {
        let names: std::collections::BTreeSet<_> = layers().into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), 2 + 3 * BLOCKS - 1);
        assert!(!names.contains("blocks.0.expand"));
    }
}
