//! Maps of the scores of many masked pictures.

use super::Explainer;
use super::maps::{Manner, finished};
use super::pass::Pass;
use super::steps::Steps;
use super::target::Target;
use crate::Result;
use crate::cam::{Field, Mask, Masks, Scene};
use crate::saliency::SaliencyMap;
use crate::session::Values;

impl Explainer {
    /// The map of each target: a run a mask, whatever the number of targets. A class is measured by its probability, another
    /// target by its value.
    pub(super) async fn maps_of_masks(
        &self,
        pass: &Pass,
        masks: &Masks,
        layer: usize,
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let (session, input) = (&pass.session, (pass.input.width(), pass.input.height()));
        let (activation, grid) = (pass.activation(layer)?, pass.grid(layer));
        let field = Field { activation: &activation, gradient: &[], positions: grid.0 * grid.1 };
        let scene = Scene { field, layer: grid, input, sampling: manner.sampling };
        let outputs = self.outputs_of(targets, session)?;
        let measure = |values: &Values| -> Result<Vec<f64>> {
            targets.iter().map(|target| self.confidence(target, session, values)).collect()
        };
        let count = (masks.count)(&scene);
        let steps = Steps::new(self, count);
        let (mut scores, mut black) = (vec![Vec::new(); targets.len()], None);
        for index in 0..count {
            let mask = (masks.mask)(&scene, index);
            let found = match (&black, &mask) {
                (Some(black), None) => Vec::clone(black),
                _ => {
                    let visible = match &mask {
                        Some(mask) => pass.input.masked_values(&scaled(mask, input), &self.contract),
                        None => self.black(pass),
                    };
                    measure(&session.run(visible, &outputs, steps.go_on()).await?)?
                }
            };
            if mask.is_none() {
                black.get_or_insert_with(|| found.clone());
            }
            scores.iter_mut().zip(found).for_each(|(scores, found)| scores.push(found));
            steps.next().await?;
        }
        let whole = measure(&pass.values())?;
        let map = |(scores, whole): (Vec<f64>, f64)| {
            finished((masks.map)(&scene, whole, &scores), (masks.grid)(&scene), manner.signed)
        };
        scores.into_iter().zip(whole).map(map).collect()
    }
}

/// A mask on the network's input.
fn scaled(mask: &Mask, (width, height): (usize, usize)) -> Vec<f32> {
    let map = SaliencyMap { values: mask.values.clone(), width: mask.size.0, height: mask.size.1 };
    if mask.size == (width, height) { map.values } else { map.scaled(width, height).values }
}
