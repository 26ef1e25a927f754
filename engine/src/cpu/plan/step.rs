//! Steps for groups of nodes.

use super::Planner;
use crate::cpu::elementwise::{Operand, Program};
use crate::cpu::fuse::Group;
use crate::cpu::linear::Linear;
use crate::cpu::matmul::MatMul;
use crate::cpu::moves::Move;
use crate::cpu::pool::{MaxPool, MaxPoolBackward};
use crate::cpu::rows::{Normalise, Reduce, Softmax};
use crate::cpu::run::Kernel;
use crate::graph::{Op, ValueId, elements};
use crate::{Error, Result};

/// One computation of a plan.
pub(in crate::cpu) struct Step {
    pub(in crate::cpu) kernel: Box<dyn Kernel>,
    /// The places that are read.
    pub(in crate::cpu) inputs: Vec<usize>,
    /// The place that is written.
    pub(in crate::cpu) output: usize,
    /// The place whose buffer becomes the output's, with what lies in it.
    pub(in crate::cpu) changes: Option<usize>,
    /// The places that nobody needs any more behind it.
    pub(in crate::cpu) frees: Vec<usize>,
    pub(in crate::cpu) description: StepDescription,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepDescription {
    /// What people call it.
    pub name: &'static str,
    /// What it computes.
    pub output: ValueId,
    /// The nodes of the graph that it computes.
    pub nodes: usize,
    /// The multiplications and additions of its products, pair by pair.
    pub multiply_adds: u64,
}

impl Planner<'_> {
    /// The step of a group, the one of this index.
    #[inline(never)]
    pub(super) fn step(&mut self, index: usize, group: &Group) -> Result<Step> {
        let (kernel, read, changes): (Box<dyn Kernel>, _, _) = if let Some(product) = &group.product {
            let (sums, read) = self.sums(group, product)?;
            (Box::new(sums), read, None)
        } else if let Some(node) = group.other {
            (self.kernel(node)?, self.fusion.inputs(node).to_vec(), None)
        } else {
            let given = self.given(index, group);
            let shape = self.fusion.graph.shape(group.output);
            let formula = self.fusion.formula(&group.terms, given);
            let program = Program::new(&formula.terms, self.fusion.operands(&formula, shape));
            (Box::new(program), formula.operands, given)
        };
        let place = |value: ValueId| self.owners[value.index()];
        Ok(Step {
            kernel,
            inputs: read.into_iter().map(place).collect(),
            output: place(group.output),
            changes: changes.map(place),
            frees: Vec::new(),
            description: self.describe(group),
        })
    }

    /// The operand of a formula whose buffer can become the output's: one of its size, which nobody else needs.
    fn given(&self, index: usize, group: &Group) -> Option<ValueId> {
        let shape = self.fusion.graph.shape(group.output);
        let operands = self.fusion.formula(&group.terms, None).operands;
        let place = |value: ValueId| self.owners[value.index()];
        let free = |value: &ValueId| {
            let as_often = operands.iter().filter(|other| place(**other) == place(*value)).count();
            let from = self.fusion.graph.shape(*value);
            as_often == 1
                && self.dies(place(*value), index)
                && !self.is_input(place(*value))
                && elements(from) == elements(shape)
                && Operand::new(from, shape) == Operand::Same
        };
        operands.iter().copied().find(free)
    }

    /// The kernel of an operator that is computed by itself.
    fn kernel(&self, node: usize) -> Result<Box<dyn Kernel>> {
        let graph = self.fusion.graph;
        let (node, inputs) = (&graph.nodes()[node], self.fusion.inputs(node));
        let shapes: Vec<_> = inputs.iter().map(|&input| graph.shape(input)).collect();
        Ok(match (&node.op, &shapes[..]) {
            (&Op::MatMul { transpose_a, transpose_b }, [a, b]) => {
                Box::new(MatMul::new((a, transpose_a), (b, transpose_b)))
            }
            (Op::Reduce(reduction, axes), [x]) => Box::new(Reduce::new(*reduction, x, axes)),
            (Op::Softmax { axis }, [x]) => Box::new(Softmax::new(x, *axis)),
            (Op::Normalise { axes, epsilon }, [x]) => Box::new(Normalise::new(x, axes, *epsilon)),
            (Op::MaxPool(window), [x]) => Box::new(MaxPool::new(window, x)),
            (Op::MaxPoolBackward(window), [_, x]) => Box::new(MaxPoolBackward::new(window, x)),
            (Op::Linear { axis, rows }, [x]) => Box::new(Linear::new(rows, x, *axis)),
            (op, shapes) => match Move::new(op, shapes, graph.shape(node.output)) {
                Some(copies) => Box::new(copies),
                None => return Err(Error::Unsupported(format!("{} has no kernel", op.name()))),
            },
        })
    }

    fn describe(&self, group: &Group) -> StepDescription {
        let graph = self.fusion.graph;
        let products: Vec<_> = group.products().collect();
        let folded = group.product.iter().chain(group.before.iter().map(|link| &link.product));
        let nodes = products.len()
            + folded.map(|product| product.behind.len()).sum::<usize>()
            + group.before.iter().map(|link| link.terms.len()).sum::<usize>()
            + group.terms.len()
            + usize::from(group.other.is_some());
        let node = products.last().copied().or(group.other).or(group.terms.last().copied());
        let name = match node {
            Some(_) if products.len() > 1 => "a chain of convolutions",
            Some(node) => graph.nodes()[node].op.name(),
            None => "nothing",
        };
        let multiply_adds =
            products.into_iter().chain(group.other).map(|node| self.multiply_adds(node)).sum();
        StepDescription { name, output: group.output, nodes, multiply_adds }
    }

    /// Those of a product.
    pub(super) fn multiply_adds(&self, node: usize) -> u64 {
        let graph = self.fusion.graph;
        let node = &graph.nodes()[node];
        if node.op.is_product() { graph.work(node) as u64 } else { 0 }
    }
}
