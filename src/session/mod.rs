//! A network at one size of the picture, ready to run: activations, scores and gradients by the names of values.

#[cfg(feature = "webgpu")]
mod ahead;
mod backward;
mod forward;

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;

use crate::classifier::{Head, Layer, Score, layers, scores};
use crate::cpu::{Partner, Plan, Weights, permuted};
use crate::device::Device;
use crate::graph::{Binary, Graph, Op, ValueId};
use crate::lower::{self, Located, Network, Positions};
use crate::onnx::Model;
use crate::{Error, Result};
use backward::Backward;

/// Values of one run, as they are stored.
pub type Values = HashMap<ValueId, Rc<[f32]>>;

/// Asked now and then during a run: whether to go on.
pub type GoOn = Box<dyn Fn() -> Pin<Box<dyn Future<Output = bool>>>>;

/// How many multiply-adds are run before it is asked whether to go on: some hundredths of a second.
const ASK_AFTER: u64 = 600_000_000;
/// How many plans of each kind are kept.
const PLANS_KEPT: usize = 4;

/// A network at one size of the picture.
pub struct Session {
    network: Network<f32>,
    score: Score,
    layers: Vec<Layer>,
    head: Option<Head<f32>>,
    device: Device,
    weights: Rc<RefCell<Weights>>,
    partner: Rc<RefCell<Option<Box<dyn Partner>>>>,
    forward: RefCell<Vec<Rc<forward::Forward>>>,
    backward: RefCell<Vec<Rc<Backward>>>,
    #[cfg(feature = "webgpu")]
    on_gpu: Rc<RefCell<crate::gpu::Weights>>,
    #[cfg(feature = "webgpu")]
    ahead: RefCell<Vec<Rc<ahead::Ahead>>>,
}

/// What sessions of one network share.
#[derive(Default, Clone)]
pub struct Shared {
    /// Packed weights.
    pub weights: Rc<RefCell<Weights>>,
    /// What computes half of each run, if anything does.
    pub partner: Rc<RefCell<Option<Box<dyn Partner>>>>,
    /// Packed weights on the GPU.
    #[cfg(feature = "webgpu")]
    pub on_gpu: Rc<RefCell<crate::gpu::Weights>>,
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
        Ok(Self {
            network,
            score,
            layers,
            head,
            device,
            weights: shared.weights.clone(),
            partner: shared.partner.clone(),
            forward: RefCell::default(),
            backward: RefCell::default(),
            #[cfg(feature = "webgpu")]
            on_gpu: shared.on_gpu.clone(),
            #[cfg(feature = "webgpu")]
            ahead: RefCell::default(),
        })
    }

    /// The lowered graph.
    pub fn graph(&self) -> &Graph<f32> {
        &self.network.graph
    }

    /// The scores.
    pub fn score(&self) -> &Score {
        &self.score
    }

    /// What can be a target, in the order in which it is computed.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The head, if it is pooling and one linear layer.
    pub fn head(&self) -> Option<&Head<f32>> {
        self.head.as_ref()
    }

    /// The network's outputs, and everything else that has a name.
    pub fn network(&self) -> &Network<f32> {
        &self.network
    }

    /// Where a layer lies.
    pub fn value_of(&self, layer: usize) -> ValueId {
        self.layers[layer].located.value
    }

    /// A layer's values, or gradients there, as `[channels, positions]`, without the tokens that come before the
    /// positions.
    pub fn planes(&self, layer: usize, stored: &[f32]) -> Vec<f32> {
        planes(&self.layers[layer], self.network.graph.shape(self.value_of(layer)), stored)
    }
}

impl Session {
    /// The scores of rows of pooled channels, `[rows, channels]`, by a head that is linear in them.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], and those of reading the weights.
    pub fn classify(&self, head: &Head<f32>, pooled: Vec<f32>, channels: usize) -> Result<Vec<f32>> {
        let mut graph = Graph::default();
        let rows = graph.add_input(vec![pooled.len() / channels, channels]);
        let mut scores = rows;
        if let Some(weight) = &head.weight {
            let weight = graph.add_constant(weight.clone());
            scores = graph.add(Op::MatMul { transpose_a: false, transpose_b: true }, &[scores, weight])?;
        }
        if let Some(bias) = &head.bias {
            let bias = graph.add_constant(bias.clone());
            scores = graph.binary(Binary::Add, scores, bias)?;
        }
        if scores == rows {
            return Ok(pooled);
        }
        let plan = Plan::new(&graph, &[scores], &mut self.weights.borrow_mut(), None)?;
        let mut run = plan.start(vec![(rows, pooled)], None)?;
        while run.advance()? {}
        let values = run.finish().into_iter().next();
        values.map(|(_, values)| values.to_vec()).ok_or(Error::NotFinite)
    }
}

/// Whether the caller wants to go on.
///
/// # Errors
/// [`Error::Aborted`] if not.
pub async fn ask(go_on: Option<&GoOn>) -> Result<()> {
    match go_on {
        Some(go_on) if !go_on().await => Err(Error::Aborted),
        _ => Ok(()),
    }
}

fn planes(layer: &Layer, shape: &[usize], stored: &[f32]) -> Vec<f32> {
    let Layer { located, positions, height, width, .. } = layer;
    let places = match *positions {
        Positions::Plane { rows, columns, .. } => vec![rows, columns],
        Positions::Tokens { axis, .. } => vec![axis],
    };
    // All other axes have one place.
    let first: Vec<_> = [positions.channels()].into_iter().chain(places).collect();
    let others = (0..located.order.len()).filter(|axis| !first.contains(axis));
    let order: Vec<_> = others.chain(first.iter().copied()).map(|axis| located.stored_axis(axis)).collect();
    let planes = permuted(stored, shape, &order);
    match *positions {
        Positions::Tokens { prefix, .. } if prefix > 0 => {
            let tokens = prefix + height * width;
            planes.chunks_exact(tokens).flat_map(|plane| &plane[prefix..]).copied().collect()
        }
        _ => planes,
    }
}

/// Values of a tensor in the file's order of axes.
pub fn in_file_order(located: &Located, graph: &Graph<f32>, stored: &[f32]) -> Vec<f32> {
    let order: Vec<_> = (0..located.order.len()).map(|axis| located.stored_axis(axis)).collect();
    permuted(stored, graph.shape(located.value), &order)
}

/// Runs a plan to its end, and asks now and then whether to go on.
async fn run(
    plan: &Plan,
    inputs: Vec<(ValueId, Vec<f32>)>,
    partner: Option<&dyn Partner>,
    go_on: Option<&GoOn>,
) -> Result<Values> {
    let mut run = plan.start(inputs, partner)?;
    let mut done = 0;
    for step in plan.steps() {
        run.advance()?;
        done += step.multiply_adds;
        if done > ASK_AFTER {
            done = 0;
            ask(go_on).await?;
        }
    }
    Ok(run.finish().into_iter().collect())
}
