//! Functions of one value and of two.

use burn::tensor::activation::{relu, sigmoid, softplus};
use gradlens::graph::{Binary, Unary};

use crate::interpreter::Value;

/// f(x)
pub fn unary(unary: Unary<f32>, x: Value) -> Value {
    match unary {
        Unary::Negate => x.neg(),
        Unary::Absolute => x.abs(),
        Unary::Exp => x.exp(),
        Unary::Log => x.log(),
        Unary::Sqrt => x.sqrt(),
        Unary::Reciprocal => x.recip(),
        Unary::Erf => x.erf(),
        Unary::Tanh => x.tanh(),
        Unary::Sigmoid => sigmoid(x),
        Unary::Softplus => softplus(x, 1.0),
        Unary::Sin => x.sin(),
        Unary::Cos => x.cos(),
        Unary::Relu => relu(x),
        Unary::Clamp(low, high) => {
            // A bound may be infinite, where nothing is done.
            let x = if low.is_finite() { x.clamp_min(low) } else { x };
            if high.is_finite() { x.clamp_max(high) } else { x }
        }
        Unary::Within(low, high) => {
            x.clone().greater_equal_scalar(low).float() * x.lower_equal_scalar(high).float()
        }
        Unary::Step => x.greater_scalar(0.0).float(),
        Unary::Sign => x.detach().sign(),
        Unary::Round => x.detach().round(),
        Unary::RoundStraight => {
            let rounded = x.clone().detach().round() - x.clone().detach();
            x + rounded
        }
        Unary::Floor => x.detach().floor(),
        Unary::Ceil => x.detach().ceil(),
        Unary::Not => x.equal_scalar(0.0).float(),
    }
}

/// f(a, b), of one shape.
pub fn binary(binary: Binary, a: Value, b: Value) -> Value {
    match binary {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => a.powf(b),
        Binary::Minimum => a.min_pair(b),
        Binary::Maximum => a.max_pair(b),
        Binary::Modulo => a.remainder(b),
        Binary::Equal => a.equal(b).float(),
        Binary::Less => a.lower(b).float(),
        Binary::LessOrEqual => a.lower_equal(b).float(),
    }
}
