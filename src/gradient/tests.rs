//! Every rule against differences of the function itself, in f64, where the function is smooth.

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Gradient, gradient};
use crate::Result;
use crate::graph::{
    Binary, Constant, Convolution, Graph, Op, Origin, Part, Reduction, SparseRows, Unary, ValueId, Window,
    elements,
};
use crate::plain::run;

type Values = Vec<(ValueId, Rc<[f64]>)>;
type Checked = std::result::Result<(), TestCaseError>;

/// Different numbers around 0 in no order, none of them within 0.01 of a multiple of 0.05, nor of one of another
/// `salt`: no kink is near.
fn numbers(shape: &[usize], salt: u64) -> Rc<[f64]> {
    let count = elements(shape).unwrap_or(0).max(1);
    let mut order: Vec<_> = (0..count).collect();
    let mut state = salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for at in (1..count).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (state >> 33) as usize % (at + 1));
    }
    let offset = 0.012 + 0.005 * (salt % 6) as f64;
    let places = count.max(120);
    let step = |at: usize| ((at * places / count) as f64 - places as f64 / 2.0).floor() * 0.05;
    order.into_iter().map(|at| step(at) + offset).collect()
}

/// A network of one operator, whose output may be summed over some axes, so that its gradient is the same along them.
struct Case {
    op: Op<f64>,
    inputs: Vec<Rc<[f64]>>,
    shapes: Vec<Vec<usize>>,
    /// For which of the inputs the gradient is taken.
    place: usize,
    /// Which of the others are constants; else they are kept.
    known: bool,
    summed: Vec<bool>,
    seeds: usize,
}

impl Case {
    fn new(op: Op<f64>, shapes: &[&[usize]]) -> Self {
        Self {
            op,
            inputs: shapes.iter().zip(0..).map(|(shape, salt)| numbers(shape, salt)).collect(),
            shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
            place: 0,
            known: false,
            summed: Vec::new(),
            seeds: 2,
        }
    }

    fn positive(mut self) -> Self {
        self.inputs.iter_mut().for_each(|x| *x = x.iter().map(|x| x.abs() + 0.3).collect());
        self
    }

    fn check(self, place: usize, known: bool, summed: &[bool], seeds: usize) -> Checked {
        Self { place, known, summed: summed.to_vec(), seeds, ..self }.compare()
    }

    fn compare(self) -> Checked {
        let mut graph = Graph::default();
        let mut given = Values::new();
        let mut ids = Vec::new();
        for (place, (shape, values)) in self.shapes.iter().zip(&self.inputs).enumerate() {
            let constant =
                place != self.place && self.known || matches!(self.op, Op::Convolution(_)) && place > 0;
            if constant {
                ids.push(graph.add_constant(Constant::new(shape.clone(), values.clone())));
            } else {
                ids.push(graph.add_input(shape.clone()));
                given.push((ids[place], values.clone()));
            }
        }
        let mut y = graph.add(self.op, &ids)?;
        let axes: Vec<_> =
            (0..graph.shape(y).len()).filter(|&axis| self.summed.get(axis) == Some(&true)).collect();
        if !axes.is_empty() {
            y = graph.add(Op::Reduce(Reduction::Sum, axes), &[y])?;
        }
        agrees(&graph, &given, ids[self.place], y, self.seeds)
    }
}

