//! A graph made ready: steps in their order, packed weights, and when each buffer is free again.

mod fold;
mod pack;
mod step;
mod sums;
#[cfg(test)]
mod tests;
mod weights;

use std::rc::Rc;

pub(super) use step::Step;
pub use step::StepDescription;
pub use weights::Weights;

use super::fuse::{Fusion, Group};
use super::moves::Move;
use super::run::Run;
use super::team::Team;
use crate::graph::{Graph, Node, Op, Origin, Unary, ValueId, elements};
use crate::{Error, Result};

/// A graph made ready for the CPU: fused steps, packed weights, and when each buffer is free again.
pub struct Plan {
    pub(super) steps: Vec<Step>,
    /// How many values lie in each place: there is one for each value of the graph, of which those that are another
    /// value in other extents share that one's.
    pub(super) places: Vec<usize>,
    /// What is known before a run, by place.
    pub(super) constants: Vec<Option<Rc<[f32]>>>,
    /// What a run is given.
    pub(super) inputs: Vec<(ValueId, usize)>,
    /// What it gives.
    pub(super) outputs: Vec<(ValueId, usize)>,
}

impl Plan {
    /// Plans what `outputs` need; each of them stays available, whatever is computed together.
    ///
    /// Plans that share `weights` pack none twice.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a convolution whose weight is computed; what reading the model's file leads to.
    pub fn new(graph: &Graph<f32>, outputs: &[ValueId], weights: &mut Weights) -> Result<Self> {
        let fusion = Fusion::new(graph, outputs);
        let (groups, owners) = without_aliases(&fusion, fusion.groups());
        let mut plan = Self {
            steps: Vec::with_capacity(groups.len()),
            places: graph.ids().map(|id| elements(graph.shape(id)).unwrap_or(usize::MAX)).collect(),
            constants: vec![None; owners.len()],
            inputs: Vec::new(),
            outputs: outputs.iter().map(|&output| (output, owners[output.index()])).collect(),
        };
        let places = |group| fusion.reads(group).into_iter().map(|value| owners[value.index()]).collect();
        let reads: Vec<Vec<usize>> = groups.iter().map(places).collect();
        plan.give_sources(graph, &reads)?;
        let is_rounding =
            |node: &Node<f32>| matches!(node.op, Op::Unary(Unary::Round | Unary::RoundStraight));
        let rounds = graph.nodes().iter().any(is_rounding);
        let mut planner = Planner { fusion, owners, weights, rounds, last: last_readers(&reads, &plan) };
        // Of what is empty, nothing is left to compute.
        let is_filled = |group: &Group| graph.shape(group.output).iter().all(|extent| *extent > 0);
        for (index, group) in groups.iter().enumerate().filter(|(_, group)| is_filled(group)) {
            let mut step = planner.step(index, group)?;
            for &place in &reads[index] {
                if planner.dies(place, index) && step.changes != Some(place) && !step.frees.contains(&place) {
                    step.frees.push(place);
                }
            }
            plan.steps.push(step);
        }
        Ok(plan)
    }

    /// Begins a run. `inputs` are the values of the graph that come from outside; those that nothing needs may be
    /// missing.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if an input is missing, or not of the graph's size.
    pub fn start<'a>(&'a self, inputs: Vec<(ValueId, Rc<[f32]>)>, team: &Team) -> Result<Run<'a>> {
        Run::new(self, inputs, team)
    }

    /// What a run does, step by step.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = StepDescription> {
        self.steps.iter().map(|step| step.description)
    }

    /// Reads the constants among the places that are read, and notes the inputs.
    fn give_sources(&mut self, graph: &Graph<f32>, reads: &[Vec<usize>]) -> Result<()> {
        let mut is_read = vec![false; self.places.len()];
        reads.iter().flatten().for_each(|&place| is_read[place] = true);
        self.outputs.iter().for_each(|&(_, place)| is_read[place] = true);
        for id in graph.ids().filter(|id| is_read[id.index()]) {
            match &graph.values()[id.index()].origin {
                Origin::Input => self.inputs.push((id, id.index())),
                Origin::Constant(constant) => self.constants[id.index()] = Some(constant.read()?),
                Origin::Node(_) => {}
            }
        }
        Ok(())
    }
}

/// The groups that compute something, and for each value the one whose place it shares: a tensor in other extents is
/// no other.
fn without_aliases(fusion: &Fusion, groups: Vec<Group>) -> (Vec<Group>, Vec<usize>) {
    let graph = fusion.graph;
    let mut owners: Vec<usize> = (0..graph.values().len()).collect();
    let mut computes = |group: &Group| {
        let Some(index) = group.other else { return true };
        let node = &graph.nodes()[index];
        let [input] = node.inputs[..] else { return true };
        let shapes = (graph.shape(input), graph.shape(node.output));
        let nothing = matches!(node.op, Op::Reshape(_))
            || elements(shapes.0) == elements(shapes.1)
                && Move::new(&node.op, &[shapes.0], shapes.1).is_some_and(|copies| copies.is_nothing());
        if nothing {
            owners[node.output.index()] = owners[input.index()];
        }
        !nothing
    };
    let groups = groups.into_iter().filter(|group| computes(group)).collect();
    (groups, owners)
}

/// The step that reads a place last; none for what has to stay.
fn last_readers(reads: &[Vec<usize>], plan: &Plan) -> Vec<Option<usize>> {
    let mut last = vec![None; plan.places.len()];
    for (step, reads) in reads.iter().enumerate() {
        reads.iter().for_each(|&place| last[place] = Some(step));
    }
    plan.outputs.iter().for_each(|&(_, place)| last[place] = None);
    last
}

/// What steps are made of.
struct Planner<'a> {
    fusion: Fusion<'a>,
    /// For each value the place where it lies.
    owners: Vec<usize>,
    weights: &'a mut Weights,
    /// Whether values are rounded to steps: they jump where a sum is off at a step's edge.
    rounds: bool,
    /// For each place the step that reads it last, if it is free then.
    last: Vec<Option<usize>>,
}

impl Planner<'_> {
    /// Whether a step is the last that needs a place, and the place the run's own.
    fn dies(&self, place: usize, step: usize) -> bool {
        let constant = matches!(self.fusion.graph.values()[place].origin, Origin::Constant(_));
        self.last[place] == Some(step) && !constant
    }

    /// Whether a place holds what a run is given, which stays as it is.
    fn is_input(&self, place: usize) -> bool {
        matches!(self.fusion.graph.values()[place].origin, Origin::Input)
    }

    fn unsupported(&self, node: usize) -> Error {
        let name = self.fusion.graph.nodes()[node].op.name();
        Error::Unsupported(format!("{name} whose weight is computed from the picture is not supported"))
    }
}
