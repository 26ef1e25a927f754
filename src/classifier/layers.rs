//! The values that can be targets: those with positions of the picture, on the way to the scores.

use super::flow::Flow;
use crate::graph::{Binary, Graph, Number, Op, ValueId};
use crate::lower::{Located, NamedValue, Network, Positions};

/// A value of the network where a map can be taken: a target layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file's name of the value.
    pub name: String,
    /// The file's operator that makes it.
    pub operator: String,
    /// Where it lies in the graph.
    pub located: Located,
    /// Where its positions are.
    pub positions: Positions,
    /// Rows of positions.
    pub height: usize,
    /// Columns of positions.
    pub width: usize,
    /// How many channels each position has.
    pub channels: usize,
    /// Share of the multiply-adds between picture and scores that come before it.
    pub depth: f64,
    /// What it is good for.
    pub kind: LayerKind,
}

/// Whether a layer says something of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerKind {
    /// Moves, pools, scales or relabels what another layer holds.
    Derived,
    /// Computes, beside other ways from the picture to the scores.
    Branch,
    /// Computes, and all that the scores know of the picture goes through it.
    Cut,
}

/// All target layers between the picture and the scores, in the order in which they are computed.
pub fn layers<T: Number>(network: &Network<T>, score: ValueId) -> Vec<Layer> {
    let graph = &network.graph;
    let flow = Flow::new(graph, network.input, score);
    let depths = depths(graph, score);
    let layer = |value: &NamedValue| {
        let located = &value.located;
        let positions = located.positions?;
        if !flow.passes(located.value) {
            return None;
        }
        let shape = located.shape(graph);
        let (height, width) = positions.grid(&shape);
        let channels = shape[positions.channels()];
        // One picture, and nothing beside positions and channels.
        let prefix = match positions {
            Positions::Plane { .. } => 0,
            Positions::Tokens { prefix, .. } => prefix,
        };
        let plain = shape.iter().product::<usize>() == (height * width + prefix) * channels;
        let kind = match (computes(graph, value, positions), flow.is_cut(located.value)) {
            (false, _) => LayerKind::Derived,
            (true, false) => LayerKind::Branch,
            (true, true) => LayerKind::Cut,
        };
        plain.then(|| Layer {
            name: value.name.clone(),
            operator: value.operator.clone(),
            located: located.clone(),
            positions,
            height,
            width,
            channels,
            depth: depths[located.value.index()],
            kind,
        })
    };
    network.values.iter().filter_map(layer).collect()
}

/// The layer at which a map is taken where none is named: the last that all goes through, has more than one row and
/// column, and whose positions the scores depend on. Failing that, the last that computes.
pub fn default_layer<T: Number>(graph: &Graph<T>, score: ValueId, layers: &[Layer]) -> Option<usize> {
    let fits = |kind: LayerKind| {
        let candidate = move |layer: &Layer| {
            layer.kind >= kind && layer.height > 1 && layer.width > 1 && has_gradient(graph, score, layer)
        };
        layers.iter().rposition(candidate)
    };
    fits(LayerKind::Cut).or_else(|| fits(LayerKind::Branch)).or_else(|| fits(LayerKind::Derived))
}

/// Whether a value is an operator's own work, and not another one moved, pooled, scaled by a number or relabelled.
fn computes<T: Number>(graph: &Graph<T>, value: &NamedValue, positions: Positions) -> bool {
    const DERIVED: [&str; 26] = [
        "Input",
        "Identity",
        "Dropout",
        "Cast",
        "CastLike",
        "Transpose",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "MaxPool",
        "AveragePool",
        "LpPool",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "Pad",
        "QuantizeLinear",
        "DequantizeLinear",
        "Split",
        "Slice",
        "Gather",
        "Expand",
        "Tile",
        "Upsample",
        "DepthToSpace",
        "SpaceToDepth",
    ];
    if DERIVED.contains(&value.operator.as_str()) {
        return false;
    }
    let Some(node) = graph.node(value.located.value) else { return false };
    let is_number = |input: &ValueId| graph.constant(*input).is_some_and(|constant| constant.len() == 1);
    if matches!(node.op, Op::Binary(_)) && node.inputs.iter().any(is_number) {
        return false;
    }
    match positions {
        Positions::Plane { .. } => true,
        // The residual stream: a sum of two values that both depend on the picture.
        Positions::Tokens { .. } => {
            matches!(node.op, Op::Binary(Binary::Add))
                && node.inputs.iter().all(|&input| {
                    graph.constant(input).is_none() && graph.shape(input) == graph.shape(node.output)
                })
        }
    }
}

