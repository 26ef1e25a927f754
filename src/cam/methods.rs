//! The equations, one function a method. Each returns the map before its final ReLU.

use std::iter::zip;

/// Σ_k w_k A_k, one weight a channel.
fn weighted_sum(activation: &[f32], positions: usize, weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut map = vec![0.0; positions];
    for (a, weight) in zip(activation.chunks_exact(positions), weights) {
        for (sum, &a) in zip(&mut map, a) {
            *sum += weight * f64::from(a);
        }
    }
    map
}

/// A_k and g_k of each channel k.
fn channels<'a>(
    activation: &'a [f32],
    gradient: &'a [f32],
    positions: usize,
) -> impl Iterator<Item = (&'a [f32], &'a [f32])> {
    zip(activation.chunks_exact(positions), gradient.chunks_exact(positions))
}

/// Σ_k f(g_k) ∘ A_k, weighed at every position by itself.
fn elementwise_sum(
    activation: &[f32],
    gradient: &[f32],
    positions: usize,
    weight: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let mut map = vec![0.0; positions];
    for (a, g) in channels(activation, gradient, positions) {
        for (sum, (&a, &g)) in zip(&mut map, zip(a, g)) {
            *sum += weight(f64::from(g)) * f64::from(a);
        }
    }
    map
}

/// What relu(f) leaves of a channel.
fn positive(values: &[f32]) -> impl Iterator<Item = f64> {
    values.iter().map(|&value| f64::from(value)).filter(|&value| value > 0.0)
}

/// S(f): the sum over a channel's positions.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.sum()
}

/// Zhou et al. 2016: the classifier's weights themselves.
pub(super) fn cam(activation: &[f32], classifier_row: &[f32], positions: usize) -> Vec<f64> {
    weighted_sum(activation, positions, classifier_row.iter().map(|&weight| f64::from(weight)))
}

/// Eq. 3: w_k = S(g_k) / Z.
pub(super) fn grad_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f64> {
    let mean = |g: &[f32]| sum(g.iter().map(|&g| f64::from(g))) / positions as f64;
    weighted_sum(activation, positions, gradient.chunks_exact(positions).map(mean))
}

/// Eqs 5 and 19: w_k = S(α relu(g)), α = 1 / (2 + S(relu(A)) g).
///
/// Eq. 19, g² / (2 g² + S(A) g³), is divided through by g², so that no power of a tiny gradient is
/// ever taken; where g ≤ 0, eq. 5 has no use for α. The paper's A is rectified, and so it is here
/// inside S: α then lies in (0, 1/2], also at the linear layer "features".
pub(super) fn grad_cam_plus_plus(activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f64> {
    let weights = channels(activation, gradient, positions).map(|(a, g)| {
        let total = sum(positive(a));
        sum(positive(g).map(|g| g / (2.0 + total * g)))
    });
    weighted_sum(activation, positions, weights)
}

/// Draelos and Carin 2020: the gradient itself weighs each position.
pub(super) fn hires_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f64> {
    elementwise_sum(activation, gradient, positions, |g| g)
}

/// Jiang et al. 2021: the positive gradient weighs each position.
pub(super) fn layer_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f64> {
    elementwise_sum(activation, gradient, positions, |g| g.max(0.0))
}

/// Fu et al. 2020: w_k = S(g_k ∘ A_k) / S(A_k); a channel that sums to zero has no weight to give.
pub(super) fn xgrad_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f64> {
    let weights = channels(activation, gradient, positions).map(|(a, g)| {
        let total = sum(a.iter().map(|&a| f64::from(a)));
        let product = sum(zip(a, g).map(|(&a, &g)| f64::from(a) * f64::from(g)));
        if total == 0.0 { 0.0 } else { product / total }
    });
    weighted_sum(activation, positions, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grad_cam_plus_plus_is_eq_19_to_the_letter_where_the_activation_is_positive() {
        let (a, g) = ([0.5f32, 2.0, 0.0, 1.0], [0.3f32, -0.2, 0.1, 0.7]);
        let total: f64 = 3.5;
        let weight: f64 = g
            .iter()
            .map(|&g| f64::from(g))
            .map(|g| g.powi(2) / (2.0 * g.powi(2) + total * g.powi(3)) * g.max(0.0))
            .sum();
        let map = grad_cam_plus_plus(&a, &g, 4);
        for (&value, &a) in zip(&map, &a) {
            assert!((value - weight * f64::from(a)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_gradient_without_positive_evidence_gives_an_empty_map() {
        assert_eq!(grad_cam_plus_plus(&[1.0, 2.0], &[-1.0, 0.0], 2), [0.0, 0.0]);
        assert_eq!(layer_cam(&[1.0, 2.0], &[-1.0, 0.0], 2), [0.0, 0.0]);
    }

    #[test]
    fn xgrad_cam_leaves_out_channels_that_sum_to_zero() {
        assert_eq!(xgrad_cam(&[1.0, -1.0, 2.0, 2.0], &[1.0, 1.0, 1.0, 1.0], 2), [2.0, 2.0]);
    }

    #[test]
    fn tiny_gradients_keep_their_weight() {
        let map = grad_cam_plus_plus(&[1.0], &[1e-30], 1);
        assert!((map[0] / 5e-31 - 1.0).abs() < 1e-6);
    }
}
