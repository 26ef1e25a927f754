//! Convolutions, from which parts are taken.

use std::ops::Range;

use super::pointwise::Pointwise;
use crate::Result;
use crate::model::Weights;

/// A convolution as the model file holds it.
pub(super) struct Convolution {
    pub(super) weight: Vec<f32>,
    bias: Vec<f32>,
    /// Weights of an output.
    covered: usize,
}

impl Convolution {
    /// Takes `NAME.weight` of this shape and `NAME.bias`.
    pub(super) fn take(weights: &mut Weights, name: &str, shape: [usize; 4]) -> Result<Self> {
        let [outputs, covered @ ..] = shape;
        let weight = weights.values(&format!("{name}.weight"), shape)?;
        let bias = weights.values(&format!("{name}.bias"), [outputs])?;
        Ok(Self { weight, bias, covered: covered.iter().product() })
    }

    /// Weights and bias of some outputs.
    pub(super) fn outputs(&self, outputs: &Range<usize>) -> (&[f32], &[f32]) {
        let weights = outputs.start * self.covered..outputs.end * self.covered;
        (&self.weight[weights], &self.bias[outputs.clone()])
    }

    /// The product of some outputs.
    pub(super) fn to_outputs(&self, outputs: &Range<usize>) -> Pointwise {
        let (weight, bias) = self.outputs(outputs);
        Pointwise::new(weight, bias, self.covered)
    }

    /// What some of the inputs add to the outputs, with or without the bias.
    pub(super) fn of_inputs(&self, inputs: &Range<usize>, biased: bool) -> Pointwise {
        let rows = self.weight.chunks_exact(self.covered);
        let weight: Vec<_> = rows.flat_map(|row| &row[inputs.clone()]).copied().collect();
        let zeros = vec![0.0; self.bias.len()];
        Pointwise::new(&weight, if biased { &self.bias } else { &zeros }, inputs.len())
    }
}
