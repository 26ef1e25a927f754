//! From a picture to the values that somebody wants.

use std::rc::Rc;

use super::{GoOn, Session, Values, ask, run};
use crate::cpu::{self, Plan};
use crate::graph::ValueId;
use crate::{Error, Result};

/// A run made ready for a set of wanted values.
pub(super) struct Forward {
    wanted: Vec<ValueId>,
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
        let forward = self.forward(wanted)?;
        let inputs = vec![(self.network.input, input.clone())];
        run(&forward.plan, inputs, &self.layers, self.device.team(), go_on).await
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

    fn forward(&self, wanted: &[ValueId]) -> Result<Rc<Forward>> {
        self.forward.find_or_add(
            |forward| forward.wanted == wanted,
            || {
                let plan = Plan::new(&self.network.graph, wanted, &mut self.weights.borrow_mut())?;
                Ok(Forward { wanted: wanted.to_vec(), plan })
            },
        )
    }
}
