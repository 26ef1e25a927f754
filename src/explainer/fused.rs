//! One map of several layers' maps.

use super::maps::Manner;
use super::pass::Pass;
use super::target::Target;
use super::{Explainer, Options};
use crate::cam::Method;
use crate::saliency::SaliencyMap;
use crate::session::Session;
use crate::{Error, Result};

/// LayerCAM's γ.
const SHARPNESS: f32 = 2.0;
/// LayerCAM scales layers whose positions lie nearer than so many pixels: the first three stages of its VGG-16.
const SHALLOW: usize = 8;

/// Layers whose maps become one.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// Their names, one at least.
    pub layers: Vec<String>,
    /// How.
    pub by: Fusion,
}

/// How maps become one. Each is divided by its largest magnitude before, and scaled to the finest grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fusion {
    /// The mean at each position.
    Mean,
    /// What has the largest magnitude at each position.
    Maximum,
}

impl Explainer {
    /// Where a map is taken: one layer, or those that are fused.
    pub(super) fn layers(&self, options: &Options, session: &Session) -> Result<Vec<usize>> {
        let layer = |name: Option<&str>| self.layer(options.method, name, session);
        match &options.fused {
            Some(Fused { layers, .. }) if layers.is_empty() => Err(Error::InvalidLayer {
                name: String::new(),
                reason: "layers whose maps become one are one at least".into(),
            }),
            Some(Fused { layers, .. }) => layers.iter().map(|name| layer(Some(name))).collect(),
            None => Ok(vec![layer(options.layer.as_deref())?]),
        }
    }

    /// The map of each target, fused over layers.
    ///
    /// LayerCAM's shallow maps M go in as tanh(γ M / max M), as its paper has it.
    pub(super) async fn fused_maps(
        &self,
        pass: &Pass,
        method: Method,
        by: Fusion,
        layers: &[usize],
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let mut of_layers = Vec::new();
        for &layer in layers {
            of_layers.push(self.maps(pass, method, layer, targets, manner).await?);
        }
        // A method's maps may be finer than its layers.
        let maps = || of_layers.iter().flatten();
        let width = maps().map(|map| map.width).max().unwrap_or(1);
        let height = maps().map(|map| map.height).max().unwrap_or(1);
        let mut fused = vec![SaliencyMap { values: vec![0.0; width * height], width, height }; targets.len()];
        for (&layer, maps) in layers.iter().zip(&of_layers) {
            let is_scaled = method == Method::LayerCam && pass.input.width() < SHALLOW * pass.grid(layer).0;
            for (fused, map) in fused.iter_mut().zip(maps) {
                let most = map.values.iter().fold(0.0, |most: f32, value| value.abs().max(most));
                let scale = if most > 0.0 { 1.0 / most } else { 0.0 };
                for (fused, value) in fused.values.iter_mut().zip(map.scaled(width, height).values) {
                    let value = value * scale;
                    let value = if is_scaled { (SHARPNESS * value).tanh() } else { value };
                    match by {
                        Fusion::Mean => *fused += value / layers.len() as f32,
                        Fusion::Maximum if value.abs() > fused.abs() => *fused = value,
                        Fusion::Maximum => {}
                    }
                }
            }
        }
        Ok(fused)
    }
}
