//! Runs of the network, and what is kept of them.

use std::cell::RefCell;
use std::rc::Rc;

use super::Explainer;
use super::target::Target;
use crate::cam::Method;
use crate::graph::ValueId;
use crate::preprocess::NetworkInput;
use crate::session::{GoOn, Seeds, Session, Values};
use crate::{Error, Result};

/// How many pictures' activations are kept: the one at hand, at the standard and at a finer size.
pub(super) const PASSES_KEPT: usize = 2;
/// How many seeds go through a backward pass at once.
pub(super) const SEEDS_AT_ONCE: usize = 8;

/// One run of the network on one picture: everything that targets and methods share.
pub(super) struct Pass {
    pub(super) input: NetworkInput,
    pub(super) session: Rc<Session>,
    values: RefCell<Rc<Values>>,
    /// The newest gradients, so that another method for the same targets costs no backward pass.
    gradients: RefCell<Option<Rc<Gradients>>>,
}

/// The gradients of targets at a layer.
pub(super) struct Gradients {
    layer: usize,
    targets: Vec<Target>,
    /// g of each target, `[channels, positions]`.
    pub(super) planes: Vec<Vec<f32>>,
}

impl Pass {
    /// What was kept of the run.
    pub(super) fn values(&self) -> Rc<Values> {
        self.values.borrow().clone()
    }

    /// A value that was kept, as it is stored.
    pub(super) fn value(&self, value: ValueId) -> Result<Rc<[f32]>> {
        let kept = self.values.borrow().get(&value).cloned();
        kept.ok_or_else(|| Error::Device { reason: "a value was not kept".into() })
    }

    /// The scores.
    pub(super) fn logits(&self) -> Result<Rc<[f32]>> {
        self.value(self.session.score_value())
    }

    /// Columns and rows of a layer.
    pub(super) fn grid(&self, layer: usize) -> (usize, usize) {
        let layer = &self.session.layers()[layer];
        (layer.width, layer.height)
    }

    /// A layer's activation, `[channels, positions]`.
    pub(super) fn activation(&self, layer: usize) -> Result<Vec<f32>> {
        Ok(self.session.planes(layer, &self.value(self.session.value_of(layer))?))
    }
}

impl Explainer {
    /// Runs the network, or finds the run on the same input; what gradients at these layers need is kept of it.
    pub(super) async fn pass(&self, input: NetworkInput, layers: &[usize]) -> Result<Rc<Pass>> {
        let kept = self.passes.find(|pass| pass.input == input);
        let session = match &kept {
            Some(pass) => pass.session.clone(),
            None => self.session((input.width(), input.height()))?,
        };
        let score = session.score_value();
        let mut layers = layers.to_vec();
        if kept.is_none() {
            // The first question is often followed by a map: its gradient's needs are kept at once.
            for method in [Method::GradCam, Method::GradCamPlusPlus] {
                layers.push(self.layer(method, None, &session)?);
            }
        }
        let mut wanted = vec![score];
        wanted.extend(session.network().outputs.iter().map(|output| output.located.value));
        wanted.extend(session.head().map(|head| session.value_of(head.layer)));
        for value in layers.into_iter().map(|layer| session.value_of(layer)) {
            wanted.push(value);
            wanted.extend(session.needs(value, score)?);
        }
        if let Some(pass) = kept {
            self.keep(&pass, wanted).await?;
            return Ok(pass);
        }
        let values = session.run(input.values(&self.contract), &wanted, self.go_on.as_deref()).await?;
        let values = RefCell::new(Rc::new(values));
        Ok(self.passes.add(Pass { input, session, values, gradients: RefCell::default() }))
    }

    /// Sees to it that these values are kept of a pass; runs it again if some are not.
    pub(super) async fn keep(&self, pass: &Pass, mut wanted: Vec<ValueId>) -> Result<()> {
        let values = pass.values();
        if wanted.iter().all(|value| values.contains_key(value)) {
            return Ok(());
        }
        wanted.extend(values.keys());
        let values =
            pass.session.run(pass.input.values(&self.contract), &wanted, self.go_on.as_deref()).await?;
        pass.values.replace(Rc::new(values));
        Ok(())
    }

