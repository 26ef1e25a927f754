//! The functions of single values, four at a time.

use bytemuck::cast;
use wide::{f32x4, i32x4};

use crate::graph::{Binary, Unary};

/// x = f(x) for every value.
pub(super) fn unary(unary: Unary<f32>, values: &mut [f32]) {
    let (fours, rest) = values.as_chunks_mut::<4>();
    unary_fours(unary, fours);
    if !rest.is_empty() {
        let mut four = padded(rest);
        unary_fours(unary, std::slice::from_mut(&mut four));
        rest.copy_from_slice(&four[..rest.len()]);
    }
}

/// a = f(a, b) for every pair of values.
pub(in crate::cpu) fn binary(binary: Binary, a: &mut [f32], b: &[f32]) {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks_mut::<4>(), b.as_chunks::<4>());
    binary_fours(binary, a, b);
    if !a_rest.is_empty() {
        let (mut four, b) = (padded(a_rest), padded(b_rest));
        binary_fours(binary, std::slice::from_mut(&mut four), std::slice::from_ref(&b));
        a_rest.copy_from_slice(&four[..a_rest.len()]);
    }
}

/// Whether no value is NaN or infinite.
pub fn all_finite(values: &[f32]) -> bool {
    let (fours, rest) = values.as_chunks::<4>();
    // 0 times what is not finite is NaN, and stays it in a sum.
    let sum: f32x4 = fours.iter().fold(f32x4::ZERO, |sum, four| sum + f32x4::new(*four) * f32x4::ZERO);
    sum.reduce_add() == 0.0 && rest.iter().all(|value| value.is_finite())
}

/// Puts values of b where the condition is 0.
pub(super) fn select(condition: &[f32], a: &mut [f32], b: &[f32]) {
    for ((a, condition), b) in a.iter_mut().zip(condition).zip(b) {
        *a = if *condition == 0.0 { *b } else { *a };
    }
}

fn padded(rest: &[f32]) -> [f32; 4] {
    std::array::from_fn(|at| rest.get(at).copied().unwrap_or(1.0))
}

#[inline(never)]
fn unary_fours(unary: Unary<f32>, values: &mut [[f32; 4]]) {
    let (zero, one) = (f32x4::ZERO, f32x4::ONE);
    match unary {
        Unary::Negate => each(values, |x| -x),
        Unary::Absolute => each(values, f32x4::abs),
        Unary::Exp => each(values, exp),
        Unary::Log => each(values, f32x4::ln),
        Unary::Sqrt => each(values, f32x4::sqrt),
        Unary::Reciprocal => each(values, |x| one / x),
        Unary::Erf => each(values, erf),
        Unary::Tanh => each(values, tanh),
        Unary::Sigmoid => each(values, |x| one / (one + exp(-x))),
        Unary::Softplus => each(values, |x| above(x, zero) + (one + exp(-x.abs())).ln()),
        Unary::Relu => each(values, |x| above(x, zero)),
        Unary::Clamp(low, high) => {
            let (low, high) = (f32x4::splat(low), f32x4::splat(high));
            each(values, |x| below(above(x, low), high));
        }
        Unary::Within(low, high) => {
            let (low, high) = (f32x4::splat(low), f32x4::splat(high));
            each(values, |x| x.simd_ge(low) & x.simd_le(high) & one);
        }
        Unary::Step => each(values, |x| x.simd_gt(zero) & one),
        Unary::Round | Unary::RoundStraight => each(values, f32x4::round_ties_even),
        Unary::Sin | Unary::Cos | Unary::Sign | Unary::Floor | Unary::Ceil | Unary::Not => {
            values.as_flattened_mut().iter_mut().for_each(|value| *value = unary.apply(*value));
        }
    }
}

#[inline(never)]
fn binary_fours(binary: Binary, a: &mut [[f32; 4]], b: &[[f32; 4]]) {
    let one = f32x4::ONE;
    match binary {
        Binary::Add => pairs(a, b, |a, b| a + b),
        Binary::Subtract => pairs(a, b, |a, b| a - b),
        Binary::Multiply => pairs(a, b, |a, b| a * b),
        Binary::Divide => pairs(a, b, |a, b| a / b),
        Binary::Minimum => pairs(a, b, below),
        Binary::Maximum => pairs(a, b, above),
        Binary::Equal => pairs(a, b, |a, b| a.simd_eq(b) & one),
        Binary::Less => pairs(a, b, |a, b| a.simd_lt(b) & one),
        Binary::LessOrEqual => pairs(a, b, |a, b| a.simd_le(b) & one),
        // Squares are most of the powers that there are.
        Binary::Power if b.as_flattened().iter().all(|power| *power == 2.0) => each(a, |a| a * a),
        Binary::Power | Binary::Modulo => {
            let pairs = a.as_flattened_mut().iter_mut().zip(b.as_flattened());
            pairs.for_each(|(a, b)| *a = binary.apply(*a, *b));
        }
    }
}

