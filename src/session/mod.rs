//! A network at one size of the picture, ready to run: activations, scores and gradients by the names of values.

#[cfg(feature = "webgpu")]
mod ahead;
mod backward;
mod forward;
mod tail;
#[cfg(feature = "webgpu")]
mod watch;
mod windows;

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;

use crate::classifier::{Blocks, Head, Layer, Score, layers, scores};
use crate::cpu::{Plan, Team, Weights, permuted};
use crate::device::Device;
use crate::graph::{Graph, ValueId, permute};
use crate::lower::{self, Located, Network, Positions};
use crate::onnx::Model;
use crate::recent::Recent;
use crate::{Error, Result};
use backward::Backward;
pub use backward::Seeds;
use forward::Forward;
use tail::Tail;
use windows::Windows;

/// Values of one run, as they are stored.
pub type Values = HashMap<ValueId, Rc<[f32]>>;

/// Asked between the stages of a call and, with how far it has come, during a run: whether to go on.
pub type GoOn = Box<dyn Fn(Option<Progress>) -> Pin<Box<dyn Future<Output = bool>>>>;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The share of its multiply-adds that are done.
    pub share: f64,
    /// The last of the layers that is computed, in a run from the picture to the scores.
    pub layer: Option<usize>,
}

/// How many multiply-adds are run before it is asked whether to go on: some hundredths of a second.
const ASK_AFTER: u64 = 600_000_000;
/// How many plans of each kind are kept.
const PLANS_KEPT: usize = 4;

/// A network at one size of the picture.
pub struct Session {
    input: lower::Input,
    network: Network<f32>,
    score: Score,
    layers: Vec<Layer>,
    head: Option<Head<f32>>,
    blocks: Option<Blocks>,
    device: Device,
    weights: Rc<RefCell<Weights>>,
    forward: Recent<Forward>,
    backward: Recent<Backward>,
    tail: Recent<Tail>,
    windows: Recent<Windows>,
    #[cfg(feature = "webgpu")]
    on_gpu: Rc<RefCell<crate::gpu::Weights>>,
    #[cfg(feature = "webgpu")]
    watch: Rc<watch::Watch>,
    #[cfg(feature = "webgpu")]
    ahead: Recent<ahead::Ahead>,
}

/// What sessions of one network share.
#[derive(Default, Clone)]
pub struct Shared {
    /// Packed weights.
    pub weights: Rc<RefCell<Weights>>,
    /// Packed weights on the GPU.
    #[cfg(feature = "webgpu")]
    pub on_gpu: Rc<RefCell<crate::gpu::Weights>>,
    /// What is known of the GPU's earlier runs.
    #[cfg(feature = "webgpu")]
    watch: Rc<watch::Watch>,
}

impl Session {
    /// Lowers a model for an input of this size.
    ///
    /// # Errors
    /// Those of [`lower::lower`] and [`scores`].
    pub fn new(model: &Model, input: &lower::Input, device: Device, shared: &Shared) -> Result<Self> {
        let network = lower::lower(model, input)?;
        let score = scores(&model.graph, &network)?;
        let layers = layers(&network, score.value.located.value);
        let head = Head::find(&network.graph, score.value.located.value, &layers)?;
        let blocks = Blocks::find(&network.graph, score.value.located.value, &layers);
        Ok(Self {
            input: input.clone(),
            network,
            score,
            layers,
            head,
            blocks,
            device,
            weights: shared.weights.clone(),
            forward: Recent::new(PLANS_KEPT),
            backward: Recent::new(PLANS_KEPT),
            tail: Recent::new(PLANS_KEPT),
            windows: Recent::new(PLANS_KEPT),
            #[cfg(feature = "webgpu")]
            on_gpu: shared.on_gpu.clone(),
            #[cfg(feature = "webgpu")]
            watch: shared.watch.clone(),
            #[cfg(feature = "webgpu")]
            ahead: Recent::new(PLANS_KEPT),
        })
    }

    /// The lowered graph.
    pub fn graph(&self) -> &Graph<f32> {
        &self.network.graph
    }

    /// The input that it was lowered for.
    pub fn input(&self) -> &lower::Input {
        &self.input
    }

    /// The scores.
    pub fn score(&self) -> &Score {
        &self.score
    }

    /// Where the scores lie.
    pub fn score_value(&self) -> ValueId {
        self.score.value.located.value
    }

    /// What can be a target, in the order in which it is computed.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The head, if it is pooling and one linear layer.
    pub fn head(&self) -> Option<&Head<f32>> {
        self.head.as_ref()
    }

