//! Launches that are ready but for their arrays.

use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::server::Handle;

use super::formula::Formula;
use super::group::First;
use super::kernel::Kernel;
use super::layout::Layout;
use super::weights::{Recipe, Weights};
use crate::Result;
use crate::graph::{Graph, ValueId};

/// A launch.
pub(super) struct Launch {
    pub(super) kernel: Kernel,
    pub(super) invocations: usize,
    pub(super) reads: Vec<Source>,
    /// The place that it writes.
    pub(super) writes: usize,
    pub(super) parameters: Vec<u32>,
}

/// An array that a launch reads.
pub(super) enum Source {
    /// What lies in a place.
    Place(usize),
    /// Weights.
    Known(Handle),
}

/// What launches are made of.
pub(super) struct Launcher<'a> {
    pub(super) graph: &'a Graph<f32>,
    pub(super) client: &'a Client,
    /// Whether several invocations may share a tile of a product, and wait for each other.
    pub(super) share: bool,
    pub(super) weights: &'a mut Weights,
    /// For each value the place where it lies.
    pub(super) places: Vec<usize>,
}

impl Launcher<'_> {
    /// How a value lies.
    pub(super) fn layout(&self, value: ValueId) -> Layout {
        Layout::of(self.graph.shape(value))
    }

    /// Where a value lies; a constant is brought to the device.
    pub(super) fn source(&mut self, value: ValueId) -> Result<Source> {
        let Some(constant) = self.graph.constant(value) else {
            return Ok(Source::Place(self.places[value.index()]));
        };
        let layout = Layout::of(constant.shape());
        let recipe = Recipe {
            kind: "tensor",
            extents: vec![layout.positions, layout.channels],
            identities: vec![constant.identity()],
        };
        let tensor = || Ok(layout.filled(&constant.read()?));
        self.weights.get(self.client, recipe, tensor).map(Source::Known)
    }

    /// What a formula reads, behind the other arrays of a launch.
    pub(super) fn operands(&mut self, formula: &Formula) -> Result<Vec<Source>> {
        formula.operands.iter().map(|&operand| self.source(operand)).collect()
    }

    /// A product's weights, packed by this recipe.
    pub(super) fn packed(
        &mut self,
        first: &First,
        kind: &'static str,
        extents: Vec<usize>,
        pack: impl FnOnce() -> Result<Vec<f32>>,
    ) -> Result<Source> {
        let inputs = &self.graph.nodes()[first.node].inputs[1..];
        let identity =
            |&input: &ValueId| self.graph.constant(input).map_or(0, |constant| constant.identity());
        let folds = first.folds.iter().flat_map(|fold| fold.identity(self.graph));
        let identities = inputs.iter().map(identity).chain(folds).collect();
        self.weights.get(self.client, Recipe { kind, extents, identities }, pack).map(Source::Known)
    }
}

/// The names of a formula's operands, and what they are.
pub(super) fn names(formula: &Formula) -> Vec<String> {
    (0..formula.operands.len()).map(|index| format!("o{index}")).collect()
}

/// Numbers as parameters.
pub(super) fn words(extents: &[usize], formula: &Formula) -> Vec<u32> {
    // Below zero they wrap around, as the programs do.
    let extents = extents.iter().map(|&extent| extent as u32);
    extents.chain(formula.numbers.iter().map(|number| number.to_bits())).collect()
}
