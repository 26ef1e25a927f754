//! LayerCAM, Jiang et al. 2021: Σ_k relu(g_k) ∘ A_k, the positive gradient weighs each position. One backward pass.

use crate::cam::sums::{Field, Sums, relu};

pub(super) fn map(field: &Field) -> Sums {
    field.elementwise(|a, g| relu(g) * a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_without_positive_evidence_gives_an_empty_map() {
        let map = map(&Field { activation: &[1.0, 2.0], gradient: &[-1.0, 0.0], positions: 2 });
        assert_eq!(map.values(), [0.0, 0.0]);
    }
}
