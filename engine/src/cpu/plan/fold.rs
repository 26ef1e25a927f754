//! A product's weight and bias, with the constants behind it folded in by value.

use std::borrow::Cow;

use crate::Result;
use crate::cpu::fuse::{Fold, Fusion, Product};
use crate::graph::{Binary, Constant, ValueId};

/// A weight `[outputs, …]` and its bias; only this one weight is read.
pub(super) struct Weight<'a> {
    pub(super) weight: Cow<'a, [f32]>,
    pub(super) bias: Vec<f32>,
}

/// What becomes of each output's sum: `scale` · sum + `shift`.
pub(super) struct Affine {
    pub(super) scale: Vec<f64>,
    shift: Vec<f64>,
}

impl Fusion<'_> {
    /// Of a convolution whose constants are known to be there.
    pub(super) fn weight(&self, product: &Product) -> Result<Weight<'_>> {
        let affine = self.affine(product)?;
        let mut weight = self.constant(self.inputs(product.node)[1])?;
        if affine.scales() {
            weight = affine.scaled(&weight).into();
        }
        Ok(Weight { weight, bias: affine.bias() })
    }

    /// What the constants behind a product make of its sums.
    pub(super) fn affine(&self, product: &Product) -> Result<Affine> {
        let (graph, inputs) = (self.graph, self.inputs(product.node));
        let outputs = graph.shape(product.output).last().copied().unwrap_or(1);
        let bias = inputs.get(2).map(|&bias| self.constant(bias)).transpose()?;
        let bias = bias
            .map_or_else(|| vec![0.0; outputs], |bias| bias.iter().map(|bias| f64::from(*bias)).collect());
        let mut affine = Affine { scale: vec![1.0; outputs], shift: bias };
        for fold in &product.folds {
            affine.fold(fold, &self.constant(fold.constant)?);
        }
        Ok(affine)
    }

    fn constant(&self, value: ValueId) -> Result<Cow<'_, [f32]>> {
        self.graph.constant(value).map_or_else(|| Ok(Cow::default()), Constant::values)
    }
}

impl Affine {
    /// Whether there is any factor but 1.
    pub(super) fn scales(&self) -> bool {
        self.scale.iter().any(|scale| *scale != 1.0)
    }

    /// The bias that the sums have then.
    pub(super) fn bias(&self) -> Vec<f32> {
        self.shift.iter().map(|&shift| shift as f32).collect()
    }

    fn fold(&mut self, fold: &Fold, constant: &[f32]) {
        // One for each output, or the same for all.
        let values = constant.iter().cycle();
        for ((scale, shift), value) in self.scale.iter_mut().zip(&mut self.shift).zip(values) {
            let value = f64::from(*value);
            (*scale, *shift) = match fold.binary {
                Binary::Multiply => (*scale * value, *shift * value),
                Binary::Divide => (*scale / value, *shift / value),
                Binary::Subtract if fold.swapped => (-*scale, value - *shift),
                Binary::Subtract => (*scale, *shift - value),
                _ => (*scale, *shift + value),
            };
        }
    }

    fn scaled(&self, weight: &[f32]) -> Vec<f32> {
        let rows = weight.chunks((weight.len() / self.scale.len()).max(1)).zip(&self.scale);
        rows.flat_map(|(row, scale)| row.iter().map(move |weight| (f64::from(*weight) * scale) as f32))
            .collect()
    }
}
