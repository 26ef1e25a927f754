//! Grad-CAM++ of the probability Y, Chattopadhay et al. 2018, eqs 10 and 21 to 24: w_k = S(α relu(Y′)) and
//! α = Y″ / (2 Y″ + S(relu(A_k)) Y‴), the derivatives of the softmax Y by A. A backward pass a class.
//!
//! With d = g_c − E g, the class's gradient less the mean over all classes by their probabilities, and the variance v and third
//! central moment t of that distribution, the equations come to Y′ = Y d, Y″ = Y (d² − v), Y‴ = Y (d³ − 3 d v − t). The factor Y
//! of w is left out: a map's maximum undoes it. Where the denominator is at most 0, α is 0.
//!
//! The second derivatives of the scores themselves are taken for 0, which is exact behind a layer where all is piecewise linear,
//! and an approximation where SiLU, GELU or attention follow.

use crate::cam::sums::{Field, Sums, relu, sum};

/// The class's own gradient is the field's; `means` are those of g, g² and g³ over the classes.
pub(super) fn map(field: &Field, means: &[Vec<f64>]) -> Sums {
    let [first, second, third] = means else { return Sums::new(field.positions) };
    let weights = field.activations().enumerate().map(|(channel, a)| {
        let total = sum(a, relu);
        let places = channel * field.positions..(channel + 1) * field.positions;
        places.map(|at| weight(total, field.gradient[at].into(), [first[at], second[at], third[at]])).sum()
    });
    field.weighted_by(weights)
}

/// α relu(d)
fn weight(total: f64, g: f64, [first, second, third]: [f64; 3]) -> f64 {
    let d = g - first;
    let variance = second - first * first;
    let skew = third - 3.0 * first * second + 2.0 * first * first * first;
    let bend = d * d - variance;
    let denominator = 2.0 * bend + total * (d * d * d - 3.0 * d * variance - skew);
    if denominator > 0.0 { bend / denominator * relu(d) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two classes whose scores are g x and 0 the softmax is a sigmoid σ(g x).
    #[test]
    fn of_two_classes_it_has_the_derivatives_of_a_sigmoid() {
        let (g, p): (f64, f64) = (1.5, 0.2);
        let means = [p * g, p * g * g, p * g * g * g];
        let (one, two, three) = (
            g * (1.0 - p),
            g * g * (1.0 - p) * (1.0 - 2.0 * p),
            g.powi(3) * (1.0 - p) * (1.0 - 6.0 * p + 6.0 * p * p),
        );
        let expected = two / (2.0 * two + 0.5 * three) * one;
        assert!((weight(0.5, g, means) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_denominator_of_at_most_0_gives_no_weight() {
        let (g, p): (f64, f64) = (1.5, 0.8);
        assert_eq!(weight(0.1, g, [p * g, p * g * g, p * g * g * g]), 0.0);
    }
}
