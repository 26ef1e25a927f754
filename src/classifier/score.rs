//! The scores of a classifier: which output, and which value before a final softmax or sigmoid.

use super::Flow;
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

/// The scores of a network: those of its first output that is a list of them, or that was decided from one.
///
/// # Errors
/// [`Error::InvalidModel`] if no output holds one list of numbers for a picture; the error of the node that stands
/// before the first output, if that cannot be computed.
pub fn scores<T: Number>(graph: &Graph, network: &Network<T>) -> Result<Score> {
    let shape = |located: &Located| located.shape(&network.graph);
    // An empty list has no class that could be asked for.
    let is_list =
        |shape: &[usize]| !shape.contains(&0) && shape.iter().filter(|&&extent| extent != 1).count() <= 1;
    let lists = |output: &&NamedValue| is_list(&shape(&output.located));
    let plain: Vec<_> = network
        .outputs
        .iter()
        .filter(lists)
        .filter(|output| decided_from(graph, network, &output.name).is_none())
        .collect();
    // Features that another output is made of are no scores.
    let is_scores = |output: &&&NamedValue| !plain.iter().any(|other| is_feature_of(network, output, other));
    let decided = || {
        let values = graph.outputs.iter().filter_map(|output| decided_from(graph, network, &output.name));
        values.into_iter().find(|value| is_list(&shape(&value.located)))
    };
    let Some(output) = plain.iter().find(is_scores).copied().or_else(decided) else {
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

/// The scores that a class, its label, or the best few were picked from.
fn decided_from<'n, T: Number>(
    graph: &Graph,
    network: &'n Network<T>,
    output: &str,
) -> Option<&'n NamedValue> {
    const DECISIONS: [&str; 5] = ["ArgMax", "ArgMin", "TopK", "Hardmax", "ZipMap"];
    let maker = |name: &str| graph.nodes.iter().find(|node| node.outputs.iter().any(|output| output == name));
    let is_probabilities =
        |name: &String| maker(name).is_some_and(|node| ["Softmax", "Sigmoid"].contains(&node.op.as_str()));
    let mut at = output;
    let mut decided = false;
    loop {
        let node = maker(at)?;
        let input = match node.op.as_str() {
            // Which of the labels.
            "ArrayFeatureExtractor" | "Gather" => node.inputs.last()?,
            _ => node.inputs.first()?,
        };
        // The largest of other values may be a score: that over all positions.
        let is_confidence = node.op == "ReduceMax" && is_probabilities(input);
        if DECISIONS.contains(&node.op.as_str()) || is_confidence {
            decided = true;
        } else if !MOVES.contains(&node.op.as_str())
            && !["ArrayFeatureExtractor", "LabelEncoder", "Gather"].contains(&node.op.as_str())
        {
            return None;
        }
        at = input;
        let value = network.values.iter().rev().find(|value| value.name == *at);
        let many = |value: &&NamedValue| value.located.shape(&network.graph).iter().product::<usize>() > 1;
        if let Some(value) = value.filter(many).filter(|_| decided) {
            return Some(value);
        }
    }
}

/// Whether one value is made of another by weights.
fn is_feature_of<T: Number>(network: &Network<T>, feature: &NamedValue, of: &NamedValue) -> bool {
    let (from, to) = (feature.located.value, of.located.value);
    let flow = Flow::new(&network.graph, from, to);
    from != to
        && flow.passes(to)
        && network
            .graph
            .nodes()
            .iter()
            .any(|node| node.op.is_product() && node.output != from && flow.passes(node.output))
}

/// Operators that only move or relabel values.
const MOVES: [&str; 8] =
    ["Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "QuantizeLinear", "DequantizeLinear"];

/// Goes back over operators that leave the order of the values, and over one activation.
fn before_activation<T: Number>(
    graph: &Graph,
    network: &Network<T>,
    output: &NamedValue,
) -> (NamedValue, Activation) {
    let maker = |name: &str| {
        graph.nodes.iter().find(|node| node.outputs.first().is_some_and(|output| output == name))
    };
    let mut at = output.name.as_str();
    while let Some(node) = maker(at) {
        let Some(input) = node.inputs.first() else { break };
        let found = match activation(node) {
            Some(activation) => Some((input.as_str(), activation)),
            None => written_out(node, &maker).map(|input| (input, Activation::Softmax)),
        };
        if let Some((input, activation)) = found {
            let named = network.values.iter().find(|value| value.name == *input);
            return named
                .map_or_else(|| (output.clone(), Activation::None), |value| (value.clone(), activation));
        }
        // A list stays in its order when its axes of one place move; bounds and a logarithm keep what is larger.
        if !MOVES.contains(&node.op.as_str()) && !["Transpose", "Clip", "Log"].contains(&node.op.as_str()) {
            break;
        }
        at = input;
    }
    (output.clone(), Activation::None)
}

/// The input of a softmax that is written as a power through a sum of powers.
fn written_out<'g>(node: &'g Node, maker: &impl Fn(&str) -> Option<&'g Node>) -> Option<&'g str> {
    let [powers, sum] = node.inputs.as_slice() else { return None };
    let (power, sum) = (maker(powers)?, maker(sum)?);
    if node.op != "Div" || power.op != "Exp" || sum.op != "ReduceSum" || sum.inputs.first() != Some(powers) {
        return None;
    }
    let input = power.inputs.first()?;
    // The largest is taken away, so that no power is too large.
    let without = maker(input).filter(|node| node.op == "Sub").and_then(|node| {
        let [scores, largest] = node.inputs.as_slice() else { return None };
        let largest = maker(largest)?;
        (largest.op == "ReduceMax" && largest.inputs.first() == Some(scores)).then_some(scores)
    });
    Some(without.unwrap_or(input))
}

fn activation(node: &Node) -> Option<Activation> {
    match node.op.as_str() {
        "Softmax" | "LogSoftmax" => Some(Activation::Softmax),
        "Sigmoid" => Some(Activation::Sigmoid),
        _ => None,
    }
}
