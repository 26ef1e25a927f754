//! The blocks of a transformer: what each looks at, and the tokens that it leaves.

use super::{Layer, LayerKind};
use crate::graph::{Graph, Node, Number, Op, ValueId};
use crate::lower::Positions;

/// Blocks of global attention over a class token and the positions of the picture, first to last.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// Each block's attention, `[…heads, tokens, tokens]`: a softmax between two matrix products.
    pub attention: Vec<ValueId>,
    /// The layer of the tokens behind each block.
    pub tokens: Vec<usize>,
    /// How many tokens come before the positions; the class token is the first.
    pub prefix: usize,
}

impl Blocks {
    /// Those of a network; `None` if some of its attention is not between all tokens, or there is no class token.
    pub fn find<T: Number>(graph: &Graph<T>, score: ValueId, layers: &[Layer]) -> Option<Self> {
        let needed = graph.needed(&[score]);
        let nodes = || graph.nodes().iter().zip(&needed).filter(|(_, needed)| **needed).map(|(node, _)| node);
        let is_softmax = |node: &&Node<T>| matches!(node.op, Op::Softmax { .. });
        let attention: Vec<_> = nodes().filter(is_softmax).map(|node| node.output).collect();
        let is_global = |&value: &ValueId| {
            let is_used = |node: &Node<T>| {
                matches!(node.op, Op::MatMul { transpose_a: false, .. }) && node.inputs[0] == value
            };
            is_of_product(graph, value) && nodes().any(is_used)
        };
        let mut tokens = Vec::new();
        let mut all = None;
        for (at, &value) in attention.iter().enumerate() {
            let next = attention.get(at + 1);
            let is_behind = |layer: &Layer| {
                let tokens = layer.located.value;
                layer.kind == LayerKind::Cut && tokens > value && next.is_none_or(|&next| tokens < next)
            };
            let layer = layers.iter().rposition(is_behind)?;
            let Positions::Tokens { prefix: prefix @ 1.., .. } = layers[layer].positions else { return None };
            let count = prefix + layers[layer].width * layers[layer].height;
            let shape = graph.shape(value);
            let is_whole = shape.ends_with(&[count, count]) && is_global(&value);
            if !is_whole || all.is_some_and(|all| all != (prefix, layers[layer].width)) {
                return None;
            }
            all = Some((prefix, layers[layer].width));
            tokens.push(layer);
        }
        all.map(|(prefix, _)| Self { attention, tokens, prefix })
    }
}

/// Whether a value is the softmax, along its last axis, of a matrix product to which masks and the like are added.
fn is_of_product<T: Number>(graph: &Graph<T>, softmax: ValueId) -> bool {
    let Some(Node { op: Op::Softmax { axis }, inputs, .. }) = graph.node(softmax) else { return false };
    let mut at = inputs[0];
    while let Some(node) = graph.node(at) {
        match node.op {
            Op::MatMul { .. } => return axis + 1 == graph.shape(softmax).len(),
            Op::Binary(_) | Op::Unary(_) | Op::Reshape(_) => at = node.inputs[0],
            _ => break,
        }
    }
    false
}