/// Whether the gradient's graph says what differences do.
fn agrees(graph: &Graph<f64>, given: &Values, target: ValueId, output: ValueId, seeds: usize) -> Checked {
    let mut seed_shape = vec![seeds];
    seed_shape.extend(graph.shape(output));
    let seed = numbers(&seed_shape, 99);
    let found = match gradient(graph, target, output, seeds)? {
        Some(gradient) => evaluate(graph, given, &gradient, seed.clone())?,
        None => return Err(TestCaseError::fail("there is no gradient")),
    };
    let x = run(graph, given, &[target])?[0].clone();
    let size = graph.shape(output).iter().product::<usize>();
    let step = 1e-5;
    let mut expected = vec![0.0; found.len()];
    for at in 0..x.len() {
        let beside = |by: f64| {
            let mut x = x.to_vec();
            x[at] += by;
            let mut given = given.clone();
            given.retain(|(id, _)| *id != target);
            given.push((target, x.into()));
            run(graph, &given, &[output]).map(|mut values| values.remove(0))
        };
        let (up, down) = (beside(step)?, beside(-step)?);
        for (seed_at, seed) in seed.chunks_exact(size).enumerate() {
            let differences = up.iter().zip(&*down).zip(seed);
            expected[seed_at * x.len() + at] =
                differences.map(|((up, down), seed)| (up - down) / (2.0 * step) * seed).sum();
        }
    }
    let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
    let apart: Vec<_> = found.iter().zip(&expected).map(|(found, expected)| found - expected).collect();
    // The rounding of the differences themselves grows with the output.
    let noise = 1e-9 * norm(&run(graph, given, &[output])?[0]);
    let close = norm(&apart) <= 1e-6 * norm(&expected) + noise + 1e-9;
    prop_assert!(close, "{found:?} for {expected:?}");
    Ok(())
}

fn evaluate(
    forward: &Graph<f64>,
    given: &Values,
    gradient: &Gradient<f64>,
    seed: Rc<[f64]>,
) -> Result<Rc<[f64]>> {
    let wanted: Vec<_> = gradient.kept.iter().map(|&(value, _)| value).collect();
    let kept = run(forward, given, &wanted)?;
    let mut inputs = vec![(gradient.seed, seed)];
    inputs.extend(gradient.kept.iter().zip(kept).map(|(&(_, input), values)| (input, values)));
    Ok(run(&gradient.graph, &inputs, &[gradient.result])?.remove(0))
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    vec(1usize..4, 1..4)
}

fn mask() -> impl Strategy<Value = Vec<bool>> {
    vec(any::<bool>(), 5)
}

/// A shape that broadcasts to another: some extents are 1, some leading axes are left out.
fn narrowed(shape: &[usize], mask: &[bool], left_out: usize) -> Vec<usize> {
    let narrow = shape.iter().zip(mask).map(|(&extent, &narrow)| if narrow { 1 } else { extent });
    narrow.skip(left_out.min(shape.len())).collect()
}

fn axes_of(shape: &[usize], mask: &[bool]) -> Vec<usize> {
    (0..shape.len()).filter(|&axis| mask[axis]).collect()
}

/// A window, and an extent of rows and columns that it fits at least once.
fn windows(least: isize) -> impl Strategy<Value = (Window, [usize; 2])> {
    let pair = |range: std::ops::Range<usize>| [range.clone(), range];
    (pair(1..4), pair(1..4), pair(1..3), [least..3, least..3], [least..3, least..3], pair(1..4)).prop_map(
        |(kernel, stride, dilation, before, after, more)| {
            let window = Window { kernel, stride, dilation, before, after };
            let extent = |axis: usize| {
                let least = ((kernel[axis] - 1) * dilation[axis] + 1) as isize - before[axis] - after[axis];
                least.max(0).unsigned_abs() + more[axis]
            };
            let extents = [extent(0), extent(1)];
            (window, extents)
        },
    )
}

const SMOOTH: [Unary<f64>; 14] = [
    Unary::Negate,
    Unary::Absolute,
    Unary::Exp,
    Unary::Reciprocal,
    Unary::Erf,
    Unary::Tanh,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Sin,
    Unary::Cos,
    Unary::Relu,
    Unary::Clamp(-1.0, 1.5),
    Unary::Clamp(0.5, f64::INFINITY),
    Unary::Clamp(f64::NEG_INFINITY, 1.0),
];

const BINARY: [Binary; 8] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::Power,
    Binary::Minimum,
    Binary::Maximum,
    Binary::Modulo,
];

const REDUCTIONS: [Reduction; 5] =
    [Reduction::Sum, Reduction::Mean, Reduction::Maximum, Reduction::Minimum, Reduction::Product];

