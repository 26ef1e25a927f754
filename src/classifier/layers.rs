//! The values that can be targets: those with positions of the picture, on the way to the scores.

use std::collections::HashSet;
use std::iter::successors;
use std::ops::Range;

use super::flow::Flow;
use crate::graph::{Binary, Graph, Node, Number, Op, Reduction, ValueId};
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
        // The residual stream: a sum of two values that both depend on the picture, quantised perhaps.
        Positions::Tokens { .. } => {
            let is_sum = |node: &&Node<T>| {
                matches!(node.op, Op::Binary(Binary::Add)) && !node.inputs.iter().any(is_number)
            };
            let sum = match value.operator.as_str() {
                "QLinearAdd" => successors(Some(node), |node| elementwise_input(graph, node)).find(is_sum),
                _ => Some(node).filter(is_sum),
            };
            sum.is_some_and(|sum| {
                sum.inputs.iter().all(|&input| {
                    graph.constant(input).is_none() && graph.shape(input) == graph.shape(sum.output)
                })
            })
        }
    }
}

/// What makes the value that a function of single values is of.
fn elementwise_input<'g, T: Number>(graph: &'g Graph<T>, node: &Node<T>) -> Option<&'g Node<T>> {
    let is_live = |input: &&ValueId| graph.constant(**input).is_none();
    match node.op {
        Op::Unary(_) | Op::Binary(_) => graph.node(*node.inputs.iter().find(is_live)?),
        _ => None,
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
    let all = prefix..prefix + layer.height * layer.width;
    let mut ways = vec![(layer.located.value, stored, all)];
    let mut seen = HashSet::new();
    while let Some((value, axis, places)) = ways.pop() {
        if value == score {
            return true;
        }
        if !seen.insert((value, axis, places.clone())) {
            continue;
        }
        let users =
            graph.nodes().iter().filter(|node| node.inputs.contains(&value) && flow.passes(node.output));
        for node in users {
            match kept_apart(graph, node, value, axis, &places) {
                Kept::At(axis, places) if places.end <= graph.shape(node.output)[axis] => {
                    ways.push((node.output, axis, places));
                }
                Kept::Dropped => {}
                _ => return true,
            }
        }
    }
    false
}

/// What an operator does to the positions along an axis.
enum Kept {
    /// They stay apart, at these places along this axis.
    At(usize, Range<usize>),
    /// None of them is used.
    Dropped,
    /// They meet.
    Mixed,
}

fn kept_apart<T: Number>(
    graph: &Graph<T>,
    node: &Node<T>,
    value: ValueId,
    axis: usize,
    places: &Range<usize>,
) -> Kept {
    let (from, to) = (graph.shape(value), graph.shape(node.output));
    let at = |axis: usize| Kept::At(axis, places.clone());
    match &node.op {
        Op::Unary(_) => at(axis),
        Op::Binary(_) | Op::Select => at(axis + to.len() - from.len()),
        Op::Normalise { axes, .. } | Op::Reduce(_, axes) if !axes.contains(&axis) => at(axis),
        // The range to which a tensor is quantised, all of its channels in one, says nothing of any of its positions.
        Op::Reduce(Reduction::Minimum | Reduction::Maximum, axes) if axes.len() == from.len() => {
            Kept::Dropped
        }
        Op::Softmax { axis: along } if *along != axis => at(axis),
        Op::MatMul { transpose_a: false, .. } if node.inputs[0] == value && node.inputs[1] != value => {
            if axis + 1 < from.len() { at(axis + to.len() - from.len()) } else { Kept::Mixed }
        }
        Op::Permute(order) => order.iter().position(|&of| of == axis).map_or(Kept::Mixed, at),
        Op::Reshape(_) => {
            let product = |shape: &[usize]| shape.iter().product::<usize>();
            let (outside, extent) = (product(&from[..axis]), from[axis]);
            let same = (0..to.len()).find(|&at| to[at] == extent && product(&to[..at]) == outside);
            same.map_or(Kept::Mixed, at)
        }
        Op::Concat { axis: along } => {
            if *along != axis {
                return at(axis);
            }
            let before = node.inputs.iter().take_while(|&&input| input != value);
            let before: usize = before.map(|&input| graph.shape(input)[axis]).sum();
            match node.inputs.iter().filter(|&&input| input == value).count() {
                1 => Kept::At(axis, places.start + before..places.end + before),
                _ => Kept::Mixed,
            }
        }
        Op::Slice(parts) => {
            let part = &parts[axis];
            let end = part.start + part.extent.saturating_sub(1) * part.step + 1;
            if part.extent == from[axis] {
                at(axis)
            } else if end <= places.start || part.start >= places.end {
                Kept::Dropped
            } else if part.step == 1 {
                let within = |place: usize| place.clamp(part.start, end) - part.start;
                Kept::At(axis, within(places.start)..within(places.end))
            } else {
                Kept::Mixed
            }
        }
        Op::Linear { axis: along, rows } => {
            if *along != axis {
                at(axis)
            } else if rows.iter().flatten().all(|(place, _)| !places.contains(place)) {
                Kept::Dropped
            } else {
                Kept::Mixed
            }
        }
        _ => Kept::Mixed,
    }
}
