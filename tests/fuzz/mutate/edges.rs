//! Edges: from other values, cut, in circles; nodes that are gone, twice, or elsewhere.

use gradlens::onnx::Graph;

use super::{any_graph, names};
use crate::random::Random;

/// Changes how the nodes of a graph hang together.
pub fn mutate(graph: &mut Graph, random: &mut Random) {
    let graph = any_graph(graph, random);
    let known = names(graph);
    let other = known.get(random.below(known.len())).cloned().unwrap_or_default();
    let (at, count) = (random.below(graph.nodes.len()), graph.nodes.len());
    if at >= count {
        return;
    }
    match random.below(12) {
        // Another value; one that comes later makes a circle.
        0..=2 => {
            if let Some(input) = random.pick_mut(&mut graph.nodes[at].inputs) {
                *input = other;
            }
        }
        3 => {
            if let Some(input) = random.pick_mut(&mut graph.nodes[at].inputs) {
                input.clear();
            }
        }
        4 => drop(graph.nodes[at].inputs.pop()),
        5 => graph.nodes[at].inputs.push(other),
        6 => graph.nodes[at].inputs.reverse(),
        7 => {
            if let Some(output) = random.pick_mut(&mut graph.nodes[at].outputs) {
                *output = other;
            }
        }
        8 => pass_by(graph, at),
        9 => {
            let node = graph.nodes[at].clone();
            graph.nodes.insert(at, node);
        }
        10 => graph.nodes.swap(at, random.below(count)),
        _ => {
            if let Some(output) = random.pick_mut(&mut graph.outputs) {
                output.name = other;
            }
        }
    }
}

/// Takes a node out; who needed its first output gets its first input.
fn pass_by(graph: &mut Graph, at: usize) {
    let node = graph.nodes.remove(at);
    let (Some(from), Some(to)) = (node.inputs.first(), node.outputs.first()) else { return };
    let inputs = graph.nodes.iter_mut().flat_map(|node| &mut node.inputs);
    inputs.filter(|input| *input == to).for_each(|input| input.clone_from(from));
}
