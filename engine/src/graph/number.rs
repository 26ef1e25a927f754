//! The arithmetic that a graph is computed in: `f32` in the package, `f64` where tests look for the truth.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use crate::Result;

/// A floating-point number that graphs are computed in.
pub trait Number:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + MulAssign
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;

    /// The nearest number.
    fn of(value: f64) -> Self;

    /// The number, exactly.
    fn to_f64(self) -> f64;

    /// Numbers that can be read in either precision, in this one.
    ///
    /// # Errors
    /// Those of the reading.
    fn read(
        single: impl FnOnce() -> Result<Vec<f32>>,
        double: impl FnOnce() -> Result<Vec<f64>>,
    ) -> Result<Vec<Self>>;

    /// (x - point) scale of each.
    fn rescale(values: &mut [Self], point: Self, scale: Self);

    /// e to this power.
    fn exp(self) -> Self;

    /// The natural logarithm.
    fn ln(self) -> Self;

    /// The square root.
    fn sqrt(self) -> Self;

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// To this power.
    fn powf(self, power: Self) -> Self;

    /// The error function, 2/√π ∫₀ˣ exp(-t²) dt.
    fn erf(self) -> Self {
        Self::of(erf(self.to_f64()))
    }
}

macro_rules! number {
    ($type:ty, |$single:ident, $double:ident| $read:expr) => {
        impl Number for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            fn of(value: f64) -> Self {
                value as $type
            }

            fn to_f64(self) -> f64 {
                self.into()
            }

            fn read(
                $single: impl FnOnce() -> Result<Vec<f32>>,
                $double: impl FnOnce() -> Result<Vec<f64>>,
            ) -> Result<Vec<Self>> {
                $read
            }

            // A function of its own, in this crate: weights of many networks go through it before the first answer.
            #[inline(never)]
            fn rescale(values: &mut [Self], point: Self, scale: Self) {
                values.iter_mut().for_each(|value| *value = (*value - point) * scale);
            }

            fn exp(self) -> Self {
                <$type>::exp(self)
            }

            fn ln(self) -> Self {
                <$type>::ln(self)
            }

            fn sqrt(self) -> Self {
                <$type>::sqrt(self)
            }

            fn tanh(self) -> Self {
                <$type>::tanh(self)
            }

            fn powf(self, power: Self) -> Self {
                <$type>::powf(self, power)
            }
        }
    };
}

number!(f32, |single, _double| single());
number!(f64, |_single, double| double());

/// The error function to within a few units of the last place: its Taylor series near 0, the continued
/// fraction of its complement (Lentz's method) elsewhere.
fn erf(x: f64) -> f64 {
    if !x.is_finite() {
        return if x.is_nan() { x } else { x.signum() };
    }
    let square = x * x;
    if x.abs() < 2.0 {
        // Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)), as e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, whose terms do not cancel.
        let (mut term, mut sum) = (x, x);
        for n in 1..80 {
            term *= 2.0 * square / f64::from(2 * n + 1);
            sum += term;
            if term.abs() < sum.abs() * f64::EPSILON {
                break;
            }
        }
        return std::f64::consts::FRAC_2_SQRT_PI * (-square).exp() * sum;
    }
    // erfc(x) = e^(-x²) / (√π (x + (1/2)/(x + 1/(x + (3/2)/(x + …))))), from the far end.
    let magnitude = x.abs();
    let fraction = (1..60).rev().fold(magnitude, |below, n| magnitude + f64::from(n) / 2.0 / below);
    let complement = (-square).exp() / (std::f64::consts::PI.sqrt() * fraction);
    (1.0 - complement).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::erf;

    #[test]
    fn the_error_function_agrees_with_tables() {
        for (x, expected) in [
            (0.0, 0.0),
            (0.1, 0.112_462_916_018_284_9),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (1.9, 0.992_790_429_235_257_4),
            (2.1, 0.997_020_533_343_667),
            (3.0, 0.999_977_909_503_001_4),
            (-1.5, -0.966_105_146_475_310_7),
            (6.0, 1.0),
        ] {
            assert!((erf(x) - expected).abs() < 1e-14, "erf({x}) = {}", erf(x));
        }
    }
}
