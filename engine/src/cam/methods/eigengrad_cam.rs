//! EigenGrad-CAM, of the library pytorch-grad-cam: what Eigen-CAM is of A, of g ∘ A. One backward pass. Not centred, where that
//! library centres; the sign is that of the product with Σ_k g_k ∘ A_k, HiResCAM.

use super::eigen_cam::principal;
use super::hires_cam;
use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field) -> Sums {
    field.principal_of(hires_cam::map)
}

impl Field<'_> {
    /// The first principal part of a map's terms, one a channel, in place of their sum, whose sign it has. The map is one that adds
    /// up what it makes of each channel by itself.
    pub fn principal_of(&self, map: fn(&Field) -> Sums) -> Sums {
        let mut terms = Vec::with_capacity(self.activation.len());
        for (activation, gradient) in self.channels() {
            let term = map(&Field { activation, gradient, positions: self.positions });
            terms.extend(term.values().iter().map(|&value| value as f32));
        }
        principal(&terms, self.positions, |term| term)
    }
}
