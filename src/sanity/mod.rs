//! Sanity checks of maps (Adebayo et al. 2018, arXiv 1810.03292): a network's layers are made random from the last to the
//! first, and a map that shows what the network has learnt has to change.

mod similarity;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::cam::Random;
use crate::onnx::{Attribute, ElementType, Model, Stored, Tensor, TensorData};
use crate::{Error, Result};
pub use similarity::{rank_correlation, structural_similarity};

/// Where a tensor of weights is in a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// An initialiser.
    Initializer(usize),
    /// An attribute of a node.
    Attribute(usize, usize),
}

/// Whether a tensor holds weights: numbers of networks along at least two axes. Vectors, such as biases and those of norms,
/// are none, and neither are indices.
fn is_weight(tensor: &Tensor) -> bool {
    use ElementType::{Bool, I32, I64, String, U32, U64};
    let is_network = !matches!(tensor.element, Bool | I32 | I64 | String | U32 | U64);
    is_network && tensor.shape.iter().filter(|&&extent| extent > 1).count() >= 2
}

/// The weights of each layer, from the last layer to the first: of each node that reads some, itself or through nodes that
/// read nothing else, such as casts.
fn layers(model: &Model) -> Vec<Vec<Place>> {
    let graph = &model.graph;
    // What each constant value was made of.
    let mut constants: HashMap<&str, Vec<Place>> = HashMap::new();
    for (at, tensor) in graph.initializers.iter().enumerate() {
        let made_of = if is_weight(tensor) { vec![Place::Initializer(at)] } else { Vec::new() };
        constants.insert(&tensor.name, made_of);
    }
    let (mut layers, mut seen) = (Vec::new(), HashSet::new());
    for (at, node) in graph.nodes.iter().enumerate() {
        let inputs = || node.inputs.iter().filter(|name| !name.is_empty());
        let mut weights: Vec<_> =
            inputs().filter_map(|name| constants.get(name.as_str())).flatten().copied().collect();
        if inputs().all(|name| constants.contains_key(name.as_str())) {
            weights.extend(node.attributes.iter().enumerate().filter_map(|(index, (_, attribute))| {
                let is_one = matches!(attribute, Attribute::Tensor(tensor) if is_weight(tensor));
                is_one.then_some(Place::Attribute(at, index))
            }));
            for output in &node.outputs {
                constants.insert(output, weights.clone());
            }
            continue;
        }
        weights.retain(|&place| seen.insert(place));
        if !weights.is_empty() {
            layers.push(weights);
        }
    }
    layers.reverse();
    layers
}

/// How many layers a model has that can be made random.
pub fn count(model: &Model) -> usize {
    layers(model).len()
}

/// The model with the weights of its last so many layers permuted within each tensor, so that each keeps its values.
///
/// # Errors
/// Those of reading weights; [`Error::Unsupported`] where they are narrower than a byte.
pub fn randomised(model: &Model, last: usize, seed: u64) -> Result<Model> {
    let mut random = model.clone();
    let layers = layers(model);
    // Drawn, so that the sequences of one seed are not those of the next.
    let seed = Random::new(seed).draw();
    for (index, place) in layers.into_iter().take(last).flatten().enumerate() {
        let tensor = match place {
            Place::Initializer(at) => &mut random.graph.initializers[at],
            Place::Attribute(node, at) => match &mut random.graph.nodes[node].attributes[at].1 {
                Attribute::Tensor(tensor) => tensor,
                _ => continue,
            },
        };
        permute(tensor, Random::nth(seed, index))?;
    }
    Ok(random)
}

fn permute(tensor: &mut Tensor, mut random: Random) -> Result<()> {
    let width = (tensor.element.bits() / 8) as usize;
    match &mut tensor.data {
        TensorData::Floats(values) => random.shuffle(values),
        TensorData::Ints(values) => random.shuffle(values),
        TensorData::Stored(stored) if width > 0 => {
            let bytes = stored.read()?;
            let mut elements: Vec<&[u8]> = bytes.chunks_exact(width).collect();
            random.shuffle(&mut elements);
            let permuted = elements.concat();
            *stored = Stored { range: 0..permuted.len() as u64, source: Rc::new(permuted) };
        }
        _ => {
            return Err(Error::Unsupported(format!(
                "the weights \"{}\" cannot be permuted: they have no values of whole bytes",
                tensor.name
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{Graph, Node};

    fn node(op: &str, inputs: &[&str], output: &str) -> Node {
        Node {
            name: String::new(),
            op: op.into(),
            domain: String::new(),
            inputs: inputs.iter().map(|&name| name.into()).collect(),
            outputs: vec![output.into()],
            attributes: Vec::new(),
        }
    }

    fn tensor(name: &str, shape: &[usize]) -> Tensor {
        let count: usize = shape.iter().product();
        let bytes: Vec<u8> = (0..count).flat_map(|at| (at as f32).to_le_bytes()).collect();
        let stored = Stored { range: 0..bytes.len() as u64, source: Rc::new(bytes) };
        Tensor {
            name: name.into(),
            shape: shape.into(),
            element: ElementType::F32,
            data: TensorData::Stored(stored),
            doc: String::new(),
        }
    }

    /// A convolution, and a linear layer whose weights go through a cast.
    fn model() -> Model {
        Model {
            ir_version: 8,
            opsets: vec![(String::new(), 17)],
            producer: String::new(),
            producer_version: String::new(),
            metadata: Vec::new(),
            graph: Graph {
                initializers: vec![
                    tensor("first", &[8, 3, 1, 1]),
                    tensor("bias", &[8]),
                    tensor("second", &[8, 4]),
                ],
                nodes: vec![
                    node("Cast", &["second"], "cast"),
                    node("Conv", &["image", "first", "bias"], "features"),
                    node("MatMul", &["features", "cast"], "logits"),
                ],
                ..Graph::default()
            },
            warnings: Vec::new(),
        }
    }

    fn values(model: &Model, at: usize) -> Vec<f32> {
        model.graph.initializers[at].to_f32().expect("values")
    }

    #[test]
    fn the_last_layers_go_first_and_keep_their_values() {
        let model = model();
        assert_eq!(count(&model), 2);
        let one = randomised(&model, 1, 5).expect("a model");
        assert_eq!((values(&one, 0), values(&one, 1)), (values(&model, 0), values(&model, 1)));
        assert_ne!(values(&one, 2), values(&model, 2));
        let all = randomised(&model, 2, 5).expect("a model");
        assert_eq!((values(&all, 1), values(&all, 2)), (values(&model, 1), values(&one, 2)));
        assert_ne!(values(&all, 0), values(&model, 0));
        let mut sorted = values(&all, 0);
        sorted.sort_by(f32::total_cmp);
        assert_eq!(sorted, values(&model, 0));
        assert_ne!(values(&randomised(&model, 1, 6).expect("a model"), 2), values(&one, 2));
    }
}
