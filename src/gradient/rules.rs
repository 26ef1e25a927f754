//! The table: for each operator, what the gradient g of its output makes of each of its inputs.
//!
//! Rules are written in core operators, so that what runs a graph runs its gradient, and a gradient has one itself.

use super::builder::Builder;
use super::{moves, windows};
use crate::Result;
use crate::graph::{Binary, Node, Number, Op, Reduction, Unary, ValueId};

/// ∂/∂x of a node for its input x in this place, where g is ∂/∂y of its output; `None` if there is no derivative.
pub fn rule<T: Number>(
    b: &mut Builder<T>,
    node: &Node<T>,
    place: usize,
    g: ValueId,
) -> Result<Option<ValueId>> {
    let forward = b.forward;
    let (inputs, x, y) = (&node.inputs[..], node.inputs[place], node.output);
    let (from, to) = (forward.shape(y), forward.shape(x));
    Ok(Some(match (&node.op, inputs) {
        (Op::Unary(f), _) => return unary(b, *f, x, y, g),
        (Op::Binary(f), &[a, other]) => match binary(b, *f, place == 0, (a, other, y), g)? {
            Some(g) => b.summed(g, from, to)?,
            None => return Ok(None),
        },
        (Op::Select, &[condition, ..]) => match select(b, condition, place, g)? {
            Some(g) => b.summed(g, from, to)?,
            None => return Ok(None),
        },
        (&Op::MatMul { transpose_a, transpose_b }, &[a, other]) => {
            let g = product(b, place, (a, transpose_a), (other, transpose_b), g)?;
            // The matrix of x is full or the same along an axis; only leading axes were broadcast.
            let batch = &from[..from.len() - 2];
            b.summed(g, &[batch, &to[to.len() - 2..]].concat(), to)?
        }
        (Op::Reduce(reduction, axes), _) => reduce(b, *reduction, axes, x, y, g)?,
        (Op::Softmax { axis }, _) => softmax(b, *axis, y, g)?,
        (Op::Normalise { axes, epsilon }, _) => normalise(b, axes, *epsilon, x, g)?,
        (Op::Convolution(convolution), &[_, weight, ..]) => {
            windows::convolution(b, convolution, place, weight, (from, to), g)?
        }
        (Op::MaxPool(window), _) => windows::max_pool(b, window, x, from, g)?,
        (Op::MaxPoolBackward(window), &[_, x]) if place == 0 => {
            windows::max_pool_backward(b, window, x, (from, to), g)?
        }
        (Op::Linear { axis, rows }, _) => moves::linear(b, *axis, rows, (from, to), g)?,
        (Op::Permute(order), _) => moves::permute(b, order, g)?,
        (Op::Reshape(_), _) => moves::reshape(b, (from, to), g)?,
        (Op::Slice(parts), _) => moves::unslice(b, parts, (from, to), g)?,
        (Op::Unslice { parts, .. }, _) => moves::slice(b, parts, g)?,
        (Op::Pad { amounts, .. }, _) => moves::inside(b, amounts, to, g)?,
        (Op::Concat { axis }, _) => {
            let start = inputs[..place].iter().map(|&input| forward.shape(input)[*axis]).sum();
            moves::part(b, *axis, start, to, g)?
        }
        (Op::Broadcast(_), _) => b.summed(g, from, to)?,
        // The second input of a pooling's gradient: which value is the largest.
        _ => return Ok(None),
    }))
}

/// g f'(x)
fn unary<T: Number>(
    b: &mut Builder<T>,
    f: Unary<T>,
    x: ValueId,
    y: ValueId,
    g: ValueId,
) -> Result<Option<ValueId>> {
    let slope = match f {
        Unary::RoundStraight => return Ok(Some(g)),
        Unary::Negate => return b.negative(g).map(Some),
        Unary::Absolute => {
            let x = b.take(x);
            b.unary(Unary::Sign, x)?
        }
        Unary::Exp => b.take(y),
        // 1 / x
        Unary::Log => {
            let x = b.take(x);
            b.unary(Unary::Reciprocal, x)?
        }
        // 1 / 2y
        Unary::Sqrt => {
            let y = b.take(y);
            let twice = b.scaled(2.0, y)?;
            b.unary(Unary::Reciprocal, twice)?
        }
        // -y²
        Unary::Reciprocal => {
            let y = b.take(y);
            let square = b.times(y, y)?;
            b.negative(square)?
        }
        // 2/√π exp(-x²)
        Unary::Erf => {
            let x = b.take(x);
            let square = b.times(x, x)?;
            let power = b.negative(square)?;
            let bell = b.unary(Unary::Exp, power)?;
            b.scaled(std::f64::consts::FRAC_2_SQRT_PI, bell)?
        }
        // 1 - y²
        Unary::Tanh => {
            let y = b.take(y);
            let square = b.times(y, y)?;
            b.rest(square)?
        }
        // y (1 - y)
        Unary::Sigmoid => {
            let y = b.take(y);
            let rest = b.rest(y)?;
            b.times(y, rest)?
        }
        Unary::Softplus => {
            let x = b.take(x);
            b.unary(Unary::Sigmoid, x)?
        }
        Unary::Sin => {
            let x = b.take(x);
            b.unary(Unary::Cos, x)?
        }
        Unary::Cos => {
            let x = b.take(x);
            let sine = b.unary(Unary::Sin, x)?;
            b.negative(sine)?
        }
        // y is above 0 where x is, and is at hand where an executor joins a ReLU to what is before it.
        Unary::Relu => {
            let y = b.take(y);
            b.unary(Unary::Step, y)?
        }
        // Not by y, which does not tell a value at a bound from one beyond.
        Unary::Clamp(low, high) => {
            let x = b.take(x);
            b.unary(Unary::Within(low, high), x)?
        }
        Unary::Within(..)
        | Unary::Step
        | Unary::Sign
        | Unary::Round
        | Unary::Floor
        | Unary::Ceil
        | Unary::Not => return Ok(None),
    };
    b.times(g, slope).map(Some)
}

