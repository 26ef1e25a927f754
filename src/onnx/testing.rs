//! Protobuf, written by hand for tests.

use std::rc::Rc;

use super::Model;
use super::file::File;
use super::wire::Message;
use crate::Result;

pub(super) fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

/// An integer field.
pub(super) fn int(field: u64, value: i64) -> Vec<u8> {
    [varint(field << 3), varint(value.cast_unsigned())].concat()
}

/// A field of bytes, a message, or packed numbers.
pub(super) fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

pub(super) fn text(field: u64, text: &str) -> Vec<u8> {
    bytes(field, text.as_bytes())
}

pub(super) fn float(field: u64, value: f32) -> Vec<u8> {
    [varint(field << 3 | 5), value.to_le_bytes().to_vec()].concat()
}

/// Packed integers.
pub(super) fn ints(field: u64, values: &[i64]) -> Vec<u8> {
    let packed: Vec<_> = values.iter().flat_map(|value| varint(value.cast_unsigned())).collect();
    bytes(field, &packed)
}

/// Packed numbers of 32 bits.
pub(super) fn floats(field: u64, values: &[f32]) -> Vec<u8> {
    let packed: Vec<_> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes(field, &packed)
}

/// Packed numbers of 64 bits.
pub(super) fn doubles(field: u64, values: &[f64]) -> Vec<u8> {
    let packed: Vec<_> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes(field, &packed)
}

/// A node, as the field 1 of a graph; `rest` are further fields.
pub(super) fn node(op: &str, inputs: &[&str], outputs: &[&str], rest: &[Vec<u8>]) -> Vec<u8> {
    bytes(1, &node_fields(op, inputs, outputs, rest))
}

/// The fields of a node.
pub(super) fn node_fields(op: &str, inputs: &[&str], outputs: &[&str], rest: &[Vec<u8>]) -> Vec<u8> {
    let inputs: Vec<_> = inputs.iter().flat_map(|name| text(1, name)).collect();
    let outputs: Vec<_> = outputs.iter().flat_map(|name| text(2, name)).collect();
    [inputs, outputs, text(4, op), rest.concat()].concat()
}

/// An attribute, as the field 5 of a node.
pub(super) fn attribute(name: &str, rest: &[Vec<u8>]) -> Vec<u8> {
    bytes(5, &[text(1, name), rest.concat()].concat())
}

/// A value's name, as the field 11 (an input) or 12 (an output) of a graph.
pub(super) fn value(field: u64, name: &str) -> Vec<u8> {
    bytes(field, &text(1, name))
}

/// A model of IR version 8 and opset 17 with a graph of these fields.
pub(super) fn model(graph: &[Vec<u8>], rest: &[Vec<u8>]) -> Vec<u8> {
    [int(1, 8), bytes(7, &graph.concat()), rest.concat(), bytes(8, &int(2, 17))].concat()
}

/// Reads a whole model.
pub(super) fn read_model(bytes: Vec<u8>) -> Result<Model> {
    Model::read(Rc::new(bytes), &[])
}

/// Reads bytes as one message.
pub(super) fn read<T>(bytes: Vec<u8>, parse: impl FnOnce(Message<'_>) -> Result<T>) -> Result<T> {
    parse(Message::whole(&File::new(Rc::new(bytes))))
}
