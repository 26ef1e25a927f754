//! From a picture to the values that somebody wants.

use std::rc::Rc;

use super::{GoOn, Session, Values, ask, run};
use crate::cpu::{self, Half, Partner, PartnerLost, Plan};
use crate::graph::ValueId;
use crate::{Error, Result};

/// A run made ready for a set of wanted values.
pub(super) struct Forward {
    wanted: Vec<ValueId>,
    half: Option<Half>,
    plan: Plan,
}

impl Session {
    /// The wanted values of a run on an input, `[height, width, channels]`.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::NotFinite`], [`Error::OutOfMemory`], [`Error::Aborted`].
    pub async fn run(&self, input: Vec<f32>, wanted: &[ValueId], go_on: Option<&GoOn>) -> Result<Values> {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let input: Rc<[f32]> = input.into();
        let values = match self.run_ahead(&input, &wanted, go_on).await? {
            Some(values) => values,
            None => self.run_on_cpu(&input, &wanted, go_on).await?,
        };
        ask(go_on).await?;
        if !values.values().all(|values| cpu::all_finite(values)) {
            return Err(Error::NotFinite);
        }
        Ok(values)
    }

    /// The same, on the CPU from the beginning.
    async fn run_on_cpu(
        &self,
        input: &Rc<[f32]>,
        wanted: &[ValueId],
        go_on: Option<&GoOn>,
    ) -> Result<Values> {
        // Taken, and put back once it did its half: one that is lost is not asked again.
        let partner = self.partner.take();
        if let Some(present) = partner
            && let Some(values) = self.run_with(&*present, input, wanted, go_on).await?
        {
            self.partner.replace(Some(present));
            return Ok(values);
        }
        let forward = self.forward(wanted, None)?;
        run(&forward.plan, vec![(self.network.input, input.clone())], &self.layers, None, go_on).await
    }

    /// A build for the CPU alone has none that begins elsewhere.
    #[cfg(not(feature = "webgpu"))]
    async fn run_ahead(
        &self,
        _input: &Rc<[f32]>,
        _wanted: &[ValueId],
        _go_on: Option<&GoOn>,
    ) -> Result<Option<Values>> {
        Ok(None)
    }

    /// The same, half of which a partner computes; `None` if that is lost.
    async fn run_with(
        &self,
        partner: &dyn Partner,
        input: &Rc<[f32]>,
        wanted: &[ValueId],
        go_on: Option<&GoOn>,
    ) -> Result<Option<Values>> {
        let forward = self.forward(wanted, Some(Half::First))?;
        let indices: Vec<_> = wanted.iter().map(|value| value.index()).collect();
        let shape = self.network.graph.shape(self.network.input);
        if partner.start(input, shape, &indices) == Err(PartnerLost) {
            return Ok(None);
        }
        let inputs = vec![(self.network.input, input.clone())];
        match run(&forward.plan, inputs, &self.layers, Some(partner), go_on).await {
            Err(Error::PartnerLost) => Ok(None),
            values => values.map(Some),
        }
    }

    /// Runs the other half of what a partner runs.
    ///
    /// # Errors
    /// [`Error::PartnerLost`]; [`Error::Device`] if there are no such values.
    pub fn assist(&self, partner: &dyn Partner, input: Vec<f32>, wanted: &[usize]) -> Result<()> {
        let of_index = |index: &usize| self.network.graph.ids().nth(*index);
        let wanted: Option<Vec<_>> = wanted.iter().map(of_index).collect();
        let wanted =
            wanted.ok_or_else(|| Error::Device { reason: "a partner wants unknown values".into() })?;
        let forward = self.forward(&wanted, Some(Half::Second))?;
        let mut run = forward.plan.start(vec![(self.network.input, input.into())], Some(partner))?;
        while run.advance()? {}
        Ok(())
    }

    fn forward(&self, wanted: &[ValueId], half: Option<Half>) -> Result<Rc<Forward>> {
        let is_meant = |forward: &Forward| forward.wanted == wanted && forward.half == half;
        self.forward.find_or_add(is_meant, || {
            let plan = Plan::new(&self.network.graph, wanted, &mut self.weights.borrow_mut(), half)?;
            Ok(Forward { wanted: wanted.to_vec(), half, plan })
        })
    }
}
