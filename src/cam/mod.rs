//! Class activation maps: from a layer's activation and the gradient of one class's logit to a raw
//! map.
//!
//! Notation, after Chattopadhay et al. (arXiv 1710.11063): A is the activation, `[channels, h, w]`;
//! g = ∂y_c / ∂A; S(·) sums over positions; Z = h·w.

mod methods;

use std::fmt;
use std::str::FromStr;

use crate::network::Layer;
use crate::{Error, Result};

/// How a map is made of activation and gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// CAM (Zhou et al. 2016): relu(Σ_k W\[c,k\] A_k), at layer "head" only.
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
    /// At layer "features" A is linear, S(A_k) comes near zero and the weight with it near infinity:
    /// the map there is unstable by definition. Use it at "head".
    XGradCam,
}

impl Method {
    /// Every method.
    pub const ALL: &'static [Self] =
        &[Self::Cam, Self::GradCam, Self::GradCamPlusPlus, Self::HiResCam, Self::LayerCam, Self::XGradCam];

    /// The layer at which the method is at its best.
    pub fn default_layer(self) -> Layer {
        match self {
            Self::Cam | Self::XGradCam => Layer::Head,
            Self::GradCam | Self::GradCamPlusPlus | Self::HiResCam | Self::LayerCam => Layer::Features,
        }
    }

    /// The layer to use where `wanted` was asked for.
    ///
    /// # Errors
    /// [`Error::MethodNeedsHead`] for [`Method::Cam`] elsewhere.
    pub fn layer(self, wanted: Option<Layer>) -> Result<Layer> {
        match (self, wanted) {
            (Self::Cam, Some(Layer::Features)) => Err(Error::MethodNeedsHead { method: self }),
            (_, layer) => Ok(layer.unwrap_or(self.default_layer())),
        }
    }

    /// The raw map of an activation `A` weighed by `by`: the gradient g, `[channels, h, w]`, or for
    /// [`Method::Cam`] the classifier's row, `[channels]`.
    ///
    /// The map is row-major, has `positions` = h·w values and is not negative. Sums run in f64.
    pub fn map(self, activation: &[f32], by: &[f32], positions: usize) -> Vec<f32> {
        let map = match self {
            Self::Cam => methods::cam(activation, by, positions),
            Self::GradCam => methods::grad_cam(activation, by, positions),
            Self::GradCamPlusPlus => methods::grad_cam_plus_plus(activation, by, positions),
            Self::HiResCam => methods::hires_cam(activation, by, positions),
            Self::LayerCam => methods::layer_cam(activation, by, positions),
            Self::XGradCam => methods::xgrad_cam(activation, by, positions),
        };
        map.into_iter().map(|value| value.max(0.0) as f32).collect()
    }
}

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
        Self::ALL
            .iter()
            .copied()
            .find(|method| method.to_string() == name)
            .ok_or_else(|| Error::UnknownMethod { name: name.into() })
    }
}
