//! From seeds at one value to the gradient at another.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{GoOn, PLANS_KEPT, Session, Values, ask, run};
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

impl Session {
    /// The values of a run that a gradient needs, beside the target itself.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if an operator between has no gradient.
    pub fn needs(&self, target: ValueId, output: ValueId) -> Result<Vec<ValueId>> {
        let backward = self.backward(target, output, 1)?;
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
        let mut inputs = vec![(gradient.seed, seeds)];
        for (value, input) in &gradient.kept {
            let kept =
                values.get(value).ok_or_else(|| Error::Device { reason: "a value was not kept".into() })?;
            inputs.push((*input, kept.to_vec()));
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
        let mut kept = self.backward.borrow_mut();
        let same = |backward: &Rc<Backward>| {
            (backward.target, backward.output, backward.seeds) == (target, output, seeds)
        };
        if let Some(at) = kept.iter().position(same) {
            kept[..=at].rotate_right(1);
        } else {
            let gradient = gradient(&self.network.graph, target, output, seeds)?;
            let plan = OnceCell::new();
            kept.insert(0, Rc::new(Backward { target, output, seeds, gradient, plan }));
            kept.truncate(PLANS_KEPT);
        }
        Ok(kept[0].clone())
    }
}
