//! Products with constant weights: convolutions over any window, and matrix products.

use super::fold::Affine;
use super::formula::Formula;
use super::group::First;
use super::kernel::Kernel;
use super::launch::{Launch, Launcher, names, words};
use crate::Result;
use crate::graph::{Convolution, Graph, Node, Op, ValueId, Window};

/// How many positions, and how many outputs, are a tile.
const TILE: (usize, usize) = (8, 8);
/// How many invocations share a tile where there are fewer than [`FEW`] tiles, each of which takes a slice of its sums: on a
/// large GPU most of it would wait otherwise, and the rest for its memory.
const SLICES: usize = 8;
/// Fewer tiles than these leave a large GPU idle.
const FEW: usize = 4096;

/// What is multiplied.
pub(super) struct Shape {
    inputs: usize,
    outputs: usize,
    /// Groups of channels that know nothing of each other; so many of the file's together that they fill tiles.
    groups: usize,
    /// The file's.
    groups_apart: usize,
    /// Places of the window.
    taps: usize,
    /// Whether the weights lie as `[inputs, outputs]`.
    turned: bool,
}

impl Shape {
    /// Of a product's node.
    pub(super) fn of(graph: &Graph<f32>, node: &Node<f32>) -> Self {
        let channels = |value: ValueId| graph.shape(value).last().copied().unwrap_or(1);
        let (inputs, outputs) = (channels(node.inputs[0]), channels(node.output));
        let (groups_apart, taps) = match &node.op {
            Op::Convolution(Convolution { window, groups, .. }) => {
                (*groups, window.kernel[0] * window.kernel[1])
            }
            _ => (1, 1),
        };
        let fills = |together: &usize| {
            (inputs / groups_apart * together).is_multiple_of(4)
                && (outputs / groups_apart * together).is_multiple_of(TILE.1)
        };
        let together =
            (1..groups_apart).filter(|together| groups_apart.is_multiple_of(*together)).find(fills);
        let groups = together.map_or(1, |together| groups_apart / together);
        let turned = matches!(node.op, Op::MatMul { transpose_b: false, .. });
        Self { inputs, outputs, groups, groups_apart, taps, turned }
    }

    /// Tiles of outputs.
    fn tiles(&self) -> usize {
        self.outputs.div_ceil(TILE.1)
    }

    /// Vectors of inputs that an output depends on.
    fn depth(&self) -> usize {
        (self.inputs / self.groups).div_ceil(4)
    }

    /// How many weights there are when they are packed.
    pub(super) fn weights(&self) -> Option<usize> {
        self.tiles().checked_mul(self.taps)?.checked_mul(self.depth())?.checked_mul(4 * TILE.1)
    }

    /// `[tiles, taps, depth, 2, 4 inputs, 4 outputs]`: in the order in which a tile's sums need the weights.
    fn packed(&self, weight: &[f32], scale: &[f64]) -> Vec<f32> {
        let Self { inputs, outputs, groups, groups_apart, taps, turned } = *self;
        let covered = inputs / groups_apart;
        let value = |output: usize, input: usize, tap: usize| {
            // Of the group's inputs, its own.
            let input = (output / (outputs / groups) * (inputs / groups) + input)
                .checked_sub(output / (outputs / groups_apart) * covered)
                .filter(|input| *input < covered)?;
            let at = if turned { input * outputs + output } else { (output * covered + input) * taps + tap };
            Some((f64::from(*weight.get(at)?) * scale[output]) as f32)
        };
        let mut packed = Vec::with_capacity(self.weights().unwrap_or(0));
        for (tile, tap) in (0..self.tiles()).flat_map(|tile| (0..taps).map(move |tap| (tile, tap))) {
            for (vector, half) in (0..self.depth()).flat_map(|vector| [(vector, 0), (vector, 4)]) {
                for input in 4 * vector..4 * vector + 4 {
                    let first = tile * TILE.1 + half;
                    packed.extend((first..first + 4).map(|output| {
                        if output < outputs { value(output, input, tap).unwrap_or(0.0) } else { 0.0 }
                    }));
                }
            }
        }
        packed
    }
}

