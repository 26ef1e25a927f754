//! What comes behind a layer, run from there with other values.

use std::rc::Rc;

use super::{GoOn, Session, Values, ask, places, run};
use crate::cpu::{self, Plan};
use crate::graph::{Graph, ValueId};
use crate::{Error, Result};

/// The way from a layer to outputs, made ready.
pub struct Tail {
    layer: usize,
    /// Values of the network, and what they are here.
    outputs: Vec<(ValueId, ValueId)>,
    /// The same of what it takes beside the layer.
    kept: Vec<(ValueId, ValueId)>,
    start: ValueId,
    plan: Plan,
}

impl Tail {
    /// The values that it takes of a run.
    pub fn needs(&self) -> Vec<ValueId> {
        self.kept.iter().map(|(value, _)| *value).collect()
    }
}

impl Session {
    /// What lies between a layer and outputs.
    ///
    /// # Errors
    /// [`Error::InvalidTarget`] for an output that does not depend on the layer; those of reading the weights.
    pub fn tail(&self, layer: usize, outputs: &[ValueId]) -> Result<Rc<Tail>> {
        let mut outputs = outputs.to_vec();
        outputs.sort_unstable();
        outputs.dedup();
        let is_meant =
            |tail: &Tail| tail.layer == layer && tail.outputs.iter().map(|(value, _)| value).eq(&outputs);
        self.tail.find_or_add(is_meant, || self.new_tail(layer, &outputs))
    }

    fn new_tail(&self, layer: usize, outputs: &[ValueId]) -> Result<Tail> {
        let (forward, from) = (&self.network.graph, self.value_of(layer));
        let mut graph = Graph::default();
        let mut here = vec![None; forward.values().len()];
        let mut follows = vec![false; forward.values().len()];
        let start = graph.add_input(forward.shape(from).to_vec());
        (here[from.index()], follows[from.index()]) = (Some(start), true);
        let mut kept = Vec::new();
        for (node, needed) in forward.nodes().iter().zip(forward.needed(outputs)) {
            if !needed || node.output == from || !node.inputs.iter().any(|input| follows[input.index()]) {
                continue;
            }
            let mut inputs = Vec::new();
            for &input in &node.inputs {
                let known = here[input.index()].unwrap_or_else(|| match forward.constant(input) {
                    Some(constant) => graph.add_constant(constant.clone()),
                    None => {
                        let taken = graph.add_input(forward.shape(input).to_vec());
                        kept.push((input, taken));
                        taken
                    }
                });
                here[input.index()] = Some(known);
                inputs.push(known);
            }
            here[node.output.index()] = Some(graph.add(node.op.clone(), &inputs)?);
            follows[node.output.index()] = true;
        }
        let reached = outputs.iter().map(|&output| match here[output.index()] {
            Some(found) if follows[output.index()] => Ok((output, found)),
            _ => Err(Error::InvalidTarget(format!(
                "the target's output does not depend on the layer \"{}\"",
                self.layers[layer].name
            ))),
        });
        let outputs = reached.collect::<Result<Vec<_>>>()?;
        let wanted: Vec<_> = outputs.iter().map(|(_, found)| *found).collect();
        let plan = Plan::new(&graph, &wanted, &mut self.weights.borrow_mut())?;
        Ok(Tail { layer, outputs, kept, start, plan })
    }

    /// The outputs behind a layer that holds these values, with what else a run left.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_tail(
        &self,
        tail: &Tail,
        layer: Vec<f32>,
        values: &Values,
        go_on: Option<&GoOn>,
    ) -> Result<Values> {
        let mut inputs = vec![(tail.start, layer.into())];
        for (value, input) in &tail.kept {
            let kept =
                values.get(value).ok_or_else(|| Error::Device { reason: "a value was not kept".into() })?;
            inputs.push((*input, kept.clone()));
        }
        let found = run(&tail.plan, inputs, &[], self.device.team(), go_on).await?;
        ask(go_on).await?;
        let outputs =
            tail.outputs.iter().filter_map(|(value, here)| Some((*value, found.get(here)?.clone())));
        let outputs: Values = outputs.collect();
        if outputs.values().all(|values| cpu::all_finite(values)) {
            Ok(outputs)
        } else {
            Err(Error::NotFinite)
        }
    }

    /// A layer's values, as they are stored, with 0 at all positions of one channel.
    pub fn without_channel(&self, layer: usize, stored: &[f32], channel: usize) -> Vec<f32> {
        let (located, positions) =
            (&self.layers[layer].located, self.layers[layer].width * self.layers[layer].height);
        let places = places(&self.layers[layer], self.network.graph.shape(located.value));
        let mut ablated = stored.to_vec();
        places[channel * positions..][..positions].iter().for_each(|&place| ablated[place] = 0.0);
        ablated
    }
}
