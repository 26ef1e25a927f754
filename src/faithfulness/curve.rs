//! Scores over the share of pixels that were taken away or put in.

use crate::cam::Random;
use crate::saliency::SaliencyMap;

/// A score over the share of pixels that were taken away or put in, in equal steps from 0 to 1
/// (Petsiuk et al. 2018).
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The scores, `steps + 1` of them.
    pub scores: Vec<f32>,
}

impl Curve {
    /// The area below it by the trapezoidal rule, in \[0, 1\]: better small for deletion, large for
    /// insertion.
    pub fn area(&self) -> f64 {
        let trapezoids = self.scores.windows(2).map(|pair| f64::from(pair[0] + pair[1]) / 2.0);
        trapezoids.sum::<f64>() / (self.scores.len() - 1) as f64
    }
}

/// Which pixels stay visible after a step of so many of a deletion, and of an insertion: 1 and 0.
///
/// Pixels of one value go in a random order: rectified maps are zero over large parts, and row by row
/// the picture would go from the top down. The seed makes it the same order on every machine.
pub(crate) fn curve_masks(map: &SaliencyMap, seed: u64) -> CurveMasks {
    let mut random = Random::new(seed);
    // Adding 0 makes one zero of both.
    let drawn = map.values.iter().map(|value| (value + 0.0, random.draw()));
    let mut order: Vec<_> = drawn.enumerate().collect();
    order.sort_by(|(_, (a, a_draw)), (_, (b, b_draw))| b.total_cmp(a).then(a_draw.cmp(b_draw)));
    CurveMasks { order: order.into_iter().map(|(position, _)| position).collect() }
}

/// The masks of one map's curves.
pub(crate) struct CurveMasks {
    /// Positions, the most important first.
    order: Vec<usize>,
}

impl CurveMasks {
    /// All but the most important `step / steps` of the pixels.
    pub(crate) fn deletion(&self, step: usize, steps: usize) -> Vec<f32> {
        self.mask((step, steps), 1.0, 0.0)
    }

    /// The most important `step / steps` of the pixels alone.
    pub(crate) fn insertion(&self, step: usize, steps: usize) -> Vec<f32> {
        self.mask((step, steps), 0.0, 1.0)
    }

    fn mask(&self, (step, steps): (usize, usize), rest: f32, important: f32) -> Vec<f32> {
        let mut mask = vec![rest; self.order.len()];
        // In u64: the product may leave the 32 bits of WebAssembly's usize.
        let count = self.order.len() as u64 * step as u64 / steps as u64;
        for &position in &self.order[..count as usize] {
            mask[position] = important;
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_take_the_most_important_pixels_first() {
        let map = SaliencyMap { values: vec![0.5, 0.0, 1.0, 0.5], width: 2, height: 2 };
        let masks = curve_masks(&map, 0);
        assert_eq!(masks.deletion(1, 4), [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(masks.insertion(2, 4), [1.0, 0.0, 1.0, 0.0]);
        assert_eq!(masks.insertion(4, 4), [1.0; 4]);
    }

    #[test]
    fn pixels_of_one_value_go_in_a_random_order_that_the_seed_fixes() {
        let (width, height) = (64, 64);
        // Evidence in one corner, of either zero elsewhere.
        let value = |at: usize| if at < 16 { 1.0 } else { [0.0, -0.0][at % 2] };
        let map = SaliencyMap { values: (0..width * height).map(value).collect(), width, height };
        let kept = curve_masks(&map, 0).deletion(1, 2);
        assert_eq!(kept[..16], [0.0; 16]);
        assert_eq!(kept.iter().sum::<f32>(), 2048.0);
        // Of each quarter of the rest about half is left: standard deviation 16.
        for quarter in kept.chunks(1024) {
            assert!((quarter.iter().sum::<f32>() - 512.0).abs() < 80.0);
        }
        assert_eq!(kept, curve_masks(&map, 0).deletion(1, 2));
        assert_ne!(kept, curve_masks(&map, 1).deletion(1, 2));
    }

    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let drawn = [random.draw(), random.draw(), random.draw()];
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn the_area_below_a_straight_line_is_a_half() {
        assert_eq!(Curve { scores: vec![0.0, 0.5, 1.0] }.area(), 0.5);
    }
}