#[inline(always)]
fn each(values: &mut [[f32; 4]], f: impl Fn(f32x4) -> f32x4) {
    values.iter_mut().for_each(|value| *value = f(f32x4::new(*value)).to_array());
}

#[inline(always)]
fn pairs(a: &mut [[f32; 4]], b: &[[f32; 4]], f: impl Fn(f32x4, f32x4) -> f32x4) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a = f(f32x4::new(*a), f32x4::new(*b)).to_array());
}

/// The larger; x where they are equal or not numbers.
#[inline(always)]
fn above(x: f32x4, least: f32x4) -> f32x4 {
    x.simd_lt(least).select(least, x)
}

/// The smaller; x where they are equal or not numbers.
#[inline(always)]
fn below(x: f32x4, most: f32x4) -> f32x4 {
    x.simd_gt(most).select(most, x)
}

/// eˣ, within 2e-7 of it; below 2e-38 it is 0.
#[inline(always)]
pub(in crate::cpu) fn exp(x: f32x4) -> f32x4 {
    // Added to a number, its last bits are the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first of few bits: a small multiple of it is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const TERMS: [f32; 6] = [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5];
    let x = below(above(x, f32x4::splat(-87.4)), f32x4::splat(89.0));
    let shifted = x * f32x4::LOG2_E + f32x4::splat(ROUND);
    let twos = shifted - f32x4::splat(ROUND);
    let rest = x - twos * f32x4::splat(LN_2[0]) - twos * f32x4::splat(LN_2[1]);
    let power = polynomial(rest, &TERMS) * rest * rest + rest + f32x4::ONE;
    // Half of 2ⁿ, by its exponent's bits: 2¹²⁸ itself has none.
    let bits: i32x4 = cast(shifted);
    let half: f32x4 = cast((bits << 23) + i32x4::splat(126 << 23));
    power * half * f32x4::splat(2.0)
}

/// The hyperbolic tangent, within 2e-7.
#[inline(always)]
fn tanh(x: f32x4) -> f32x4 {
    const TERMS: [f32; 5] = [-5.704_988_7e-3, 2.063_909e-2, -5.373_971_6e-2, 0.133_314_42, -0.333_332_8];
    let (size, square, one) = (x.abs(), x * x, f32x4::ONE);
    let near = polynomial(square, &TERMS) * square * x + x;
    let far = one - f32x4::splat(2.0) / (exp(size + size) + one);
    size.simd_gt(f32x4::splat(0.625)).select(with_sign(far, x), near)
}

/// The error function, within 2e-7.
#[inline(always)]
fn erf(x: f32x4) -> f32x4 {
    const NEAR: [f32; 6] =
        [-5.967_617e-4, 4.991_194e-3, -2.676_813_5e-2, 0.112_819_925, -0.376_125_34, 0.128_379_17];
    const FAR: [f32; 7] = [
        -1.728_534_7e-5,
        3.831_971_3e-4,
        -3.883_964_4e-3,
        2.425_462_2e-2,
        -0.106_777_88,
        -0.634_846_7,
        -0.128_717_51,
    ];
    let size = x.abs();
    let near = polynomial(x * x, &NEAR) * x + x;
    let far = f32x4::ONE - exp(polynomial(size, &FAR) * size - size);
    size.simd_gt(f32x4::splat(0.927_734_4)).select(with_sign(far, x), near)
}

/// A number that is not negative, with the sign of another.
#[inline(always)]
fn with_sign(size: f32x4, sign: f32x4) -> f32x4 {
    size | sign & f32x4::splat(-0.0)
}

