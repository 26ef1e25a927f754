//! CAM, Zhou et al. 2016: Σ_k W\[c,k\] A_k, W the classifier's weights.
//!
//! Behind a head of pooling and linear layers these are S(g_k). One backward pass through the head.

use crate::cam::sums::{Field, Sums, sum};

pub(super) fn map(field: &Field) -> Sums {
    field.weighted(&|_, g| sum(g, |g| g))
}