/// g ∂f/∂a for the first, g ∂f/∂b for the second; not yet summed over axes along which the input was broadcast.
fn binary<T: Number>(
    b: &mut Builder<T>,
    f: Binary,
    first: bool,
    (one, two, y): (ValueId, ValueId, ValueId),
    g: ValueId,
) -> Result<Option<ValueId>> {
    let compared = |b: &mut Builder<T>, how, left, right| {
        let (left, right) = (b.take(left), b.take(right));
        let chosen = b.graph.binary(how, left, right)?;
        b.times(g, chosen)
    };
    Ok(Some(match (f, first) {
        (Binary::Add, _) | (Binary::Subtract | Binary::Modulo, true) => g,
        (Binary::Subtract, false) => b.negative(g)?,
        (Binary::Multiply, _) => {
            let other = b.take(if first { two } else { one });
            b.times(g, other)?
        }
        (Binary::Divide, true) => {
            let two = b.take(two);
            b.over(g, two)?
        }
        // -g y / b
        (Binary::Divide, false) => {
            let (two, y) = (b.take(two), b.take(y));
            let slope = b.over(y, two)?;
            let g = b.times(g, slope)?;
            b.negative(g)?
        }
        // g b aᵇ⁻¹
        (Binary::Power, true) => {
            let less = match b.forward.constant(two) {
                Some(power) => {
                    let less = power.map(power.shape().to_vec(), |power| {
                        power.iter().map(|&power| power - T::ONE).collect()
                    });
                    b.graph.add_constant(less)
                }
                None => {
                    let (power, one) = (b.take(two), b.graph.add_scalar(1.0));
                    b.minus(power, one)?
                }
            };
            let (base, power) = (b.take(one), b.take(two));
            let below = b.graph.binary(Binary::Power, base, less)?;
            let slope = b.times(below, power)?;
            b.times(g, slope)?
        }
        // g y ln a, and 0 where a is: so is y for all b > 0.
        (Binary::Power, false) => {
            let (base, y) = (b.take(one), b.take(y));
            let (logarithm, zero) = (b.unary(Unary::Log, base)?, b.graph.add_scalar(0.0));
            let logarithm = b.graph.add(Op::Select, &[base, logarithm, zero])?;
            let slope = b.times(y, logarithm)?;
            b.times(g, slope)?
        }
        (Binary::Minimum, true) => compared(b, Binary::LessOrEqual, one, two)?,
        (Binary::Minimum, false) => compared(b, Binary::Less, two, one)?,
        (Binary::Maximum, true) => compared(b, Binary::LessOrEqual, two, one)?,
        (Binary::Maximum, false) => compared(b, Binary::Less, one, two)?,
        // a - b ⌊a / b⌋
        (Binary::Modulo, false) => {
            let (one, two) = (b.take(one), b.take(two));
            let quotient = b.over(one, two)?;
            let whole = b.unary(Unary::Floor, quotient)?;
            let g = b.times(g, whole)?;
            b.negative(g)?
        }
        (Binary::Equal | Binary::Less | Binary::LessOrEqual, _) => return Ok(None),
    }))
}

/// g where it was chosen, 0 elsewhere; not yet summed.
fn select<T: Number>(
    b: &mut Builder<T>,
    condition: ValueId,
    place: usize,
    g: ValueId,
) -> Result<Option<ValueId>> {
    if place == 0 {
        return Ok(None);
    }
    let (condition, zero) = (b.take(condition), b.graph.add_scalar(0.0));
    let (chosen, other) = if place == 1 { (g, zero) } else { (zero, g) };
    b.graph.add(Op::Select, &[condition, chosen, other]).map(Some)
}