/// Coefficients of the highest power first.
#[inline(always)]
fn polynomial<const N: usize>(x: f32x4, terms: &[f32; N]) -> f32x4 {
    let [first, others @ ..] = &terms[..] else { return f32x4::ZERO };
    others.iter().fold(f32x4::splat(*first), |sum, term| sum * x + f32x4::splat(*term))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_that_is_not_finite_is_found_anywhere() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in 0..9 {
                let mut values = [f32::MAX; 9];
                values[..3].copy_from_slice(&[-0.0, f32::MIN, 1e-45]);
                assert!(all_finite(&values));
                values[at] = bad;
                assert!(!all_finite(&values), "{bad} at {at}");
            }
        }
    }

    /// The largest error, of f against its f64, relative where results are above `relative_from`.
    fn error(f: Unary<f32>, truth: Unary<f64>, range: (f32, f32), relative_from: f64) -> f64 {
        const STEPS: usize = 200_001;
        let at = |step: usize| range.0 + (range.1 - range.0) * (step as f32 / (STEPS - 1) as f32);
        let mut values: Vec<_> = (0..STEPS).map(at).collect();
        unary(f, &mut values);
        let error = |(step, value): (usize, &f32)| {
            let expected = truth.apply(f64::from(at(step)));
            (f64::from(*value) - expected).abs() / expected.abs().max(relative_from)
        };
        values.iter().enumerate().map(error).fold(0.0, f64::max)
    }

    #[test]
    fn transcendental_functions_are_near_the_truth() {
        let errors = [
            error(Unary::Exp, Unary::Exp, (-86.9, 88.7), 0.0),
            error(Unary::Sigmoid, Unary::Sigmoid, (-80.0, 80.0), 1e-3),
            error(Unary::Tanh, Unary::Tanh, (-12.0, 12.0), 1.0),
            error(Unary::Erf, Unary::Erf, (-6.0, 6.0), 1.0),
            error(Unary::Log, Unary::Log, (1e-6, 1e4), 1.0),
            error(Unary::Softplus, Unary::Softplus, (-20.0, 100.0), 1.0),
        ];
        assert!(errors.iter().all(|error| *error < 2e-7), "{errors:?}");
    }

    #[test]
    fn the_ends_of_the_numbers_are_kept() {
        let mut values = [f32::NEG_INFINITY, -100.0, 100.0, f32::INFINITY, f32::NAN];
        unary(Unary::Exp, &mut values);
        assert_eq!(values[..4], [0.0, 0.0, f32::INFINITY, f32::INFINITY]);
        assert!(values[4].is_nan());
        for function in [Unary::Relu, Unary::Clamp(0.0, 6.0), Unary::Tanh, Unary::Erf, Unary::Sigmoid] {
            let mut values = [f32::NAN; 5];
            unary(function, &mut values);
            assert!(values.iter().all(|value| value.is_nan()), "{function:?}");
        }
    }

    #[test]
    fn all_functions_agree_with_their_definition() {
        let a: Vec<f32> = [-3.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.5, 6.0, 7.0].to_vec();
        let near = |value: f32, expected: f64| {
            f64::from(value).is_nan() && expected.is_nan()
                || f64::from(value) == expected
                || (f64::from(value) - expected).abs() < 1e-6 * expected.abs().max(1.0)
        };
        let functions: [(Unary<f32>, Unary<f64>); 22] = [
            (Unary::Negate, Unary::Negate),
            (Unary::Absolute, Unary::Absolute),
            (Unary::Exp, Unary::Exp),
            (Unary::Log, Unary::Log),
            (Unary::Sqrt, Unary::Sqrt),
            (Unary::Reciprocal, Unary::Reciprocal),
            (Unary::Erf, Unary::Erf),
            (Unary::Tanh, Unary::Tanh),
            (Unary::Sigmoid, Unary::Sigmoid),
            (Unary::Softplus, Unary::Softplus),
            (Unary::Sin, Unary::Sin),
            (Unary::Cos, Unary::Cos),
            (Unary::Relu, Unary::Relu),
            (Unary::Clamp(-1.0, 6.0), Unary::Clamp(-1.0, 6.0)),
            (Unary::Within(-1.0, 6.0), Unary::Within(-1.0, 6.0)),
            (Unary::Step, Unary::Step),
            (Unary::Sign, Unary::Sign),
            (Unary::Round, Unary::Round),
            (Unary::RoundStraight, Unary::RoundStraight),
            (Unary::Floor, Unary::Floor),
            (Unary::Ceil, Unary::Ceil),
            (Unary::Not, Unary::Not),
        ];
        for (function, truth) in functions {
            let mut values = a.clone();
            unary(function, &mut values);
            for (value, x) in values.iter().zip(&a) {
                assert!(near(*value, truth.apply(f64::from(*x))), "{function:?}({x}) = {value}");
            }
        }
        for function in [
            Binary::Add,
            Binary::Subtract,
            Binary::Multiply,
            Binary::Divide,
            Binary::Power,
            Binary::Minimum,
            Binary::Maximum,
            Binary::Modulo,
            Binary::Equal,
            Binary::Less,
            Binary::LessOrEqual,
        ] {
            for b in [2.0, -1.0, 0.25] {
                let mut values = a.clone();
                binary(function, &mut values, &vec![b; a.len()]);
                for (value, a) in values.iter().zip(&a) {
                    let expected = function.apply(f64::from(*a), f64::from(b));
                    assert!(near(*value, expected), "{function:?}({a}, {b}) = {value}");
                }
            }
        }
    }
}
