//! From a method and a pass to maps: the method's recipe says what has to be run.

use std::pin::Pin;

use super::Explainer;
use super::pass::Pass;
use super::target::Target;
use crate::cam::{Field, Method, Needs, Recipe, Sampling, Sums};
use crate::cpu::all_finite;
use crate::saliency::SaliencyMap;
use crate::session::Session;
use crate::{Error, Result};

/// A map of activation and gradient.
pub(super) type LayerMap = fn(&Field) -> Sums;

/// Maps of a method that runs the network many times, in functions of their own: engines compile one whole once it ran often,
/// and those of the others are called for each picture.
type Runs<'a> = Pin<Box<dyn Future<Output = Result<Vec<SaliencyMap>>> + 'a>>;

/// How maps are made, beside method, layer and targets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) sampling: Sampling,
    pub(super) signed: bool,
    /// Whether the first principal part of a map's terms stands for their sum.
    pub(super) is_eigen: bool,
}

/// Whether a method takes the gradient of the picture as it is.
pub(super) fn has_gradient(method: Method) -> bool {
    matches!(method.entry().recipe, Recipe::Gradient(_) | Recipe::Classes(_) | Recipe::Guided(_))
}

/// Whether a method's map is a sum of what it makes of each channel of a layer and of the gradient there.
fn has_terms(method: Method) -> bool {
    let entry = method.entry();
    matches!(entry.recipe, Recipe::Gradient(_))
        && entry.needs != Needs::Picture
        && method != Method::EigenGradCam
}

/// The layers at which a pass has to keep what gradients need for a method at some layers.
pub(super) fn with_gradient(method: Method, layers: &[usize], session: &Session) -> Vec<usize> {
    let layers = if has_gradient(method) { layers } else { &[] };
    let is_guided = matches!(method.entry().recipe, Recipe::Guided(_));
    layers.iter().copied().chain(session.picture().filter(|_| is_guided)).collect()
}

impl Explainer {
    /// The map of each target at a layer.
    pub(super) async fn maps(
        &self,
        pass: &Pass,
        method: Method,
        layer: usize,
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        self.keep(pass, vec![pass.session.value_of(layer)]).await?;
        if manner.is_eigen && !has_terms(method) {
            return Err(Error::MethodUndefined {
                method: method.to_string(),
                reason: "with `smooth: 'eigen'`: it takes a method that adds up channels of a layer after one backward pass, such as grad-cam++".into(),
            });
        }
        let runs: Runs = match &method.entry().recipe {
            Recipe::Activation(map) => {
                let none = vec![Vec::new(); targets.len()];
                return self.maps_of(pass, map, layer, &none, manner.signed);
            }
            Recipe::Gradient(map) => {
                let gradients = self.gradients(pass, layer, targets).await?;
                let eigen = |field: &Field| field.principal_of(*map);
                let map: &dyn Fn(&Field) -> Sums = if manner.is_eigen { &eigen } else { map };
                return self.maps_of(pass, map, layer, &gradients.planes, manner.signed);
            }
            Recipe::Attention(attention) => {
                Box::pin(self.maps_of_attention(pass, (method, attention), targets, manner))
            }
            Recipe::Classes(map) => {
                Box::pin(self.maps_of_classes(pass, (method, *map), layer, targets, manner))
            }
            Recipe::Guided(guided) => {
                let layers = (layer, self.picture_layer(method, &pass.session)?);
                Box::pin(self.maps_of_guided(pass, guided, layers, targets, manner))
            }
            Recipe::Copies(copies) => Box::pin(self.maps_of_copies(pass, copies, layer, targets, manner)),
            Recipe::Masks(masks) => Box::pin(self.maps_of_masks(pass, masks, layer, targets, manner)),
            Recipe::Channels(map) => Box::pin(self.maps_of_channels(pass, *map, layer, targets, manner)),
        };
        runs.await
    }

    /// The map of each gradient at a layer.
    pub(super) fn maps_of(
        &self,
        pass: &Pass,
        map: &dyn Fn(&Field) -> Sums,
        layer: usize,
        gradients: &[Vec<f32>],
        signed: bool,
    ) -> Result<Vec<SaliencyMap>> {
        let activation = pass.activation(layer)?;
        let (width, height) = pass.grid(layer);
        let map = |gradient: &Vec<f32>| {
            let field = Field { activation: &activation, gradient, positions: width * height };
            finished(map(&field), (width, height), signed)
        };
        gradients.iter().map(map).collect()
    }
}

/// The map of a method's sums.
pub(super) fn finished(sums: Sums, (width, height): (usize, usize), signed: bool) -> Result<SaliencyMap> {
    let values = sums.map(signed);
    if all_finite(&values) { Ok(SaliencyMap { values, width, height }) } else { Err(Error::NotFinite) }
}
