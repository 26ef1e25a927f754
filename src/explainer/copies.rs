//! Maps of the gradients on many copies of a picture.

use super::Explainer;
use super::maps::{Manner, finished};
use super::pass::Pass;
use super::steps::Steps;
use super::target::Target;
use crate::Result;
use crate::cam::{Copies, Field, Kind, Random};
use crate::saliency::SaliencyMap;

impl Explainer {
    /// The map of each target: a run and a backward pass a copy.
    pub(super) async fn maps_of_copies(
        &self,
        pass: &Pass,
        copies: &Copies,
        layer: usize,
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let session = &pass.session;
        let count = manner.sampling.samples.unwrap_or(copies.count);
        let steps = Steps::new(self, 2 * count);
        let (whole, black) = (pass.input.values(&self.contract), self.black(pass));
        let deviation = manner.sampling.noise * range(&whole);
        let wanted = self.needs(session, layer, targets)?;
        let mut activation = pass.activation(layer)?;
        let mut means = vec![vec![vec![0.0; activation.len()]; copies.powers]; targets.len()];
        for index in 0..count {
            let copy = match copies.kind {
                Kind::Noisy => noisy(&whole, deviation, Random::nth(manner.sampling.seed, index)),
                Kind::Path => between(&black, &whole, (index as f64 + 0.5) / count as f64),
            };
            let values = session.run(copy, &wanted, steps.go_on()).await?;
            steps.next().await?;
            let gradients = self.gradients_of(session, &values, layer, targets, false, steps.go_on()).await?;
            steps.next().await?;
            for (means, gradient) in means.iter_mut().zip(gradients) {
                add_powers(means, &gradient, 1.0 / count as f64);
            }
        }
        if copies.kind == Kind::Path {
            let black = session.planes(layer, &black);
            activation.iter_mut().zip(black).for_each(|(value, black)| *value -= black);
        }
        let (width, height) = pass.grid(layer);
        let map = |means: Vec<Vec<f64>>| {
            let gradient: Vec<_> = means[0].iter().map(|&mean| mean as f32).collect();
            let field = Field { activation: &activation, gradient: &gradient, positions: width * height };
            finished((copies.map)(&field, &means), (width, height), manner.signed)
        };
        means.into_iter().map(map).collect()
    }

    /// What the network sees of a black picture.
    pub(super) fn black(&self, pass: &Pass) -> Vec<f32> {
        let nothing = vec![0.0; pass.input.width() * pass.input.height()];
        pass.input.masked_values(&nothing, &self.contract)
    }
}

/// Adds g, g², … to their means, of which they are this share.
pub(super) fn add_powers(means: &mut [Vec<f64>], gradient: &[f32], share: f64) {
    for (at, &g) in gradient.iter().enumerate() {
        let mut power = share;
        for mean in means.iter_mut() {
            power *= f64::from(g);
            mean[at] += power;
        }
    }
}

fn range(values: &[f32]) -> f64 {
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    f64::from(most) - f64::from(least)
}

fn noisy(values: &[f32], deviation: f64, mut random: Random) -> Vec<f32> {
    values.iter().map(|&value| (f64::from(value) + deviation * random.normal()) as f32).collect()
}

fn between(from: &[f32], to: &[f32], share: f64) -> Vec<f32> {
    let at = |(&from, &to): (&f32, &f32)| f64::from(from) + share * (f64::from(to) - f64::from(from));
    from.iter().zip(to).map(|pair| at(pair) as f32).collect()
}
