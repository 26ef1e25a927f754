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
use super::weights::Weights;
use crate::graph::{Graph, ValueId};
use crate::{Error, Result};

/// The leading part of a graph, from the picture on: launches, packed weights, and when each array is free again.
pub struct Plan {
    launches: Vec<Launch>,
    /// For each launch the places that nothing needs any more.
    frees: Vec<Vec<usize>>,
    /// How each place's tensor lies.
    layouts: Vec<Layout>,
    /// The picture's place.
    input: usize,
    /// What is read back, and from which place.
    outputs: Vec<(ValueId, usize)>,
}

impl Plan {
    /// Plans the part of a graph that comes before all of what the CPU has to do for these values; `None` if no product of
    /// it can run on a GPU. Plans that share `weights` pack none twice.
    ///
    /// # Errors
    /// What reading the model's file leads to.
    pub fn new(
        graph: &Graph<f32>,
        input: ValueId,
        wanted: &[ValueId],
        client: &Client,
        weights: &mut Weights,
    ) -> Result<Option<Self>> {
        let Some(prefix) = Prefix::new(graph, input, wanted) else { return Ok(None) };
        let mut launcher = Launcher { graph, client, weights, places: places(&prefix) };
        let mut launches = Vec::new();
        for group in groups(&prefix) {
            launches.extend(launcher.launches(&group)?);
        }
        let places = launcher.places;
        let outputs: Vec<_> = prefix.outputs.iter().map(|&output| (output, places[output.index()])).collect();
        Ok(Some(Self {
            frees: frees(&launches, &outputs, places.len()),
            launches,
            layouts: graph.values().iter().map(|value| Layout::of(&value.shape)).collect(),
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
    pub async fn run(&self, client: &Client, picture: &[f32]) -> Result<Vec<(ValueId, Rc<[f32]>)>> {
        let layout = self.layouts[self.input];
        if picture.len() != layout.positions * layout.channels {
            let found = picture.len();
            return Err(Error::InvalidModel(format!("there are {found} values for a picture of {layout:?}")));
        }
        let mut arrays: Vec<Option<Handle>> = vec![None; self.layouts.len()];
        arrays[self.input] = Some(client.create(Bytes::from_elems(layout.filled(picture))));
        for (launch, frees) in self.launches.iter().zip(&self.frees) {
            let written = arrays[launch.writes]
                .get_or_insert_with(|| client.empty(self.layouts[launch.writes].bytes()));
            let written = written.clone();
            let read = |source: &Source| match source {
                Source::Place(place) => arrays[*place].clone(),
                Source::Known(weights) => Some(weights.clone()),
            };
            let reads: Option<Vec<_>> = launch.reads.iter().map(read).collect();
            let reads = reads.ok_or_else(|| fault("an array was freed too early"))?;
            launch.kernel.launch(client, launch.invocations, reads, &written, &launch.parameters);
            frees.iter().for_each(|&place| arrays[place] = None);
        }
        let results: Option<Vec<_>> = self.outputs.iter().map(|&(_, place)| arrays[place].clone()).collect();
        let results = results.ok_or_else(|| fault("a result was not computed"))?;
        let read = client.read_async(results).await.map_err(fault)?;
        let value = |(&(output, _), bytes): (&(ValueId, usize), &Bytes)| {
            (output, self.layouts[output.index()].read(bytes))
        };
        Ok(self.outputs.iter().zip(&read).map(value).collect())
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

fn fault(reason: impl Display) -> Error {
    Error::Device { reason: reason.to_string() }
}
