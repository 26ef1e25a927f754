//! Runs a graph node by node with plain loops, in any arithmetic.
//!
//! What is constant while a model is read is computed here, and tests look here for the truth. Few loops serve all
//! operators: tensors are walked along by strides ([`walk`]), and every product is one kernel ([`product`]).

mod moves;
mod product;
mod reduce;
#[cfg(test)]
mod tests;
mod walk;
mod window;

use std::rc::Rc;

use crate::graph::{Graph, Node, Number, Op, Origin, ValueId, permute};
use crate::{Error, Result};

/// The values of a graph that `outputs` names, for those that `inputs` gives.
///
/// Only what they need is run, and what nobody needs any more is freed. `inputs` may name any value of the graph:
/// what is given is not computed, so that a graph may be entered in its middle.
///
/// # Errors
/// [`Error::InvalidModel`] if an input is missing or of another size than the graph says; what reading the model's
/// file leads to.
pub fn run<T: Number>(
    graph: &Graph<T>,
    inputs: &[(ValueId, Rc<[T]>)],
    outputs: &[ValueId],
) -> Result<Vec<Rc<[T]>>> {
    let mut run = Run::new(graph, inputs)?;
    let uses = run.count_uses(outputs);
    run.uses = uses;
    for node in graph.nodes() {
        if run.uses[node.output.index()] > 0 && run.values[node.output.index()].is_none() {
            run.compute(node)?;
        }
    }
    outputs.iter().map(|&output| run.value(output)).collect()
}

/// The values that are known so far, and how often each is yet to be used.
struct Run<'a, T> {
    graph: &'a Graph<T>,
    values: Vec<Option<Rc<[T]>>>,
    uses: Vec<usize>,
}

impl<'a, T: Number> Run<'a, T> {
    fn new(graph: &'a Graph<T>, inputs: &[(ValueId, Rc<[T]>)]) -> Result<Self> {
        let mut run = Self { graph, values: vec![None; graph.values().len()], uses: Vec::new() };
        for (input, values) in inputs {
            run.keep(*input, values.clone())?;
        }
        Ok(run)
    }

    fn count_uses(&self, outputs: &[ValueId]) -> Vec<usize> {
        let mut uses = vec![0; self.values.len()];
        outputs.iter().for_each(|output| uses[output.index()] += 1);
        for node in self.graph.nodes().iter().rev() {
            let output = node.output.index();
            if uses[output] > 0 && self.values[output].is_none() {
                node.inputs.iter().for_each(|input| uses[input.index()] += 1);
            }
        }
        uses
    }

    fn compute(&mut self, node: &Node<T>) -> Result<()> {
        let inputs: Vec<_> = node.inputs.iter().map(|&input| self.value(input)).collect::<Result<_>>()?;
        for input in &node.inputs {
            self.uses[input.index()] -= 1;
            if self.uses[input.index()] == 0 {
                self.values[input.index()] = None;
            }
        }
        let output = match (&node.op, &inputs[..]) {
            (Op::Reshape(_), [x]) => x.clone(),
            (op, _) => {
                let tensors: Vec<_> = (node.inputs.iter().zip(&inputs))
                    .map(|(&input, values)| Tensor { shape: self.graph.shape(input), values })
                    .collect();
                evaluate(op, &tensors, self.graph.shape(node.output))?.into()
            }
        };
        self.keep(node.output, output)
    }

    /// A value that is known, or a constant, which is read when it is first needed.
    fn value(&mut self, id: ValueId) -> Result<Rc<[T]>> {
        if self.values[id.index()].is_none() {
            match &self.graph.values()[id.index()].origin {
                Origin::Constant(constant) => self.keep(id, constant.read()?)?,
                _ => {
                    return Err(Error::InvalidModel(format!(
                        "value {} of the graph is not given",
                        id.index()
                    )));
                }
            }
        }
        Ok(self.values[id.index()].clone().unwrap_or_default())
    }

    fn keep(&mut self, id: ValueId, values: Rc<[T]>) -> Result<()> {
        let shape = self.graph.shape(id);
        if values.len() != shape.iter().product::<usize>() {
            let found = values.len();
            return Err(Error::InvalidModel(format!(
                "there are {found} values for a tensor of shape {shape:?}"
            )));
        }
        self.values[id.index()] = Some(values);
        Ok(())
    }
}

/// Extents and values.
#[derive(Clone, Copy)]
struct Tensor<'a, T> {
    shape: &'a [usize],
    values: &'a [T],
}

/// An operator's output, which has `shape`.
fn evaluate<T: Number>(op: &Op<T>, inputs: &[Tensor<T>], shape: &[usize]) -> Result<Vec<T>> {
    if shape.contains(&0) {
        return Ok(Vec::new());
    }
    Ok(match (op, inputs) {
        (Op::Convolution(convolution), [x, weight, bias @ ..]) => {
            window::convolution(convolution, *x, *weight, bias.first().map(|bias| bias.values), shape)
        }
        (&Op::MatMul { transpose_a, transpose_b }, [a, b]) => {
            product::matrices((*a, transpose_a), (*b, transpose_b), shape)
        }
        (Op::Unary(unary), [x]) => x.values.iter().map(|&x| unary.apply(x)).collect(),
        (Op::Binary(binary), [a, b]) => moves::binary(*binary, *a, *b, shape),
        (Op::Select, [condition, a, b]) => moves::select(*condition, *a, *b, shape),
        (Op::Reduce(reduction, axes), [x]) => reduce::reduce(*reduction, *x, axes).1,
        (Op::Softmax { axis }, [x]) => reduce::softmax(*x, *axis),
        (Op::Normalise { axes, epsilon }, [x]) => reduce::normalise(*x, axes, *epsilon),
        (Op::MaxPool(window), [x]) => window::max_pool(window, *x, shape),
        (Op::MaxPoolBackward(window), [g, x]) => window::max_pool_backward(window, *g, *x, shape),
        (Op::Linear { axis, rows }, [x]) => moves::linear(*x, *axis, rows, shape),
        (Op::Permute(order), [x]) => permute(x.values, x.shape, order),
        (Op::Reshape(_), [x]) => x.values.to_vec(),
        (Op::Slice(parts), [x]) => moves::slice(*x, parts, shape),
        (Op::Unslice { parts, .. }, [x]) => moves::place(*x, parts, shape, T::ZERO),
        (Op::Concat { axis }, inputs) => moves::concat(inputs, *axis),
        (Op::Pad { amounts, value }, [x]) => moves::pad(*x, amounts, shape, *value),
        (Op::Broadcast(_), [x]) => moves::broadcast(*x, shape),
        (op, inputs) => {
            return Err(Error::InvalidModel(format!("{} does not take {} inputs", op.name(), inputs.len())));
        }
    })
}
