//! Eigen-CAM, Muhammad and Yeasin 2020: A V_1, the activation projected on its first right singular vector. No class and no
//! backward pass.
//!
//! As in the paper A, positions by channels, is not centred. A singular vector has no sign of its own: this one has that of
//! its product with Σ_k |A_k|, which is Σ_k A_k behind a ReLU, and where A is linear makes no map empty.

use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field) -> Sums {
    principal(field.activation, field.positions, f64::abs)
}

/// How often a vector is multiplied at most, and by how much of its length it must change to be multiplied again.
const MOST: usize = 1000;
const SETTLED: f64 = 1e-9;

/// σ u of the largest singular value of X, given by its transposed's rows, each of so many positions: by power iteration on
/// X Xᵀ, from the row that is longest. u has the sign of its product with the sum of all rows, each number taken by `sign`.
#[inline(never)]
pub(super) fn principal(matrix: &[f32], positions: usize, sign: fn(f64) -> f64) -> Sums {
    let rows = matrix.chunks_exact(positions);
    let square = |row: &[f32]| row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
    let longest = rows.clone().max_by(|a, b| square(a).total_cmp(&square(b)));
    let mut vector: Vec<f64> = longest.unwrap_or_default().iter().map(|&x| x.into()).collect();
    vector.resize(positions, 0.0);
    let product =
        |row: &[f32], vector: &[f64]| -> f64 { row.iter().zip(vector).map(|(&x, v)| f64::from(x) * v).sum() };
    let mut length = normalise(&mut vector);
    for _ in 0..MOST {
        let mut next = vec![0.0; positions];
        for row in rows.clone() {
            let share = product(row, &vector);
            next.iter_mut().zip(row).for_each(|(next, &x)| *next += share * f64::from(x));
        }
        length = normalise(&mut next);
        let change: f64 = next.iter().zip(&vector).map(|(a, b)| (a - b) * (a - b)).sum();
        vector = next;
        if length == 0.0 || change < SETTLED * SETTLED {
            break;
        }
    }
    // X Xᵀ u = σ² u
    let along = |row: &[f32]| row.iter().zip(&vector).map(|(&x, u)| sign(x.into()) * u).sum::<f64>();
    let scale = if rows.map(along).sum::<f64>() < 0.0 { -length.sqrt() } else { length.sqrt() };
    vector.iter_mut().for_each(|value| *value *= scale);
    Sums::of(vector)
}

/// Divides a vector by its length, which is returned; one of zeros stays.
fn normalise(vector: &mut [f64]) -> f64 {
    let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_of_rank_one_is_its_own_vector() {
        let activation = [1.0f32, -2.0, -2.0, 2.0, -4.0, -4.0];
        let found = map(&Field { activation: &activation, gradient: &[], positions: 3 });
        // σ = |(1, 2)| |(-1, 2, 2)|, and u σ = (-1, 2, 2) √5
        for (value, expected) in found.values().iter().zip([-1.0, 2.0, 2.0]) {
            assert!((value - expected * 5f64.sqrt()).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_has_an_empty_map() {
        let found = map(&Field { activation: &[0.0; 4], gradient: &[], positions: 2 });
        assert_eq!(found.values(), [0.0, 0.0]);
    }
}
