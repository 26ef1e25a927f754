//! Positions behind a reshape that another one undoes.
//!
//! Exporters write a group normalisation as a reshape that merges channels with positions, a normalisation of each
//! value, and the reshape back. Values that never change places are where they were.

use super::{Located, NamedValue, Positions};
use crate::graph::{Graph, Number, Op, ValueId, elements};

/// How many operators may lie between the two.
const FARTHEST: usize = 16;

/// Where the positions are in the result of a reshape, if it is the shape of an earlier value whose values lie at the
/// same places.
#[inline(never)]
pub fn positions<T: Number>(graph: &Graph<T>, values: &[NamedValue], result: &Located) -> Option<Positions> {
    let shape = result.shape(graph);
    if let Some(moved) = moved(graph, values, result) {
        return Some(moved);
    }
    if !lies_plainly(&result.order, &shape) {
        return None;
    }
    let mut at = result.value;
    for _ in 0..FARTHEST {
        at = before(graph, at)?;
        let same = values.iter().rev().find_map(|NamedValue { located, .. }| {
            let positions = located.positions?;
            (is_stored(graph, located, at) && located.shape(graph) == shape).then_some(positions)
        });
        if same.is_some() {
            return same;
        }
    }
    None
}

/// A part of an axis of an earlier value: its places are `step` apart there, `extent` of them.
#[derive(Clone, Copy)]
struct Piece {
    axis: usize,
    step: usize,
    extent: usize,
}

/// Where the positions are behind reshapes and transpositions that only move values: an axis that is all of the rows,
/// or every second of them, is one of rows; whatever else there is, the rows between them too, are channels. So patches
/// are merged, and channels shuffled.
fn moved<T: Number>(graph: &Graph<T>, values: &[NamedValue], result: &Located) -> Option<Positions> {
    let mut ways = Vec::new();
    let mut at = result.value;
    let (origin, rows, columns) = loop {
        let plane = values.iter().rev().find_map(|NamedValue { located, .. }| match located.positions? {
            Positions::Plane { rows, columns, .. } if located.value == at => {
                Some((located.value, located.stored_axis(rows), located.stored_axis(columns)))
            }
            _ => None,
        });
        if let Some(plane) = plane {
            break plane;
        }
        let node = graph.node(at).filter(|_| ways.len() < FARTHEST)?;
        if !matches!(node.op, Op::Reshape(_) | Op::Permute(_)) {
            return None;
        }
        ways.push(node);
        at = node.inputs[0];
    };
    let whole = graph.shape(origin);
    let piece = |(axis, &extent)| vec![Piece { axis, step: 1, extent }];
    let mut axes: Vec<Vec<Piece>> = whole.iter().enumerate().map(piece).collect();
    for node in ways.into_iter().rev() {
        axes = match &node.op {
            Op::Permute(order) => order.iter().map(|&axis| axes[axis].clone()).collect(),
            _ => regrouped(axes.concat(), graph.shape(node.output))?,
        };
    }
    // The places of an axis from one end to the other, and no others.
    let spans = |pieces: &[Piece], axis: usize| matches!(pieces, [piece] if piece.axis == axis && piece.extent > 1 && piece.step * piece.extent == whole[axis]);
    let find = |axis: usize| axes.iter().position(|pieces| spans(pieces, axis));
    let (rows, columns) = (find(rows)?, find(columns)?);
    let shape = graph.shape(result.value);
    let channels = (0..shape.len()).rev().find(|axis| ![rows, columns].contains(axis) && shape[*axis] > 1)?;
    Some(Positions::Plane {
        rows: result.order[rows],
        columns: result.order[columns],
        channels: result.order[channels],
    })
}

/// The same places, cut into axes of these extents.
fn regrouped(pieces: Vec<Piece>, shape: &[usize]) -> Option<Vec<Vec<Piece>>> {
    let mut pieces: Vec<_> = pieces.into_iter().filter(|piece| piece.extent != 1).collect();
    let mut axes = Vec::new();
    // From the innermost axis outwards.
    for &extent in shape.iter().rev() {
        let (mut left, mut axis) = (extent, Vec::new());
        while left > 1 {
            let piece = pieces.pop()?;
            if left % piece.extent == 0 {
                left /= piece.extent;
                axis.push(piece);
            } else if piece.extent % left == 0 {
                axis.push(Piece { extent: left, ..piece });
                pieces.push(Piece { step: piece.step * left, extent: piece.extent / left, ..piece });
                left = 1;
            } else {
                return None;
            }
        }
        axis.reverse();
        axes.push(axis);
    }
    axes.reverse();
    pieces.is_empty().then_some(axes)
}

/// What a node makes its output of place by place, row-major.
fn before<T: Number>(graph: &Graph<T>, value: ValueId) -> Option<ValueId> {
    let node = graph.node(value)?;
    match node.op {
        Op::Unary(_) | Op::Binary(_) | Op::Normalise { .. } | Op::Softmax { .. } | Op::Reshape(_) => {}
        _ => return None,
    }
    let as_many = |&input: &ValueId| elements(graph.shape(input)) == elements(graph.shape(value));
    node.inputs.iter().copied().find(|input| graph.constant(*input).is_none() && as_many(input))
}

/// Whether a value is this tensor, in the file's order of axes.
fn is_stored<T: Number>(graph: &Graph<T>, located: &Located, value: ValueId) -> bool {
    let shape = located.shape(graph);
    if located.value == value {
        return lies_plainly(&located.order, &shape);
    }
    match graph.node(value) {
        Some(node) if node.inputs == [located.value] => match &node.op {
            Op::Permute(moves) => {
                lies_plainly(&moves.iter().map(|&axis| located.order[axis]).collect::<Vec<_>>(), &shape)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether axes lie as the file has them, but for those of one place.
fn lies_plainly(order: &[usize], shape: &[usize]) -> bool {
    order.iter().filter(|&&axis| shape[axis] != 1).is_sorted()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;
    use crate::lower::testing::Trial;
    use crate::lower::{Ints, Item};
    use crate::onnx::Attribute;

    #[test]
    fn an_image_is_one_again_after_a_normalisation_of_groups() -> Result<()> {
        let mut trial = Trial::new();
        let sizes = |extents: &[i64]| Item::Ints(Ints::list(extents.to_vec()));
        let image = trial.live(&[1, 8, 3, 3], &[0, 2, 3, 1], Some(Positions::CHANNELS_FIRST));
        let named = NamedValue { name: "x".into(), operator: "Conv".into(), located: trial.located(&image)? };
        let groups = trial.one(("Reshape", 14), &[], &[image, sizes(&[1, 2, -1])])?;
        let bent = trial.one(("Tanh", 13), &[], &[groups])?;
        let found = |trial: &Trial, item: &Item<f64>| {
            let located = trial.located(item)?;
            Ok(positions(&trial.lowering.graph, std::slice::from_ref(&named), &located))
        };
        let back = trial.one(("Reshape", 14), &[], &[bent.clone(), sizes(&[1, 8, 3, 3])])?;
        assert_eq!(found(&trial, &back)?, Some(Positions::CHANNELS_FIRST));
        // Turned around in between, it is another tensor.
        let turned = trial.one(("Transpose", 13), &[("perm", Attribute::Ints(vec![0, 2, 1]))], &[bent])?;
        let back = trial.one(("Reshape", 14), &[], &[turned, sizes(&[1, 8, 3, 3])])?;
        assert_eq!(found(&trial, &back)?, None);
        Result::Ok(())
    }
}
