//! The core's functions of single values, as WGSL has them.

use crate::graph::{Binary, Unary};

/// Whether a result may not be finite though the argument is: no function for places behind the last channel.
pub(super) fn is_wild(unary: Unary<f32>) -> bool {
    matches!(unary, Unary::Log | Unary::Sqrt | Unary::Reciprocal | Unary::Exp)
}

/// As [`is_wild`].
pub(super) fn is_wild_binary(binary: Binary) -> bool {
    binary == Binary::Divide
}

/// The function of a vector `x`, if there is one here; `number` puts a number into the program.
pub(super) fn unary(unary: Unary<f32>, x: &str, number: &mut dyn FnMut(f32) -> String) -> Option<String> {
    Some(match unary {
        Unary::Negate => format!("-{x}"),
        Unary::Absolute => format!("abs({x})"),
        Unary::Exp => format!("exp({x})"),
        Unary::Log => format!("log({x})"),
        Unary::Sqrt => format!("sqrt({x})"),
        Unary::Reciprocal => format!("vec4f(1) / {x}"),
        Unary::Erf => format!("erf({x})"),
        // Beyond this it is 1, and some drivers' quotient of two infinities.
        Unary::Tanh => format!("tanh(clamp({x}, vec4f(-10), vec4f(10)))"),
        Unary::Sigmoid => format!("vec4f(1) / (vec4f(1) + exp(-max({x}, vec4f(-80))))"),
        Unary::Softplus => format!("max({x}, vec4f(0)) + log(vec4f(1) + exp(-abs({x})))"),
        Unary::Relu => format!("max({x}, vec4f(0))"),
        Unary::Clamp(low, high) if low <= high => format!("clamp({x}, {}, {})", number(low), number(high)),
        Unary::Within(low, high) => truth(&format!("({} <= {x}) & ({x} <= {})", number(low), number(high))),
        Unary::Step => truth(&format!("{x} > vec4f(0)")),
        Unary::Sign => format!("sign({x})"),
        Unary::Round | Unary::RoundStraight => format!("round({x})"),
        Unary::Floor => format!("floor({x})"),
        Unary::Ceil => format!("ceil({x})"),
        Unary::Not => truth(&format!("{x} == vec4f(0)")),
        // Of large arguments, WGSL's errors are large.
        Unary::Sin | Unary::Cos | Unary::Clamp(..) => return None,
    })
}

/// The function of two vectors, if there is one here.
pub(super) fn binary(binary: Binary, a: &str, b: &str) -> Option<String> {
    Some(match binary {
        Binary::Add => format!("{a} + {b}"),
        Binary::Subtract => format!("{a} - {b}"),
        Binary::Multiply => format!("{a} * {b}"),
        Binary::Divide => format!("{a} / {b}"),
        Binary::Minimum => format!("min({a}, {b})"),
        Binary::Maximum => format!("max({a}, {b})"),
        Binary::Equal => truth(&format!("{a} == {b}")),
        Binary::Less => truth(&format!("{a} < {b}")),
        Binary::LessOrEqual => truth(&format!("{a} <= {b}")),
        // WGSL knows no power of a negative number.
        Binary::Power | Binary::Modulo => return None,
    })
}

/// a where the condition is not 0, else b.
pub(super) fn select(condition: &str, a: &str, b: &str) -> String {
    format!("select({b}, {a}, {condition} != vec4f(0))")
}

fn truth(condition: &str) -> String {
    format!("select(vec4f(0), vec4f(1), {condition})")
}

/// The error function, which WGSL does not have: its Taylor series near 0, elsewhere to 1.5e-7 (Abramowitz and Stegun,
/// 7.1.26).
pub(super) const ERF: &str = "\
fn erf(x: vec4f) -> vec4f {
  let s = x * x;
  let near = x * (1.128379167 - s * (0.376126389 - s * (0.112837917 - s * (0.026866170 - s * 0.005223977))));
  let z = min(abs(x), vec4f(6));
  let t = vec4f(1) / (vec4f(1) + 0.3275911 * z);
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return select(sign(x) * (vec4f(1) - p * exp(-z * z)), near, z < vec4f(0.4));
}
";
