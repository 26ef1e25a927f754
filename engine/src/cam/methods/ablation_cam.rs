//! Ablation-CAM, Desai and Ramaswamy 2020: Σ_k w_k A_k, w_k = y − y_k, the score without the channel k. A run of what is
//! behind the layer a channel; no gradient.
//!
//! The paper divides by y, which the map's maximum undoes, and which would turn the map around where y is negative.

use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field, whole: f64, without: &[f64]) -> Sums {
    field.weighted_by(without.iter().map(|score| whole - score))
}
