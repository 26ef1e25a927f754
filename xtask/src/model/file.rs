//! EfficientNet-Lite as an ONNX file: its graph, the same bytes every time.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::architecture::Size;
use super::checkpoint::Tensor;
use super::precision::{Precision, Stored};
use super::protobuf::{Attribute, Dim, Element, Message, model, node, tensor, value_info};

/// The first operator set in which DequantizeLinear takes 16 bits.
const OPSET: i64 = 21;

/// The bytes of the file.
///
/// # Errors
/// If a tensor is missing, or a value does not fit its type.
pub fn encode(
    size: &Size,
    tensors: &BTreeMap<String, Tensor>,
    precision: Precision,
    metadata: &BTreeMap<&'static str, String>,
) -> Result<Vec<u8>> {
    let mut graph = Writer { size, tensors, precision, nodes: Vec::new(), initializers: Vec::new() };
    graph.floats("zero", &[], &[0.0]);
    graph.floats("six", &[], &[6.0]);
    let features = graph.features()?;
    let head = graph.convolution("head", &features, "head")?;
    graph.node("GlobalAveragePool", &[&head], "pooled", &[]);
    graph.node("Flatten", &["pooled"], "flat", &[]);
    let weight = graph.weight("classifier.weight")?;
    let bias = graph.weight("classifier.bias")?;
    graph.node("Gemm", &["flat", &weight, &bias], "logits", &[("transB", Attribute::Int(1))]);

    let classes = graph.tensor("classifier.bias")?.shape[0];
    let batch = || Dim::Symbol("batch");
    let message = Message::default()
        .each(graph.nodes, |message, node| message.message(1, node))
        .text(2, size.name)
        .each(graph.initializers, |message, tensor| message.message(5, tensor))
        .message(
            11,
            value_info("image", &[batch(), Dim::Known(3), Dim::Symbol("height"), Dim::Symbol("width")]),
        )
        .message(12, value_info("logits", &[batch(), Dim::Known(classes)]));
    let metadata = metadata.iter().map(|(&key, value)| (key, value.as_str()));
    Ok(model(message, OPSET, metadata).into_bytes())
}

/// Adds nodes and tensors.
struct Writer<'a> {
    size: &'a Size,
    tensors: &'a BTreeMap<String, Tensor>,
    precision: Precision,
    nodes: Vec<Message>,
    initializers: Vec<Message>,
}

impl Writer<'_> {
    /// From the picture to the last block's output, which is called "features".
    fn features(&mut self) -> Result<String> {
        let mut x = self.convolution("stem", "image", "stem.output")?;
        let mut channels = self.tensor("stem.weight")?.shape[0];
        let blocks = self.size.blocks();
        for n in 0..blocks {
            let part = |part: &str| format!("blocks.{n}.{part}");
            let input = x.clone();
            // Block 0 does not widen its input.
            if n > 0 {
                x = self.convolution(&part("expand"), &x, &part("expand.output"))?;
            }
            x = self.convolution(&part("depthwise"), &x, &part("depthwise.output"))?;
            let output = self.tensor(&part("project.weight"))?.shape[0];
            let is_residual = output == channels && self.size.stride(n) == 1 && n > 0;
            let name = if n + 1 == blocks { "features".into() } else { part("output") };
            x = self.convolution(&part("project"), &x, if is_residual { "" } else { &name })?;
            if is_residual {
                self.node("Add", &[&x, &input], &name, &[]);
                x = name;
            }
            channels = output;
        }
        Ok(x)
    }

    /// A convolution with TensorFlow's SAME padding and, but for projections, its ReLU6. Its output has this name, or one
    /// of its own.
    fn convolution(&mut self, name: &str, input: &str, output: &str) -> Result<String> {
        let weight = self.tensor(&format!("{name}.weight"))?;
        let kernel = weight.shape[2] as i64;
        let group = if name.ends_with("depthwise") { weight.shape[0] as i64 } else { 1 };
        let stride = self.stride(name);
        let attributes = [
            ("auto_pad", Attribute::Text("SAME_UPPER")),
            ("group", Attribute::Int(group)),
            ("kernel_shape", Attribute::Ints(vec![kernel; 2])),
            ("strides", Attribute::Ints(vec![stride; 2])),
        ];
        let weight = self.weight(&format!("{name}.weight"))?;
        let bias = self.weight(&format!("{name}.bias"))?;
        let is_linear = name.ends_with("project");
        let linear = if is_linear && !output.is_empty() { output.into() } else { format!("{name}.linear") };
        self.node("Conv", &[input, &weight, &bias], &linear, &attributes);
        if is_linear {
            return Ok(linear);
        }
        self.node("Clip", &[&linear, "zero", "six"], output, &[]);
        Ok(output.into())
    }

    /// By what a layer divides the sides of its input.
    fn stride(&self, layer: &str) -> i64 {
        let block = layer.strip_prefix("blocks.").and_then(|rest| rest.strip_suffix(".depthwise"));
        match block.and_then(|block| block.parse().ok()) {
            Some(block) => self.size.stride(block) as i64,
            None if layer == "stem" => 2,
            None => 1,
        }
    }

    /// The name under which a tensor's values can be used.
    fn weight(&mut self, name: &str) -> Result<String> {
        let tensor_of = self.tensor(name)?;
        let stored = self
            .precision
            .store(tensor_of)
            .with_context(|| format!("the tensor \"{name}\" cannot be stored"))?;
        match stored {
            Stored::Floats(values) => {
                self.floats(name, &tensor_of.shape.clone(), &values);
                Ok(name.into())
            }
            Stored::Whole(whole, scales) => {
                let bytes: Vec<_> = whole.into_iter().flat_map(i16::to_le_bytes).collect();
                let whole = format!("{name}.i16");
                self.initializers.push(tensor(&whole, &tensor_of.shape, Element::I16, &bytes));
                let scale = format!("{name}.scale");
                self.floats(&scale, &[scales.len()], &scales);
                self.node("DequantizeLinear", &[&whole, &scale], name, &[("axis", Attribute::Int(0))]);
                Ok(name.into())
            }
        }
    }

    fn tensor(&self, name: &str) -> Result<&'_ Tensor> {
        self.tensors.get(name).with_context(|| format!("the network has no tensor \"{name}\""))
    }

    fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let bytes: Vec<_> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializers.push(tensor(name, shape, Element::F32, &bytes));
    }

    fn node(&mut self, op: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        self.nodes.push(node(op, inputs, output, attributes));
    }
}
