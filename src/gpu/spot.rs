//! A few positions of what one launch gives, and what plain loops make of the same arrays.

mod excerpt;

use std::ops::Range;

use burn_cubecl::cubecl::bytes::Bytes;
use burn_cubecl::cubecl::server::Handle;

use super::difference::difference;
use super::launch::Source;
use super::layout::Layout;
use super::plan::{Plan, fault};
use crate::cam::Random;
use crate::graph::{Graph, ValueId};
use crate::{Result, plain};
use excerpt::Excerpt;

/// How many positions side by side are looked at.
const POSITIONS: usize = 8;

/// Positions of what a launch gives.
pub struct Spot {
    /// The launch, after which all that is read back is there.
    pub(super) launch: usize,
    graph: Graph<f32>,
    /// What it is made of, and which value of the graph that is.
    given: Vec<(Stretch, ValueId)>,
    found: Stretch,
    expected: ValueId,
}

impl Spot {
    /// Some positions of a launch of this graph's plan; `None` if it only moves values, is one of several for one tensor, or
    /// if the windows lie beside the picture.
    pub(super) fn new(graph: &Graph<f32>, plan: &Plan, launch: usize, random: &mut Random) -> Option<Self> {
        let (of, description) = plan.launches().nth(launch)?;
        let (shape, layout) = (graph.shape(description.output), Layout::of(graph.shape(description.output)));
        let writers = plan.launches().filter(|(other, _)| other.writes == of.writes).count();
        if writers > 1 || layout.positions == 0 {
            return None;
        }
        let width = if let [_, _, width, _] = shape { *width } else { layout.positions };
        let count = POSITIONS.min(width);
        let first = random.below(layout.positions / width) * width + random.below(width - count + 1);
        let found = Stretch { place: of.writes, layout, positions: first..first + count };
        let read = of.reads.iter().filter_map(|source| match source {
            Source::Place(place) => Some(*place),
            Source::Known(_) => None,
        });
        let mut excerpt = Excerpt::new(graph, plan.places(), read.collect(), found.positions.clone());
        let expected = excerpt.at(description.output)?;
        Some(Self { launch, graph: excerpt.graph, given: excerpt.given, found, expected })
    }

    /// What has to be read back of a run's arrays.
    pub(super) fn handles(&self, arrays: &[Option<Handle>]) -> Result<Vec<Handle>> {
        let stretches = self.given.iter().map(|(given, _)| given).chain([&self.found]);
        let handles: Option<_> = stretches.map(|stretch| stretch.of(arrays)).collect();
        handles.ok_or_else(|| fault("an array was freed too early"))
    }

    /// Whether plain loops give what was found, of what was read back.
    pub(super) fn holds(&self, read: &[Bytes]) -> Result<bool> {
        let Some((found, given)) = read.split_last() else { return Ok(false) };
        let value =
            |((stretch, value), bytes): (&(Stretch, ValueId), &Bytes)| (*value, stretch.layout.read(bytes));
        let inputs: Vec<_> = self.given.iter().zip(given).map(value).collect();
        let expected = plain::run(&self.graph, &inputs, &[self.expected])?;
        let found = self.found.layout.read(found);
        Ok(expected.iter().all(|expected| difference(&self.graph, &found, expected).is_none()))
    }
}

/// Positions behind each other of the tensor in a place.
struct Stretch {
    place: usize,
    layout: Layout,
    positions: Range<usize>,
}

impl Stretch {
    fn of(&self, arrays: &[Option<Handle>]) -> Option<Handle> {
        let bytes = |positions: usize| Layout { positions, ..self.layout }.bytes() as u64;
        let behind = self.layout.positions - self.positions.end;
        let array = arrays[self.place].clone()?;
        Some(array.offset_start(bytes(self.positions.start)).offset_end(bytes(behind)))
    }
}
