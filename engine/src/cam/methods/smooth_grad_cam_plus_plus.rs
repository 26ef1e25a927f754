//! Smooth Grad-CAM++, Omeiza et al. 2019: Grad-CAM++ of the means of g, g² and g³ over noisy copies of the picture, each
//! power averaged by itself: α = m₂ / (2 m₂ + S(relu(A)) m₃), w_k = S(α relu(m₁)). A is the clean picture's. A run and a
//! backward pass a copy.
//!
//! The paper's factor e^S is left out, as Grad-CAM++ leaves it out: it cancels there and not here. Where the denominator is
//! at most 0, α is 0.

use crate::cam::recipe::{Copies, Kind};
use crate::cam::sums::{Field, Sums, relu, sum};

pub(super) const COPIES: Copies = Copies { kind: Kind::Noisy, count: 8, powers: 3, map };

fn map(field: &Field, means: &[Vec<f64>]) -> Sums {
    let [first, second, third] = means else { return Sums::new(field.positions) };
    let weights = field.activations().enumerate().map(|(channel, a)| {
        let total = sum(a, relu);
        let places = channel * field.positions..(channel + 1) * field.positions;
        places.map(|at| weight(total, first[at], second[at], third[at])).sum()
    });
    field.weighted_by(weights)
}

/// α relu(m₁)
fn weight(total: f64, first: f64, second: f64, third: f64) -> f64 {
    let denominator = 2.0 * second + total * third;
    if denominator > 0.0 { second / denominator * relu(first) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cam::methods::grad_cam_plus_plus;

    #[test]
    fn without_noise_it_is_grad_cam_plus_plus() {
        let (a, g) = ([0.5f32, 2.0, 0.0, 1.0], [0.3f32, -0.2, 0.1, 0.7]);
        let field = Field { activation: &a, gradient: &g, positions: 2 };
        let means: Vec<Vec<f64>> =
            (1..=3).map(|n| g.iter().map(|&g| f64::from(g).powi(n)).collect()).collect();
        for (found, expected) in
            map(&field, &means).values().iter().zip(grad_cam_plus_plus::map(&field).values())
        {
            assert!((found - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_denominator_of_at_most_0_gives_no_weight() {
        assert_eq!(weight(4.0, 1.0, 1.0, -0.5), 0.0);
        assert_eq!(weight(4.0, 1.0, 1.0, 0.5), 0.25);
    }
}
