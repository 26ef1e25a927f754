//! The graph of a model: nodes, the values between them, and their attributes.

use std::slice;

use super::{ElementType, Tensor};

/// What a node has beside its inputs.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// A number.
    Int(i64),
    /// A number.
    Float(f32),
    /// A text; what is not UTF-8 in it is replaced.
    String(String),
    /// A tensor; a sparse one is dense here.
    Tensor(Tensor),
    /// A subgraph, which may read values of the graphs around it.
    Graph(Graph),
    /// Numbers.
    Ints(Vec<i64>),
    /// Numbers.
    Floats(Vec<f32>),
    /// Texts.
    Strings(Vec<String>),
    /// Tensors.
    Tensors(Vec<Tensor>),
    /// Subgraphs.
    Graphs(Vec<Graph>),
    /// Something that no operator on pictures has: a type, or sparse tensors.
    Other,
}

/// One operator, applied.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, which may be empty.
    pub name: String,
    /// The operator.
    pub op: String,
    /// The domain of the operator; empty for ONNX's own.
    pub domain: String,
    /// The values it reads; an empty name is an input left out.
    pub inputs: Vec<String>,
    /// The values it computes; an empty name is an output that nobody wants.
    pub outputs: Vec<String>,
    /// Its attributes, by name.
    pub attributes: Vec<(String, Attribute)>,
}

impl Node {
    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, attribute)| attribute)
    }

    /// The attribute of this name, if it is an integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.attribute(name)? {
            Attribute::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a floating-point number.
    pub fn float(&self, name: &str) -> Option<f32> {
        match self.attribute(name)? {
            Attribute::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a text.
    pub fn string(&self, name: &str) -> Option<&str> {
        match self.attribute(name)? {
            Attribute::String(value) => Some(value),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a list of integers.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        match self.attribute(name)? {
            Attribute::Ints(values) => Some(values),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a list of floating-point numbers.
    pub fn floats(&self, name: &str) -> Option<&[f32]> {
        match self.attribute(name)? {
            Attribute::Floats(values) => Some(values),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a list of texts.
    pub fn strings(&self, name: &str) -> Option<&[String]> {
        match self.attribute(name)? {
            Attribute::Strings(values) => Some(values),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a tensor.
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        match self.attribute(name)? {
            Attribute::Tensor(tensor) => Some(tensor),
            _ => None,
        }
    }

    /// The attribute of this name, if it is a subgraph.
    pub fn graph(&self, name: &str) -> Option<&Graph> {
        match self.attribute(name)? {
            Attribute::Graph(graph) => Some(graph),
            _ => None,
        }
    }

    /// All subgraphs.
    pub(super) fn graphs_mut(&mut self) -> impl Iterator<Item = &mut Graph> {
        self.attributes.iter_mut().flat_map(|(_, attribute)| match attribute {
            Attribute::Graph(graph) => slice::from_mut(graph),
            Attribute::Graphs(graphs) => graphs,
            _ => &mut [],
        })
    }
}

/// The length of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    /// It is this.
    Known(usize),
    /// It is given by each call, and the same wherever this name is.
    Symbol(String),
    /// It is not known. Exporters write 0, -1 or "?" for this, or nothing.
    Unknown,
}

/// A value's type, as far as the file gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueInfo {
    /// The value.
    pub name: String,
    /// The type of its elements; `None` if it is not known, or no tensor.
    pub element: Option<ElementType>,
    /// The length of each axis; `None` if not even their number is known, or it is no tensor.
    pub shape: Option<Vec<Dim>>,
}

/// Nodes in an order in which they can run, and the values they start from and lead to.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Its name.
    pub name: String,
    /// Its nodes: each after those whose outputs it reads.
    pub nodes: Vec<Node>,
    /// Tensors that the file gives.
    pub initializers: Vec<Tensor>,
    /// Values that the caller gives; none of them is an initialiser.
    pub inputs: Vec<ValueInfo>,
    /// Values that the caller gets.
    pub outputs: Vec<ValueInfo>,
    /// What is known of values in between.
    pub values: Vec<ValueInfo>,
}
