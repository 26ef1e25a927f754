//! Tensors behind each other along an axis, and taken apart again.

use super::slice::whole;
use crate::Result;
use crate::graph::{Number, Op, Part, elements};
use crate::lower::{Call, Item, Located, Lowering, Positions};

/// Concat
pub fn concat<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let tensors = (0..call.inputs.len()).map(|at| lowering.located(call, at)).collect::<Result<Vec<_>>>()?;
    let axis = call.node.int("axis").ok_or_else(|| call.invalid("it has no axis"))?;
    let axis = call.axis(axis, tensors.first().map_or(0, |tensor| tensor.order.len()))?;
    Ok(vec![Item::Live(joined(lowering, call, &tensors, axis)?)])
}

/// Tensors behind each other along an axis. The largest that depends on the picture stays as it lies.
pub fn joined<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    tensors: &[Located],
    axis: usize,
) -> Result<Located> {
    let graph = &lowering.graph;
    let shapes: Vec<_> = tensors.iter().map(|tensor| tensor.shape(graph)).collect();
    let size = |at: usize| (graph.constant(tensors[at].value).is_none(), elements(&shapes[at]));
    let leader = (0..tensors.len()).rev().max_by_key(|&at| size(at));
    let Some(leader) = leader.map(|at| &tensors[at]) else { return Err(call.invalid("it has no inputs")) };
    if shapes.iter().any(|shape| shape.len() != leader.order.len()) {
        return Err(call.invalid(format!("its inputs have shapes {shapes:?}, of unequal rank")));
    }
    if let [only] = tensors {
        return Ok(only.clone());
    }
    let values =
        tensors.iter().map(|tensor| lowering.stored(tensor, &leader.order)).collect::<Result<Vec<_>>>()?;
    let value = lowering.add(call, Op::Concat { axis: leader.stored_axis(axis) }, &values)?;
    let positions = positions(tensors, &shapes, axis);
    Ok(Located { value, order: leader.order.clone(), positions })
}

/// Where the positions are in tensors behind each other: along another axis they stay, tokens may have others
/// around them, and everything else would be two pictures in one.
fn positions(tensors: &[Located], shapes: &[Vec<usize>], axis: usize) -> Option<Positions> {
    let mut having = tensors.iter().enumerate().filter_map(|(at, tensor)| Some((at, tensor.positions?)));
    let (first, positions) = having.next()?;
    if !positions.axes().contains(&axis) {
        return Some(positions);
    }
    if having.next().is_some() || !matches!(positions, Positions::Tokens { .. }) {
        return None;
    }
    positions.joined(axis, shapes[..first].iter().map(|shape| shape[axis]).sum())
}

/// Split
pub fn split<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let sizes = sizes(call, shape[axis])?;
    let mut parts: Vec<_> = shape.iter().map(|&extent| whole(extent)).collect();
    let mut start = 0;
    let mut outputs = Vec::with_capacity(sizes.len());
    for extent in sizes {
        // An empty part begins nowhere.
        parts[axis] = if extent == 0 { whole(0) } else { Part { start, extent, step: 1 } };
        outputs.push(Item::Live(lowering.sliced(call, &x, &parts)?));
        start += extent;
    }
    Ok(outputs)
}

/// The places that each part has of an axis.
fn sizes<T: Number>(call: &Call<T>, extent: usize) -> Result<Vec<usize>> {
    if let Some(split) = call.list("split", 1)? {
        let sizes: Option<Vec<_>> = split.iter().map(|&size| usize::try_from(size).ok()).collect();
        let total =
            |sizes: &Vec<usize>| sizes.iter().try_fold(0usize, |total, &size| total.checked_add(size));
        return sizes.filter(|sizes| total(sizes) == Some(extent)).ok_or_else(|| {
            call.invalid(format!("its parts {split:?} are not those of an axis of {extent}"))
        });
    }
    let count = call.node.outputs.len().max(1);
    if call.node.int("num_outputs").is_some_and(|asked| asked != count as i64) {
        return Err(call.invalid(format!("it has {count} outputs, and says otherwise")));
    }
    // The last part may be smaller.
    let size = extent.div_ceil(count);
    let sizes: Vec<_> = (0..count).map(|at| size.min(extent.saturating_sub(at * size))).collect();
    if call.opset < 18 && !extent.is_multiple_of(count) {
        return Err(call.invalid(format!("an axis of {extent} has no {count} equal parts")));
    }
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn axis(axis: i64) -> [(&'static str, Attribute); 1] {
        [("axis", Attribute::Int(axis))]
    }

    fn tokens(prefix: usize) -> Option<Positions> {
        Some(Positions::Tokens { axis: 1, channels: 2, prefix, grid: (2, 3) })
    }

    #[test]
    fn a_class_token_comes_before_the_positions_and_is_taken_off_again() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 6, 4], &[0, 1, 2], tokens(0));
        let class = Item::Floats(Constant::new(vec![1, 1, 4], [-1.0; 4]));
        let joined = trial.one(("Concat", 13), &axis(1), &[class, x])?;
        assert_eq!(trial.located(&joined)?.positions, tokens(1));
        let part = |start| {
            vec![
                Item::Ints(Ints::list(vec![start])),
                Item::Ints(Ints::list(vec![7])),
                Item::Ints(Ints::list(vec![1])),
            ]
        };
        let rest = trial.one(("Slice", 13), &[], &[vec![joined.clone()], part(1)].concat())?;
        assert_eq!(trial.located(&rest)?.positions, tokens(0));
        assert!(trial.values(&rest)?.1.is_sorted());
        let class = trial.one(("Gather", 13), &axis(1), &[joined, Item::number(0)])?;
        let located = trial.located(&class)?;
        assert_eq!((located.shape(&trial.lowering.graph), located.positions), (vec![1, 4], None));
        Ok(())
    }

    #[test]
    fn tensors_of_other_orders_follow_the_largest() -> Result<()> {
        let mut trial = Trial::new();
        let image = trial.live(&[1, 3, 2, 2], &[0, 2, 3, 1], Some(Positions::CHANNELS_FIRST));
        let plain = trial.live(&[1, 1, 2, 2], &[0, 1, 2, 3], None);
        let known = Item::Floats(Constant::new(vec![1, 2, 2, 2], [5.0; 8]));
        let joined = trial.one(("Concat", 13), &axis(-3), &[plain, image, known])?;
        let located = trial.located(&joined)?;
        assert_eq!((located.order, located.positions), (vec![0, 2, 3, 1], Some(Positions::CHANNELS_FIRST)));
        let expected: Vec<_> = (0..4).chain(0..12).map(f64::from).chain([5.0; 8]).collect();
        assert_eq!(trial.permutations(), 0);
        assert_eq!(trial.values(&joined)?, (vec![1, 6, 2, 2], expected));
        Ok(())
    }

    #[test]
    fn two_pictures_behind_each_other_have_no_positions() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 6, 4], &[0, 1, 2], tokens(0));
        let joined = trial.one(("Concat", 13), &axis(1), &[x.clone(), x.clone()])?;
        assert_eq!(trial.located(&joined)?.positions, None);
        let joined = trial.one(("Concat", 13), &axis(2), &[x.clone(), x])?;
        assert_eq!(trial.located(&joined)?.positions, tokens(0));
        Ok(())
    }
}