    /// The blocks, if it is a transformer with a class token and attention between all tokens.
    pub fn blocks(&self) -> Option<&Blocks> {
        self.blocks.as_ref()
    }

    /// The network's outputs, and everything else that has a name.
    pub fn network(&self) -> &Network<f32> {
        &self.network
    }

    /// Where a layer lies.
    pub fn value_of(&self, layer: usize) -> ValueId {
        self.layers[layer].located.value
    }

    /// The layer that is the picture itself, if the input has positions.
    pub fn picture(&self) -> Option<usize> {
        self.layers.iter().position(|layer| layer.located.value == self.network.input)
    }

    /// A layer's values, or gradients there, as `[channels, positions]`, without the tokens that come before the
    /// positions.
    pub fn planes(&self, layer: usize, stored: &[f32]) -> Vec<f32> {
        let layer = &self.layers[layer];
        let planes = permuted(stored, self.network.graph.shape(layer.located.value), &planes_order(layer));
        without_prefix(layer, planes)
    }
}

/// Whether the caller wants to go on.
///
/// # Errors
/// [`Error::Aborted`] if not.
pub async fn ask(go_on: Option<&GoOn>) -> Result<()> {
    tell(go_on, None).await
}

/// The same, and how far a run has come.
///
/// # Errors
/// [`Error::Aborted`] if not.
pub async fn tell(go_on: Option<&GoOn>, progress: Option<Progress>) -> Result<()> {
    match go_on {
        Some(go_on) if !go_on(progress).await => Err(Error::Aborted),
        _ => Ok(()),
    }
}

/// The stored axes of a layer as `[channels, positions]`.
fn planes_order(layer: &Layer) -> Vec<usize> {
    // All other axes have one place.
    let last: Vec<_> = [layer.positions.channels()].into_iter().chain(layer.positions.axes()).collect();
    let others = (0..layer.located.order.len()).filter(|axis| !last.contains(axis));
    others.chain(last.iter().copied()).map(|axis| layer.located.stored_axis(axis)).collect()
}

/// `[channels, tokens]` without those tokens that come before the positions.
fn without_prefix<T: Copy>(layer: &Layer, planes: Vec<T>) -> Vec<T> {
    match layer.positions {
        Positions::Tokens { prefix, .. } if prefix > 0 => {
            let tokens = prefix + layer.height * layer.width;
            planes.chunks_exact(tokens).flat_map(|plane| &plane[prefix..]).copied().collect()
        }
        _ => planes,
    }
}

/// Where each value of the planes of a layer is stored, in a tensor of the layer's shape or with fewer channels.
fn places(layer: &Layer, shape: &[usize]) -> Vec<usize> {
    without_prefix(layer, permute(&all_places(shape), shape, &planes_order(layer)))
}

fn all_places(shape: &[usize]) -> Vec<usize> {
    (0..shape.iter().product()).collect()
}

/// Where each value of a tensor in the file's order of axes is stored.
pub fn places_in_file_order(located: &Located, graph: &Graph<f32>) -> Vec<usize> {
    let shape = graph.shape(located.value);
    permute(&all_places(shape), shape, &file_order(located))
}

fn file_order(located: &Located) -> Vec<usize> {
    (0..located.order.len()).map(|axis| located.stored_axis(axis)).collect()
}

/// Values of a tensor in the file's order of axes.
pub fn in_file_order(located: &Located, graph: &Graph<f32>, stored: &[f32]) -> Vec<f32> {
    permuted(stored, graph.shape(located.value), &file_order(located))
}

/// Runs a plan to its end, and asks now and then whether to go on. `layers` are those that it computes.
async fn run(
    plan: &Plan,
    inputs: Vec<(ValueId, Rc<[f32]>)>,
    layers: &[Layer],
    team: &Team,
    go_on: Option<&GoOn>,
) -> Result<Values> {
    let mut run = plan.start(inputs, team)?;
    let all: u64 = plan.steps().map(|step| step.multiply_adds).sum();
    let (mut done, mut asked) = (0, 0);
    for step in plan.steps() {
        run.advance()?;
        done += step.multiply_adds;
        if done - asked > ASK_AFTER {
            asked = done;
            let layer = layers.iter().rposition(|layer| layer.located.value <= step.output);
            tell(go_on, Some(Progress { share: done as f64 / all as f64, layer })).await?;
        }
    }
    Ok(run.finish().into_iter().collect())
}
