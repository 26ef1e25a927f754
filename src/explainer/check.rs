//! The check of a GPU against the CPU, before its first answer is trusted.

use burn::tensor::Transaction;

use super::Explainer;
use crate::Result;
use crate::network::Activations;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};

/// The side of the synthetic picture on which a GPU is compared with the CPU.
const CHECK_SIDE: usize = 64;
/// The most by which a GPU may differ from the CPU on it, relative to the largest value.
const CHECK_TOLERANCE: f32 = 1e-3;

impl Explainer {
    /// Compares the features of a synthetic picture with those of a trusted explainer. What comes behind
    /// them is computed by the same code.
    pub(super) async fn compare_with(&self, trusted: &Self) -> Result<()> {
        let actual = self.check_features().await?;
        let difference = relative_difference(&actual, &trusted.check_features().await?);
        if difference.is_nan() || difference > CHECK_TOLERANCE {
            return Err(self.fault(format!(
                "its features of a known picture differ from the CPU's by {difference:e} of the largest"
            )));
        }
        Ok(())
    }

    async fn check_features(&self) -> Result<Vec<f32>> {
        // Smooth, coloured and without symmetry, so that a swapped axis or channel shows.
        let pixels = (0..CHECK_SIDE * CHECK_SIDE).flat_map(|at| {
            let (x, y) = (at % CHECK_SIDE, at / CHECK_SIDE);
            [(x * 4) as u8, (y * 3 + x) as u8, (x * y / 16) as u8, u8::MAX]
        });
        let picture = Picture::new(pixels.collect(), CHECK_SIDE, CHECK_SIDE)?;
        let size = InputSize::Exact { width: CHECK_SIDE, height: CHECK_SIDE };
        let input = NetworkInput::new(&picture, size)?.tensor(&self.normalisation, self.device.burn());
        let Activations { features, .. } = self.network.activations(input).await?;
        let [features] = self.read(Transaction::default().register(features)).await?;
        Ok(features)
    }
}

/// The largest difference, relative to the largest expected value.
fn relative_difference(actual: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let differences = actual.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // `f32::max` would drop a NaN.
    differences.fold(0.0f32, |worst, difference| if difference <= worst { worst } else { difference })
        / largest
}
