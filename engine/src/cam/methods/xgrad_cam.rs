//! XGrad-CAM, Fu et al. 2020: Σ_k w_k A_k, w_k = S(g_k ∘ A_k) / S(A_k). One backward pass.
//!
//! A channel that sums to zero has no weight to give. Where A is not rectified, S(A_k) comes near zero and the weight with it
//! near infinity: the map there is unstable by definition. Use it behind a ReLU.

use crate::cam::sums::{Field, Sums, dot, sum};

pub(super) fn map(field: &Field) -> Sums {
    field.weighted(&|a, g| {
        let total = sum(a, |a| a);
        if total == 0.0 { 0.0 } else { dot(a, g) / total }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_that_sum_to_zero_are_left_out() {
        let field = Field { activation: &[1.0, -1.0, 2.0, 2.0], gradient: &[1.0; 4], positions: 2 };
        assert_eq!(map(&field).values(), [2.0, 2.0]);
    }
}