/// Y = A B: g Bᵀ for A, Aᵀ g for B; for a transposed one the transposed. Not yet summed over leading axes.
fn product<T: Number>(
    b: &mut Builder<T>,
    place: usize,
    (left, transpose_a): (ValueId, bool),
    (right, transpose_b): (ValueId, bool),
    g: ValueId,
) -> Result<ValueId> {
    let forward = b.forward;
    let (a_shape, b_shape) = (forward.shape(left), forward.shape(right));
    // What the sum runs over has to be there: n for A, m for B. The other axis may be one for all.
    let (rows, columns) = (b.graph.shape(g).len() - 2, b.graph.shape(g).len() - 1);
    let (axis, extent) = match place {
        0 => (columns, b_shape[b_shape.len() - 1 - usize::from(transpose_b)]),
        _ => (rows, a_shape[a_shape.len() - 2 + usize::from(transpose_a)]),
    };
    let mut full = b.graph.shape(g)[1..].to_vec();
    full[axis - 1] = extent;
    let g = b.full(g, &full)?;
    if place == 0 {
        let right = b.take(right);
        if transpose_a {
            let op = Op::MatMul { transpose_a: transpose_b, transpose_b: true };
            return b.graph.add(op, &[right, g]);
        }
        if b_shape.len() == 2 {
            return rows_times(b, g, right, !transpose_b);
        }
        return b.graph.add(Op::MatMul { transpose_a: false, transpose_b: !transpose_b }, &[g, right]);
    }
    let left = b.take(left);
    if transpose_b {
        return b.graph.add(Op::MatMul { transpose_a: true, transpose_b: transpose_a }, &[g, left]);
    }
    b.graph.add(Op::MatMul { transpose_a: !transpose_a, transpose_b: false }, &[left, g])
}

/// The innermost axis times one matrix: all other axes, the seeds among them, are rows of one product.
pub fn rows_times<T: Number>(
    b: &mut Builder<T>,
    g: ValueId,
    matrix: ValueId,
    transpose_b: bool,
) -> Result<ValueId> {
    let mut shape = b.graph.shape(g).to_vec();
    let depth = shape.pop().unwrap_or(1);
    let rows = b.graph.reshape(g, &[shape.iter().product(), depth])?;
    let product = b.graph.add(Op::MatMul { transpose_a: false, transpose_b }, &[rows, matrix])?;
    shape.push(b.graph.shape(product)[1]);
    b.graph.reshape(product, &shape)
}

fn reduce<T: Number>(
    b: &mut Builder<T>,
    reduction: Reduction,
    axes: &[usize],
    x: ValueId,
    y: ValueId,
    g: ValueId,
) -> Result<ValueId> {
    let slope = match reduction {
        Reduction::Sum => return Ok(g),
        Reduction::Mean => {
            let size = |value| b.forward.shape(value).iter().product::<usize>().max(1) as f64;
            return b.scaled(size(y) / size(x), g);
        }
        // (x = y) / Σ (x = y)
        Reduction::Maximum | Reduction::Minimum => {
            let (x, y) = (b.take(x), b.take(y));
            let equal = b.graph.binary(Binary::Equal, x, y)?;
            let count = b.reduced(Reduction::Sum, equal, axes)?;
            b.over(equal, count)?
        }
        // y / x: not a number where a factor is 0.
        Reduction::Product => {
            let (x, y) = (b.take(x), b.take(y));
            b.over(y, x)?
        }
    };
    b.times(g, slope)
}

/// y (g - Σ g y)
fn softmax<T: Number>(b: &mut Builder<T>, axis: usize, y: ValueId, g: ValueId) -> Result<ValueId> {
    let y = b.take(y);
    let weighted = b.times(g, y)?;
    let sum = b.reduced(Reduction::Sum, weighted, &[axis + 1])?;
    let apart = b.minus(g, sum)?;
    b.times(y, apart)
}

/// (g - mean(g) - y mean(g y)) / σ, with y and σ = sqrt(variance + ε) computed again from x: one tensor is kept.
fn normalise<T: Number>(
    b: &mut Builder<T>,
    axes: &[usize],
    epsilon: f64,
    x: ValueId,
    g: ValueId,
) -> Result<ValueId> {
    let x = b.take(x);
    let mean = b.reduced(Reduction::Mean, x, axes)?;
    let centred = b.minus(x, mean)?;
    let square = b.times(centred, centred)?;
    let variance = b.reduced(Reduction::Mean, square, axes)?;
    let epsilon = b.graph.add_scalar(epsilon);
    let variance = b.plus(variance, epsilon)?;
    let deviation = b.unary(Unary::Sqrt, variance)?;
    let y = b.over(centred, deviation)?;

    let axes: Vec<_> = axes.iter().map(|axis| axis + 1).collect();
    let weighted = b.times(g, y)?;
    let along = b.reduced(Reduction::Mean, weighted, &axes)?;
    let along = b.times(y, along)?;
    let mean = b.reduced(Reduction::Mean, g, &axes)?;
    let apart = b.minus(g, mean)?;
    let apart = b.minus(apart, along)?;
    b.over(apart, deviation)
}
