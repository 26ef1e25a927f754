//! What looks at whole axes: sums, means, extrema, softmax and normalisation.

mod normalise;
mod reduce;
mod softmax;

pub(super) use normalise::Normalise;
pub(super) use reduce::Reduce;
pub(super) use softmax::Softmax;

use wide::f32x4;

/// How many values are summed in single precision before their sum is added to others in double: what rounding loses
/// grows with the length of a sum.
const VALUES_AT_ONCE: usize = 64;

/// Σ f(x)
fn sum(row: &[f32], f: impl Fn(f32x4) -> f32x4) -> f64 {
    let mut total = 0.0;
    for part in row.chunks(VALUES_AT_ONCE) {
        let (fours, rest) = part.as_chunks::<4>();
        let sums = fours.iter().fold(f32x4::ZERO, |sums, four| sums + f(f32x4::new(*four)));
        total += f64::from(sums.reduce_add());
        for value in rest {
            total += f64::from(f(f32x4::splat(*value)).to_array()[0]);
        }
    }
    total
}
