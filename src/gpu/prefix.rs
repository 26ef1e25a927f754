//! How far a GPU gets.

use super::kind::Kind;
use super::layout::Layout;
use crate::graph::{Graph, Origin, ValueId};

/// The part of a graph that a GPU computes.
pub(super) struct Prefix<'a> {
    pub(super) graph: &'a Graph<f32>,
    /// Its nodes in their order, and what computes each.
    pub(super) nodes: Vec<(usize, Kind)>,
    /// What of it is wanted, or read by other nodes.
    pub(super) outputs: Vec<ValueId>,
}

impl<'a> Prefix<'a> {
    /// The longest one that begins at the picture and ends in a product at several positions; behind that, it goes on to
    /// where least has to be read back. `None` if there is no such product.
    ///
    /// Products at one position that come last are better left to the CPU: they are bound by memory, and it has their
    /// weights for the gradients.
    pub(super) fn new(graph: &'a Graph<f32>, input: ValueId, wanted: &[ValueId]) -> Option<Self> {
        let needed = graph.needed(wanted);
        let mut is_there = vec![false; graph.values().len()];
        is_there[input.index()] = true;
        let mut nodes = Vec::new();
        for (index, node) in graph.nodes().iter().enumerate().filter(|(index, _)| needed[*index]) {
            let mut live = node.inputs.iter().filter(|&&input| graph.constant(input).is_none());
            if let (true, Some(kind)) = (live.all(|input| is_there[input.index()]), Kind::of(graph, node)) {
                is_there[node.output.index()] = true;
                nodes.push((index, kind));
            }
        }
        let positions = |index: usize| Layout::of(graph.shape(graph.nodes()[index].output)).positions;
        let last = nodes.iter().rposition(|&(index, kind)| kind.is_product() && positions(index) > 1)?;
        let behind = nodes[last + 1..].iter().take_while(|(_, kind)| !kind.is_product()).count();
        let prefix = |end: usize| {
            let nodes = nodes[..end].to_vec();
            let outputs = outputs(graph, &nodes, &needed, wanted);
            Self { graph, nodes, outputs }
        };
        // The longest of equals.
        (last + 1..=last + 1 + behind).rev().map(prefix).min_by_key(Self::bytes)
    }

    /// For each value the nodes of the part that read it, once for each time.
    pub(super) fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.graph.values().len()];
        for &(index, _) in &self.nodes {
            let inputs = &self.graph.nodes()[index].inputs;
            inputs.iter().for_each(|input| readers[input.index()].push(index));
        }
        readers
    }

    /// What is read back.
    fn bytes(&self) -> usize {
        self.outputs.iter().map(|&output| Layout::of(self.graph.shape(output)).bytes()).sum()
    }
}

/// What of these nodes is wanted, or read by other nodes that are needed.
fn outputs(graph: &Graph<f32>, nodes: &[(usize, Kind)], needed: &[bool], wanted: &[ValueId]) -> Vec<ValueId> {
    let mut inside = vec![false; needed.len()];
    nodes.iter().for_each(|&(index, _)| inside[index] = true);
    let mut is_output = vec![false; graph.values().len()];
    wanted.iter().for_each(|value| is_output[value.index()] = true);
    for (node, _) in graph
        .nodes()
        .iter()
        .zip(needed.iter().zip(&inside))
        .filter(|(_, (needed, inside))| **needed && !**inside)
    {
        node.inputs.iter().for_each(|input| is_output[input.index()] = true);
    }
    let is_made =
        |value: &ValueId| matches!(graph.values()[value.index()].origin, Origin::Node(node) if inside[node]);
    graph.ids().filter(|value| is_output[value.index()] && is_made(value)).collect()
}
