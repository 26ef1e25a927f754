//! The equations, one function a method. Each returns the map before its final ReLU. None is inlined: what calls them is
//! compiled for size.

use std::iter::zip;

/// A sum over channels at each position, and the sum of its terms' magnitudes.
pub(super) struct Sums {
    pub(super) values: Vec<f64>,
    pub(super) magnitudes: Vec<f64>,
}

impl Sums {
    fn new(positions: usize) -> Self {
        Self { values: vec![0.0; positions], magnitudes: vec![0.0; positions] }
    }

    /// Adds a channel's term at each position.
    fn add(&mut self, terms: impl Iterator<Item = f64>) {
        for ((value, magnitude), term) in zip(zip(&mut self.values, &mut self.magnitudes), terms) {
            *value += term;
            *magnitude += term.abs();
        }
    }
}

/// Σ_k w_k A_k, one weight a channel.
#[inline(never)]
fn weighted_sum(activation: &[f32], positions: usize, weights: impl Iterator<Item = f64>) -> Sums {
    let mut sums = Sums::new(positions);
    for (a, weight) in zip(activation.chunks_exact(positions), weights) {
        sums.add(a.iter().map(|&a| weight * f64::from(a)));
    }
    sums
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
#[inline(never)]
fn elementwise_sum(
    activation: &[f32],
    gradient: &[f32],
    positions: usize,
    weight: impl Fn(f64) -> f64,
) -> Sums {
    let mut sums = Sums::new(positions);
    for (a, g) in channels(activation, gradient, positions) {
        sums.add(zip(a, g).map(|(&a, &g)| weight(f64::from(g)) * f64::from(a)));
    }
    sums
}

/// max(x, 0); `f64::max` is a call in WebAssembly, and this an instruction.
pub(super) fn relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}

/// S(f): the sum of a function over a channel's positions. Four sums side by side do not wait for each other.
fn sum(values: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        zip(&mut sums, four).for_each(|(sum, &value)| *sum += f(value.into()));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| f(value.into())).sum::<f64>()
}

/// Zhou et al. 2016: W\[c,k\], the classifier's weight. Behind a head of pooling and linear layers it is S(g_k).
#[inline(never)]
pub(super) fn cam(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    let weight = |g: &[f32]| sum(g, |g| g);
    weighted_sum(activation, positions, gradient.chunks_exact(positions).map(weight))
}

/// Eq. 3: w_k = S(g_k) / Z.
#[inline(never)]
pub(super) fn grad_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    let mean = |g: &[f32]| sum(g, |g| g) / positions as f64;
    weighted_sum(activation, positions, gradient.chunks_exact(positions).map(mean))
}

/// Eqs 5 and 19: w_k = S(α relu(g)), α = 1 / (2 + S(relu(A)) g).
///
/// Eq. 19, g² / (2 g² + S(A) g³), is divided through by g², so that no power of a tiny gradient is
/// ever taken; where g ≤ 0, eq. 5 has no use for α. The paper's A is rectified, and so it is here
/// inside S: α then lies in (0, 1/2], also at the linear layer "features".
#[inline(never)]
pub(super) fn grad_cam_plus_plus(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    let weights = channels(activation, gradient, positions).map(|(a, g)| {
        let total = sum(a, relu);
        sum(g, |g| relu(g) / (2.0 + total * relu(g)))
    });
    weighted_sum(activation, positions, weights)
}

/// Draelos and Carin 2020: the gradient itself weighs each position.
#[inline(never)]
pub(super) fn hires_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    elementwise_sum(activation, gradient, positions, |g| g)
}

/// Jiang et al. 2021: the positive gradient weighs each position.
#[inline(never)]
pub(super) fn layer_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    elementwise_sum(activation, gradient, positions, relu)
}

/// Fu et al. 2020: w_k = S(g_k ∘ A_k) / S(A_k); a channel that sums to zero has no weight to give.
#[inline(never)]
pub(super) fn xgrad_cam(activation: &[f32], gradient: &[f32], positions: usize) -> Sums {
    let weights = channels(activation, gradient, positions).map(|(a, g)| {
        let total = sum(a, |a| a);
        let product = zip(a, g).map(|(&a, &g)| f64::from(a) * f64::from(g)).sum::<f64>();
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
        let map = grad_cam_plus_plus(&a, &g, 4).values;
        for (&value, &a) in zip(&map, &a) {
            assert!((value - weight * f64::from(a)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_gradient_without_positive_evidence_gives_an_empty_map() {
        assert_eq!(grad_cam_plus_plus(&[1.0, 2.0], &[-1.0, 0.0], 2).values, [0.0, 0.0]);
        assert_eq!(layer_cam(&[1.0, 2.0], &[-1.0, 0.0], 2).values, [0.0, 0.0]);
    }

    #[test]
    fn xgrad_cam_leaves_out_channels_that_sum_to_zero() {
        assert_eq!(xgrad_cam(&[1.0, -1.0, 2.0, 2.0], &[1.0, 1.0, 1.0, 1.0], 2).values, [2.0, 2.0]);
    }

    #[test]
    fn tiny_gradients_keep_their_weight() {
        let map = grad_cam_plus_plus(&[1.0], &[1e-30], 1).values;
        assert!((map[0] / 5e-31 - 1.0).abs() < 1e-6);
    }
}
