//! Graphs that nobody would draw.

use super::support::{Case, Random, convolution, window};
use crate::Result;
use crate::graph::{Binary, Constant, Graph, Op, Part, Reduction, Unary, ValueId};

/// A graph that grows by operators that keep numbers small and have no jumps: what rounding does to them stays small.
struct Growing {
    random: Random,
    graph: Graph<f32>,
    values: Vec<ValueId>,
}

impl Growing {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut graph = Graph::default();
        let [n, h, w, c] =
            [1 + random.below(2), 2 + random.below(5), 2 + random.below(5), 1 + random.below(9)];
        let values = vec![graph.add_input(vec![n, h, w, c]), graph.add_input(vec![n, h, w, c])];
        Self { random, graph, values }
    }

    /// One of the values, those behind more often than those in front.
    fn value(&mut self) -> ValueId {
        let from = if self.random.below(2) == 0 { self.values.len() - 1 } else { 0 };
        self.values[from + self.random.below(self.values.len() - from)]
    }

    fn weight(&mut self, shape: &[usize], covered: usize) -> ValueId {
        let values = self.random.numbers(shape).into_iter().map(|value| value / (covered as f32).sqrt());
        self.graph.add_constant(Constant::new(shape.to_vec(), values.collect::<Vec<_>>()))
    }

    fn grow(&mut self) -> Result<()> {
        let x = self.value();
        let shape = self.graph.shape(x).to_vec();
        let &[n, h, w, c] = &shape[..] else { return Ok(()) };
        let outputs = if self.random.below(2) == 0 { c } else { 1 + self.random.below(20) };
        let y = match self.random.below(16) {
            0 | 1 => {
                let weight = self.weight(&[outputs, c, 1, 1], c);
                let bias = self.weight(&[outputs], 1);
                self.graph.add(convolution(window(1, 1, 0), 1), &[x, weight, bias])?
            }
            2 => {
                let (stride, weight) = (1 + self.random.below(2), self.weight(&[outputs, c, 3, 3], 9 * c));
                self.graph.add(convolution(window(3, stride, 1), 1), &[x, weight])?
            }
            3 => {
                let weight = self.weight(&[c, 1, 3, 3], 9);
                self.graph.add(convolution(window(3, 1, 1), c), &[x, weight])?
            }
            4 => {
                let weight = self.weight(&[c, outputs], c);
                self.graph.add(Op::MatMul { transpose_a: false, transpose_b: false }, &[x, weight])?
            }
            5..=7 => {
                let unary = [
                    Unary::Relu,
                    Unary::Clamp(-0.5, 1.5),
                    Unary::Sigmoid,
                    Unary::Tanh,
                    Unary::Erf,
                    Unary::Negate,
                    Unary::Absolute,
                    Unary::Softplus,
                ];
                self.graph.unary(unary[self.random.below(unary.len())], x)?
            }
            8 | 9 => {
                let shapes: [&[usize]; 5] = [&[c], &[], &[1, 1, 1, c], &[h, 1, 1], &[n, 1, w, 1]];
                let shape = shapes[self.random.below(5)];
                let constant = self.weight(shape, 1);
                self.binary(x, constant)?
            }
            10 | 11 => {
                let fits = |y: &ValueId| {
                    let y = self.graph.shape(*y);
                    y.len() == 4 && y.iter().zip(&shape).all(|(y, x)| y == x || *y == 1)
                };
                let others: Vec<_> = self.values.iter().copied().filter(fits).collect();
                let y = others[self.random.below(others.len())];
                self.binary(x, y)?
            }
            12 => {
                let mean = self.graph.add(Op::Reduce(Reduction::Mean, vec![1, 2]), &[x])?;
                let shape = if self.random.below(2) == 0 { shape } else { vec![n, 1, 1, c] };
                self.graph.add(Op::Broadcast(shape), &[mean])?
            }
            13 => match self.random.below(3) {
                0 => self.graph.add(Op::Normalise { axes: vec![3], epsilon: 0.1 }, &[x])?,
                1 => self.graph.add(Op::Softmax { axis: 3 }, &[x])?,
                _ => self.graph.add(Op::MaxPool(window(2, 1, 0)), &[x]).unwrap_or(x),
            },
            14 => match self.random.below(3) {
                0 => {
                    let turned = self.graph.permute(x, &[0, 3, 1, 2])?;
                    self.graph.permute(turned, &[0, 2, 3, 1])?
                }
                1 => {
                    let rows = self.graph.reshape(x, &[n, h * w, c])?;
                    self.graph.reshape(rows, &[n, w, h, c])?
                }
                _ => {
                    let part = |extent| Part { start: 0, extent, step: 1 };
                    self.graph.add(Op::Slice(vec![part(n), part(h - h / 2), part(w), part(c)]), &[x])?
                }
            },
            _ => {
                let rows = self.graph.reshape(x, &[n, h * w, c])?;
                let scores =
                    self.graph.add(Op::MatMul { transpose_a: false, transpose_b: true }, &[rows, rows])?;
                let weights = self.graph.add(Op::Softmax { axis: 2 }, &[scores])?;
                let sums = self
                    .graph
                    .add(Op::MatMul { transpose_a: false, transpose_b: false }, &[weights, rows])?;
                self.graph.reshape(sums, &shape)?
            }
        };
        self.values.push(y);
        Ok(())
    }

    fn binary(&mut self, x: ValueId, y: ValueId) -> Result<ValueId> {
        let binary = [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Minimum][self.random.below(4)];
        let (a, b) = if self.random.below(3) == 0 { (y, x) } else { (x, y) };
        self.graph.binary(binary, a, b)
    }
}

#[test]
fn any_graph_gives_what_plain_loops_give() -> Result<()> {
    for seed in 0..600 {
        let mut growing = Growing::new(seed);
        for _ in 0..4 + growing.random.below(16) {
            growing.grow()?;
        }
        let last = *growing.values.last().unwrap_or(&growing.values[0]);
        let mut outputs = vec![last];
        outputs.extend((0..growing.random.below(3)).map(|_| growing.value()));
        Case { graph: &growing.graph, outputs: &outputs }.check(seed)?;
    }
    Ok(())
}
