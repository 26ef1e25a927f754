//! Grad-CAM++ as its authors' published code computes it, which the paper does not: each channel's α are divided by their
//! sum over the places where g > 0. w_k = S(α relu(g)) / S(α \[g > 0\]), a mean of the positive gradients. One backward pass.

use crate::cam::sums::{Field, Sums, relu, sum};

pub(super) fn map(field: &Field) -> Sums {
    field.weighted(&|a, g| {
        let total = sum(a, relu);
        let alphas = sum(g, |g| if g > 0.0 { 1.0 / (2.0 + total * g) } else { 0.0 });
        let weight = sum(g, |g| relu(g) / (2.0 + total * relu(g)));
        if alphas > 0.0 { weight / alphas } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_of_one_positive_gradient_weighs_what_that_is() {
        let map = map(&Field { activation: &[1.0, 3.0], gradient: &[0.25, -2.0], positions: 2 });
        assert_eq!(map.values(), [0.25, 0.75]);
    }
}
