//! Which nodes of a graph are computed together: decided by what they are and who needs their results, never by names.

mod chains;
mod formula;
mod products;

use crate::graph::{Graph, Node, Op, ValueId};

pub(super) use chains::Link;
pub(super) use products::{Fold, Product};

/// The most functions of single values in one step: what they need beside each other fits the innermost cache.
const MOST_TERMS: usize = 32;

/// Nodes that one step computes.
#[derive(Debug)]
pub(super) struct Group {
    /// What comes before the product in a chain; none of it ever leaves the cache.
    pub(super) before: Vec<Link>,
    /// A product with constant weights.
    pub(super) product: Option<Product>,
    /// Functions of single values in their order. Behind a product, they change its results.
    pub(super) terms: Vec<usize>,
    /// Any other operator.
    pub(super) other: Option<usize>,
    /// What all of it is for.
    pub(super) output: ValueId,
}

impl Group {
    fn new(output: ValueId) -> Self {
        Self { before: Vec::new(), product: None, terms: Vec::new(), other: None, output }
    }

    /// Whether other nodes can come before those that it has.
    fn is_open(&self) -> bool {
        self.product.is_none() && self.other.is_none() && self.terms.len() < MOST_TERMS
    }

    /// The products' nodes.
    pub(super) fn products(&self) -> impl Iterator<Item = usize> {
        self.before.iter().map(|link| &link.product).chain(&self.product).map(|product| product.node)
    }
}

/// The needed part of a graph, and who needs what.
pub(super) struct Fusion<'a> {
    pub(super) graph: &'a Graph<f32>,
    /// Of each node; what is only repeated for a function of single values is read as it is.
    inputs: Vec<Vec<ValueId>>,
    needed: Vec<bool>,
    /// The nodes that read a value, once for each time.
    readers: Vec<Vec<usize>>,
    /// Values that are asked for.
    wanted: Vec<bool>,
}

impl<'a> Fusion<'a> {
    pub(super) fn new(graph: &'a Graph<f32>, outputs: &[ValueId]) -> Self {
        let inputs: Vec<_> = graph.nodes().iter().map(|node| effective_inputs(graph, node)).collect();
        let mut wanted = vec![false; graph.values().len()];
        outputs.iter().for_each(|output| wanted[output.index()] = true);
        let mut readers = vec![Vec::new(); graph.values().len()];
        let mut needed = vec![false; inputs.len()];
        for (index, node) in graph.nodes().iter().enumerate().rev() {
            let output = node.output.index();
            if wanted[output] || !readers[output].is_empty() {
                needed[index] = true;
                inputs[index].iter().for_each(|input: &ValueId| readers[input.index()].push(index));
            }
        }
        Self { graph, inputs, needed, readers, wanted }
    }

    /// All groups, in an order in which they can be computed.
    #[inline(never)]
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut products = self.products();
        let mut folded = vec![false; self.needed.len()];
        products.iter().flatten().flat_map(|product| &product.behind).for_each(|&node| folded[node] = true);
        // By the last of their nodes: what a group reads is computed before that.
        let mut groups: Vec<Option<Group>> = self.needed.iter().map(|_| None).collect();
        // For each node the group that it belongs to.
        let mut member = vec![None; self.needed.len()];
        for index in (0..self.needed.len()).rev().filter(|&index| self.needed[index] && !folded[index]) {
            let product = products[index].take();
            let node = &self.graph.nodes()[index];
            let elementwise = product.is_none() && is_elementwise(node);
            let output = product.as_ref().map_or(node.output, |product| product.output);
            let at = self.only_reader(output, &member).filter(|&group| {
                let joins = |group: &Group| {
                    group.is_open() && self.graph.shape(group.output) == self.graph.shape(output)
                };
                (elementwise || product.is_some()) && groups[group].as_ref().is_some_and(joins)
            });
            let last = product.as_ref().and_then(|product| product.behind.last().copied());
            let at = at.unwrap_or(last.unwrap_or(index));
            member[index] = Some(at);
            let group = groups[at].get_or_insert_with(|| Group::new(output));
            if elementwise {
                group.terms.insert(0, index);
            } else if product.is_some() {
                group.product = product;
            } else {
                group.other = Some(index);
            }
        }
        self.chained(groups)
    }

    /// The group of which all readers of a value are, if nobody else wants it.
    fn only_reader(&self, value: ValueId, member: &[Option<usize>]) -> Option<usize> {
        let mut groups = self.readers[value.index()].iter().map(|&reader| member[reader]);
        let first = groups.next()??;
        (!self.wanted[value.index()] && groups.all(|group| group == Some(first))).then_some(first)
    }

    /// What a node reads.
    pub(super) fn inputs(&self, node: usize) -> &[ValueId] {
        &self.inputs[node]
    }

    /// The only node that reads a value, if nobody else wants it.
    fn reader(&self, value: ValueId) -> Option<usize> {
        match self.readers[value.index()][..] {
            [reader] if !self.wanted[value.index()] => Some(reader),
            _ => None,
        }
    }
}

/// Whether each value of a node's output is a function of single values.
fn is_elementwise(node: &Node<f32>) -> bool {
    matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::Select)
}

/// What a node reads: repeated values where they are once.
fn effective_inputs(graph: &Graph<f32>, node: &Node<f32>) -> Vec<ValueId> {
    let once = |&(mut input): &ValueId| {
        while is_elementwise(node)
            && let Some(Node { op: Op::Broadcast(_), inputs, .. }) = graph.node(input)
        {
            input = inputs[0];
        }
        input
    };
    node.inputs.iter().map(once).collect()
}
