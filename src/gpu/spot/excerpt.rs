//! The part of a launch's nodes that some positions need, as a graph of its own.
//!
//! Its inputs are stretches of what the launch reads: of a picture under windows the rows that they reach, of a mean all, and
//! of everything else the positions themselves.

use std::collections::HashMap;
use std::ops::Range;

use super::Stretch;
use crate::gpu::layout::Layout;
use crate::graph::{Convolution, Graph, Op, Part, ValueId, Window};

/// The graph, as it is made.
pub(super) struct Excerpt<'a> {
    whole: &'a Graph<f32>,
    /// For each value of the whole the place where it lies.
    places: &'a [usize],
    /// The places that the launch reads.
    read: Vec<usize>,
    /// Behind each other in one row of what it writes.
    positions: Range<usize>,
    pub(super) graph: Graph<f32>,
    /// The graph's inputs.
    pub(super) given: Vec<(Stretch, ValueId)>,
    /// What values of the whole are here.
    known: HashMap<ValueId, ValueId>,
}

impl<'a> Excerpt<'a> {
    /// Nothing yet.
    pub(super) fn new(
        whole: &'a Graph<f32>,
        places: &'a [usize],
        read: Vec<usize>,
        positions: Range<usize>,
    ) -> Self {
        let (graph, given, known) = (Graph::default(), Vec::new(), HashMap::new());
        Self { whole, places, read, positions, graph, given, known }
    }

    /// A value at the positions, `[positions, channels]`; one that is the same at all, at its only one. `None` if it is more
    /// than moved.
    pub(super) fn at(&mut self, value: ValueId) -> Option<ValueId> {
        if let Some(known) = self.known.get(&value) {
            return Some(*known);
        }
        let layout = Layout::of(self.whole.shape(value));
        let positions = if layout.positions == 1 { 0..1 } else { self.positions.clone() };
        let shape = vec![positions.len(), layout.channels];
        let at = if let Some(constant) = self.whole.constant(value) {
            let all = constant.reshaped(vec![layout.positions, layout.channels]);
            let all = self.graph.add_constant(all);
            self.sliced(all, [positions, 0..layout.channels])?
        } else if self.is_read(value) {
            self.given(value, positions, shape)
        } else {
            let made = self.made(value)?;
            self.graph.reshape(made, &shape).ok()?
        };
        self.known.insert(value, at);
        Some(at)
    }

    fn is_read(&self, value: ValueId) -> bool {
        self.read.contains(&self.places[value.index()])
    }

    /// An input: these positions of a value that the launch reads.
    fn given(&mut self, value: ValueId, positions: Range<usize>, shape: Vec<usize>) -> ValueId {
        let (place, layout) = (self.places[value.index()], Layout::of(self.whole.shape(value)));
        let given = self.graph.add_input(shape);
        self.given.push((Stretch { place, layout, positions }, given));
        given
    }

    fn constant(&mut self, value: ValueId) -> Option<ValueId> {
        Some(self.graph.add_constant(self.whole.constant(value)?.clone()))
    }

    fn sliced<const AXES: usize>(&mut self, x: ValueId, ranges: [Range<usize>; AXES]) -> Option<ValueId> {
        let part = |range: Range<usize>| Part { start: range.start, extent: range.len(), step: 1 };
        self.graph.add(Op::Slice(ranges.map(part).to_vec()), &[x]).ok()
    }

    /// What the launch computes itself.
    fn made(&mut self, value: ValueId) -> Option<ValueId> {
        let node = self.whole.node(value)?;
        let (op, inputs) = match (&node.op, &node.inputs[..]) {
            (Op::Convolution(convolution), [x, weights @ ..]) => {
                let (x, window) = self.reached(*x, value, &convolution.window)?;
                let weights = weights.iter().map(|&weight| self.constant(weight));
                let inputs = [Some(x)].into_iter().chain(weights).collect::<Option<Vec<_>>>()?;
                (Op::Convolution(Convolution { window, ..convolution.clone() }), inputs)
            }
            (Op::MaxPool(window), [x]) => {
                let (x, window) = self.reached(*x, value, window)?;
                (Op::MaxPool(window), vec![x])
            }
            (Op::MatMul { .. }, [a, b]) => (node.op.clone(), vec![self.at(*a)?, self.constant(*b)?]),
            (Op::Reduce(..), [x]) if self.is_read(*x) => {
                let shape = self.whole.shape(*x);
                let all = 0..Layout::of(shape).positions;
                (node.op.clone(), vec![self.given(*x, all, shape.to_vec())])
            }
            (Op::Concat { .. }, inputs) => (Op::Concat { axis: 1 }, self.each(inputs)?),
            (Op::Unary(_) | Op::Binary(_) | Op::Select, inputs) => (node.op.clone(), self.each(inputs)?),
            _ => return None,
        };
        self.graph.add(op, &inputs).ok()
    }

    fn each(&mut self, values: &[ValueId]) -> Option<Vec<ValueId>> {
        values.iter().map(|&value| self.at(value)).collect()
    }

    /// What the windows of the positions reach of x, `[1, rows, columns, channels]`, and how they lie on that.
    fn reached(&mut self, x: ValueId, y: ValueId, window: &Window) -> Option<(ValueId, Window)> {
        let (&[_, height, width, channels], &[_, _, steps, _]) = (self.whole.shape(x), self.whole.shape(y))
        else {
            return None;
        };
        let (row, column) = (self.positions.start / steps, self.positions.start % steps);
        let rows = Reach::of(window, 0, row..row + 1, height)?;
        let columns = Reach::of(window, 1, column..column + self.positions.len(), width)?;
        if !self.is_read(x) {
            return None;
        }
        let lines = rows.inside.start * width..rows.inside.end * width;
        let read = self.given(x, lines, vec![1, rows.inside.len(), width, channels]);
        let seen = self.sliced(read, [0..1, 0..rows.inside.len(), columns.inside, 0..channels])?;
        let (before, after) = ([rows.before, columns.before], [rows.behind, columns.behind]);
        Some((seen, Window { before, after, ..window.clone() }))
    }
}

/// What windows reach along an axis.
struct Reach {
    /// Of the picture.
    inside: Range<usize>,
    /// Places beside it.
    before: isize,
    behind: isize,
}

impl Reach {
    /// Of some windows along an axis of this extent; `None` if that is nothing.
    fn of(window: &Window, axis: usize, windows: Range<usize>, extent: usize) -> Option<Self> {
        let first = |window_at: usize| (window_at * window.stride[axis]) as isize - window.before[axis];
        let covered = ((window.kernel[axis] - 1) * window.dilation[axis] + 1) as isize;
        let (start, end) = (first(windows.start), first(windows.end - 1) + covered);
        let (from, to) = (start.max(0), end.min(extent as isize));
        (from < to).then(|| Self {
            inside: from as usize..to as usize,
            before: from - start,
            behind: end - to,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_reach_over_the_edge() {
        let window =
            Window { kernel: [3, 3], stride: [2, 1], dilation: [1, 2], before: [1, 4], after: [1, 4] };
        let reach = |axis, windows, extent| {
            Reach::of(&window, axis, windows, extent).map(|reach| (reach.inside, reach.before, reach.behind))
        };
        assert_eq!(reach(0, 0..1, 8), Some((0..2, 1, 0)));
        assert_eq!(reach(0, 1..4, 8), Some((1..8, 0, 0)));
        assert_eq!(reach(0, 4..5, 8), Some((7..8, 0, 2)));
        assert_eq!(reach(1, 0..2, 6), Some((0..2, 4, 0)));
        assert_eq!(reach(1, 9..10, 5), None);
    }
}
