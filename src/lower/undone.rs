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
pub fn positions<T: Number>(graph: &Graph<T>, values: &[NamedValue], result: &Located) -> Option<Positions> {
    let shape = result.shape(graph);
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