/// The share of all multiply-adds that come before each value.
fn depths<T: Number>(graph: &Graph<T>, score: ValueId) -> Vec<f64> {
    let needed = graph.needed(&[score]);
    let mut depths = vec![0.0; graph.values().len()];
    let mut sum = 0.0;
    for (node, _) in graph.nodes().iter().zip(needed).filter(|(_, needed)| *needed) {
        if node.op.is_product() {
            sum += graph.work(node) as f64;
        }
        depths[node.output.index()] = sum;
    }
    depths.iter_mut().for_each(|depth| *depth /= f64::max(sum, 1.0));
    depths
}

/// Whether the scores depend on any of a layer's positions: behind a class token's last look at the others they do
/// not.
fn has_gradient<T: Number>(graph: &Graph<T>, score: ValueId, layer: &Layer) -> bool {
    let Positions::Tokens { axis, prefix, .. } = layer.positions else { return true };
    let stored = layer.located.stored_axis(axis);
    let flow = Flow::new(graph, layer.located.value, score);
    let mut ways = vec![(layer.located.value, stored)];
    while let Some((value, axis)) = ways.pop() {
        let extent = graph.shape(value)[axis];
        let users =
            graph.nodes().iter().filter(|node| node.inputs.contains(&value) && flow.passes(node.output));
        for node in users {
            match kept_apart(graph, node, value, axis, prefix) {
                Kept::At(axis) if graph.shape(node.output)[axis] == extent => ways.push((node.output, axis)),
                Kept::Dropped => {}
                _ => return true,
            }
        }
        if value == score {
            return true;
        }
    }
    false
}

/// What an operator does to the positions along an axis.
enum Kept {
    /// They stay apart, along this axis.
    At(usize),
    /// None of them is used.
    Dropped,
    /// They meet.
    Mixed,
}

fn kept_apart<T: Number>(
    graph: &Graph<T>,
    node: &crate::graph::Node<T>,
    value: ValueId,
    axis: usize,
    prefix: usize,
) -> Kept {
    let (from, to) = (graph.shape(value), graph.shape(node.output));
    match &node.op {
        Op::Unary(_) => Kept::At(axis),
        Op::Binary(_) | Op::Select => Kept::At(axis + to.len() - from.len()),
        Op::Normalise { axes, .. } | Op::Reduce(_, axes) if !axes.contains(&axis) => Kept::At(axis),
        Op::Softmax { axis: along } if *along != axis => Kept::At(axis),
        Op::MatMul { transpose_a: false, .. } if node.inputs[0] == value && node.inputs[1] != value => {
            if axis + 1 < from.len() { Kept::At(axis + to.len() - from.len()) } else { Kept::Mixed }
        }
        Op::Permute(order) => order.iter().position(|&of| of == axis).map_or(Kept::Mixed, Kept::At),
        Op::Reshape(_) => {
            let product = |shape: &[usize]| shape.iter().product::<usize>();
            let (outside, extent) = (product(&from[..axis]), from[axis]);
            let same = (0..to.len()).find(|&at| to[at] == extent && product(&to[..at]) == outside);
            same.map_or(Kept::Mixed, Kept::At)
        }
        Op::Slice(parts) => {
            let part = &parts[axis];
            if part.extent == from[axis] {
                Kept::At(axis)
            } else if part.start + part.extent.saturating_sub(1) * part.step < prefix {
                Kept::Dropped
            } else {
                Kept::Mixed
            }
        }
        Op::Linear { axis: along, rows } => {
            if *along != axis {
                Kept::At(axis)
            } else if rows.iter().flatten().all(|&(place, _)| place < prefix) {
                Kept::Dropped
            } else {
                Kept::Mixed
            }
        }
        _ => Kept::Mixed,
    }
}
