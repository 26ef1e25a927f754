//! Sparse matrices along an axis: resizes, picks, repeats, mirrors.

use std::rc::Rc;

use super::run::Kernel;
use super::team::Team;
use crate::graph::SparseRows;

/// `[outer, extent, inner]` → `[outer, rows, inner]`
#[derive(Debug)]
pub(super) struct Linear {
    rows: Rc<SparseRows<f32>>,
    extent: usize,
    inner: usize,
}

impl Linear {
    /// Along an axis of a tensor of this shape.
    pub(super) fn new(rows: &Rc<SparseRows<f32>>, shape: &[usize], axis: usize) -> Self {
        Self { rows: rows.clone(), extent: shape[axis], inner: shape[axis + 1..].iter().product() }
    }
}

impl Kernel for Linear {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], _team: &Team) {
        let inner = self.inner;
        if output.is_empty() {
            return;
        }
        // Without places to take from, there are no rows that take any.
        for (outer, y) in output.chunks_exact_mut(self.rows.len() * inner).enumerate() {
            let x = &inputs[0][outer * self.extent * inner..][..self.extent * inner];
            for (row, y) in self.rows.iter().zip(y.chunks_exact_mut(inner)) {
                y.fill(0.0);
                for &(place, factor) in row {
                    let x = &x[place * inner..][..inner];
                    y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
                }
            }
        }
    }
}
