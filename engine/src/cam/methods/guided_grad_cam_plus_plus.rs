//! Guided Grad-CAM++, Chattopadhay et al. 2018: guided backpropagation, each pixel weighed by the layer's Grad-CAM++ map there.
//! A backward pass to the layer and one to the picture.

use super::grad_cam_plus_plus;
use crate::cam::recipe::Guided;

pub(super) const GUIDED: Guided = Guided { weight: Some(grad_cam_plus_plus::map) };
