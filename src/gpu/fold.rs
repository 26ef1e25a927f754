//! Constants behind a product, as part of its weights: batch norms are two.

use crate::Result;
use crate::graph::{Binary, Graph, ValueId};

/// A function of each result and a constant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fold {
    binary: Binary,
    constant: ValueId,
    /// Whether the constant is the function's first argument.
    swapped: bool,
}

impl Fold {
    /// `None` if the function is not affine.
    pub(super) fn new(binary: Binary, constant: ValueId, swapped: bool) -> Option<Self> {
        let affine = match binary {
            Binary::Add | Binary::Subtract | Binary::Multiply => true,
            Binary::Divide => !swapped,
            _ => false,
        };
        affine.then_some(Self { binary, constant, swapped })
    }

    /// What tells it from others.
    pub(super) fn identity(&self, graph: &Graph<f32>) -> [u64; 2] {
        let constant = graph.constant(self.constant).map_or(0, |constant| constant.identity());
        [self.binary as u64 * 2 + u64::from(self.swapped), constant]
    }
}

/// What becomes of each output's sum: `scale` · sum + `shift`.
pub(super) struct Affine {
    pub(super) scale: Vec<f64>,
    pub(super) shift: Vec<f64>,
}

impl Affine {
    /// Of a bias, if there is one, and what follows it.
    pub(super) fn new(
        graph: &Graph<f32>,
        outputs: usize,
        bias: Option<ValueId>,
        folds: &[Fold],
    ) -> Result<Self> {
        let read =
            |value: ValueId| graph.constant(value).map_or_else(|| Ok([].into()), |constant| constant.read());
        let mut affine = Self { scale: vec![1.0; outputs], shift: vec![0.0; outputs] };
        if let Some(bias) = bias {
            affine.fold(Binary::Add, false, &read(bias)?);
        }
        for fold in folds {
            affine.fold(fold.binary, fold.swapped, &read(fold.constant)?);
        }
        Ok(affine)
    }

    fn fold(&mut self, binary: Binary, swapped: bool, constant: &[f32]) {
        // One for each output, or the same for all.
        let values = constant.iter().cycle();
        for ((scale, shift), value) in self.scale.iter_mut().zip(&mut self.shift).zip(values) {
            let value = f64::from(*value);
            (*scale, *shift) = match binary {
                Binary::Multiply => (*scale * value, *shift * value),
                Binary::Divide => (*scale / value, *shift / value),
                Binary::Subtract if swapped => (-*scale, value - *shift),
                Binary::Subtract => (*scale, *shift - value),
                _ => (*scale, *shift + value),
            };
        }
    }
}
