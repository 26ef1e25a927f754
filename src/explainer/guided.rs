//! Maps of guided backpropagation to the picture.

use super::Explainer;
use super::maps::{Manner, finished};
use super::pass::Pass;
use super::target::Target;
use crate::Result;
use crate::cam::Guided;
use crate::saliency::SaliencyMap;

impl Explainer {
    /// The map of each target, as large as the network's input: the layers are the one that weighs it, and the picture.
    pub(super) async fn maps_of_guided(
        &self,
        pass: &Pass,
        guided: &Guided,
        (layer, picture): (usize, usize),
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let (session, grid) = (&pass.session, (pass.input.width(), pass.input.height()));
        let weights = match guided.weight {
            Some(map) => {
                let gradients = self.gradients(pass, layer, targets).await?;
                self.maps_of(pass, &map, layer, &gradients.planes, false)?
            }
            None => vec![SaliencyMap { values: vec![1.0], width: 1, height: 1 }; targets.len()],
        };
        self.keep(pass, self.needs(session, picture, targets)?).await?;
        let go_on = self.go_on.as_deref();
        let gradients = self.gradients_of(session, &pass.values(), picture, targets, true, go_on).await?;
        let map = |(gradient, weights): (&Vec<f32>, SaliencyMap)| {
            let weights = weights.scaled(grid.0, grid.1);
            finished(guided.map(gradient, &weights.values), grid, manner.signed)
        };
        gradients.iter().zip(weights).map(map).collect()
    }
}
