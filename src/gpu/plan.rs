//! The leading part of a graph made ready for a GPU.

use std::fmt::Display;
use std::rc::Rc;

use burn_cubecl::cubecl::bytes::Bytes;
use burn_cubecl::cubecl::client::Client;
use burn_cubecl::cubecl::server::Handle;

use super::formula::Formula;
use super::group::{Group, groups};
use super::kind::Kind;
use super::launch::{Launch, Launcher, Source};
use super::layout::Layout;
use super::prefix::Prefix;
use super::spot::Spot;
use super::weights::Weights;
use crate::cam::Random;
use crate::graph::{Graph, ValueId};
use crate::{Error, Result};

/// The leading part of a graph, from the picture on: launches, packed weights, and when each array is free again.
pub struct Plan {
    launches: Vec<Launch>,
    /// For each launch what it is for.
    descriptions: Vec<Description>,
    /// For each launch the places that nothing needs any more.
    frees: Vec<Vec<usize>>,
    /// How each place's tensor lies.
    layouts: Vec<Layout>,
    /// For each value the place where it lies.
    places: Vec<usize>,
    /// The picture's place.
    input: usize,
    /// What is read back, and from which place.
    outputs: Vec<(ValueId, usize)>,
}

/// Values that are read back, and which they are.
pub type Outputs = Vec<(ValueId, Rc<[f32]>)>;

/// What a launch is for.
pub(super) struct Description {
    /// The first of the operations.
    pub(super) operation: &'static str,
    pub(super) output: ValueId,
    /// Of a product; 0 of anything else.
    pub(super) multiply_adds: u64,
}

impl Plan {
    /// Plans the part of a graph that comes before all of what the CPU has to do for these values; `None` if no product of
    /// it can run on a GPU. `share` lets several invocations make a tile of a product. Plans that share `weights` pack none
    /// twice.
    ///
    /// # Errors
    /// What reading the model's file leads to.
    pub fn new(
        graph: &Graph<f32>,
        input: ValueId,
        wanted: &[ValueId],
        client: &Client,
        share: bool,
        weights: &mut Weights,
    ) -> Result<Option<Self>> {
        let Some(prefix) = Prefix::new(graph, input, wanted) else { return Ok(None) };
        let mut launcher = Launcher { graph, client, share, weights, places: places(&prefix) };
        let (mut launches, mut descriptions) = (Vec::new(), Vec::new());
        for group in groups(&prefix) {
            launches.extend(launcher.launches(&group)?);
            descriptions.resize_with(launches.len(), || Description::of(graph, &group));
        }
        let places = launcher.places;
        let outputs: Vec<_> = prefix.outputs.iter().map(|&output| (output, places[output.index()])).collect();
        Ok(Some(Self {
            frees: frees(&launches, &outputs, places.len()),
            launches,
            descriptions,
            layouts: graph.values().iter().map(|value| Layout::of(&value.shape)).collect(),
            places,
            input: input.index(),
            outputs,
        }))
    }

    /// What is read back.
    pub fn outputs(&self) -> impl Iterator<Item = ValueId> {
        self.outputs.iter().map(|(output, _)| *output)
    }

    /// How many launches a run is.
    pub fn len(&self) -> usize {
        self.launches.len()
    }

    /// Whether a run is none at all.
    pub fn is_empty(&self) -> bool {
        self.launches.is_empty()
    }

    /// The outputs for a picture, `[height, width, channels]`.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if the picture is not of the graph's size, [`Error::Device`] if the read-back fails.
    pub async fn run(&self, client: &Client, picture: &[f32]) -> Result<Outputs> {
        Ok(self.run_watched(client, picture, None).await?.0)
    }

