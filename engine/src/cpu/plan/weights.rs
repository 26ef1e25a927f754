//! Packed weights, which several plans may share.

use std::any::Any;
use std::rc::Rc;

use crate::Result;
use crate::cpu::memory;
use crate::cpu::team::Half;
use crate::graph::{self, Binary};

/// Packed weights, shared between plans: that of a gradient, or of another input size, packs none twice.
#[derive(Default)]
pub struct Weights {
    packed: Vec<Packed>,
}

struct Packed {
    recipe: Recipe,
    weights: Rc<dyn Any>,
}

/// What tells packed weights from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipe {
    /// One for each product that they are for.
    pub(super) parts: Vec<Part>,
    pub(super) half: Option<Half>,
}

/// One product's share of a recipe. Constants are named by their identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) weight: u64,
    pub(super) bias: Option<u64>,
    pub(super) folds: Vec<(Binary, u64, bool)>,
}

/// For which kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A weight `[outputs, covered]`, or `[covered, outputs]` if it is `transposed`.
    Product { outputs: usize, covered: usize, transposed: bool },
    /// One of a chain, and the range of its results.
    Link(graph::Convolution, u32, u32),
    /// A convolution, and whether it expects zeros.
    Convolution(graph::Convolution, bool),
}

impl Part {
    /// Whether the weight is packed as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.folds.iter().all(|(binary, ..)| *binary == Binary::Add)
    }
}

impl Weights {
    /// What was packed by this recipe, or is now, of so many values.
    pub(super) fn get<T: 'static>(
        &mut self,
        recipe: Recipe,
        values: usize,
        pack: impl FnOnce() -> Result<T>,
    ) -> Result<Rc<T>> {
        if let Some(packed) = self.find(|known| *known == recipe) {
            return Ok(packed);
        }
        memory::expect(values)?;
        let weights = Rc::new(pack()?);
        self.packed.push(Packed { recipe, weights: weights.clone() });
        Ok(weights)
    }

    /// How many weights are packed.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    /// What was packed by such a recipe.
    pub(super) fn find<T: 'static>(&self, recipe: impl Fn(&Recipe) -> bool) -> Option<Rc<T>> {
        let packed = self.packed.iter().find(|packed| recipe(&packed.recipe))?;
        packed.weights.clone().downcast().ok()
    }
}
