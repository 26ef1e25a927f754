//! Graphs in both arithmetics.

use std::rc::Rc;

use crate::Result;
use crate::cpu::{Plan, Team, Weights};
use crate::graph::{Binary, Constant, Convolution, Graph, Op, Origin, Unary, ValueId, Window, elements};
use crate::plain;

/// Numbers that look random, from -1 to 1.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 ^ (self.0 >> 29)) >> 20
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn number(&mut self) -> f32 {
        (self.next() % 20_001) as f32 / 10_000.0 - 1.0
    }

    pub fn numbers(&mut self, shape: &[usize]) -> Vec<f32> {
        (0..shape.iter().product()).map(|_| self.number()).collect()
    }

    pub fn constant(&mut self, graph: &mut Graph<f32>, shape: &[usize]) -> ValueId {
        let values = self.numbers(shape);
        graph.add_constant(Constant::new(shape.to_vec(), values))
    }
}

pub fn window(kernel: usize, stride: usize, padding: isize) -> Window {
    Window {
        kernel: [kernel; 2],
        stride: [stride; 2],
        dilation: [1; 2],
        before: [padding; 2],
        after: [padding; 2],
    }
}

pub fn convolution(window: Window, groups: usize) -> Op<f32> {
    Op::Convolution(Convolution { window, input_dilation: [1; 2], groups })
}

/// The same graph in f64.
fn doubled(graph: &Graph<f32>) -> Result<Graph<f64>> {
    let mut double = Graph::default();
    for value in graph.values() {
        match &value.origin {
            Origin::Input => double.add_input(value.shape.clone()),
            Origin::Constant(constant) => {
                let values: Vec<_> = constant.read()?.iter().map(|value| f64::from(*value)).collect();
                double.add_constant(Constant::new(value.shape.clone(), values))
            }
            Origin::Node(node) => {
                let node = &graph.nodes()[*node];
                double.add(doubled_op(&node.op), &node.inputs)?
            }
        };
    }
    Ok(double)
}

fn doubled_op(op: &Op<f32>) -> Op<f64> {
    match op.clone() {
        Op::Unary(unary) => Op::Unary(doubled_unary(unary)),
        Op::Linear { axis, rows } => {
            let row =
                |row: &Vec<(usize, f32)>| row.iter().map(|&(at, factor)| (at, f64::from(factor))).collect();
            Op::Linear { axis, rows: Rc::new(rows.iter().map(row).collect()) }
        }
        Op::Pad { amounts, value } => Op::Pad { amounts, value: f64::from(value) },
        Op::Convolution(convolution) => Op::Convolution(convolution),
        Op::MatMul { transpose_a, transpose_b } => Op::MatMul { transpose_a, transpose_b },
        Op::Binary(binary) => Op::Binary(binary),
        Op::Select => Op::Select,
        Op::Reduce(reduction, axes) => Op::Reduce(reduction, axes),
        Op::Softmax { axis } => Op::Softmax { axis },
        Op::Normalise { axes, epsilon } => Op::Normalise { axes, epsilon },
        Op::MaxPool(window) => Op::MaxPool(window),
        Op::MaxPoolBackward(window) => Op::MaxPoolBackward(window),
        Op::Permute(order) => Op::Permute(order),
        Op::Reshape(shape) => Op::Reshape(shape),
        Op::Slice(parts) => Op::Slice(parts),
        Op::Unslice { parts, shape } => Op::Unslice { parts, shape },
        Op::Concat { axis } => Op::Concat { axis },
        Op::Broadcast(shape) => Op::Broadcast(shape),
    }
}

fn doubled_unary(unary: Unary<f32>) -> Unary<f64> {
    macro_rules! same {
        ($($name:ident),*) => {
            match unary {
                Unary::Clamp(low, high) => Unary::Clamp(low.into(), high.into()),
                Unary::Within(low, high) => Unary::Within(low.into(), high.into()),
                $(Unary::$name => Unary::$name,)*
            }
        };
    }
    same!(
        Negate,
        Absolute,
        Exp,
        Log,
        Sqrt,
        Reciprocal,
        Erf,
        Tanh,
        Sigmoid,
        Softplus,
        Sin,
        Cos,
        Relu,
        Step,
        Sign,
        Round,
        RoundStraight,
        Floor,
        Ceil,
        Not
    )
}

/// A graph with one input, and what it is built with.
pub struct Net {
    pub graph: Graph<f32>,
    pub random: Random,
    pub x: ValueId,
}

