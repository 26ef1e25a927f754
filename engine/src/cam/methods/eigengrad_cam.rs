//! EigenGrad-CAM, of the library pytorch-grad-cam: what Eigen-CAM is of A, of g ∘ A. One backward pass. Not centred, where that
//! library centres; the sign is that of the product with Σ_k g_k ∘ A_k, HiResCAM.

use super::eigen_cam::principal;
use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field) -> Sums {
    let products: Vec<_> = field.activation.iter().zip(field.gradient).map(|(a, g)| a * g).collect();
    principal(&products, field.positions, |product| product)
}