    /// Each target's gradient at a layer, `[channels, positions]`, computed or kept.
    pub(super) async fn gradients(
        &self,
        pass: &Pass,
        layer: usize,
        targets: &[Target],
    ) -> Result<Rc<Gradients>> {
        if let Some(kept) =
            pass.gradients.borrow().as_ref().filter(|kept| kept.layer == layer && kept.targets == targets)
        {
            return Ok(kept.clone());
        }
        self.keep(pass, self.needs(&pass.session, layer, targets)?).await?;
        let go_on = self.go_on.as_deref();
        let planes = self.gradients_of(&pass.session, &pass.values(), layer, targets, false, go_on).await?;
        let gradients = Rc::new(Gradients { layer, targets: targets.to_vec(), planes });
        *pass.gradients.borrow_mut() = Some(gradients.clone());
        Ok(gradients)
    }

    /// What the gradients of targets at a layer need of a run, the targets' outputs among it.
    pub(super) fn needs(&self, session: &Session, layer: usize, targets: &[Target]) -> Result<Vec<ValueId>> {
        let mut needs = Vec::new();
        for target in targets {
            let output = self.output_of(target, session)?;
            if !needs.contains(&output) {
                needs.push(output);
                needs.extend(session.needs(session.value_of(layer), output)?);
            }
        }
        Ok(needs)
    }

    /// Each target's gradient at a layer, `[channels, positions]`, from what a run left; or what guided backpropagation makes
    /// of it.
    pub(super) async fn gradients_of(
        &self,
        session: &Session,
        values: &Values,
        layer: usize,
        targets: &[Target],
        is_guided: bool,
        go_on: Option<&GoOn>,
    ) -> Result<Vec<Vec<f32>>> {
        let mut planes = Vec::new();
        for targets in targets.chunk_by(Target::goes_with).flat_map(|targets| targets.chunks(SEEDS_AT_ONCE)) {
            let output = self.output_of(&targets[0], session)?;
            let seeds =
                targets.iter().map(|target| self.seed(target, session)).collect::<Result<Vec<_>>>()?.concat();
            let seeds = session.seeds(output, seeds);
            let seeds = if is_guided { seeds.guided() } else { seeds };
            planes.extend(gradient_planes(session, values, layer, output, seeds, go_on).await?);
        }
        Ok(planes)
    }

    /// The gradient of each seed at a layer, `[channels, positions]`.
    pub(super) async fn gradient_planes(
        &self,
        pass: &Pass,
        layer: usize,
        output: ValueId,
        seeds: Seeds,
    ) -> Result<Vec<Vec<f32>>> {
        let session = &pass.session;
        self.keep(pass, session.needs(session.value_of(layer), output)?).await?;
        gradient_planes(session, &pass.values(), layer, output, seeds, self.go_on.as_deref()).await
    }

    /// The scores of an input, `[height, width, channels]`, of which nothing is kept.
    pub(super) async fn scores(&self, session: &Session, input: Vec<f32>) -> Result<Vec<f32>> {
        let score = session.score_value();
        let values = session.run(input, &[score], self.go_on.as_deref()).await?;
        values.get(&score).map(|scores| scores.to_vec()).ok_or_else(|| self.fault("the scores were not kept"))
    }

    pub(super) fn fault(&self, reason: impl ToString) -> Error {
        Error::Device { reason: reason.to_string() }
    }
}

/// The gradient of each seed at a layer, `[channels, positions]`, from what a run left.
async fn gradient_planes(
    session: &Session,
    values: &Values,
    layer: usize,
    output: ValueId,
    seeds: Seeds,
    go_on: Option<&GoOn>,
) -> Result<Vec<Vec<f32>>> {
    let target = session.value_of(layer);
    let gradient = session.gradient(values, target, output, seeds, go_on).await?;
    let extent = session.graph().shape(target).iter().product::<usize>();
    Ok(gradient.chunks_exact(extent).map(|gradient| session.planes(layer, gradient)).collect())
}
