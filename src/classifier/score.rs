//! The scores of a classifier: which output, and which value before a final softmax or sigmoid.

use crate::graph::Number;
use crate::lower::{Located, NamedValue, Network};
use crate::onnx::{Graph, Node};
use crate::{Error, Result};

/// What stands between the scores and the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing: the output is the scores.
    None,
    /// A softmax, or its logarithm.
    Softmax,
    /// A sigmoid: classes that do not exclude each other, or a single one.
    Sigmoid,
}

/// The values whose gradients are asked for.
#[derive(Debug, Clone)]
pub struct Score {
    /// The file's name of the output.
    pub output: String,
    /// The file's name of the value that is differentiated: the input of a final softmax, sigmoid or logarithm of a
    /// softmax, else the output.
    pub value: NamedValue,
    /// What follows it.
    pub activation: Activation,
    /// How many scores there are.
    pub count: usize,
}

/// The scores of a network: those of its first output that can be scores.
///
/// # Errors
/// [`Error::InvalidModel`] if no output holds one list of numbers for a picture; the error of the node that stands
/// before the first output, if that cannot be computed.
pub fn scores<T: Number>(graph: &Graph, network: &Network<T>) -> Result<Score> {
    let shape = |located: &Located| located.shape(&network.graph);
    // An empty list has no class that could be asked for.
    let is_list =
        |shape: &[usize]| !shape.contains(&0) && shape.iter().filter(|&&extent| extent != 1).count() <= 1;
    let found = network.outputs.iter().find(|output| is_list(&shape(&output.located)));
    let Some(output) = found else {
        if let Some((_, error)) = network.failures.first() {
            return Err(error.clone());
        }
        let shapes: Vec<_> = network
            .outputs
            .iter()
            .map(|output| format!("\"{}\" {:?}", output.name, shape(&output.located)))
            .collect();
        return Err(Error::InvalidModel(format!(
            "no output of the model is a list of scores, such as [1, 1000]; it has {}",
            shapes.join(", ")
        )));
    };
    let (value, activation) = before_activation(graph, network, output);
    let count = shape(&value.located).iter().product();
    Ok(Score { output: output.name.clone(), value, activation, count })
}

/// Goes back over operators that only move or relabel the values, and over one activation.
fn before_activation<T: Number>(
    graph: &Graph,
    network: &Network<T>,
    output: &NamedValue,
) -> (NamedValue, Activation) {
    let mut at = output.name.as_str();
    loop {
        let maker = graph.nodes.iter().find(|node| node.outputs.first().is_some_and(|name| name == at));
        let Some(node) = maker else { break };
        let Some(input) = node.inputs.first() else { break };
        if let Some(activation) = activation(node) {
            let named = network.values.iter().find(|value| value.name == *input);
            return named
                .map_or_else(|| (output.clone(), Activation::None), |value| (value.clone(), activation));
        }
        const MOVES: [&str; 8] = [
            "Identity",
            "Cast",
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "QuantizeLinear",
            "DequantizeLinear",
        ];
        if !MOVES.contains(&node.op.as_str()) {
            break;
        }
        at = input;
    }
    (output.clone(), Activation::None)
}

fn activation(node: &Node) -> Option<Activation> {
    match node.op.as_str() {
        "Softmax" | "LogSoftmax" => Some(Activation::Softmax),
        "Sigmoid" => Some(Activation::Sigmoid),
        _ => None,
    }
}
