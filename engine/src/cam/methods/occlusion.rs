//! Occlusion, Zeiler and Fergus 2014: what the probability loses where a black square hides the picture. A run a place, 196 of
//! a square picture; no gradient and no layer.
//!
//! The short side has 14 places. A square is three of them wide and has its middle on each in turn.

use crate::cam::recipe::{Mask, Masks, Scene};
use crate::cam::sums::Sums;

/// Places along the short side.
const PLACES: f64 = 14.0;

pub(super) const MASKS: Masks = Masks {
    count: |scene| {
        let (columns, rows) = grid(scene);
        columns * rows
    },
    mask,
    grid,
    map: |_, whole, scores| Sums::of(scores.iter().map(|score| whole - score).collect()),
};

fn grid(scene: &Scene) -> (usize, usize) {
    let (width, height) = scene.input;
    let place = width.min(height) as f64 / PLACES;
    let along = |side: usize| (side as f64 / place).round() as usize;
    (along(width), along(height))
}

fn mask(scene: &Scene, index: usize) -> Option<Mask> {
    let (width, height) = scene.input;
    let (columns, rows) = grid(scene);
    let (across, down) = (hidden(width, columns, index % columns), hidden(height, rows, index / columns));
    let left = |(row, column): (usize, usize)| if down[row] && across[column] { 0.0 } else { 1.0 };
    let places = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
    Some(Mask { values: places.map(left).collect(), size: scene.input })
}

/// Which pixels of a side a square around one of its places hides.
fn hidden(side: usize, places: usize, at: usize) -> Vec<bool> {
    let place = |pixel: usize| (2 * pixel + 1) * places / (2 * side);
    (0..side).map(|pixel| place(pixel).abs_diff(at) <= 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_hides_three_places() {
        let hidden: Vec<_> = hidden(28, 14, 0).iter().map(|&is| u8::from(is)).collect();
        assert_eq!(hidden[..6], [1, 1, 1, 1, 0, 0]);
        assert_eq!(super::hidden(28, 14, 5).iter().filter(|is| **is).count(), 6);
    }
}
