//! Small models, built in memory.
#![allow(dead_code, reason = "each test program uses its share")]

use gradlens::onnx::{Attribute, Dim, ElementType, Graph, Model, Node, Tensor, TensorData, ValueInfo};

/// A node, called as its first output.
pub fn node(op: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, Attribute)]) -> Node {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    Node {
        name: outputs.first().map_or_else(String::new, |&name| name.into()),
        op: op.into(),
        domain: String::new(),
        inputs: owned(inputs),
        outputs: owned(outputs),
        attributes: attributes.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
    }
}

/// A tensor of floats, which are these in turn.
pub fn floats(name: &str, shape: &[usize], values: &[f32]) -> Tensor {
    let values = values.iter().map(|&value| f64::from(value)).cycle();
    let data = TensorData::Floats(values.take(shape.iter().product()).collect());
    Tensor { name: name.into(), shape: shape.to_vec(), element: ElementType::F32, data, doc: String::new() }
}

/// A list of whole numbers.
pub fn ints(name: &str, values: &[i64]) -> Tensor {
    let (shape, data) = (vec![values.len()], TensorData::Ints(values.to_vec()));
    Tensor { name: name.into(), shape, element: ElementType::I64, data, doc: String::new() }
}

/// A value of floats; an extent of 0 is not known.
pub fn value(name: &str, shape: &[usize]) -> ValueInfo {
    let dim = |&extent: &usize| if extent == 0 { Dim::Unknown } else { Dim::Known(extent) };
    let shape = Some(shape.iter().map(dim).collect());
    ValueInfo { name: name.into(), element: Some(ElementType::F32), shape }
}

/// A model of opset 21 around a graph.
pub fn model(graph: Graph) -> Model {
    Model {
        ir_version: 10,
        opsets: vec![(String::new(), 21)],
        producer: "tests".into(),
        producer_version: String::new(),
        metadata: Vec::new(),
        graph,
        warnings: Vec::new(),
    }
}

/// A network of three classes on pictures of 8 x 8: a convolution "conv", its ReLU "features", the mean "pooled", "flat",
/// and a linear layer "logits".
pub fn classifier() -> Model {
    let pads = ("pads", Attribute::Ints(vec![1; 4]));
    model(Graph {
        name: "small".into(),
        nodes: vec![
            node("Conv", &["image", "conv.weight", "conv.bias"], &["conv"], &[pads]),
            node("Relu", &["conv"], &["features"], &[]),
            node("GlobalAveragePool", &["features"], &["pooled"], &[]),
            node("Flatten", &["pooled"], &["flat"], &[]),
            node("Gemm", &["flat", "linear.weight", "linear.bias"], &["logits"], &[]),
        ],
        initializers: vec![
            floats("conv.weight", &[4, 3, 3, 3], &[0.3, -0.2, 0.1, 0.4, -0.3, 0.2, 0.15]),
            floats("conv.bias", &[4], &[0.1, 0.2]),
            floats("linear.weight", &[4, 3], &[0.5, -0.4, 0.3, 0.2, -0.1]),
            floats("linear.bias", &[3], &[0.0, 0.1]),
        ],
        inputs: vec![value("image", &[0, 3, 8, 8])],
        outputs: vec![value("logits", &[0, 3])],
        values: Vec::new(),
    })
}
