//! A head of pooling and one linear layer, where a class's score is a sum over positions.

use crate::Result;
use crate::graph::{Binary, Constant, Graph, Number, Op, Reduction, ValueId};
use crate::lower::Positions;

use super::layers::Layer;

/// A head whose scores are linear in the mean over all positions of a layer: score = W mean(A) + b. There CAM is
/// defined, and any part of the picture can be classified by the mean over its positions.
#[derive(Debug, Clone)]
pub struct Head<T> {
    /// The layer that is pooled, among the layers.
    pub layer: usize,
    /// Its mean over all positions.
    pub mean: ValueId,
    /// `[classes, channels]`; each channel is a class where it is `None`.
    pub weight: Option<Constant<T>>,
    /// `[classes]`
    pub bias: Option<Constant<T>>,
}

impl<T: Number> Head<T> {
    /// The head between layers and scores, if it is one.
    ///
    /// # Errors
    /// Those of reading the file.
    pub fn find(graph: &Graph<T>, score: ValueId, layers: &[Layer]) -> Result<Option<Self>> {
        // Back from the scores: what is linear is gathered, until the pooling is met.
        let mut at = score;
        let (mut weight, mut bias): (Option<Constant<T>>, Option<Constant<T>>) = (None, None);
        let classes = graph.shape(score).iter().product::<usize>();
        loop {
            let Some(node) = graph.node(at) else { return Ok(None) };
            let input = node.inputs[0];
            match &node.op {
                Op::Reshape(_) | Op::Permute(_) => at = input,
                Op::Binary(Binary::Add) if weight.is_none() && bias.is_none() => {
                    let Some((value, constant)) = with_constant(graph, &node.inputs) else { return Ok(None) };
                    if constant.len() != classes {
                        return Ok(None);
                    }
                    bias = Some(constant.reshaped(vec![classes]));
                    at = value;
                }
                Op::MatMul { transpose_a: false, transpose_b } if weight.is_none() => {
                    let Some(matrix) = graph.constant(node.inputs[1]) else { return Ok(None) };
                    let &[rows, columns] = matrix.shape() else { return Ok(None) };
                    let by_class = if *transpose_b { matrix.clone() } else { matrix.permuted(&[1, 0]) };
                    if (if *transpose_b { rows } else { columns }) != classes {
                        return Ok(None);
                    }
                    weight = Some(by_class);
                    at = input;
                }
                Op::Convolution(convolution) if weight.is_none() => {
                    let (Some(kernel), [1, 1, 1, _]) = (graph.constant(node.inputs[1]), graph.shape(at))
                    else {
                        return Ok(None);
                    };
                    if convolution.window.kernel != [1, 1] || convolution.groups != 1 {
                        return Ok(None);
                    }
                    weight = Some(kernel.reshaped(kernel.shape()[..2].to_vec()));
                    if let Some(&constant) = node.inputs.get(2) {
                        bias = match (bias, graph.constant(constant)) {
                            (None, Some(constant)) => Some(constant.clone()),
                            _ => return Ok(None),
                        };
                    }
                    at = input;
                }
                Op::Reduce(Reduction::Mean, axes) => {
                    return Ok(pooled(graph, input, axes, layers).map(|layer| Self {
                        layer,
                        mean: at,
                        weight,
                        bias,
                    }));
                }
                _ => return Ok(None),
            }
        }
    }
}

/// The last layer that this value is, if the mean is over all of its positions and nothing else.
fn pooled<T: Number>(graph: &Graph<T>, value: ValueId, axes: &[usize], layers: &[Layer]) -> Option<usize> {
    let shape = graph.shape(value);
    let over = |axis: usize| axes.contains(&axis) || shape[axis] == 1;
    layers.iter().rposition(|layer| {
        let of_positions = match layer.positions {
            Positions::Plane { rows, columns, .. } => vec![rows, columns],
            Positions::Tokens { axis, prefix: 0, .. } => vec![axis],
            Positions::Tokens { .. } => return false,
        };
        let stored: Vec<_> = of_positions.iter().map(|&axis| layer.located.stored_axis(axis)).collect();
        let channels = layer.located.stored_axis(layer.positions.channels());
        layer.located.value == value
            && stored.iter().all(|&axis| over(axis))
            && !axes.contains(&channels)
            && axes.iter().all(|axis| stored.contains(axis) || shape[*axis] == 1)
    })
}

fn with_constant<'g, T: Number>(
    graph: &'g Graph<T>,
    inputs: &[ValueId],
) -> Option<(ValueId, &'g Constant<T>)> {
    match *inputs {
        [a, b] => match (graph.constant(a), graph.constant(b)) {
            (None, Some(constant)) => Some((a, constant)),
            (Some(constant), None) => Some((b, constant)),
            _ => None,
        },
        _ => None,
    }
}
