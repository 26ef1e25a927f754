//! Class activation maps: from a layer's activation and the gradient of one class's logit to a raw
//! map.
//!
//! Notation, after Chattopadhay et al. (arXiv 1710.11063): A is the activation, `[channels, h, w]`;
//! g = ∂y_c / ∂A; S(·) sums over positions; Z = h·w.

mod methods;

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// How a map is made of activation and gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// CAM (Zhou et al. 2016): relu(Σ_k W\[c,k\] A_k), where nothing but pooling and linear layers follow.
    Cam,
    /// Grad-CAM (eq. 3): relu(Σ_k mean(g_k) A_k).
    GradCam,
    /// Grad-CAM++ (eqs 5, 19): relu(Σ_k S(α relu(g))_k A_k).
    GradCamPlusPlus,
    /// HiResCAM (Draelos and Carin 2020): relu(Σ_k g_k ∘ A_k).
    HiResCam,
    /// LayerCAM (Jiang et al. 2021): relu(Σ_k relu(g_k) ∘ A_k).
    LayerCam,
    /// XGrad-CAM (Fu et al. 2020): relu(Σ_k S(g_k ∘ A_k) / S(A_k) A_k).
    ///
    /// Where A is not rectified, S(A_k) comes near zero and the weight with it near infinity: the map there is
    /// unstable by definition. Use it behind a ReLU.
    XGradCam,
}

impl Method {
    /// Every method.
    pub const ALL: &'static [Self] =
        &[Self::Cam, Self::GradCam, Self::GradCamPlusPlus, Self::HiResCam, Self::LayerCam, Self::XGradCam];

    /// The raw map of an activation A and the gradient g there, each `[channels, positions]`.
    ///
    /// The map has a value for each position, none negative. Sums run in f64. A map whose maximum is below
    /// [`NOTHING`] of what its terms amount to is rounding, and all zero.
    pub fn map(self, activation: &[f32], gradient: &[f32], positions: usize) -> Vec<f32> {
        let sums = match self {
            Self::Cam => methods::cam(activation, gradient, positions),
            Self::GradCam => methods::grad_cam(activation, gradient, positions),
            Self::GradCamPlusPlus => methods::grad_cam_plus_plus(activation, gradient, positions),
            Self::HiResCam => methods::hires_cam(activation, gradient, positions),
            Self::LayerCam => methods::layer_cam(activation, gradient, positions),
            Self::XGradCam => methods::xgrad_cam(activation, gradient, positions),
        };
        let largest = |values: &[f64]| {
            values.iter().fold(0.0, |largest, &value| if value > largest { value } else { largest })
        };
        if largest(&sums.values) < NOTHING * largest(&sums.magnitudes) {
            return vec![0.0; positions];
        }
        sums.values.into_iter().map(|value| methods::relu(value) as f32).collect()
    }
}

/// The share of a map's largest sum of absolute terms below which its maximum is rounding: HiResCAM before a
/// normalisation over the channels is zero by construction.
const NOTHING: f64 = 1e-4;

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Cam => "cam",
            Self::GradCam => "grad-cam",
            Self::GradCamPlusPlus => "grad-cam++",
            Self::HiResCam => "hires-cam",
            Self::LayerCam => "layer-cam",
            Self::XGradCam => "xgrad-cam",
        })
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|method| method.to_string() == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|method| format!("\"{method}\"")).collect();
            Error::UnknownMethod { name: name.into(), known: known.join(", ") }
        })
    }
}
