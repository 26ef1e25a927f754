//! A network as a graph of core operators on tensors of known shapes.
//!
//! Nodes lie in the order in which they can be computed; each has one output. Nothing here knows where the graph
//! came from or what will run it.

mod constant;
mod number;
mod operator;
mod rest;
mod shape;
mod work;

pub use constant::{Constant, permute, strides};
pub use number::Number;
pub use operator::{Binary, Convolution, Op, Part, Reduction, SparseRows, Unary, Window};
pub use rest::Rest;
pub use shape::{broadcast, elements};

use crate::{Error, Result};

/// The place of a value in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueId(usize);

impl ValueId {
    /// The place, from 0, in the order in which values were added.
    pub fn index(self) -> usize {
        self.0
    }
}

/// A tensor of the graph.
#[derive(Debug, Clone)]
pub struct Value<T> {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// Where it comes from.
    pub origin: Origin<T>,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub enum Origin<T> {
    /// Given for each run: a picture, a gradient's seed, an activation that was kept.
    Input,
    /// Known.
    Constant(Constant<T>),
    /// The output of the node of this index.
    Node(usize),
}

/// An operator and what it is applied to.
#[derive(Debug, Clone)]
pub struct Node<T> {
    /// What is computed.
    pub op: Op<T>,
    /// Of what.
    pub inputs: Vec<ValueId>,
    /// The result.
    pub output: ValueId,
}

/// A network, or a part of one.
#[derive(Debug, Clone)]
pub struct Graph<T> {
    values: Vec<Value<T>>,
    nodes: Vec<Node<T>>,
}

impl<T> Default for Graph<T> {
    fn default() -> Self {
        Self { values: Vec::new(), nodes: Vec::new() }
    }
}

/// The most values that a tensor may have: 4 GB of them as f32 is all that WebAssembly can address.
const MOST_ELEMENTS: usize = 1 << 30;

impl<T: Number> Graph<T> {
    /// All values, by [`ValueId::index`].
    pub fn values(&self) -> &[Value<T>] {
        &self.values
    }

    /// All nodes, in an order in which they can be computed.
    pub fn nodes(&self) -> &[Node<T>] {
        &self.nodes
    }

    /// The ids of all values.
    pub fn ids(&self) -> impl Iterator<Item = ValueId> + use<T> {
        (0..self.values.len()).map(ValueId)
    }

    /// A value's extents.
    pub fn shape(&self, value: ValueId) -> &[usize] {
        &self.values[value.0].shape
    }

    /// A value's numbers, if they are known.
    pub fn constant(&self, value: ValueId) -> Option<&Constant<T>> {
        match &self.values[value.0].origin {
            Origin::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// The node that makes a value, if one does.
    pub fn node(&self, value: ValueId) -> Option<&Node<T>> {
        match self.values[value.0].origin {
            Origin::Node(index) => Some(&self.nodes[index]),
            _ => None,
        }
    }

    /// Adds a value that is given for each run.
    pub fn add_input(&mut self, shape: Vec<usize>) -> ValueId {
        self.add_value(shape, Origin::Input)
    }

    /// Adds a known value.
    pub fn add_constant(&mut self, constant: Constant<T>) -> ValueId {
        self.add_value(constant.shape().to_vec(), Origin::Constant(constant))
    }

    /// Adds a known number without axes.
    pub fn add_scalar(&mut self, value: f64) -> ValueId {
        self.add_constant(Constant::scalar(T::of(value)))
    }

    /// Adds a node, and answers with its output.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if the inputs' shapes do not fit the operator.
    pub fn add(&mut self, op: Op<T>, inputs: &[ValueId]) -> Result<ValueId> {
        let shapes: Vec<_> = inputs.iter().map(|&input| self.shape(input)).collect();
        let shape = shape::output_shape(&op, &shapes).ok_or_else(|| {
            Error::InvalidModel(format!("{} does not fit inputs of shape {shapes:?}", op.name()))
        })?;
        if elements(&shape).is_none_or(|elements| elements > MOST_ELEMENTS) {
            return Err(Error::InvalidModel(format!(
                "{} gives a tensor of shape {shape:?}, which is too large",
                op.name()
            )));
        }
        let output = self.add_value(shape, Origin::Node(self.nodes.len()));
        self.nodes.push(Node { op, inputs: inputs.to_vec(), output });
        Ok(output)
    }

    /// f(x), added as a node.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn unary(&mut self, unary: Unary<T>, x: ValueId) -> Result<ValueId> {
        self.add(Op::Unary(unary), &[x])
    }

    /// f(a, b), added as a node.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn binary(&mut self, binary: Binary, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.add(Op::Binary(binary), &[a, b])
    }

    /// x in other extents; no node if it has them already.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn reshape(&mut self, x: ValueId, shape: &[usize]) -> Result<ValueId> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        if let Some(constant) = self.constant(x).filter(|constant| elements(shape) == Some(constant.len())) {
            let reshaped = constant.reshaped(shape.to_vec());
            return Ok(self.add_constant(reshaped));
        }
        self.add(Op::Reshape(shape.to_vec()), &[x])
    }

    /// x with its axes in another order: axis `i` of the result is axis `order[i]` of x. No node if they are in it.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn permute(&mut self, x: ValueId, order: &[usize]) -> Result<ValueId> {
        if order.iter().copied().eq(0..self.shape(x).len()) {
            return Ok(x);
        }
        if let Some(constant) = self.constant(x) {
            let permuted = constant.permuted(order);
            return Ok(self.add_constant(permuted));
        }
        self.add(Op::Permute(order.to_vec()), &[x])
    }

    /// For each node whether one of these values needs it.
    pub fn needed(&self, outputs: &[ValueId]) -> Vec<bool> {
        let mut wanted = vec![false; self.values.len()];
        outputs.iter().for_each(|output| wanted[output.0] = true);
        let mut needed = vec![false; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if wanted[node.output.0] {
                needed[index] = true;
                node.inputs.iter().for_each(|input| wanted[input.0] = true);
            }
        }
        needed
    }

    fn add_value(&mut self, shape: Vec<usize>, origin: Origin<T>) -> ValueId {
        self.values.push(Value { shape, origin });
        ValueId(self.values.len() - 1)
    }
}

impl<T> Op<T> {
    /// What people call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Convolution(_) => "a convolution",
            Self::MatMul { .. } => "a matrix product",
            Self::Unary(_) => "a function of each value",
            Self::Binary(_) => "a function of two tensors",
            Self::Select => "a selection",
            Self::Reduce(..) => "a reduction",
            Self::Softmax { .. } => "a softmax",
            Self::Normalise { .. } => "a normalisation",
            Self::MaxPool(_) => "a maximum pooling",
            Self::MaxPoolBackward(_) => "the gradient of a maximum pooling",
            Self::Linear { .. } => "a resampling",
            Self::Permute(_) => "a transposition",
            Self::Reshape(_) => "a reshape",
            Self::Slice(_) => "a slice",
            Self::Unslice { .. } => "the gradient of a slice",
            Self::Concat { .. } => "a concatenation",
            Self::Pad { .. } => "a padding",
            Self::Broadcast(_) => "a broadcast",
        }
    }
}