proptest! {
    #[test]
    fn functions_of_one(f in select(&SMOOTH[..]), shape in shapes(), summed in mask(), seeds in 1usize..4) {
        let case = Case::new(Op::Unary(f), &[&shape]);
        // Not so near to the pole that differences are far from tangents.
        let case = if f == Unary::Reciprocal { case.positive() } else { case };
        case.check(0, false, &summed, seeds)?;
    }

    #[test]
    fn functions_of_what_is_above_0(
        f in select(&[Unary::Log, Unary::Sqrt][..]), shape in shapes(), summed in mask(), seeds in 1usize..4,
    ) {
        Case::new(Op::Unary(f), &[&shape]).positive().check(0, false, &summed, seeds)?;
    }

    #[test]
    fn functions_of_two(
        f in select(&BINARY[..]), shape in shapes(), masks in [mask(), mask()], left_out in [0usize..3, 0usize..3],
        place in 0usize..2, known in any::<bool>(), summed in mask(), seeds in 1usize..4,
    ) {
        let [a, b] = [0, 1].map(|at| narrowed(&shape, &masks[at], left_out[at]));
        let mut case = Case::new(Op::Binary(f), &[&a, &b]);
        if matches!(f, Binary::Divide | Binary::Power | Binary::Modulo) {
            case = case.positive();
        }
        if f == Binary::Modulo {
            // Between whole quotients.
            case.inputs[0] = case.inputs[0].iter().map(|x| x.floor() + 0.5).collect();
            case.inputs[1] = case.inputs[1].iter().map(|_| 0.8).collect();
        }
        case.check(place, known, &summed, seeds)?;
    }

    #[test]
    fn selections(
        shape in shapes(), masks in [mask(), mask(), mask()], left_out in [0usize..2, 0usize..2, 0usize..2],
        place in 1usize..3, known in any::<bool>(), summed in mask(), seeds in 1usize..4,
    ) {
        let shapes = [0, 1, 2].map(|at| narrowed(&shape, &masks[at], left_out[at]));
        let mut case = Case::new(Op::Select, &shapes.each_ref().map(|shape| &shape[..]));
        case.inputs[0] = case.inputs[0].iter().map(|x| if *x < 0.0 { 0.0 } else { *x }).collect();
        case.check(place, known, &summed, seeds)?;
    }

    #[test]
    fn convolutions(
        (window, [height, width]) in windows(-2), n in 1usize..3, input_dilation in [1usize..3, 1usize..3],
        groups in 1usize..4, channels in [1usize..4, 1usize..4], summed in mask(), seeds in 1usize..4,
    ) {
        let [height, width] = [height, width].map(|extent| extent + 1);
        let [kh, kw] = window.kernel;
        let weight = [channels[1] * groups, channels[0], kh, kw];
        let op = Op::Convolution(Convolution { window, input_dilation, groups });
        let x = [n, height, width, channels[0] * groups];
        Case::new(op, &[&x, &weight, &weight[..1]]).check(0, true, &summed, seeds)?;
    }

    #[test]
    fn convolutions_of_one_place(
        n in 1usize..3, extents in [1usize..6, 1usize..6], stride in [1usize..4, 1usize..4],
        after in [-1isize..2, -1isize..2], channels in [1usize..5, 1usize..5], summed in mask(), seeds in 1usize..4,
    ) {
        let window = Window { kernel: [1, 1], stride, dilation: [1, 1], before: [0, 0], after };
        let [height, width] = extents.map(|extent| extent + 1);
        let op = Op::Convolution(Convolution { window, input_dilation: [1, 1], groups: 1 });
        let [from, to] = channels;
        Case::new(op, &[&[n, height, width, from], &[to, from, 1, 1]]).check(0, true, &summed, seeds)?;
    }

    #[test]
    fn products(
        batch in vec(1usize..4, 0..3), masks in [mask(), mask()], left_out in [0usize..3, 0usize..3],
        extents in [1usize..4, 1usize..4, 1usize..4], transposed in any::<[bool; 2]>(),
        place in 0usize..2, known in any::<bool>(), summed in mask(), seeds in 1usize..4,
    ) {
        let [m, k, n] = extents;
        let mut a = narrowed(&batch, &masks[0], left_out[0]);
        let mut b = narrowed(&batch, &masks[1], left_out[1]);
        a.extend(if transposed[0] { [k, m] } else { [m, k] });
        b.extend(if transposed[1] { [n, k] } else { [k, n] });
        let op = Op::MatMul { transpose_a: transposed[0], transpose_b: transposed[1] };
        Case::new(op, &[&a, &b]).check(place, known, &summed, seeds)?;
    }

    #[test]
    fn reductions(
        reduction in select(&REDUCTIONS[..]), shape in shapes(), over in mask(), summed in mask(),
        seeds in 1usize..4,
    ) {
        let axes = axes_of(&shape, &over);
        Case::new(Op::Reduce(reduction, axes), &[&shape]).check(0, false, &summed, seeds)?;
    }

    #[test]
    fn softmaxes_and_normalisations(
        shape in shapes(), over in mask(), axis in 0usize..3, summed in mask(), seeds in 1usize..4,
    ) {
        let softmax = Op::Softmax { axis: axis % shape.len() };
        Case::new(softmax, &[&shape]).check(0, false, &summed, seeds)?;
        let normalise = Op::Normalise { axes: axes_of(&shape, &over), epsilon: 0.1 };
        Case::new(normalise, &[&shape]).check(0, false, &summed, seeds)?;
    }

    #[test]
    fn poolings(
        (window, [height, width]) in windows(-1), n in 1usize..3, channels in 1usize..3, more in 1usize..3,
        summed in mask(), seeds in 1usize..4,
    ) {
        // Less padding than window: one that sees only padding has no derivative.
        let within = |amounts: [isize; 2]| [0, 1].map(|axis: usize| {
            amounts[axis].min(((window.kernel[axis] - 1) * window.dilation[axis]) as isize)
        });
        let (before, after) = (within(window.before), within(window.after));
        let window = Window { before, after, ..window };
        let x = [n, height + 4, width + 4, channels];
        let y = [n * more, window.steps(0, x[1], 1), window.steps(1, x[2], 1), channels];
        Case::new(Op::MaxPool(window.clone()), &[&x]).check(0, false, &summed, seeds)?;
        // It is linear in what it distributes: many equal values are no kink.
        let mut case = Case::new(Op::MaxPoolBackward(window), &[&y, &x]);
        case.inputs[1] = case.inputs[1].iter().map(|x| x.round()).collect();
        case.check(0, true, &summed, seeds)?;
    }

    #[test]
    fn moves(
        shape in shapes(), parts in vec((0usize..3, 1usize..3), 3), pads in vec((0usize..3, 0usize..3), 3),
        axis in 0usize..3, place in 0usize..3, order in Just(vec![0usize, 1, 2]).prop_shuffle(),
        summed in mask(), seeds in 1usize..4,
    ) {
        let rank = shape.len();
        let axis = axis % rank;
        let order: Vec<_> = order.into_iter().filter(|&axis| axis < rank).collect();
        Case::new(Op::Permute(order), &[&shape]).check(0, false, &summed, seeds)?;

        let cut: Vec<_> = shape.iter().zip(&parts).map(|(&extent, &(start, step))| {
            let start = start % extent;
            Part { start, extent: (extent - start).div_ceil(step), step }
        }).collect();
        let extents: Vec<_> = cut.iter().map(|part| part.extent).collect();
        Case::new(Op::Slice(cut.clone()), &[&shape]).check(0, false, &summed, seeds)?;
        let unslice = Op::Unslice { parts: cut, shape: shape.clone() };
        Case::new(unslice, &[&extents]).check(0, false, &summed, seeds)?;

        let pad = Op::Pad { amounts: pads[..rank].to_vec(), value: 1.5 };
        Case::new(pad, &[&shape]).check(0, false, &summed, seeds)?;

        let others = [pads[0].0, pads[1].0].map(|more| {
            let mut other = shape.clone();
            other[axis] += more;
            other
        });
        Case::new(Op::Concat { axis }, &[&shape, &others[0], &others[1]]).check(place, false, &summed, seeds)?;

        let narrow = narrowed(&shape, &summed, pads[0].0);
        Case::new(Op::Broadcast(shape), &[&narrow]).check(0, false, &summed, seeds)?;
    }

    #[test]
    fn reshapes(
        groups in vec(vec(1usize..4, 0..3), 1..4), merged in any::<[[bool; 2]; 3]>(), summed in mask(),
        seeds in 1usize..4,
    ) {
        let shape = |side: usize| -> Vec<usize> {
            let axes = groups.iter().zip(&merged).flat_map(|(group, merged)| {
                if merged[side] { vec![group.iter().product()] } else { group.clone() }
            });
            axes.collect()
        };
        Case::new(Op::Reshape(shape(1)), &[&shape(0)]).check(0, false, &summed, seeds)?;
    }

    #[test]
    fn resamplings(
        shape in shapes(), axis in 0usize..3, rows in vec(vec((0usize..3, -2.0..2.0f64), 0..3), 1..5),
        summed in mask(), seeds in 1usize..4,
    ) {
        let axis = axis % shape.len();
        let inside = |(place, factor): &(usize, f64)| (place % shape[axis], *factor);
        let rows: SparseRows<f64> = rows.iter().map(|row| row.iter().map(inside).collect()).collect();
        Case::new(Op::Linear { axis, rows: Rc::new(rows) }, &[&shape]).check(0, false, &summed, seeds)?;
    }
}

