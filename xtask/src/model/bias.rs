//! Data-free bias correction (Nagel et al. 2019, arXiv 1906.04721, section 4.2): the rounding of a
//! layer's weights shifts its output on average, and the biases, which are stored in 32 bits, take
//! that shift back.

use std::{collections::BTreeMap, f64::consts::PI};

use anyhow::{Context, Result, ensure};
use libm::erf;

use super::{
    checkpoint::{Checkpoint, Layer, Tensor},
    precision,
};

/// The mean of each channel of a layer's input, by the layer's name in the model file.
type InputMeans = BTreeMap<String, Vec<f64>>;

/// Changes the biases so that each layer with its weights as they are stored gives what it gives with
/// the exact ones, on average.
pub fn correct(tensors: &mut BTreeMap<String, Tensor>, checkpoint: &Checkpoint) -> Result<()> {
    for (layer, mean) in input_means(checkpoint)? {
        let weight =
            tensors.get(&format!("{layer}.weight")).with_context(|| format!("no layer \"{layer}\""))?;
        let shift =
            shift(weight, &mean).with_context(|| format!("cannot correct the biases of \"{layer}\""))?;
        let bias =
            tensors.get_mut(&format!("{layer}.bias")).with_context(|| format!("no layer \"{layer}\""))?;
        bias.values.iter_mut().zip(shift).for_each(|(bias, shift)| *bias += shift);
    }
    Ok(())
}

/// What the rounding of a weight takes from the mean of each output channel.
fn shift(weight: &Tensor, mean: &[f64]) -> Result<Vec<f64>> {
    let [channels, inputs, kernel @ ..] = weight.shape.as_slice() else {
        anyhow::bail!("its weight is no matrix and no filters");
    };
    let depthwise = *inputs == 1 && *channels == mean.len();
    ensure!(depthwise || *inputs == mean.len(), "its input has another number of channels");
    let kernel = kernel.iter().product::<usize>();
    let rounded = precision::rounded(weight);
    let errors: Vec<_> = weight.values.iter().zip(rounded).map(|(exact, rounded)| exact - rounded).collect();
    let shifts = errors.chunks_exact(inputs * kernel).enumerate().map(|(channel, errors)| {
        let mean_of = |at: usize| if depthwise { mean[channel] } else { mean[at / kernel] };
        errors.iter().enumerate().map(|(at, error)| error * mean_of(at)).sum()
    });
    Ok(shifts.collect())
}

/// What each layer gets on average, as the batch norms before it tell: the output of one has the mean
/// β and the deviation γ, and is taken for normal. The stem's input is the photo, of mean zero.
fn input_means(checkpoint: &Checkpoint) -> Result<InputMeans> {
    let mut means = InputMeans::new();
    let mut x = rectified(checkpoint.layer("stem")?);
    for n in 0..checkpoint.size.blocks() {
        let layer = |part| checkpoint.layer(&format!("blocks.{n}.{part}"));
        let mut inner = x.clone();
        // Block 0 does not widen its input.
        if n > 0 {
            means.insert(format!("blocks.{n}.expand"), inner);
            inner = rectified(layer("expand")?);
        }
        means.insert(format!("blocks.{n}.depthwise"), inner);
        means.insert(format!("blocks.{n}.project"), rectified(layer("depthwise")?));
        let mut output = layer("project")?.norm.beta.clone();
        // A block whose output is as wide as its input adds it.
        if output.len() == x.len() {
            output.iter_mut().zip(&x).for_each(|(output, x)| *output += x);
        }
        x = output;
    }
    means.insert("head".into(), x);
    means.insert("classifier".into(), rectified(checkpoint.layer("head")?));
    Ok(means)
}

/// The means behind a layer's batch norm and its ReLU6.
fn rectified(Layer { norm, .. }: &Layer) -> Vec<f64> {
    norm.beta.iter().zip(&norm.gamma).map(|(&mean, gamma)| relu6_mean(mean, gamma.abs())).collect()
}

/// The mean of min(max(x, 0), 6) of a normal x.
fn relu6_mean(mean: f64, deviation: f64) -> f64 {
    if deviation == 0.0 {
        return mean.clamp(0.0, 6.0);
    }
    let density = |z: f64| (-z * z / 2.0).exp() / (2.0 * PI).sqrt();
    let below = |z: f64| (1.0 + erf(z / 2.0f64.sqrt())) / 2.0;
    let (low, high) = (-mean / deviation, (6.0 - mean) / deviation);
    mean * (below(high) - below(low)) + deviation * (density(low) - density(high)) + 6.0 * (1.0 - below(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_behind_a_relu6_is_that_of_many_samples() {
        for (mean, deviation) in [(0.0, 1.0), (-3.0, 2.0), (5.0, 4.0), (8.0, 0.5)] {
            let steps = 100_000;
            let samples = (0..steps).map(|step| {
                let z = (step as f64 + 0.5) / steps as f64 * 16.0 - 8.0;
                let density = (-z * z / 2.0).exp() / (2.0 * PI).sqrt() * 16.0 / steps as f64;
                density * (mean + deviation * z).clamp(0.0, 6.0)
            });
            assert!((samples.sum::<f64>() - relu6_mean(mean, deviation)).abs() < 1e-6);
        }
        assert_eq!(relu6_mean(2.5, 0.0), 2.5);
    }

    #[test]
    fn a_layer_keeps_its_output_on_the_mean_input() -> Result<()> {
        let weight =
            Tensor { shape: vec![2, 2, 1, 2], values: (0..8).map(|n| 0.3 * f64::from(n) - 1.0).collect() };
        let mean = [1.5, -0.5];
        let output = |values: &[f64]| -> Vec<f64> {
            values.chunks_exact(4).map(|w| (w[0] + w[1]) * mean[0] + (w[2] + w[3]) * mean[1]).collect()
        };
        let (exact, rounded) = (output(&weight.values), output(&precision::rounded(&weight)));
        for (channel, shift) in shift(&weight, &mean)?.into_iter().enumerate() {
            assert!((rounded[channel] + shift - exact[channel]).abs() < 1e-12);
        }
        Ok(())
    }

    #[test]
    fn a_depthwise_layer_takes_each_channels_own_mean() -> Result<()> {
        let weight = Tensor { shape: vec![2, 1, 1, 2], values: vec![1.0, 0.123_456_7, 1.0, 0.123_456_7] };
        let shift = shift(&weight, &[1.0, 3.0])?;
        assert!(shift[0] != 0.0 && (shift[1] / shift[0] - 3.0).abs() < 1e-9);
        Ok(())
    }

    #[test]
    fn an_input_of_another_width_is_refused() {
        assert!(shift(&Tensor { shape: vec![2, 3], values: vec![0.0; 6] }, &[1.0]).is_err());
    }
}
