//! The graph of a gradient while it grows, and the words that rules are written in.

use crate::Result;
use crate::graph::{Binary, Graph, Number, Op, Reduction, Unary, ValueId};

/// In every shape of a gradient, axis 0 are the seeds; axis `i + 1` is axis `i` of the forward value.
pub struct Builder<'a, T> {
    pub forward: &'a Graph<T>,
    pub graph: Graph<T>,
    taken: Vec<Option<ValueId>>,
    kept: Vec<(ValueId, ValueId)>,
}

impl<'a, T: Number> Builder<'a, T> {
    pub fn new(forward: &'a Graph<T>) -> Self {
        let taken = vec![None; forward.values().len()];
        Self { forward, graph: Graph::default(), taken, kept: Vec::new() }
    }

    /// The graph, and what it keeps for this result: a path that ended at an operator without derivative may have
    /// asked for more.
    pub fn finish(mut self, result: ValueId) -> (Graph<T>, Vec<(ValueId, ValueId)>) {
        let mut used = vec![false; self.graph.values().len()];
        for (node, needed) in self.graph.nodes().iter().zip(self.graph.needed(&[result])) {
            node.inputs.iter().for_each(|input| used[input.index()] |= needed);
        }
        self.kept.retain(|(_, input)| used[input.index()]);
        (self.graph, self.kept)
    }

    /// A value of the forward graph: a constant as it is, all else as one more input.
    pub fn take(&mut self, value: ValueId) -> ValueId {
        if let Some(taken) = self.taken[value.index()] {
            return taken;
        }
        let taken = match self.forward.constant(value) {
            Some(constant) => self.graph.add_constant(constant.clone()),
            None => {
                let input = self.graph.add_input(self.forward.shape(value).to_vec());
                self.kept.push((value, input));
                input
            }
        };
        self.taken[value.index()] = Some(taken);
        taken
    }

    pub fn unary(&mut self, f: Unary<T>, x: ValueId) -> Result<ValueId> {
        self.graph.unary(f, x)
    }

    pub fn plus(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.graph.binary(Binary::Add, a, b)
    }

    pub fn minus(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.graph.binary(Binary::Subtract, a, b)
    }

    pub fn times(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.graph.binary(Binary::Multiply, a, b)
    }

    pub fn over(&mut self, a: ValueId, b: ValueId) -> Result<ValueId> {
        self.graph.binary(Binary::Divide, a, b)
    }

    pub fn negative(&mut self, x: ValueId) -> Result<ValueId> {
        self.unary(Unary::Negate, x)
    }

    /// Factor times x; no node for a factor of 1.
    pub fn scaled(&mut self, factor: f64, x: ValueId) -> Result<ValueId> {
        if factor == 1.0 {
            return Ok(x);
        }
        let factor = self.graph.add_scalar(factor);
        self.times(x, factor)
    }

    /// 1 - x
    pub fn rest(&mut self, x: ValueId) -> Result<ValueId> {
        let one = self.graph.add_scalar(1.0);
        self.minus(one, x)
    }

    /// Over axes of the shape in this graph; no node if they have an extent of 1.
    pub fn reduced(&mut self, reduction: Reduction, x: ValueId, axes: &[usize]) -> Result<ValueId> {
        if axes.iter().all(|&axis| self.graph.shape(x)[axis] == 1) {
            return Ok(x);
        }
        self.graph.add(Op::Reduce(reduction, axes.to_vec()), &[x])
    }

    /// A gradient's extents beyond the seeds.
    pub fn extents(&self, g: ValueId) -> &[usize] {
        &self.graph.shape(g)[1..]
    }

    /// The gradient of a value of this shape, with the extents of that shape.
    pub fn full(&mut self, g: ValueId, shape: &[usize]) -> Result<ValueId> {
        self.full_along(g, shape, |_| true)
    }

    /// The gradient of a value of this shape, with its extents along those axes at least.
    pub fn full_along(
        &mut self,
        g: ValueId,
        shape: &[usize],
        along: impl Fn(usize) -> bool,
    ) -> Result<ValueId> {
        let mut full = self.graph.shape(g).to_vec();
        for (axis, &extent) in shape.iter().enumerate() {
            if along(axis) {
                full[axis + 1] = extent;
            }
        }
        if full == self.graph.shape(g) {
            return Ok(g);
        }
        self.graph.add(Op::Broadcast(full), &[g])
    }

    /// The gradient of a value of shape `from`, summed to that of a value of shape `to` which was broadcast to it.
    pub fn summed(&mut self, g: ValueId, from: &[usize], to: &[usize]) -> Result<ValueId> {
        let added = from.len() - to.len();
        let mut shape = self.graph.shape(g).to_vec();
        let (mut axes, mut same) = (Vec::new(), 1);
        for (axis, &extent) in from.iter().enumerate() {
            if extent != 1 && (axis < added || to[axis - added] == 1) {
                match shape[axis + 1] {
                    // One value stands for as many as there are.
                    1 => same *= extent,
                    _ => axes.push(axis + 1),
                }
                shape[axis + 1] = 1;
            }
        }
        let sum = self.reduced(Reduction::Sum, g, &axes)?;
        let sum = self.scaled(same as f64, sum)?;
        shape.drain(1..=added);
        self.graph.reshape(sum, &shape)
    }
}
