//! Grad-CAM, Selvaraju et al. 2017 (eq. 3 of Chattopadhay et al.): Σ_k w_k A_k, w_k = S(g_k) / Z. One backward pass.

use crate::cam::sums::{Field, Sums, sum};

pub(super) fn map(field: &Field) -> Sums {
    field.weighted(&|_, g| sum(g, |g| g) / g.len() as f64)
}
