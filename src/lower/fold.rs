//! Operators on known numbers: lowered into a graph of their own, which is run at once.

use super::table::operator;
use super::{Call, Item, Located, Lowering};
use crate::graph::{Constant, Graph, Number, elements};
use crate::{Error, Result, evaluate, plain};

/// The most values that all foldings of a file may give: 1 GB of them as f32.
const MOST_VALUES: usize = 1 << 28;
/// The most multiply-adds that they may take: some seconds.
const MOST_WORK: usize = 4_000_000_000;

/// What a whole number takes, and its place, in values of f32.
const WIDE: usize = 6;

/// What the foldings of a file may still take.
#[derive(Debug)]
pub struct Budget {
    values: usize,
    work: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { values: MOST_VALUES, work: MOST_WORK }
    }
}

impl Budget {
    /// Takes what a result costs.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it is more than is left.
    pub fn spend(&mut self, values: usize, work: usize) -> Result<()> {
        let left = (self.values.checked_sub(values), self.work.checked_sub(work));
        let (Some(values), Some(work)) = left else {
            return Err(Error::Unsupported(
                "what the model computes without looking at the picture takes more than 1 GB or 10 seconds: fold its \
                 constants first, for example with onnxsim"
                    .into(),
            ));
        };
        (self.values, self.work) = (values, work);
        Ok(())
    }

    /// Takes what values cost that are worked out one by one: whole numbers of eight bytes, perhaps the place of each, and
    /// once more while they are shared.
    ///
    /// # Errors
    /// As [`Self::spend`].
    pub fn spend_wide(&mut self, values: usize, work: usize) -> Result<()> {
        self.spend(values.saturating_mul(WIDE), work)
    }
}

/// What a node gives for known inputs.
///
/// # Errors
/// Those of the operator, and of the budget.
#[inline(never)]
pub fn fold<T: Number>(call: &Call<T>, budget: &mut Budget) -> Result<Vec<Item<T>>> {
    if let Some(evaluated) = evaluate::evaluate(call, budget)? {
        return Ok(evaluated);
    }
    let lower = operator(call)?;
    let mut lowering = Lowering { graph: Graph::default() };
    let items = lower(&mut lowering, call)?;
    let mut values = Vec::new();
    for item in &items {
        if let Item::Live(at) = item {
            values.push(lowering.plain(at)?);
        }
    }
    let graph = &lowering.graph;
    graph.nodes().iter().try_for_each(|node| {
        budget.spend(elements(graph.shape(node.output)).unwrap_or(usize::MAX), graph.work(node))
    })?;
    // What no node computes stays where it is, in the file, until it is read.
    let computed: Vec<_> = values.iter().copied().filter(|&value| graph.constant(value).is_none()).collect();
    let mut computed = plain::run(graph, &[], &computed)?.into_iter();
    let mut constants = values.iter().map(|&value| match graph.constant(value) {
        Some(constant) => Some(constant.clone()),
        None => Some(Constant::new(graph.shape(value).to_vec(), computed.next()?)),
    });
    let folded = items.into_iter().map(|item| match item {
        Item::Live(_) => constants.next().flatten().map(Item::Floats),
        known => Some(known),
    });
    folded.collect::<Option<_>>().ok_or_else(|| call.invalid("its result was not computed"))
}

/// The located results among a node's outputs.
pub fn live<T>(items: &mut [Item<T>]) -> impl Iterator<Item = &mut Located> {
    items.iter_mut().filter_map(|item| match item {
        Item::Live(located) => Some(located),
        _ => None,
    })
}