/// A gradient's graph behind its forward graph, as one: what is kept is what it was.
fn joined(mut graph: Graph<f64>, gradient: &Gradient<f64>) -> Result<(Graph<f64>, ValueId, ValueId)> {
    let mut places: Vec<ValueId> = Vec::new();
    for id in gradient.graph.ids() {
        let value = &gradient.graph.values()[id.index()];
        places.push(match &value.origin {
            Origin::Input => match gradient.kept.iter().find(|(_, input)| *input == id) {
                Some((kept, _)) => *kept,
                None => graph.add_input(value.shape.clone()),
            },
            Origin::Constant(constant) => graph.add_constant(constant.clone()),
            Origin::Node(index) => {
                let node = &gradient.graph.nodes()[*index];
                let inputs: Vec<_> = node.inputs.iter().map(|input| places[input.index()]).collect();
                graph.add(node.op.clone(), &inputs)?
            }
        });
    }
    Ok((graph, places[gradient.seed.index()], places[gradient.result.index()]))
}

fn window(kernel: usize, stride: usize) -> Window {
    let around = [kernel as isize / 2; 2];
    Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [1; 2], before: around, after: around }
}

fn convolution(kernel: usize, stride: usize) -> Op<f64> {
    Op::Convolution(Convolution { window: window(kernel, stride), input_dilation: [1, 1], groups: 1 })
}