    /// The same, and whether plain loops give what the GPU gives at a spot.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_watched(
        &self,
        client: &Client,
        picture: &[f32],
        spot: Option<&Spot>,
    ) -> Result<(Outputs, bool)> {
        let mut arrays = self.arrays(client, picture)?;
        let mut watched = Vec::new();
        for (index, (launch, frees)) in self.launches.iter().zip(&self.frees).enumerate() {
            let (reads, written) = self.bind(client, launch, &mut arrays)?;
            launch.kernel.launch(client, launch.invocations, reads, &written, &launch.parameters);
            if let Some(spot) = spot.filter(|spot| spot.launch == index) {
                watched = spot.handles(&arrays)?;
            }
            frees.iter().for_each(|&place| arrays[place] = None);
        }
        let results: Option<Vec<_>> = self.outputs.iter().map(|&(_, place)| arrays[place].clone()).collect();
        let results = results.ok_or_else(|| fault("a result was not computed"))?;
        let read = client.read_async([results, watched].concat()).await.map_err(fault)?;
        let (outputs, watched) = read.split_at(self.outputs.len());
        let value = |(&(output, _), bytes): (&(ValueId, usize), &Bytes)| {
            (output, self.layouts[output.index()].read(bytes))
        };
        let holds = spot.map_or(Ok(true), |spot| spot.holds(watched))?;
        Ok((self.outputs.iter().zip(outputs).map(value).collect(), holds))
    }

    /// Some positions of what one launch gives, of a plan of this graph: each turn another launch has, and other positions.
    pub fn spot(&self, graph: &Graph<f32>, turn: usize) -> Option<Spot> {
        let mut random = Random::new(turn as u64);
        (turn..turn + self.len()).find_map(|launch| Spot::new(graph, self, launch % self.len(), &mut random))
    }

    /// For each value the place where it lies.
    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }

    /// What it launches, and for what.
    pub(super) fn launches(&self) -> impl Iterator<Item = (&Launch, &Description)> {
        self.launches.iter().zip(&self.descriptions)
    }

    /// The arrays of a run by their places: so far, the picture, and those that are read back. They hold no numbers, so that
    /// what a launch leaves out, and another picture's values in its place, would not pass for results.
    pub(super) fn arrays(&self, client: &Client, picture: &[f32]) -> Result<Vec<Option<Handle>>> {
        let layout = self.layouts[self.input];
        if picture.len() != layout.positions * layout.channels {
            let found = picture.len();
            return Err(Error::InvalidModel(format!("there are {found} values for a picture of {layout:?}")));
        }
        let array = |values: Vec<f32>| Some(client.create(Bytes::from_elems(values)));
        let mut arrays = vec![None; self.layouts.len()];
        for &(_, place) in &self.outputs {
            arrays[place] = array(vec![f32::NAN; 4 * self.layouts[place].vectors()]);
        }
        arrays[self.input] = array(layout.filled(picture));
        Ok(arrays)
    }

    /// What a launch reads, and what it writes, which is there from now on.
    pub(super) fn bind(
        &self,
        client: &Client,
        launch: &Launch,
        arrays: &mut [Option<Handle>],
    ) -> Result<(Vec<Handle>, Handle)> {
        let empty = || client.empty(self.layouts[launch.writes].bytes());
        let written = arrays[launch.writes].get_or_insert_with(empty).clone();
        let read = |source: &Source| match source {
            Source::Place(place) => arrays[*place].clone(),
            Source::Known(weights) => Some(weights.clone()),
        };
        let reads: Option<Vec<_>> = launch.reads.iter().map(read).collect();
        Ok((reads.ok_or_else(|| fault("an array was freed too early"))?, written))
    }
}

impl Description {
    fn of(graph: &Graph<f32>, group: &Group) -> Self {
        let node = group.first.as_ref().map(|first| &graph.nodes()[first.node]);
        let product = node.filter(|node| node.op.is_product());
        Self {
            operation: node.map_or("elementwise", |node| node.op.name()),
            output: group.output,
            multiply_adds: product.map_or(0, |node| graph.work(node) as u64),
        }
    }
}

impl Launcher<'_> {
    /// What a group is computed by.
    fn launches(&mut self, group: &Group) -> Result<Vec<Launch>> {
        let given = group.first.as_ref().map(|first| first.output);
        let formula = Formula::new(self.graph, &group.terms, given)?;
        let Some(first) = &group.first else { return Ok(vec![self.elementwise(&formula, group.output)?]) };
        let node = &self.graph.nodes()[first.node];
        Ok(match first.kind {
            Kind::Product => vec![self.product(first, &formula, group.output)?],
            Kind::Sliding => self.sliding(first, &formula, group.output)?.into_iter().collect(),
            Kind::Windows | Kind::MaxPool | Kind::Pad => {
                self.windows(first, formula, group.output)?.into_iter().collect()
            }
            Kind::Mean => vec![self.mean(node)?],
            Kind::Concat => self.concat(node)?,
            Kind::Reshape => vec![self.reshaped(node)?],
            Kind::Elementwise | Kind::Alias => Vec::new(),
        })
    }
}

/// For each value the place where it lies: its own, or that of the value which it is in other extents.
fn places(prefix: &Prefix) -> Vec<usize> {
    let mut places: Vec<_> = (0..prefix.graph.values().len()).collect();
    for &(node, _) in prefix.nodes.iter().filter(|(_, kind)| *kind == Kind::Alias) {
        let node = &prefix.graph.nodes()[node];
        places[node.output.index()] = places[node.inputs[0].index()];
    }
    places
}

/// For each launch the places that it reads last and that are not read back.
fn frees(launches: &[Launch], outputs: &[(ValueId, usize)], places: usize) -> Vec<Vec<usize>> {
    let mut last = vec![None; places];
    for (index, launch) in launches.iter().enumerate() {
        for source in &launch.reads {
            if let Source::Place(place) = source {
                last[*place] = Some(index);
            }
        }
    }
    outputs.iter().for_each(|&(_, place)| last[place] = None);
    let mut frees = vec![Vec::new(); launches.len()];
    for (place, last) in last.into_iter().enumerate() {
        if let Some(last) = last {
            frees[last].push(place);
        }
    }
    frees
}

pub(super) fn fault(reason: impl Display) -> Error {
    Error::Device { reason: reason.to_string() }
}
