//! ONNX: bytes → [`Model`]; the only reader of the protobuf wire format.
//!
//! Weights are not copied: a [`Tensor`] is a range of a [`Source`], read when its values are asked for. What is
//! peculiar to the file format ends here: the nodes of a [`Graph`] are sorted, model-local functions are inlined,
//! sparse initialisers are dense, and inputs that only give an initialiser's shape are gone.

mod element;
mod external;
mod file;
mod functions;
mod graph;
mod model;
mod order;
mod parse;
mod rename;
mod sniff;
mod source;
mod sparse;
mod tensor;
#[cfg(test)]
mod testing;
mod typed;
mod value_info;
mod values;
mod weights;
mod wire;

pub use element::ElementType;
pub use graph::{Attribute, Dim, Graph, Node, ValueInfo};
pub use model::Model;
pub use source::{Source, Stored};
pub use tensor::{Tensor, TensorData};

use crate::Error;

/// The domain of ONNX's own operators, which is written in two ways.
fn domain(name: String) -> String {
    if name == "ai.onnx" { String::new() } else { name }
}

fn invalid(message: impl Into<String>) -> Error {
    Error::InvalidModel(message.into())
}
