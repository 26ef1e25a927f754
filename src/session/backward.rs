//! From seeds at one value to the gradient at another.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{GoOn, Session, Values, ask, run};
use crate::cpu::Plan;
use crate::gradient::{Gradient, gradient};
use crate::graph::ValueId;
use crate::{Error, Result};

/// A gradient made ready: from which value to which, for so many seeds.
pub(super) struct Backward {
    target: ValueId,
    output: ValueId,
    seeds: usize,
    /// `None` if the output does not depend on the target.
    gradient: Option<Gradient<f32>>,
    plan: OnceCell<Plan>,
}

impl Backward {
    fn is_of(&self, target: ValueId, output: ValueId) -> bool {
        (self.target, self.output) == (target, output)
    }
}

impl Session {
    /// The values of a run that a gradient needs, beside the target itself.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if an operator between has no gradient.
    pub fn needs(&self, target: ValueId, output: ValueId) -> Result<Vec<ValueId>> {
        // They are the same for any number of seeds.
        let known = self.backward.find(|backward| backward.is_of(target, output));
        let backward = known.map_or_else(|| self.backward(target, output, 1), Ok)?;
        Ok(backward
            .gradient
            .iter()
            .flat_map(|gradient| gradient.kept.iter().map(|(value, _)| *value))
            .collect())
    }

    /// ∂(seed · output) / ∂target for each seed, `[seeds, …target's shape]`, from what a run left. Seeds lie behind each
    /// other, each of the output's shape.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn gradient(
        &self,
        values: &Values,
        target: ValueId,
        output: ValueId,
        seeds: Vec<f32>,
        go_on: Option<&GoOn>,
    ) -> Result<Rc<[f32]>> {
        let graph = &self.network.graph;
        let extent = |value| graph.shape(value).iter().product::<usize>();
        let count = seeds.len() / extent(output);
        if target == output {
            return Ok(seeds.into());
        }
        let backward = self.backward(target, output, count)?;
        let Some(gradient) = &backward.gradient else { return Ok(vec![0.0; count * extent(target)].into()) };
        let plan = match backward.plan.get() {
            Some(plan) => plan,
            None => {
                let plan =
                    Plan::new(&gradient.graph, &[gradient.result], &mut self.weights.borrow_mut(), None)?;
                backward.plan.get_or_init(|| plan)
            }
        };
        let mut inputs = vec![(gradient.seed, seeds.into())];
        for (value, input) in &gradient.kept {
            let kept =
                values.get(value).ok_or_else(|| Error::Device { reason: "a value was not kept".into() })?;
            inputs.push((*input, kept.clone()));
        }
        let results = run(plan, inputs, None, go_on).await?;
        // What was kept came from a device that may have failed since.
        self.device.check()?;
        ask(go_on).await?;
        match results.get(&gradient.result) {
            Some(result) if result.iter().all(|value| value.is_finite()) => Ok(result.clone()),
            _ => Err(Error::NotFinite),
        }
    }

    fn backward(&self, target: ValueId, output: ValueId, seeds: usize) -> Result<Rc<Backward>> {
        let is_meant = |backward: &Backward| backward.is_of(target, output) && backward.seeds == seeds;
        self.backward.find_or_add(is_meant, || {
            let gradient = gradient(&self.network.graph, target, output, seeds)?;
            Ok(Backward { target, output, seeds, gradient, plan: OnceCell::new() })
        })
    }
}
