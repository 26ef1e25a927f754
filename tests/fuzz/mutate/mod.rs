//! What can be wrong with a model: its structure, and the bytes that it is written in.

mod attributes;
mod bytes;
mod edges;
mod tensors;
mod types;

use std::rc::Rc;

use gradlens::onnx::{Attribute, Graph, Model, Node, Tensor};

use crate::onnx_write::encode;
use crate::random::Random;

/// A network that mutations begin with.
pub struct Seed {
    file: Vec<u8>,
    model: Model,
}

impl Seed {
    /// Of a file that is whole.
    pub fn new(file: Vec<u8>) -> Self {
        let model = Model::read(Rc::new(file.clone()), &[]).expect("the corpus is whole");
        Self { file, model }
    }

    /// Its file, written anew.
    pub fn written(&self) -> Vec<u8> {
        encode(&self.model)
    }
}

/// A file like this one, but for something.
pub fn file(seed: &Seed, random: &mut Random) -> Vec<u8> {
    if random.one_in(10) {
        // Of the original bytes: functions are in them alone.
        let mut file = seed.file.clone();
        bytes::mutate(&mut file, random);
        return file;
    }
    let mut model = seed.model.clone();
    mutate(&mut model, random);
    // One in two has one change, one in four two, and so on.
    while random.one_in(2) {
        mutate(&mut model, random);
    }
    let mut file = encode(&model);
    if random.one_in(16) {
        bytes::mutate(&mut file, random);
    }
    file
}

fn mutate(model: &mut Model, random: &mut Random) {
    match random.below(12) {
        0..=3 => attributes::mutate(&mut model.graph, random),
        4 | 5 => edges::mutate(&mut model.graph, random),
        6..=9 => tensors::mutate(&mut model.graph, random),
        _ => types::mutate(model, random),
    }
}

/// The graph, or one of its subgraphs.
fn any_graph<'g>(graph: &'g mut Graph, random: &mut Random) -> &'g mut Graph {
    let inner = |node: &Node| node.attributes.iter().any(|(_, value)| matches!(value, Attribute::Graph(_)));
    if !graph.nodes.iter().any(inner) || random.one_in(2) {
        return graph;
    }
    let mut graphs: Vec<_> = graph
        .nodes
        .iter_mut()
        .flat_map(|node| &mut node.attributes)
        .filter_map(|(_, value)| match value {
            Attribute::Graph(graph) => Some(graph),
            _ => None,
        })
        .collect();
    let at = random.below(graphs.len());
    graphs.swap_remove(at)
}

/// A node of the graph or of its subgraphs.
fn any_node<'g>(graph: &'g mut Graph, random: &mut Random) -> Option<&'g mut Node> {
    let graph = any_graph(graph, random);
    random.pick_mut(&mut graph.nodes)
}

/// A tensor of the graph: an initialiser, or one that an attribute holds.
fn any_tensor<'g>(graph: &'g mut Graph, random: &mut Random) -> Option<&'g mut Tensor> {
    let graph = any_graph(graph, random);
    let held =
        graph.nodes.iter_mut().flat_map(|node| &mut node.attributes).filter_map(|(_, value)| match value {
            Attribute::Tensor(tensor) => Some(tensor),
            _ => None,
        });
    let mut tensors: Vec<_> = graph.initializers.iter_mut().chain(held).collect();
    let at = random.below(tensors.len());
    (!tensors.is_empty()).then(|| tensors.swap_remove(at))
}

/// Everything that has a name in a graph.
fn names(graph: &Graph) -> Vec<String> {
    let inputs = graph.inputs.iter().map(|input| &input.name);
    let tensors = graph.initializers.iter().map(|tensor| &tensor.name);
    let computed = graph.nodes.iter().flat_map(|node| &node.outputs);
    inputs.chain(tensors).chain(computed).filter(|name| !name.is_empty()).cloned().collect()
}
