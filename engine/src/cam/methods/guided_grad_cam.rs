//! Guided Grad-CAM, Selvaraju et al. 2017: guided backpropagation, each pixel weighed by the layer's Grad-CAM map there, which is
//! scaled bilinearly to the picture. A backward pass to the layer and one to the picture.

use super::grad_cam;
use crate::cam::recipe::Guided;

pub(super) const GUIDED: Guided = Guided { weight: Some(grad_cam::map) };