impl Net {
    pub fn new(shape: &[usize]) -> Self {
        let mut graph = Graph::default();
        let x = graph.add_input(shape.to_vec());
        Self { graph, random: Random(11), x }
    }

    pub fn pointwise(&mut self, x: ValueId, outputs: usize) -> Result<ValueId> {
        let inputs = self.graph.shape(x)[3];
        let weight = self.random.constant(&mut self.graph, &[outputs, inputs, 1, 1]);
        self.graph.add(convolution(window(1, 1, 0), 1), &[x, weight])
    }

    pub fn depthwise(&mut self, x: ValueId, stride: usize) -> Result<ValueId> {
        let channels = self.graph.shape(x)[3];
        let weight = self.random.constant(&mut self.graph, &[channels, 1, 3, 3]);
        let bias = self.random.constant(&mut self.graph, &[channels]);
        self.graph.add(convolution(window(3, stride, 1), channels), &[x, weight, bias])
    }

    pub fn with_constant(&mut self, binary: Binary, x: ValueId, shape: &[usize]) -> Result<ValueId> {
        let constant = self.random.constant(&mut self.graph, shape);
        self.graph.binary(binary, x, constant)
    }

    pub fn silu(&mut self, x: ValueId) -> Result<ValueId> {
        let gate = self.graph.unary(Unary::Sigmoid, x)?;
        self.graph.binary(Binary::Multiply, x, gate)
    }

    pub fn steps(&self, outputs: &[ValueId]) -> Result<usize> {
        Case { graph: &self.graph, outputs }.check(3)
    }
}

/// What to do beside planning a graph.
pub struct Case<'a> {
    pub graph: &'a Graph<f32>,
    pub outputs: &'a [ValueId],
}

impl Case<'_> {
    /// Runs the plan and the plain loops, and answers with the number of steps.
    pub fn check(&self, seed: u64) -> Result<usize> {
        self.check_with(seed, &mut Weights::default())
    }

    /// As [`Self::check`], with weights that other plans may have packed.
    pub fn check_with(&self, seed: u64, weights: &mut Weights) -> Result<usize> {
        let Self { graph, outputs } = self;
        let mut random = Random(seed);
        let given: Vec<(ValueId, Vec<f32>)> =
            (graph.ids().filter(|id| matches!(graph.values()[id.index()].origin, Origin::Input)))
                .map(|id| (id, random.numbers(graph.shape(id))))
                .collect();
        let double = doubled(graph)?;
        let doubles: Vec<(ValueId, Rc<[f64]>)> = given
            .iter()
            .map(|(id, values)| (*id, values.iter().map(|value| f64::from(*value)).collect()))
            .collect();
        let expected = plain::run(&double, &doubles, outputs)?;
        let plan = Plan::new(graph, outputs, weights)?;
        let found = run(&plan, given)?;
        assert_eq!(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), *outputs);
        for ((id, found), expected) in found.iter().zip(&expected) {
            assert_eq!(found.len(), expected.len());
            assert_eq!(Some(found.len()), elements(graph.shape(*id)));
            let largest = expected
                .iter()
                .filter(|value| value.is_finite())
                .fold(1e-2, |most: f64, value| most.max(value.abs()));
            for (at, (found, expected)) in found.iter().zip(&**expected).enumerate() {
                let near = f64::from(*found) == *expected
                    || (f64::from(*found) - expected).abs() <= 2e-5 * largest
                    || found.is_nan() && expected.is_nan()
                    || expected.abs() > 1e30;
                let node = graph.node(*id).map(|node| {
                    (&node.op, node.inputs.iter().map(|&id| graph.shape(id)).collect::<Vec<_>>())
                });
                assert!(
                    near,
                    "{found} is not {expected}, at {at} of {:?}, by {node:?}, seed {seed}, steps {:?}",
                    graph.shape(*id),
                    plan.steps().collect::<Vec<_>>()
                );
            }
        }
        Ok(plan.steps().len())
    }
}

pub fn run(plan: &Plan, inputs: Vec<(ValueId, Vec<f32>)>) -> Result<Vec<(ValueId, Rc<[f32]>)>> {
    let inputs = inputs.into_iter().map(|(input, values)| (input, values.into())).collect();
    let mut run = plan.start(inputs, &Team::ALONE)?;
    while run.advance()? {}
    Ok(run.finish())
}
