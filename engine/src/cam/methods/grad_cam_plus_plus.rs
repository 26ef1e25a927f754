//! Grad-CAM++, Chattopadhay et al. 2018, eqs 5 and 19: Σ_k w_k A_k, w_k = S(α relu(g)), α = 1 / (2 + S(relu(A)) g). One
//! backward pass.
//!
//! Eq. 19, g² / (2 g² + S(A) g³), is divided through by g², so that no power of a tiny gradient is ever taken; where g ≤ 0,
//! eq. 5 has no use for α. The paper's A is rectified, and so it is here inside S: α then lies in (0, 1/2], also at a linear
//! layer.

use crate::cam::sums::{Field, Sums, relu, sum};

pub(super) fn map(field: &Field) -> Sums {
    field.weighted(&|a, g| {
        let total = sum(a, relu);
        sum(g, |g| relu(g) / (2.0 + total * relu(g)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_eq_19_to_the_letter_where_the_activation_is_positive() {
        let (a, g) = ([0.5f32, 2.0, 0.0, 1.0], [0.3f32, -0.2, 0.1, 0.7]);
        let total: f64 = 3.5;
        let weight: f64 = g
            .iter()
            .map(|&g| f64::from(g))
            .map(|g| g.powi(2) / (2.0 * g.powi(2) + total * g.powi(3)) * g.max(0.0))
            .sum();
        let map = map(&Field { activation: &a, gradient: &g, positions: 4 });
        for (value, &a) in map.values().iter().zip(&a) {
            assert!((value - weight * f64::from(a)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_gradient_without_positive_evidence_gives_an_empty_map() {
        let map = map(&Field { activation: &[1.0, 2.0], gradient: &[-1.0, 0.0], positions: 2 });
        assert_eq!(map.values(), [0.0, 0.0]);
    }

    #[test]
    fn tiny_gradients_keep_their_weight() {
        let map = map(&Field { activation: &[1.0], gradient: &[1e-30], positions: 1 });
        assert!((map.values()[0] / 5e-31 - 1.0).abs() < 1e-6);
    }
}