/// A small network with a bit of all: x `[1, 5, 5, 3]` → `[1, 4]`.
fn network() -> Result<(Graph<f64>, ValueId, ValueId)> {
    let mut graph = Graph::default();
    let x = graph.add_input(vec![1, 5, 5, 3]);
    let constant = |graph: &mut Graph<f64>, shape: &[usize]| {
        graph.add_constant(Constant::new(shape.to_vec(), numbers(shape, 7)))
    };
    let weight = constant(&mut graph, &[4, 3, 3, 3]);
    let y = graph.add(convolution(3, 2), &[x, weight])?;
    let gate = graph.unary(Unary::Sigmoid, y)?;
    let y = graph.binary(Binary::Multiply, y, gate)?;
    let y = graph.add(Op::Normalise { axes: vec![1, 2], epsilon: 0.1 }, &[y])?;
    let y = graph.unary(Unary::Erf, y)?;
    let pooled = graph.add(Op::MaxPool(window(3, 1)), &[y])?;
    let y = graph.binary(Binary::Add, pooled, y)?;
    let rows = graph.reshape(y, &[1, 9, 4])?;
    let y = graph.add(Op::MatMul { transpose_a: true, transpose_b: false }, &[rows, rows])?;
    let y = graph.add(Op::Softmax { axis: 2 }, &[y])?;
    let y = graph.add(Op::Reduce(Reduction::Mean, vec![1]), &[y])?;
    let y = graph.reshape(y, &[1, 4])?;
    Ok((graph, x, y))
}

