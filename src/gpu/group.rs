//! Which nodes one launch computes: decided by what they are and who needs their results, as on the CPU.

use super::fold::Fold;
use super::formula::{Mode, operands};
use super::kind::Kind;
use super::prefix::Prefix;
use crate::graph::{Graph, Op, ValueId};

/// The most functions of single values in one launch.
const MOST_TERMS: usize = 32;

/// Nodes that one launch computes.
pub(super) struct Group {
    /// The node that is not a function of single values, and what computes it.
    pub(super) first: Option<First>,
    /// Functions of single values in their order. Behind a product, they change its results.
    pub(super) terms: Vec<usize>,
    /// What all of it is for.
    pub(super) output: ValueId,
}

/// What a group begins with.
pub(super) struct First {
    pub(super) node: usize,
    pub(super) kind: Kind,
    /// What changes a product's weights and biases.
    pub(super) folds: Vec<Fold>,
    /// The result, with all that.
    pub(super) output: ValueId,
}

/// All groups of a part, in an order in which they can be computed.
pub(super) fn groups(prefix: &Prefix) -> Vec<Group> {
    let graph = prefix.graph;
    let readers = prefix.readers();
    let only_reader = |value: ValueId| match readers[value.index()][..] {
        [reader] if !prefix.outputs.contains(&value) => Some(reader),
        _ => None,
    };
    let count = graph.nodes().len();
    // For each node whether a product took it over, and to which group it belongs. Groups lie where the last of their
    // nodes does: what a group reads is computed before that.
    let mut folded = vec![false; count];
    let mut member = vec![None; count];
    let mut firsts: Vec<Option<First>> = (0..count).map(|_| None).collect();
    for &(node, kind) in
        prefix.nodes.iter().filter(|(_, kind)| *kind != Kind::Elementwise && *kind != Kind::Alias)
    {
        let mut first = First { node, kind, folds: Vec::new(), output: graph.nodes()[node].output };
        while kind.is_product()
            && let Some(next) = only_reader(first.output)
            && let Some(fold) = Fold::of(graph, first.output, next)
        {
            first.folds.push(fold);
            first.output = graph.nodes()[next].output;
            folded[next] = true;
        }
        firsts[node] = Some(first);
    }
    let mut groups: Vec<Option<Group>> = (0..count).map(|_| None).collect();
    for &(node, kind) in
        prefix.nodes.iter().rev().filter(|(node, kind)| !folded[*node] && *kind != Kind::Alias)
    {
        let first = firsts[node].take();
        let output = first.as_ref().map_or(graph.nodes()[node].output, |first| first.output);
        let mut joined = readers[output.index()].iter().map(|&reader| member[reader]);
        let one = joined.next().flatten().filter(|group| joined.all(|other| other == Some(*group)));
        let fits = |group: &Group| {
            let terms: Vec<_> =
                first.is_none().then_some(node).into_iter().chain(group.terms.iter().copied()).collect();
            let given = first.as_ref().map(|first| first.output);
            (first.is_none() || kind.is_product())
                && group.is_open(graph, output)
                && operands(graph, &terms, given).len() <= kind.most_operands()
        };
        let one = one.filter(|&group: &usize| {
            !prefix.outputs.contains(&output) && groups[group].as_ref().is_some_and(fits)
        });
        // Folded nodes lie behind the product, and before all that reads them.
        let at = one.unwrap_or_else(|| first.as_ref().map_or(node, |first| last(graph, first)));
        member[node] = Some(at);
        let group = groups[at].get_or_insert_with(|| Group { first: None, terms: Vec::new(), output });
        match first {
            Some(first) => group.first = Some(first),
            None => group.terms.insert(0, node),
        }
    }
    groups.into_iter().flatten().collect()
}

/// The last node of a product.
fn last(graph: &Graph<f32>, first: &First) -> usize {
    match graph.values()[first.output.index()].origin {
        crate::graph::Origin::Node(node) => node,
        _ => first.node,
    }
}

impl Group {
    /// Whether what makes this output can come before what is there.
    fn is_open(&self, graph: &Graph<f32>, output: ValueId) -> bool {
        self.first.is_none()
            && self.terms.len() < MOST_TERMS
            && graph.shape(self.output) == graph.shape(output)
    }
}

impl Fold {
    /// The next node as a function of each result of a product and a constant of its channel, or of all.
    fn of(graph: &Graph<f32>, output: ValueId, next: usize) -> Option<Self> {
        let node = &graph.nodes()[next];
        let (&Op::Binary(binary), &[a, b]) = (&node.op, &node.inputs[..]) else { return None };
        let swapped = b == output;
        let constant = if swapped { a } else { b };
        let shape = graph.shape(output);
        graph.constant(constant)?;
        let mode = Mode::of(graph.shape(constant), shape)?;
        let by_channel = matches!(mode, Mode::Channel | Mode::Single)
            || graph.shape(constant) == &shape[shape.len() - 1..];
        (by_channel && graph.shape(node.output) == shape).then_some(())?;
        Self::new(binary, constant, swapped)
    }
}
