//! Runs whose leading part a GPU computes.

use std::rc::Rc;

use web_time::Instant;

use super::{GoOn, Session, Values, run};
use crate::gpu::Outputs;
use crate::graph::{Rest, ValueId};
use crate::{Error, Result, cpu, gpu};

/// A run made ready for a set of wanted values.
pub(super) struct Ahead {
    wanted: Vec<ValueId>,
    /// `None` if nothing of it can run there.
    parts: Option<(gpu::Plan, Behind)>,
}

/// What the CPU does behind the GPU's part.
struct Behind {
    rest: Rest<f32>,
    plan: cpu::Plan,
    /// What is wanted of it.
    wanted: Vec<ValueId>,
}

impl Session {
    /// The wanted values of a run that begins on the GPU; `None` if there is none, or if nothing can run there.
    pub(super) async fn run_ahead(
        &self,
        input: &Rc<[f32]>,
        wanted: &[ValueId],
        go_on: Option<&GoOn>,
    ) -> Result<Option<Values>> {
        let ahead = self.ahead(wanted)?;
        let (Some(client), Some((plan, behind))) = (self.device.client(), &ahead.parts) else {
            return Ok(None);
        };
        let turn = self.watch.turn(Instant::now());
        let spot = turn.and_then(|turn| plan.spot(&self.network.graph, turn));
        let (found, holds) = plan.run_watched(client, input, spot.as_ref()).await?;
        self.device.check()?;
        if let Some(doubt) = self.watch.doubt(input, &found, holds) {
            self.settle(doubt, input, &found).await?;
        }
        let mut values: Values = found.into_iter().collect();
        values.insert(self.network.input, input.clone());
        let given =
            values.iter().filter_map(|(value, values)| Some((behind.rest.value(*value)?, values.clone())));
        let results = run(&behind.plan, given.collect(), &[], self.device.team(), go_on).await?;
        for &value in &behind.wanted {
            let result = behind.rest.value(value).and_then(|value| results.get(&value)).cloned();
            values.extend(result.map(|result| (value, result)));
        }
        values.retain(|value, _| wanted.contains(value));
        Ok(Some(values))
    }

    /// What the GPU gives for a run towards these values, and what the CPU gives in its place; `None` as above.
    pub(crate) async fn both(
        &self,
        input: &[f32],
        mut wanted: Vec<ValueId>,
    ) -> Result<Option<Vec<[Rc<[f32]>; 2]>>> {
        wanted.sort_unstable();
        wanted.dedup();
        let ahead = self.ahead(&wanted)?;
        let (Some(client), Some((plan, _))) = (self.device.client(), &ahead.parts) else { return Ok(None) };
        let found = plan.run(client, input).await?;
        self.device.check()?;
        self.beside_trusted(input.into(), &found).await.map(Some)
    }

    /// Has the CPU say whether values that are doubtful are right; an error if not.
    async fn settle(&self, doubt: &str, input: &Rc<[f32]>, found: &Outputs) -> Result<()> {
        for [found, trusted] in self.beside_trusted(input.clone(), found).await? {
            // What leaves the range of numbers there, too, is the network's own doing.
            let differ = || gpu::difference(&self.network.graph, &found, &trusted).is_some();
            if cpu::all_finite(&trusted) && differ() {
                return Err(Error::Device { reason: format!("{doubt}, where the CPU gives others") });
            }
        }
        Ok(())
    }

    /// What was found of a picture, each beside what the CPU gives.
    async fn beside_trusted(&self, input: Rc<[f32]>, found: &Outputs) -> Result<Vec<[Rc<[f32]>; 2]>> {
        let outputs: Vec<_> = found.iter().map(|(value, _)| *value).collect();
        // Weights that are packed for this once are not kept.
        let plan = cpu::Plan::new(&self.network.graph, &outputs, &mut cpu::Weights::default())?;
        let trusted = run(&plan, vec![(self.network.input, input)], &[], self.device.team(), None).await?;
        let pair = |(value, found): &(ValueId, Rc<[f32]>)| Some([found.clone(), trusted.get(value)?.clone()]);
        let pairs: Option<Vec<_>> = found.iter().map(pair).collect();
        pairs.ok_or_else(|| Error::Device { reason: "a value was not computed".into() })
    }

    fn ahead(&self, wanted: &[ValueId]) -> Result<Rc<Ahead>> {
        let make = || Ok(Ahead { wanted: wanted.to_vec(), parts: self.parts(wanted)? });
        self.ahead.find_or_add(|ahead| ahead.wanted == wanted, make)
    }

    fn parts(&self, wanted: &[ValueId]) -> Result<Option<(gpu::Plan, Behind)>> {
        let Some(client) = self.device.client() else { return Ok(None) };
        let (graph, input) = (&self.network.graph, self.network.input);
        let share = !self.device.is_software();
        let plan = gpu::Plan::new(graph, input, wanted, client, share, &mut self.on_gpu.borrow_mut())?;
        let Some(plan) = plan else { return Ok(None) };
        let given: Vec<_> = plan.outputs().chain([input]).collect();
        let wanted: Vec<_> = wanted.iter().copied().filter(|value| !given.contains(value)).collect();
        let rest = graph.rest(&given, &wanted)?;
        let outputs: Vec<_> = wanted.iter().filter_map(|&value| rest.value(value)).collect();
        let behind = cpu::Plan::new(&rest.graph, &outputs, &mut self.weights.borrow_mut())?;
        Ok(Some((plan, Behind { rest, plan: behind, wanted })))
    }
}
