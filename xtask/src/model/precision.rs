//! How weights are stored: in 16 bits with a scale a channel, or as they are.

use std::fmt;

use anyhow::{Result, ensure};

use super::checkpoint::Tensor;

/// How the weights are stored; biases are always in 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Whole numbers of 16 bits and a factor for each output channel: what the page and the package load. A
    /// channel's weights share a range, so that the bits which f16 spends on exponents go into precision: maps come
    /// four times closer at the same size.
    I16,
    /// Floats of 32 bits: what tests compare with.
    F32,
}

/// A tensor as the file holds it.
pub enum Stored {
    /// The values.
    Floats(Vec<f32>),
    /// Whole numbers, and the scale of each place of the first axis.
    Whole(Vec<i16>, Vec<f32>),
}

impl Precision {
    /// What the file holds of a tensor.
    ///
    /// # Errors
    /// If its shape is not that of its values, or one is out of the range of f32.
    pub fn store(self, tensor: &Tensor) -> Result<Stored> {
        let Tensor { shape, values } = tensor;
        ensure!(shape.iter().product::<usize>() == values.len(), "its shape is not that of its values");
        let fits = values.iter().all(|value| value.abs() <= f64::from(f32::MAX));
        ensure!(fits, "a value is out of the range of f32");
        Ok(match (self, shape.as_slice()) {
            (Self::I16, &[channels, _, ..]) => {
                let (whole, scales) = quantise(values, channels);
                Stored::Whole(whole, scales)
            }
            _ => Stored::Floats(values.iter().map(|&value| value as f32).collect()),
        })
    }
}

/// A weight's values as they come back from 16 bits.
pub fn rounded(weight: &Tensor) -> Vec<f64> {
    let Some(&channels) = weight.shape.first() else { return weight.values.clone() };
    let (whole, scales) = quantise(&weight.values, channels);
    let channel = whole.len() / channels;
    whole.iter().enumerate().map(|(at, &whole)| f64::from(whole) * f64::from(scales[at / channel])).collect()
}

/// Each channel's values as whole multiples of its scale, which takes its largest one to the end of
/// the range.
fn quantise(values: &[f64], channels: usize) -> (Vec<i16>, Vec<f32>) {
    let mut whole = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(channels);
    for channel in values.chunks_exact(values.len() / channels) {
        let largest = channel.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 { (largest / f64::from(i16::MAX)) as f32 } else { 1.0 };
        // The cast keeps to the range, which the rounding of the scale may leave by one.
        whole.extend(channel.iter().map(|value| (value / f64::from(scale)).round() as i16));
        scales.push(scale);
    }
    (whole, scales)
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::I16 => "16-bit",
            Self::F32 => "32-bit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_come_back_to_half_a_step_of_their_channel() {
        let values = [0.25, -1.0, 0.3, 1e-6, 2e-6, -3e-6, 0.0, 0.0, 0.0];
        let (whole, scales) = quantise(&values, 3);
        assert_eq!(whole[6..], [0, 0, 0]);
        for (at, value) in values.iter().enumerate() {
            let scale = f64::from(scales[at / 3]);
            assert!((f64::from(whole[at]) * scale - value).abs() <= scale * 0.5001, "value {at}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        let tensor = Tensor { shape: vec![1], values: vec![1e39] };
        assert!(Precision::I16.store(&tensor).is_err());
        assert!(Precision::F32.store(&tensor).is_err());
    }
}
