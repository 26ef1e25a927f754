//! A model → the bytes of an ONNX file.
#![allow(dead_code, reason = "each test program uses its share")]

use gradlens::onnx::{Attribute, Dim, ElementType, Graph, Model, Node, Tensor, TensorData, ValueInfo};

/// A message of protobuf.
#[derive(Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }

    /// An integer field.
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.varint(field << 3);
        self.varint(value.cast_unsigned());
        self
    }

    /// A field of 32 bits.
    pub fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A field of 64 bits.
    pub fn double(mut self, field: u64, value: f64) -> Self {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A field of bytes.
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self = self.announced(field, bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    /// A field of bytes that says how many they are, and has none.
    pub fn announced(mut self, field: u64, length: u64) -> Self {
        self.varint(field << 3 | 2);
        self.varint(length);
        self
    }

    /// A field of text.
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A message in this one.
    pub fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.0)
    }

    /// A field for each item.
    pub fn each<T>(self, items: impl IntoIterator<Item = T>, add: impl FnMut(Self, T) -> Self) -> Self {
        items.into_iter().fold(self, add)
    }
}

/// The bytes of a file.
pub fn encode(model: &Model) -> Vec<u8> {
    let pair = |key: &str, value: &str| Message::default().text(1, key).text(2, value);
    let file = Message::default()
        .int(1, model.ir_version)
        .text(2, &model.producer)
        .text(3, &model.producer_version)
        .message(7, graph(&model.graph))
        .each(&model.opsets, |file, (domain, version)| {
            file.message(8, Message::default().text(1, domain).int(2, *version))
        })
        .each(&model.metadata, |file, (key, value)| file.message(14, pair(key, value)));
    file.0
}

fn graph(graph: &Graph) -> Message {
    Message::default()
        .each(&graph.nodes, |message, item| message.message(1, node(item)))
        .text(2, &graph.name)
        .each(&graph.initializers, |message, item| message.message(5, tensor(item)))
        .each(&graph.inputs, |message, item| message.message(11, value(item)))
        .each(&graph.outputs, |message, item| message.message(12, value(item)))
        .each(&graph.values, |message, item| message.message(13, value(item)))
}

fn node(node: &Node) -> Message {
    Message::default()
        .each(&node.inputs, |message, name| message.text(1, name))
        .each(&node.outputs, |message, name| message.text(2, name))
        .text(3, &node.name)
        .text(4, &node.op)
        .each(&node.attributes, |message, (name, value)| {
            message.message(5, attribute(Message::default().text(1, name), value))
        })
        .text(7, &node.domain)
}

fn attribute(message: Message, attribute: &Attribute) -> Message {
    match attribute {
        Attribute::Float(value) => message.float(2, *value).int(20, 1),
        Attribute::Int(value) => message.int(3, *value).int(20, 2),
        Attribute::String(value) => message.text(4, value).int(20, 3),
        Attribute::Tensor(value) => message.message(5, tensor(value)).int(20, 4),
        Attribute::Graph(value) => message.message(6, graph(value)).int(20, 5),
        Attribute::Floats(values) => {
            message.each(values, |message, value| message.float(7, *value)).int(20, 6)
        }
        Attribute::Ints(values) => message.each(values, |message, value| message.int(8, *value)).int(20, 7),
        Attribute::Strings(values) => {
            message.each(values, |message, value| message.text(9, value)).int(20, 8)
        }
        Attribute::Tensors(values) => {
            message.each(values, |message, value| message.message(10, tensor(value))).int(20, 9)
        }
        Attribute::Graphs(values) => {
            message.each(values, |message, value| message.message(11, graph(value))).int(20, 10)
        }
        Attribute::Other => message.int(20, 13),
    }
}

/// A `TensorProto`.
pub fn tensor(tensor: &Tensor) -> Message {
    let message = Message::default()
        .each(&tensor.shape, |message, extent| message.int(1, *extent as i64))
        .int(2, number(tensor.element))
        .text(8, &tensor.name)
        .text(12, &tensor.doc);
    match &tensor.data {
        TensorData::Stored(stored) => message.bytes(9, &stored.read().unwrap_or_default()),
        TensorData::Floats(values) if tensor.element == ElementType::F64 => {
            message.each(values, |message, value| message.double(10, *value))
        }
        TensorData::Floats(values) => message.each(values, |message, value| message.float(4, *value as f32)),
        TensorData::Ints(values) => {
            let field = match tensor.element {
                ElementType::I64 => 7,
                ElementType::U32 | ElementType::U64 => 11,
                _ => 5,
            };
            message.each(values, |message, value| message.int(field, *value))
        }
        TensorData::Strings(values) => message.each(values, |message, value| message.text(6, value)),
        TensorData::Absent => message,
    }
}

fn value(value: &ValueInfo) -> Message {
    let dim = |message: Message, dim: &Dim| {
        let extent = Message::default();
        message.message(
            1,
            match dim {
                Dim::Known(known) => extent.int(1, *known as i64),
                Dim::Symbol(name) => extent.text(2, name),
                Dim::Unknown => extent,
            },
        )
    };
    let kind = Message::default().each(value.element, |message, element| message.int(1, number(element)));
    let kind = kind.each(&value.shape, |kind, shape| kind.message(2, Message::default().each(shape, dim)));
    Message::default().text(1, &value.name).message(2, Message::default().message(1, kind))
}

/// `TensorProto.DataType`
fn number(element: ElementType) -> i64 {
    match element {
        ElementType::F32 => 1,
        ElementType::U8 => 2,
        ElementType::I8 => 3,
        ElementType::U16 => 4,
        ElementType::I16 => 5,
        ElementType::I32 => 6,
        ElementType::I64 => 7,
        ElementType::String => 8,
        ElementType::Bool => 9,
        ElementType::F16 => 10,
        ElementType::F64 => 11,
        ElementType::U32 => 12,
        ElementType::U64 => 13,
        ElementType::BF16 => 16,
        ElementType::U4 => 21,
        ElementType::I4 => 22,
    }
}
