//! From seeds at one value to the gradient at another.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{GoOn, Session, Values, ask, places, run};
use crate::cpu::{self, Plan};
use crate::gradient::{Gradient, gradient_of};
use crate::graph::{Binary, ValueId};
use crate::{Error, Result};

/// Where gradients begin: the product of tensors that broadcast to `[seeds, …the output's shape]`.
#[derive(Debug, Clone)]
pub struct Seeds {
    shapes: Vec<Vec<usize>>,
    values: Vec<Rc<[f32]>>,
    is_guided: bool,
}

impl Seeds {
    /// For guided backpropagation: negative gradients are cut at every activation on the way back.
    pub fn guided(self) -> Self {
        Self { is_guided: true, ..self }
    }
}

/// A gradient made ready: from which value to which, for seeds of such factors.
pub(super) struct Backward {
    target: ValueId,
    output: ValueId,
    shapes: Vec<Vec<usize>>,
    is_guided: bool,
    /// The inputs for the factors.
    factors: Vec<ValueId>,
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
    /// Seeds at an output, behind each other, each of its shape.
    pub fn seeds(&self, output: ValueId, values: Vec<f32>) -> Seeds {
        let shape = self.network.graph.shape(output);
        let count = values.len() / shape.iter().product::<usize>().max(1);
        Seeds { shapes: vec![[&[count], shape].concat()], values: vec![values.into()], is_guided: false }
    }

    /// Seeds at a layer, each the product of a factor for each channel, `[seeds, channels]`, and one for each position,
    /// `[seeds, positions]`.
    pub fn outer_seeds(&self, layer: usize, channels: &[f32], positions: &[f32]) -> Seeds {
        let layer = &self.layers[layer];
        let axis = layer.located.stored_axis(layer.positions.channels());
        let count = channels.len() / layer.channels;
        let mut one_channel = self.network.graph.shape(layer.located.value).to_vec();
        let mut one_position = vec![1; one_channel.len()];
        one_position[axis] = std::mem::replace(&mut one_channel[axis], 1);
        let places = places(layer, &one_channel);
        let extent = one_channel.iter().product::<usize>();
        let mut stored = vec![0.0; count * extent];
        for (stored, positions) in stored.chunks_exact_mut(extent).zip(positions.chunks_exact(places.len())) {
            places.iter().zip(positions).for_each(|(&place, factor)| stored[place] = *factor);
        }
        Seeds {
            shapes: [one_position, one_channel].map(|shape| [vec![count], shape].concat()).to_vec(),
            values: vec![channels.into(), stored.into()],
            is_guided: false,
        }
    }

    /// The values of a run that a gradient needs, beside the target itself.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if an operator between has no gradient.
    pub fn needs(&self, target: ValueId, output: ValueId) -> Result<Vec<ValueId>> {
        // They are the same for all seeds, guided or not.
        let known = self.backward.find(|backward| backward.is_of(target, output));
        let one = || vec![[&[1], self.network.graph.shape(output)].concat()];
        let backward = known.map_or_else(|| self.backward(target, output, one(), false), Ok)?;
        Ok(backward
            .gradient
            .iter()
            .flat_map(|gradient| gradient.kept.iter().map(|(value, _)| *value))
            .collect())
    }

    /// ∂(seed · output) / ∂target for each seed, `[seeds, …target's shape]`, from what a run left.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn gradient(
        &self,
        values: &Values,
        target: ValueId,
        output: ValueId,
        seeds: Seeds,
        go_on: Option<&GoOn>,
    ) -> Result<Rc<[f32]>> {
        let count = seeds.shapes[0][0];
        let backward = self.backward(target, output, seeds.shapes, seeds.is_guided)?;
        let Some(gradient) = &backward.gradient else {
            let extent = self.network.graph.shape(target).iter().product::<usize>();
            return Ok(vec![0.0; count * extent].into());
        };
        let plan = match backward.plan.get() {
            Some(plan) => plan,
            None => {
                let plan = Plan::new(&gradient.graph, &[gradient.result], &mut self.weights.borrow_mut())?;
                backward.plan.get_or_init(|| plan)
            }
        };
        let mut inputs: Vec<_> = backward.factors.iter().copied().zip(seeds.values).collect();
        for (value, input) in &gradient.kept {
            let kept =
                values.get(value).ok_or_else(|| Error::Device { reason: "a value was not kept".into() })?;
            inputs.push((*input, kept.clone()));
        }
        let results = run(plan, inputs, &[], self.device.team(), go_on).await?;
        // What was kept came from a device that may have failed since.
        self.device.check()?;
        ask(go_on).await?;
        match results.get(&gradient.result) {
            Some(result) if cpu::all_finite(result) => Ok(result.clone()),
            _ => Err(Error::NotFinite),
        }
    }

    fn backward(
        &self,
        target: ValueId,
        output: ValueId,
        shapes: Vec<Vec<usize>>,
        is_guided: bool,
    ) -> Result<Rc<Backward>> {
        let is_meant = |backward: &Backward| {
            backward.is_of(target, output) && backward.shapes == shapes && backward.is_guided == is_guided
        };
        self.backward.find_or_add(is_meant, || {
            let mut factors = Vec::new();
            let gradient = gradient_of(&self.network.graph, target, output, is_guided, |graph| {
                factors.extend(shapes.iter().map(|shape| graph.add_input(shape.clone())));
                let (&first, others) = factors
                    .split_first()
                    .ok_or_else(|| Error::Device { reason: "seeds need a factor".into() })?;
                others.iter().try_fold(first, |seeds, &factor| graph.binary(Binary::Multiply, seeds, factor))
            })?;
            let (shapes, plan) = (shapes.clone(), OnceCell::new());
            Ok(Backward { target, output, shapes, is_guided, factors, gradient, plan })
        })
    }
}
