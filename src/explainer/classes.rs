//! Maps of the gradients of all classes.

use super::Explainer;
use super::copies::add_powers;
use super::maps::{Manner, finished};
use super::pass::{Pass, SEEDS_AT_ONCE};
use super::steps::Steps;
use super::target::Target;
use crate::cam::{Field, Method, Sums};
use crate::contract::Meaning;
use crate::saliency::SaliencyMap;
use crate::session::Session;
use crate::{Error, Result};

/// A class of a lower probability is left out.
const LEAST: f32 = 1e-6;
/// Means of g, g² and g³.
const POWERS: usize = 3;

/// A map of A and g, and of the means of g, g² and g³ over the classes.
type ClassesMap = fn(&Field, &[Vec<f64>]) -> Sums;

impl Explainer {
    /// How many classes have a part in the probability of each: all in a softmax, none beside it where they do not exclude each
    /// other.
    pub(super) fn rivals(&self, session: &Session) -> usize {
        let is_softmax = self.contract.meaning == Meaning::Softmax && session.score().count > 1;
        if is_softmax { self.classes } else { 0 }
    }

    /// The map of each class. Of a softmax a backward pass for each class that is not out of the question, whatever the number
    /// of targets; a sigmoid is the softmax of the score and 0.
    pub(super) async fn maps_of_classes(
        &self,
        pass: &Pass,
        (method, map): (Method, ClassesMap),
        layer: usize,
        targets: &[Target],
        manner: Manner,
    ) -> Result<Vec<SaliencyMap>> {
        let session = &pass.session;
        let classes: Option<Vec<_>> = targets.iter().map(Target::class).collect();
        let classes = classes.filter(|_| self.contract.meaning != Meaning::Regression);
        let classes = classes.ok_or_else(|| Error::MethodUndefined {
            method: method.to_string(),
            reason: "for what has no probability; it takes a class".into(),
        })?;
        let own = self.gradients(pass, layer, targets).await?;
        let probabilities = self.probabilities(&pass.logits()?);
        let rivals = (0..self.rivals(session)).filter(|&class| probabilities[class] >= LEAST);
        let rivals: Vec<_> = rivals.map(Target::Class).collect();
        let share = |target: &Target| target.class().map_or(0.0, |class| f64::from(probabilities[class]));
        let all: f64 = rivals.iter().map(share).sum();
        let none = || vec![vec![0.0; own.planes[0].len()]; POWERS];
        let mut means = none();
        let steps = Steps::new(self, rivals.len().div_ceil(SEEDS_AT_ONCE));
        let values = pass.values();
        for rivals in rivals.chunks(SEEDS_AT_ONCE) {
            let gradients = self.gradients_of(session, &values, layer, rivals, false, steps.go_on()).await?;
            for (rival, gradient) in rivals.iter().zip(gradients) {
                add_powers(&mut means, &gradient, share(rival) / all);
            }
            steps.next().await?;
        }
        let (activation, grid) = (pass.activation(layer)?, pass.grid(layer));
        let finish = |(&class, gradient): (&usize, &Vec<f32>)| {
            let field = Field { activation: &activation, gradient, positions: grid.0 * grid.1 };
            let sums = if rivals.is_empty() {
                let mut means = none();
                add_powers(&mut means, gradient, probabilities[class].into());
                map(&field, &means)
            } else {
                map(&field, &means)
            };
            finished(sums, grid, manner.signed)
        };
        classes.iter().zip(&own.planes).map(finish).collect()
    }
}
