//! Packed weights, which several plans may share.

use std::any::Any;
use std::rc::Rc;

use crate::Result;
use crate::cpu::memory;
use crate::graph::{self, Binary};

/// The most values of weights that are larger than they need be: 150 MB.
const MOST_EXPANDED: usize = 150_000_000 / size_of::<f32>();

/// Packed weights, shared between plans: that of a gradient, or of another input size, packs none twice.
#[derive(Default)]
pub struct Weights {
    packed: Vec<Packed>,
    /// How many values the weights have that are larger than they need be.
    expanded: usize,
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
    /// A convolution by fewer products.
    Winograd(graph::Convolution),
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

    /// Whether so many values may be packed by this recipe, which are more than need be. Those that come first get
    /// them: in most networks the first layers see the most positions.
    pub(super) fn affords(&mut self, recipe: &Recipe, values: usize) -> bool {
        if self.packed.iter().any(|packed| packed.recipe == *recipe) {
            return true;
        }
        let affords = self.expanded + values <= MOST_EXPANDED;
        self.expanded += if affords { values } else { 0 };
        affords
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_weights_are_afforded_once_and_up_to_a_sum() {
        let recipe = |weight: u64| {
            let kind = Kind::Product { outputs: 1, covered: 1, transposed: false };
            Recipe { parts: vec![Part { kind, weight, bias: None, folds: Vec::new() }] }
        };
        let mut weights = Weights::default();
        assert!(weights.affords(&recipe(1), MOST_EXPANDED - 1));
        assert!(weights.get(recipe(1), 1, || Ok(())).is_ok());
        assert!(weights.affords(&recipe(1), MOST_EXPANDED - 1), "it is packed");
        assert!(!weights.affords(&recipe(2), 2));
        assert!(weights.affords(&recipe(2), 1));
    }
}
