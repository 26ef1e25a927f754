//! Grad-CAM elementwise, of the library pytorch-grad-cam: Σ_k relu(g_k ∘ A_k), HiResCAM without what speaks against the
//! class. One backward pass.

use crate::cam::sums::{Field, Sums, relu};

pub(super) fn map(field: &Field) -> Sums {
    field.elementwise(|a, g| relu(g * a))
}
