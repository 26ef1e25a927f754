//! Guided backpropagation, Springenberg et al. 2014: the gradient at the picture, where negative gradients are cut at every ReLU on
//! the way, beside what its own derivative cuts; of a pixel the sum over its channels. One backward pass to the picture.
//!
//! At other activations the cut is at their output, too, which is a generalisation. It shows the edges that a network sees, and
//! hardly depends on the class or on what the network has learned: Adebayo et al. 2018.

use std::iter::zip;

use crate::cam::recipe::Guided;
use crate::cam::sums::Sums;

pub(super) const GUIDED: Guided = Guided { weight: None };

impl Guided {
    /// The map of what came back to the picture, `[channels, pixels]`, and the weight of each pixel.
    pub fn map(&self, gradient: &[f32], weights: &[f32]) -> Sums {
        let mut sums = Sums::new(weights.len());
        for plane in gradient.chunks_exact(weights.len()) {
            sums.add(zip(plane, weights).map(|(&g, &weight)| f64::from(g) * f64::from(weight)));
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::GUIDED;

    #[test]
    fn channels_are_summed_with_their_signs_and_weighed() {
        let found = GUIDED.map(&[1.0, -2.0, 3.0, -4.0], &[0.5, 1.0]);
        assert_eq!(found.map(true), [2.0, -6.0]);
    }
}
