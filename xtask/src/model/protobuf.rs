//! ONNX's messages, written: just those that a file of convolutions needs. Numbers are those of `onnx.proto`.

/// A message of the protobuf wire format.
#[derive(Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// A field that holds a whole number.
    pub fn int(mut self, field: u64, value: i64) -> Self {
        self.key(field, 0);
        self.varint(value as u64);
        self
    }

    /// A field that holds bytes.
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.key(field, 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// A field that holds a text.
    pub fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    /// A field that holds a message.
    pub fn message(self, field: u64, message: Message) -> Self {
        self.bytes(field, &message.0)
    }

    /// A field that is there for each of these.
    pub fn each<T>(self, items: impl IntoIterator<Item = T>, add: impl Fn(Self, T) -> Self) -> Self {
        items.into_iter().fold(self, add)
    }

    /// The bytes of a file that is this message.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn key(&mut self, field: u64, kind: u64) {
        self.varint(field << 3 | kind);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// An attribute of a node.
pub enum Attribute {
    /// One whole number.
    Int(i64),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// A text.
    Text(&'static str),
}

/// A `NodeProto`.
pub fn node(op: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) -> Message {
    let attribute = |message: Message, (name, value): &(&str, Attribute)| {
        let attribute = Message::default().text(1, name);
        message.message(
            5,
            match value {
                Attribute::Int(value) => attribute.int(3, *value).int(20, 2),
                Attribute::Ints(values) => {
                    attribute.each(values, |message, value| message.int(8, *value)).int(20, 7)
                }
                Attribute::Text(text) => attribute.text(4, text).int(20, 3),
            },
        )
    };
    Message::default()
        .each(inputs, |message, input| message.text(1, input))
        .text(2, output)
        .text(3, output)
        .text(4, op)
        .each(attributes, attribute)
}

/// The types of elements that are written.
#[derive(Clone, Copy)]
pub enum Element {
    /// `FLOAT`
    F32 = 1,
    /// `INT16`
    I16 = 5,
}

/// A `TensorProto`, of little-endian bytes.
pub fn tensor(name: &str, shape: &[usize], element: Element, bytes: &[u8]) -> Message {
    Message::default()
        .each(shape, |message, extent| message.int(1, *extent as i64))
        .int(2, element as i64)
        .text(8, name)
        .bytes(9, bytes)
}

/// An extent that a file declares.
pub enum Dim<'a> {
    /// This.
    Known(usize),
    /// Any; the same wherever this name stands.
    Symbol(&'a str),
}

/// A `ValueInfoProto` of floats.
pub fn value_info(name: &str, shape: &[Dim]) -> Message {
    let dim = |message: Message, dim: &Dim| {
        let value = match dim {
            Dim::Known(extent) => Message::default().int(1, *extent as i64),
            Dim::Symbol(name) => Message::default().text(2, name),
        };
        message.message(1, value)
    };
    let shape = Message::default().each(shape, dim);
    let tensor = Message::default().int(1, Element::F32 as i64).message(2, shape);
    Message::default().text(1, name).message(2, Message::default().message(1, tensor))
}

/// A `ModelProto` of one graph.
pub fn model<'a>(
    graph: Message,
    opset: i64,
    metadata: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Message {
    const IR_VERSION: i64 = 10;
    Message::default()
        .int(1, IR_VERSION)
        .text(2, "gradlens")
        .message(7, graph)
        .message(8, Message::default().text(1, "").int(2, opset))
        .each(metadata, |message, (key, value)| {
            message.message(14, Message::default().text(1, key).text(2, value))
        })
}
