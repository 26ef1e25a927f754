//! A graph, run by burn node by node.

use std::collections::HashMap;
use std::fmt;

use anyhow::{Context, Result, ensure};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor, TensorData};
use gradlens::graph::{Graph, Node, Op, Origin, ValueId};

use crate::{images, operators, scalars};

/// Axes of every tensor here: burn's tensors know how many they have when they are compiled. Ones lead.
pub const AXES: usize = 8;

/// A value of a graph.
pub type Value = Tensor<AXES>;

/// An operator that burn has nothing for.
#[derive(Debug)]
pub struct NotCovered(pub &'static str);

impl fmt::Display for NotCovered {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "not covered: {}", self.0)
    }
}

impl std::error::Error for NotCovered {}

/// What burn finds.
pub struct Opinion {
    pub scores: Vec<f32>,
    /// Of one score, at the target.
    pub gradient: Vec<f32>,
}

/// Runs a graph.
pub struct Interpreter<'g> {
    graph: &'g Graph<f32>,
    device: Device,
}

impl<'g> Interpreter<'g> {
    /// Of a graph of no more axes than are counted on.
    pub fn new(graph: &'g Graph<f32>) -> Result<Self> {
        ensure!(graph.values().iter().all(|value| value.shape.len() <= AXES), "more than {AXES} axes");
        Ok(Self { graph, device: Device::flex().autodiff() })
    }

    /// The scores for an input, and the gradient of one of them at the target.
    pub fn run(
        &self,
        (input, values): (ValueId, Vec<f32>),
        target: ValueId,
        score: ValueId,
        class: usize,
    ) -> Result<Opinion> {
        let mut known = HashMap::from([(input, self.tensor(values, self.graph.shape(input)))]);
        let mut uses = self.uses(score);
        let needed = self.graph.needed(&[score]);
        for (node, _) in self.graph.nodes().iter().zip(needed).filter(|(_, needed)| *needed) {
            let inputs =
                node.inputs.iter().map(|&input| self.value(&known, input)).collect::<Result<Vec<_>>>()?;
            let mut output = self.evaluate(node, inputs)?;
            if node.output == target {
                // What follows is differentiated from here on.
                output = output.detach().require_grad();
            }
            known.insert(node.output, output);
            for input in &node.inputs {
                uses[input.index()] -= 1;
                if uses[input.index()] == 0 && *input != target {
                    known.remove(input);
                }
            }
        }
        let scores = self.value(&known, score)?;
        let one = scores.clone().reshape([-1]).narrow(0, class, 1);
        let gradient = known[&target].grad(&one.backward()).context("the scores do not need the target")?;
        Ok(Opinion { scores: numbers(scores)?, gradient: numbers(gradient)? })
    }

    fn evaluate(&self, node: &Node<f32>, inputs: Vec<Value>) -> Result<Value> {
        let shape = aligned(self.graph.shape(node.output));
        // How many ones lead.
        let ones = AXES - self.graph.shape(node.inputs[0]).len();
        let moved = |axes: &[usize]| axes.iter().map(|axis| axis + ones).collect::<Vec<_>>();
        let mut inputs = inputs.into_iter();
        let mut next = || inputs.next().context("an input is missing");
        Ok(match &node.op {
            Op::Convolution(convolution) => {
                let (x, weight) = (next()?, next()?);
                images::convolution(convolution, x, weight, next().ok())
            }
            Op::MaxPool(window) => images::max_pool(window, next()?),
            Op::MatMul { transpose_a, transpose_b } => {
                let turned = |value: Value, turn: bool| if turn { value.transpose() } else { value };
                turned(next()?, *transpose_a).matmul(turned(next()?, *transpose_b))
            }
            Op::Unary(unary) => scalars::unary(*unary, next()?),
            Op::Binary(binary) => scalars::binary(*binary, next()?.expand(shape), next()?.expand(shape)),
            Op::Select => {
                let condition = next()?.expand(shape).not_equal_scalar(0.0);
                let chosen = next()?.expand(shape);
                next()?.expand(shape).mask_where(condition, chosen)
            }
            Op::Reduce(reduction, axes) => operators::reduce(*reduction, next()?, &moved(axes)),
            Op::Softmax { axis } => softmax(next()?, axis + ones),
            Op::Normalise { axes, epsilon } => operators::normalise(next()?, &moved(axes), *epsilon),
            Op::Linear { axis, rows } => operators::linear(next()?, axis + ones, rows),
            Op::Permute(order) => {
                let order: Vec<_> = (0..ones).chain(moved(order)).collect();
                next()?.permute(<[usize; AXES]>::try_from(order).map_err(|_| NotCovered("a permutation"))?)
            }
            Op::Reshape(_) => next()?.reshape(shape),
            Op::Broadcast(_) => next()?.expand(shape),
            Op::Slice(parts) => operators::slice(next()?, ones, parts),
            Op::Pad { amounts, value } => next()?.pad(amounts.as_slice(), *value),
            Op::Concat { axis } => Tensor::cat(inputs.collect(), axis + ones),
            Op::MaxPoolBackward(_) => return Err(NotCovered("the gradient of a pooling").into()),
            Op::Unslice { .. } => return Err(NotCovered("the gradient of a slice").into()),
        })
    }

    fn uses(&self, score: ValueId) -> Vec<usize> {
        let mut uses = vec![0; self.graph.values().len()];
        uses[score.index()] = 1;
        let needed = self.graph.needed(&[score]);
        for (node, _) in self.graph.nodes().iter().zip(needed).filter(|(_, needed)| *needed) {
            node.inputs.iter().for_each(|input| uses[input.index()] += 1);
        }
        uses
    }

    fn value(&self, known: &HashMap<ValueId, Value>, id: ValueId) -> Result<Value> {
        if let Some(value) = known.get(&id) {
            return Ok(value.clone());
        }
        match &self.graph.values()[id.index()].origin {
            Origin::Constant(constant) => Ok(self.tensor(constant.read()?.to_vec(), constant.shape())),
            _ => anyhow::bail!("value {} is not there", id.index()),
        }
    }

    fn tensor(&self, values: Vec<f32>, shape: &[usize]) -> Value {
        Tensor::from_data(TensorData::new(values, aligned(shape)), &self.device)
    }
}

/// A shape with ones before it.
pub fn aligned(shape: &[usize]) -> [usize; AXES] {
    let mut aligned = [1; AXES];
    aligned[AXES - shape.len()..].copy_from_slice(shape);
    aligned
}

fn numbers(value: Value) -> Result<Vec<f32>> {
    value.into_data().try_to_vec().map_err(|error| anyhow::anyhow!("{error:?}"))
}
