//! Activation functions, composed of the core's functions.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, SQRT_2};

use super::apply;
use crate::Result;
use crate::graph::{Binary, Graph, Number, Op, Unary, ValueId};
use crate::lower::{Call, Item, Lowering};

/// LeakyRelu: x where x ≥ 0, else αx.
pub fn leaky_relu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let alpha = call.float("alpha", 0.01);
    apply(lowering, call, |graph, x| {
        let scaled = scale(graph, x, alpha)?;
        if 0.0 < alpha && alpha <= 1.0 {
            return graph.binary(Binary::Maximum, x, scaled);
        }
        below_zero(graph, x, scaled)
    })
}

/// PRelu: x where x ≥ 0, else the second input times x.
pub fn prelu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let aligned = lowering.aligned_inputs(call, 2)?;
    let &[x, slope] = aligned.values.as_slice() else { return Err(call.invalid("it needs two inputs")) };
    let scaled = lowering.graph.binary(Binary::Multiply, x, slope)?;
    let result = below_zero(&mut lowering.graph, x, scaled)?;
    Ok(lowering.output(result, aligned.order))
}

/// Elu: x where x > 0, else α(eˣ - 1).
pub fn elu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let alpha = call.float("alpha", 1.0);
    apply(lowering, call, |graph, x| exponential(graph, x, alpha, 1.0))
}

/// Celu: x where x > 0, else α(e^(x/α) - 1).
pub fn celu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let alpha = call.float("alpha", 1.0);
    apply(lowering, call, |graph, x| exponential(graph, x, alpha, 1.0 / alpha))
}

/// Selu: γ times Elu.
pub fn selu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (alpha, gamma) = (call.float("alpha", 1.673_263_2), call.float("gamma", 1.050_701));
    apply(lowering, call, |graph, x| {
        let y = exponential(graph, x, alpha, 1.0)?;
        scale(graph, y, gamma)
    })
}

/// Softsign: x / (1 + |x|).
pub fn softsign<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| {
        let magnitude = graph.unary(Unary::Absolute, x)?;
        let divisor = shift(graph, magnitude, 1.0)?;
        graph.binary(Binary::Divide, x, divisor)
    })
}

/// HardSigmoid: αx + β, kept between 0 and 1.
pub fn hard_sigmoid<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (alpha, beta) = (call.float("alpha", 0.2), call.float("beta", 0.5));
    apply(lowering, call, |graph, x| ramp(graph, x, alpha, beta))
}

/// HardSwish: x times HardSigmoid with α = 1/6 and β = 1/2.
pub fn hard_swish<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| {
        let gate = ramp(graph, x, 1.0 / 6.0, 0.5)?;
        graph.binary(Binary::Multiply, x, gate)
    })
}

/// Mish: x tanh(ln(1 + eˣ)).
pub fn mish<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| {
        let softplus = graph.unary(Unary::Softplus, x)?;
        let gate = graph.unary(Unary::Tanh, softplus)?;
        graph.binary(Binary::Multiply, x, gate)
    })
}

/// Swish: x / (1 + e^(-αx)).
pub fn swish<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let alpha = call.float("alpha", 1.0);
    apply(lowering, call, |graph, x| {
        let scaled = scale(graph, x, alpha)?;
        let gate = graph.unary(Unary::Sigmoid, scaled)?;
        graph.binary(Binary::Multiply, x, gate)
    })
}

/// Gelu: x times the normal distribution's share below x, exact or by its approximation with tanh.
pub fn gelu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    match call.text("approximate", "none") {
        "none" => apply(lowering, call, |graph, x| {
            let scaled = scale(graph, x, FRAC_1_SQRT_2)?;
            let bent = graph.unary(Unary::Erf, scaled)?;
            half_of_one_plus(graph, x, bent)
        }),
        "tanh" => apply(lowering, call, |graph, x| {
            // √(2/π) (x + 0.044715 x³)
            let square = graph.binary(Binary::Multiply, x, x)?;
            let factor = scale(graph, square, 0.044_715)?;
            let factor = shift(graph, factor, 1.0)?;
            let inner = graph.binary(Binary::Multiply, x, factor)?;
            let inner = scale(graph, inner, FRAC_2_SQRT_PI / SQRT_2)?;
            let bent = graph.unary(Unary::Tanh, inner)?;
            half_of_one_plus(graph, x, bent)
        }),
        other => Err(call.invalid(format!("there is no approximation \"{other}\""))),
    }
}

