//! RISE, Petsiuk et al. 2018: Σ_i Y(I ∘ M_i) M_i / (N p) over random masks M_i. Y is the probability. A run a mask; no
//! gradient and no layer.
//!
//! As in the paper a mask is a grid of 7 x 7 places, each of which is left with p = 1/2, scaled bilinearly to a little more
//! than the picture and cut out at a random place. A map of few masks is noise: its error falls with the root of their
//! number, 1000 here where the paper takes 4000 to 8000.

use crate::cam::random::Random;
use crate::cam::recipe::{Mask, Masks, Scene};
use crate::cam::sums::Sums;

/// Places along a side.
const PLACES: usize = 7;
/// What share of them is left.
const LEFT: f64 = 0.5;

pub(super) const MASKS: Masks = Masks {
    count: |scene| scene.sampling.samples.unwrap_or(1000),
    mask: |scene, index| Some(mask(scene, index)),
    grid: |scene| scene.input,
    map,
};

fn mask(scene: &Scene, index: usize) -> Mask {
    let mut random = Random::nth(scene.sampling.seed, index);
    let left: Vec<f32> =
        (0..PLACES * PLACES).map(|_| if random.share() < LEFT { 1.0 } else { 0.0 }).collect();
    let (width, height) = scene.input;
    let across = samples(width, random.share());
    let down = samples(height, random.share());
    let mut values = Vec::with_capacity(width * height);
    for (row, share_below) in down {
        let below = (row + 1).min(PLACES - 1);
        for &(column, share_right) in &across {
            let right = (column + 1).min(PLACES - 1);
            let along = |row: usize| {
                left[row * PLACES + column] * (1.0 - share_right) + left[row * PLACES + right] * share_right
            };
            values.push(along(row) * (1.0 - share_below) + along(below) * share_below);
        }
    }
    Mask { values, size: scene.input }
}

/// For each pixel of a side, the place before it and how far it is to the next, where the grid has one place's width more
/// than the side, of which this share is cut off.
fn samples(side: usize, cut: f64) -> Vec<(usize, f32)> {
    let place = side.div_ceil(PLACES);
    let first = (cut * place as f64).floor();
    let sample = |pixel: usize| {
        let at = (pixel as f64 + first + 0.5) / ((PLACES + 1) * place) as f64 * PLACES as f64 - 0.5;
        let at = at.clamp(0.0, (PLACES - 1) as f64);
        (at as usize, (at - at.floor()) as f32)
    };
    (0..side).map(sample).collect()
}

fn map(scene: &Scene, _: f64, scores: &[f64]) -> Sums {
    let mut sums = vec![0.0; scene.input.0 * scene.input.1];
    let share = 1.0 / (scores.len() as f64 * LEFT);
    for (index, score) in scores.iter().enumerate() {
        let mask = mask(scene, index);
        sums.iter_mut().zip(mask.values).for_each(|(sum, left)| *sum += score * share * f64::from(left));
    }
    Sums::of(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cam::recipe::Sampling;
    use crate::cam::sums::Field;

    #[test]
    fn masks_leave_half_and_cover_the_picture() {
        let field = Field { activation: &[], gradient: &[], positions: 1 };
        let scene = Scene { field, layer: (1, 1), input: (20, 30), sampling: Sampling::default() };
        let masks: Vec<_> = (0..400).map(|index| mask(&scene, index).values).collect();
        assert!(masks.iter().flatten().all(|left| (0.0..=1.0).contains(left)));
        let mean = masks.iter().flatten().sum::<f32>() / (400 * 600) as f32;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert_ne!(masks[0], masks[1]);
        assert_eq!(masks[0], mask(&scene, 0).values);
    }
}