fn quiet(shape: &[usize]) -> Rc<[f64]> {
    numbers(shape, 3).iter().map(|x| x * 0.2).collect()
}

#[test]
fn rules_chain() -> Checked {
    let (graph, x, y) = network()?;
    let given = vec![(x, quiet(&[1, 5, 5, 3]))];
    agrees(&graph, &given, x, y, 3)
}

#[test]
fn a_gradient_has_a_gradient() -> Checked {
    let (graph, x, y) = network()?;
    let Some(first) = gradient(&graph, x, y, 2)? else { panic!("there is a gradient") };
    let (graph, seed, result) = joined(graph, &first)?;
    let given = vec![(x, quiet(&[1, 5, 5, 3])), (seed, numbers(&[2, 1, 4], 4))];
    agrees(&graph, &given, x, result, 1)?;
    agrees(&graph, &given, seed, result, 1)
}

/// x `[1, 6, 6, 4]` → 1x1 convolution → positions as an axis → mean → linear, as a classifier's head.
#[test]
fn behind_a_mean_over_positions_a_gradient_stays_one_value() -> Checked {
    let mut graph = Graph::<f64>::default();
    let x = graph.add_input(vec![1, 6, 6, 4]);
    let weight = graph.add_constant(Constant::new(vec![8, 4, 1, 1], numbers(&[8, 4, 1, 1], 1)));
    let y = graph.add(convolution(1, 1), &[x, weight])?;
    let y = graph.reshape(y, &[1, 36, 8])?;
    let y = graph.add(Op::Reduce(Reduction::Mean, vec![1]), &[y])?;
    let y = graph.reshape(y, &[1, 8])?;
    let linear = graph.add_constant(Constant::new(vec![3, 8], numbers(&[3, 8], 2)));
    let scores = graph.add(Op::MatMul { transpose_a: false, transpose_b: true }, &[y, linear])?;
    let Some(Gradient { graph: back, result, kept, .. }) = gradient(&graph, x, scores, 3)? else {
        panic!("there is a gradient")
    };
    assert!(kept.is_empty(), "nothing but weights is needed");
    assert_eq!(back.shape(result), [3, 1, 6, 6, 4]);
    for node in back.nodes().iter().filter(|node| node.output != result) {
        assert!(elements(back.shape(node.output)) <= Some(3 * 8), "{node:?} has more than one position");
    }
    let weights = [weight, linear].map(|weight| graph.constant(weight).map(Constant::identity));
    for weight in weights {
        let shared = |id| back.constant(id).map(Constant::identity) == weight;
        assert!(back.ids().any(shared), "the weight itself is used");
    }
    let given = vec![(x, numbers(&[1, 6, 6, 4], 0))];
    agrees(&graph, &given, x, scores, 3)
}

#[test]
fn what_rules_need_twice_is_kept_once_and_what_nobody_needs_not_at_all() -> Checked {
    let mut graph = Graph::<f64>::default();
    let x = graph.add_input(vec![4]);
    let y = graph.unary(Unary::Tanh, x)?;
    let square = graph.binary(Binary::Multiply, y, y)?;
    // A way that ends: where it would need its own values.
    let steps = graph.unary(Unary::Floor, x)?;
    let sine = graph.unary(Unary::Sin, steps)?;
    let sum = graph.binary(Binary::Add, square, sine)?;
    let Some(gradient) = gradient(&graph, x, sum, 1)? else { panic!("there is a gradient") };
    assert_eq!(gradient.kept.iter().map(|(value, _)| *value).collect::<Vec<_>>(), [y]);
    let given = vec![(x, numbers(&[4], 0))];
    agrees(&graph, &given, x, sum, 2)
}