/// ThresholdedRelu: x where x > α, else 0.
pub fn thresholded_relu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let alpha = call.float("alpha", 1.0);
    apply(lowering, call, |graph, x| {
        let (alpha, zero) = (graph.add_scalar(alpha), graph.add_scalar(0.0));
        let above = graph.binary(Binary::Less, alpha, x)?;
        graph.add(Op::Select, &[above, x, zero])
    })
}

/// Shrink: x nearer to 0 by the bias where |x| > λ, else 0.
pub fn shrink<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (bias, lambda) = (call.float("bias", 0.0), call.float("lambd", 0.5));
    apply(lowering, call, |graph, x| {
        let (low, high, zero) = (graph.add_scalar(-lambda), graph.add_scalar(lambda), graph.add_scalar(0.0));
        let (raised, lowered) = (shift(graph, x, bias)?, shift(graph, x, -bias)?);
        let (below, above) = (graph.binary(Binary::Less, x, low)?, graph.binary(Binary::Less, high, x)?);
        let rest = graph.add(Op::Select, &[above, lowered, zero])?;
        graph.add(Op::Select, &[below, raised, rest])
    })
}

/// max(x, 0) + α(e^(x·rate) - 1) of what is below 0: the exponential never sees what would overflow.
fn exponential<T: Number>(graph: &mut Graph<T>, x: ValueId, alpha: f64, rate: f64) -> Result<ValueId> {
    let positive = graph.unary(Unary::Relu, x)?;
    let negative = graph.unary(Unary::Clamp(T::of(f64::NEG_INFINITY), T::ZERO), x)?;
    let negative = if rate == 1.0 { negative } else { scale(graph, negative, rate)? };
    let bent = graph.unary(Unary::Exp, negative)?;
    let bent = shift(graph, bent, -1.0)?;
    let bent = scale(graph, bent, alpha)?;
    graph.binary(Binary::Add, positive, bent)
}

/// x / 2 (1 + bent)
fn half_of_one_plus<T: Number>(graph: &mut Graph<T>, x: ValueId, bent: ValueId) -> Result<ValueId> {
    let half = scale(graph, x, 0.5)?;
    let share = shift(graph, bent, 1.0)?;
    graph.binary(Binary::Multiply, half, share)
}

/// x, but another value where x < 0.
fn below_zero<T: Number>(graph: &mut Graph<T>, x: ValueId, other: ValueId) -> Result<ValueId> {
    let zero = graph.add_scalar(0.0);
    let negative = graph.binary(Binary::Less, x, zero)?;
    graph.add(Op::Select, &[negative, other, x])
}

fn ramp<T: Number>(graph: &mut Graph<T>, x: ValueId, alpha: f64, beta: f64) -> Result<ValueId> {
    let scaled = scale(graph, x, alpha)?;
    let shifted = shift(graph, scaled, beta)?;
    graph.unary(Unary::Clamp(T::ZERO, T::ONE), shifted)
}

fn scale<T: Number>(graph: &mut Graph<T>, x: ValueId, factor: f64) -> Result<ValueId> {
    if factor == 1.0 {
        return Ok(x);
    }
    let factor = graph.add_scalar(factor);
    graph.binary(Binary::Multiply, x, factor)
}

fn shift<T: Number>(graph: &mut Graph<T>, x: ValueId, amount: f64) -> Result<ValueId> {
    let amount = graph.add_scalar(amount);
    graph.binary(Binary::Add, x, amount)
}