impl Launcher<'_> {
    /// A product, and what follows it.
    pub(super) fn product(&mut self, first: &First, formula: &Formula, output: ValueId) -> Result<Launch> {
        let (graph, node) = (self.graph, &self.graph.nodes()[first.node]);
        let (from, to) = (self.layout(node.inputs[0]), self.layout(output));
        let shape = Shape::of(graph, node);
        let affine = || Affine::new(graph, shape.outputs, node.inputs.get(2).copied(), &first.folds);
        let constant =
            |value: ValueId| graph.constant(value).map_or_else(|| Ok([].into()), |constant| constant.read());
        let weight = || Ok(shape.packed(&constant(node.inputs[1])?, &affine()?.scale));
        let bias = || {
            let mut bias: Vec<_> = affine()?.shift.into_iter().map(|shift| shift as f32).collect();
            bias.resize(TILE.1 * shape.tiles(), 0.0);
            Ok(bias)
        };
        let extents = vec![shape.outputs, shape.inputs, shape.taps, shape.groups];
        let mut reads = vec![
            self.source(node.inputs[0])?,
            self.packed(first, "product", extents.clone(), weight)?,
            self.packed(first, "product's bias", extents, bias)?,
        ];
        reads.extend(self.operands(formula)?);

        let mut parameters = vec![to.positions, from.depth(), to.depth()];
        let (members, sum) = match &node.op {
            Op::Convolution(convolution)
                if !is_dense(convolution, shape.groups, from.positions == to.positions) =>
            {
                parameters.extend([shape.tiles() / shape.groups, shape.depth()]);
                parameters.extend(places(graph, node, &convolution.window));
                (MEMBERS, include_str!("product/window.wgsl"))
            }
            _ => ("", include_str!("product/dense.wgsl")),
        };
        let tiles = to.positions.div_ceil(TILE.0) * shape.tiles();
        let is_sliced = self.share && tiles < FEW && shape.depth() >= SLICES;
        // Where invocations wait for each other, none may leave.
        let (slices, store, guard) = if is_sliced {
            (SLICES, include_str!("product/slices.wgsl"), "")
        } else {
            (1, include_str!("product/whole.wgsl"), "  if (first >= shape.positions) { return; }")
        };
        let names = names(formula);
        let mut arrays = vec![("x", "vec4f"), ("weight", "mat4x4f"), ("bias", "vec4f")];
        arrays.extend(names.iter().map(|name| (name.as_str(), "vec4f")));
        let parts = [
            ("extents", members),
            ("parameters", &formula.members()),
            ("finish", &formula.text),
            ("sum", sum),
            ("slices", &slices.to_string()),
            ("store", store),
            ("guard", guard),
        ];
        Ok(Launch {
            kernel: Kernel::new(include_str!("product.wgsl"), &arrays, "vec4f", &parts),
            invocations: slices * tiles,
            reads,
            writes: self.places[output.index()],
            parameters: words(&parameters, formula),
        })
    }
}

/// The parameters of windows, as [`places`] gives them, behind those of groups.
const MEMBERS: &str = "tiles: u32, depth: u32, height: u32, width: u32, columns: u32, kernel_rows: u32, \
    kernel_columns: u32, row_stride: u32, column_stride: u32, row_dilation: u32, column_dilation: u32, top: u32, left: u32,";

/// Where a node's windows lie.
pub(super) fn places(graph: &Graph<f32>, node: &Node<f32>, window: &Window) -> [usize; 11] {
    let (x, y) = (graph.shape(node.inputs[0]), graph.shape(node.output));
    let Window { kernel, stride, dilation, before, .. } = window;
    let [top, left] = before.map(|places| places as usize);
    [x[1], x[2], y[2], kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], top, left]
}

/// Whether each position depends on itself alone, all of it.
fn is_dense(convolution: &Convolution, groups: usize, same_positions: bool) -> bool {
    let Window { kernel, stride, before, .. } = &convolution.window;
    groups == 1 && same_positions && *kernel == [1, 1] && *stride == [1, 1] && *before == [0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_fill_tiles() {
        let groups = |inputs: usize, outputs: usize, groups: usize| {
            let mut graph = Graph::default();
            let x = graph.add_input(vec![1, 2, 2, inputs]);
            let weight = crate::graph::Constant::new(
                vec![outputs, inputs / groups, 1, 1],
                vec![1.0; outputs * inputs / groups],
            );
            let weight = graph.add_constant(weight);
            let window =
                Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0] };
            let op = Op::Convolution(Convolution { window, input_dilation: [1, 1], groups });
            graph.add(op, &[x, weight]).expect("it fits");
            Shape::of(&graph, &graph.nodes()[0]).groups
        };
        assert_eq!(groups(128, 128, 32), 16);
        assert_eq!(groups(64, 64, 4), 4);
        assert_eq!(groups(6, 9, 3), 1);
    }
}
