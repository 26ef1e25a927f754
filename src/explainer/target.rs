//! What a map is asked for: a class, or any linear function of an output.

use super::Explainer;
use super::pass::Pass;
use crate::graph::ValueId;
use crate::lower::Located;
use crate::session::{Session, Values, places_in_file_order};
use crate::{Error, Result};

/// What a map explains.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The score of a class. Where there is a single score, class 1 is it and class 0 its negation.
    Class(usize),
    /// Another linear function.
    Linear(LinearTarget),
}

/// Σ weight · output\[index\].
#[derive(Debug, Clone, PartialEq)]
pub struct LinearTarget {
    /// The file's name of the output; the scores if `None`.
    pub output: Option<String>,
    /// Indices along the flattened output, in the file's order of axes, and weights.
    pub weights: Vec<(usize, f32)>,
}

impl Target {
    /// The class, if it is one.
    pub fn class(&self) -> Option<usize> {
        match self {
            Self::Class(class) => Some(*class),
            Self::Linear(_) => None,
        }
    }

    fn output(&self) -> Option<&str> {
        match self {
            Self::Class(_) => None,
            Self::Linear(target) => target.output.as_deref(),
        }
    }

    /// Whether both are functions of one output.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        self.output() == other.output()
    }
}

impl Explainer {
    /// Whether a target is one of this network's.
    pub(super) fn check(&self, target: &Target, session: &Session) -> Result<()> {
        match target {
            Target::Class(class) if *class >= self.classes => {
                Err(Error::InvalidClass { index: *class as f64, last: self.classes - 1 })
            }
            Target::Class(_) => Ok(()),
            Target::Linear(linear) => {
                let output = self.output_of(target, session)?;
                let count = session.graph().shape(output).iter().product::<usize>();
                let invalid = |reason: String| Err(Error::InvalidTarget(reason));
                if linear.weights.is_empty() {
                    return invalid("a target needs at least one index and weight".into());
                }
                match linear.weights.iter().find(|(index, weight)| *index >= count || !weight.is_finite()) {
                    Some((index, weight)) => invalid(format!(
                        "the target weighs index {index} by {weight}; indices go to {}, and weights are finite numbers",
                        count.saturating_sub(1)
                    )),
                    None => Ok(()),
                }
            }
        }
    }

    /// Where the output lies that a target is a function of.
    fn located<'s>(&self, target: &Target, session: &'s Session) -> Result<&'s Located> {
        let Some(name) = target.output() else { return Ok(&session.score().value.located) };
        let outputs = &session.network().outputs;
        match outputs.iter().find(|output| output.name == name) {
            Some(output) => Ok(&output.located),
            None => {
                let names: Vec<_> = outputs.iter().map(|output| format!("\"{}\"", output.name)).collect();
                Err(Error::InvalidTarget(format!(
                    "there is no output \"{name}\"; the outputs are {}",
                    names.join(", ")
                )))
            }
        }
    }

    /// The value that a target is a function of.
    pub(super) fn output_of(&self, target: &Target, session: &Session) -> Result<ValueId> {
        self.located(target, session).map(|located| located.value)
    }

    /// The value of each target.
    pub(super) fn outputs_of(&self, targets: &[Target], session: &Session) -> Result<Vec<ValueId>> {
        targets.iter().map(|target| self.output_of(target, session)).collect()
    }

    /// A target's seed, of the shape of its output as it is stored.
    pub(super) fn seed(&self, target: &Target, session: &Session) -> Result<Vec<f32>> {
        let (located, graph) = (self.located(target, session)?, session.graph());
        let mut seed = vec![0.0; graph.shape(located.value).iter().product()];
        match target {
            Target::Class(class) if seed.len() == 1 && self.classes == 2 => {
                seed[0] = if *class == 1 { 1.0 } else { -1.0 };
            }
            Target::Class(class) => seed[*class] = 1.0,
            Target::Linear(linear) => {
                let places = places_in_file_order(located, graph);
                linear.weights.iter().for_each(|&(index, weight)| seed[places[index]] += weight);
            }
        }
        Ok(seed)
    }

    /// A target's value in a pass.
    pub(super) fn value(&self, target: &Target, pass: &Pass) -> Result<f32> {
        self.value_in(target, &pass.session, &pass.values())
    }

    /// A target's value in what a run left.
    pub(super) fn value_in(&self, target: &Target, session: &Session, values: &Values) -> Result<f32> {
        let output = self.output_of(target, session)?;
        let values = values.get(&output).ok_or_else(|| self.fault("a target's output was not kept"))?;
        let seed = self.seed(target, session)?;
        Ok(seed.iter().zip(values.iter()).map(|(weight, value)| weight * value).sum())
    }

    /// The same as a probability where the target is a class.
    pub(super) fn confidence(&self, target: &Target, session: &Session, values: &Values) -> Result<f64> {
        match (target.class(), values.get(&session.score_value())) {
            (Some(class), Some(scores)) => Ok(self.probabilities(scores)[class].into()),
            _ => self.value_in(target, session, values).map(f64::from),
        }
    }
}
