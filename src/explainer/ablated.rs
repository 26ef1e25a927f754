//! Maps of the scores without each channel of a layer.

use super::Explainer;
use super::maps::{Manner, finished};
use super::pass::Pass;
use super::steps::Steps;
use super::target::Target;
use crate::Result;
use crate::cam::{Field, Sums};
use crate::saliency::SaliencyMap;

impl Explainer {
    /// The map of each target: what is behind the layer is run once a channel, whatever the number of targets.
    pub(super) async fn maps_of_channels(
        &self,
        pass: &Pass,
        map: fn(&Field, f64, &[f64]) -> Sums,
        layer: usize,
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let session = &pass.session;
        let outputs = self.outputs_of(targets, session)?;
        let tail = session.tail(layer, &outputs)?;
        self.keep(pass, tail.needs()).await?;
        let (values, stored) = (pass.values(), pass.value(session.value_of(layer))?);
        let channels = session.layers()[layer].channels;
        let steps = Steps::new(self, channels);
        let mut without = vec![Vec::new(); targets.len()];
        for channel in 0..channels {
            let ablated = session.without_channel(layer, &stored, channel);
            let found = session.run_tail(&tail, ablated, &values, steps.go_on()).await?;
            for (without, target) in without.iter_mut().zip(targets) {
                without.push(self.value_in(target, session, &found)?.into());
            }
            steps.next().await?;
        }
        let (activation, grid) = (pass.activation(layer)?, pass.grid(layer));
        let field = Field { activation: &activation, gradient: &[], positions: grid.0 * grid.1 };
        let finish = |(target, without): (&Target, Vec<f64>)| {
            let whole = self.value(target, pass)?;
            finished(map(&field, whole.into(), &without), grid, manner.signed)
        };
        targets.iter().zip(without).map(finish).collect()
    }
}
