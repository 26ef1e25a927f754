//! Score-CAM, Wang et al. 2020, definition 3: Σ_k w_k A_k, w_k = Y(I ∘ M_k) − Y(black), with M_k the channel A_k scaled to
//! \[0, 1\] and to the picture. Y is the probability. A run a channel and one for black; no gradient.
//!
//! A channel that is the same everywhere shows nothing, and has no weight. The picture is multiplied before its
//! normalisation, so that what is hidden is black. The paper's algorithm 1 puts a softmax over the channels' weights, which
//! makes them nearly equal, and its definition 3 none.

use crate::cam::recipe::{Mask, Masks, Scene};
use crate::cam::sums::Sums;

pub(super) const MASKS: Masks =
    Masks { count: |scene| scene.field.activations().count() + 1, mask, grid: |scene| scene.layer, map };

/// The last one is black.
fn mask(scene: &Scene, index: usize) -> Option<Mask> {
    let channel = scene.field.activations().nth(index)?;
    let least = channel.iter().copied().fold(f32::INFINITY, f32::min);
    let range = channel.iter().copied().fold(f32::NEG_INFINITY, f32::max) - least;
    (range > 0.0)
        .then(|| Mask { values: channel.iter().map(|a| (a - least) / range).collect(), size: scene.layer })
}

fn map(scene: &Scene, _: f64, scores: &[f64]) -> Sums {
    let black = scores.last().copied().unwrap_or_default();
    scene.field.weighted_by(scores.iter().map(|score| score - black))
}