#[test]
fn what_does_not_depend_on_the_target_has_no_gradient() -> Result<()> {
    let mut graph = Graph::<f64>::default();
    let (x, other) = (graph.add_input(vec![4]), graph.add_input(vec![4]));
    let (whole, apart) = (graph.unary(Unary::Round, x)?, graph.unary(Unary::Exp, other)?);
    let y = graph.binary(Binary::Add, whole, apart)?;
    assert!(gradient(&graph, x, y, 1)?.is_none(), "rounding has no derivative");
    assert!(gradient(&graph, apart, whole, 1)?.is_none());
    let Some(itself) = gradient(&graph, y, y, 2)? else { panic!("a value depends on itself") };
    assert_eq!(itself.result, itself.seed);
    Ok(())
}

#[test]
fn values_at_kinks_are_as_documented() -> Result<()> {
    let at = |f: Unary<f64>, x: [f64; 3]| -> Result<Vec<f64>> {
        let mut graph = Graph::default();
        let id = graph.add_input(vec![3]);
        let y = graph.unary(f, id)?;
        let Some(gradient) = gradient(&graph, id, y, 1)? else { panic!("there is a gradient") };
        Ok(evaluate(&graph, &vec![(id, x.into())], &gradient, Rc::from([1.0; 3]))?.to_vec())
    };
    assert_eq!(at(Unary::Relu, [-1.0, 0.0, 1.0])?, [0.0, 0.0, 1.0]);
    assert_eq!(at(Unary::Clamp(0.0, 6.0), [0.0, 6.0, 7.0])?, [1.0, 1.0, 0.0]);
    assert_eq!(at(Unary::RoundStraight, [0.2, 0.5, 1.7])?, [1.0, 1.0, 1.0]);
    assert_eq!(at(Unary::Absolute, [-2.0, 0.0, 2.0])?, [-1.0, 0.0, 1.0]);
    Ok(())
}

#[test]
fn a_weight_that_depends_on_the_picture_is_an_error() -> Result<()> {
    let mut graph = Graph::<f64>::default();
    let (x, weight) = (graph.add_input(vec![1, 5, 5, 3]), graph.add_input(vec![4, 3, 3, 3]));
    let y = graph.add(convolution(3, 1), &[x, weight])?;
    assert!(gradient(&graph, weight, y, 1).is_err());
    Ok(())
}

#[test]
fn guided_backpropagation_cuts_what_is_negative_behind_each_activation() -> Result<()> {
    use super::gradient_of;
    // y = (σ(x) x, relu(x), x²) ∘ (1, -1, -1): of SiLU and ReLU what comes back is cut, of a square nothing.
    let at = |is_guided: bool, seed: [f64; 3]| -> Result<Vec<f64>> {
        let mut graph = Graph::<f64>::default();
        let x = graph.add_input(vec![1]);
        let shift = graph.add_scalar(1.0);
        let x_more = graph.binary(Binary::Add, x, shift)?;
        let gate = graph.unary(Unary::Sigmoid, x_more)?;
        let silu = graph.binary(Binary::Multiply, x_more, gate)?;
        let relu = graph.unary(Unary::Relu, x)?;
        let square = graph.binary(Binary::Multiply, x, x)?;
        let y = graph.add(Op::Concat { axis: 0 }, &[silu, relu, square])?;
        let Some(found) = gradient_of(&graph, x, y, is_guided, |graph| Ok(graph.add_input(vec![1, 3])))?
        else {
            panic!("there is a gradient")
        };
        Ok(evaluate(&graph, &vec![(x, Rc::from([2.0]))], &found, Rc::from(seed))?.to_vec())
    };
    let sigmoid = 1.0 / (1.0 + (-3.0f64).exp());
    let silu = sigmoid + 3.0 * sigmoid * (1.0 - sigmoid);
    let close = |found: Vec<f64>, expected: f64| assert!((found[0] - expected).abs() < 1e-12, "{found:?}");
    close(at(false, [1.0, -1.0, -1.0])?, silu - 1.0 - 4.0);
    close(at(true, [1.0, -1.0, -1.0])?, silu - 4.0);
    close(at(true, [-1.0, 1.0, 0.0])?, 1.0);
    Ok(())
}
