//! HiResCAM, Draelos and Carin 2020: Σ_k g_k ∘ A_k, the gradient itself weighs each position. One backward pass.

use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field) -> Sums {
    field.elementwise(|a, g| g * a)
}
