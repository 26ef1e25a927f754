//! From a tensor to a list of its parts, and back.

use super::{known, list};
use crate::Result;
use crate::graph::{Number, Part};
use crate::lower::moves::{joined, whole};
use crate::lower::{Call, Item, Lowering};

/// The most parts that a tensor is split into.
const MOST: usize = 1 << 16;

/// SplitToSequence
pub fn split_to_sequence<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = call.required(0)?;
    let shape = lowering.shape_of(call, 0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let sizes = sizes(call, shape[axis])?;
    let mut kept = shape.clone();
    // Parts of one place each, that nobody asked the size of, may lose the axis.
    let drops = call.input(1).is_none() && call.int("keepdims", 1) == 0;
    if drops {
        kept.remove(axis);
    }
    let mut items = Vec::with_capacity(sizes.len());
    let mut start = 0;
    for extent in sizes {
        items.push(match known::part(x, axis, start..start + extent)? {
            Some(part) if drops => known::reshaped(&part, kept.clone())?.unwrap_or(part),
            Some(part) => part,
            None => {
                let x = lowering.located(call, 0)?;
                let mut parts: Vec<_> = shape.iter().map(|&extent| whole(extent)).collect();
                parts[axis] = Part { start, extent, step: 1 };
                let part = lowering.sliced(call, &x, &parts)?;
                Item::Live(if drops { lowering.squeezed(&part, &[axis])? } else { part })
            }
        });
        start += extent;
    }
    Ok(vec![Item::Sequence(items.into())])
}

/// How many places each part has: as the file lists them, or all as many but perhaps the last.
fn sizes<T: Number>(call: &Call<T>, extent: usize) -> Result<Vec<usize>> {
    let split = call.ints_of(1)?;
    let wrong = || call.invalid(format!("its parts are not those of an axis of {extent}"));
    let size = match &split {
        None => 1,
        Some(split) => match (split.shape.len(), &*split.read()?) {
            (0, &[size]) => usize::try_from(size).ok().filter(|&size| size > 0).ok_or_else(wrong)?,
            (_, sizes) => {
                let sizes: Option<Vec<_>> = sizes.iter().map(|&size| usize::try_from(size).ok()).collect();
                let total =
                    |sizes: &Vec<usize>| sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size));
                return sizes.filter(|sizes| total(sizes) == Some(extent)).ok_or_else(wrong);
            }
        },
    };
    let count = extent.div_ceil(size);
    if count > MOST {
        return Err(call.unsupported(format!("it makes {count} parts")));
    }
    Ok((0..count).map(|at| size.min(extent - at * size)).collect())
}

/// ConcatFromSequence: along an axis that is there, or along a new one.
pub fn concat_from_sequence<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let items = list(call)?;
    // The tensors as inputs of the same node.
    let inner =
        Call { node: call.node, inputs: items.iter().cloned().map(Some).collect(), opset: call.opset };
    let shapes = (0..items.len()).map(|at| lowering.shape_of(&inner, at)).collect::<Result<Vec<_>>>()?;
    let adds = call.int("new_axis", 0) != 0;
    let first = shapes.first().ok_or_else(|| call.unsupported("its list is empty"))?;
    let rank = first.len() + usize::from(adds);
    let axis = call.node.int("axis").ok_or_else(|| call.invalid("it has no axis"))?;
    let axis = call.axis(axis, rank)?;
    let with_axis = |shape: &[usize]| {
        let mut shape = shape.to_vec();
        shape.insert(axis.min(shape.len()), 1);
        shape
    };
    let mut known = items.to_vec();
    if adds {
        for (item, shape) in known.iter_mut().zip(&shapes) {
            if let Some(reshaped) = known::reshaped(item, with_axis(shape))? {
                *item = reshaped;
            }
        }
    }
    if let Some(joined) = known::joined(call, &known, axis)? {
        return Ok(vec![joined]);
    }
    let mut tensors = Vec::with_capacity(items.len());
    for (at, shape) in shapes.iter().enumerate() {
        let tensor = lowering.located(&inner, at)?;
        let is_new = adds && shape.len() + 1 == rank;
        tensors.push(if is_new { lowering.unsqueezed(&tensor, &[axis], rank)? } else { tensor });
    }
    Ok(vec![Item::Live(joined(lowering, call, &tensors, axis)?)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn axes(axis: i64, new: i64) -> [(&'static str, Attribute); 2] {
        [("axis", Attribute::Int(axis)), ("new_axis", Attribute::Int(new))]
    }

    fn numbers(item: &Item<f64>) -> Result<(Vec<usize>, Vec<i64>)> {
        match item {
            Item::Ints(ints) => Ok((ints.shape.clone(), ints.read()?.to_vec())),
            Item::Floats(floats) => {
                Ok((floats.shape().to_vec(), floats.read()?.iter().map(|&value| value as i64).collect()))
            }
            _ => Ok((Vec::new(), Vec::new())),
        }
    }

    #[test]
    fn known_tensors_stay_known() -> Result<()> {
        let values: Vec<_> = (0..12).collect();
        let ints = Item::Ints(Ints::new(vec![2, 6], crate::onnx::ElementType::I64, values.clone()));
        let reals: Vec<_> = values.iter().map(|&value| value as f64).collect();
        let floats = Item::Floats(Constant::new(vec![2, 6], reals));
        for item in [ints, floats] {
            let mut trial = Trial::new();
            let parts = trial.one(("SplitToSequence", 11), &axes(1, 0), &[item, Item::number(4)])?;
            let second = trial.one(("SequenceAt", 11), &[], &[parts.clone(), Item::number(-1)])?;
            assert_eq!(numbers(&second)?, (vec![2, 2], vec![4, 5, 10, 11]));
            let whole = trial.one(("ConcatFromSequence", 11), &axes(-1, 0), &[parts])?;
            assert_eq!(numbers(&whole)?, (vec![2, 6], values.clone()));
        }
        Ok(())
    }

    #[test]
    fn rounds_of_a_loop_are_stacked_whether_they_are_known_or_not() -> Result<()> {
        let mut trial = Trial::new();
        let known = Item::Floats(Constant::new(vec![2, 3], [7.0; 6]));
        let live = trial.live(&[2, 3], &[1, 0], None);
        let list = Item::Sequence([known, live].into());
        let stacked = trial.one(("ConcatFromSequence", 11), &axes(0, 1), std::slice::from_ref(&list))?;
        let expected: Vec<_> = [7.0; 6].into_iter().chain((0..6).map(f64::from)).collect();
        assert_eq!(trial.values(&stacked)?, (vec![2, 2, 3], expected));
        let numbers_of = Item::Sequence([Item::number(3), Item::number(4)].into());
        let stacked = trial.one(("ConcatFromSequence", 11), &axes(0, 1), &[numbers_of])?;
        assert_eq!(numbers(&stacked)?, (vec![2], vec![3, 4]));
        Ok(())
    }

    #[test]
    fn a_live_tensor_splits_into_its_rows() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[2, 3], &[1, 0], None);
        let rows = trial.one(("SplitToSequence", 11), &[("keepdims", Attribute::Int(0))], &[x])?;
        let last = trial.one(("SequenceAt", 11), &[], &[rows.clone(), Item::number(1)])?;
        assert_eq!(trial.values(&last)?, (vec![3], vec![3.0, 4.0, 5.0]));
        let length = trial.one(("SequenceLength", 11), &[], std::slice::from_ref(&rows))?;
        assert_eq!(numbers(&length)?.1, [2]);
        assert!(trial.one(("SequenceAt", 11), &[], &[rows, Item::number(2)]).is_err());
        Ok(())
    }

    #[test]
    fn lists_grow_and_shrink() -> Result<()> {
        let mut trial = Trial::new();
        let mut list = trial.one(("SequenceEmpty", 11), &[], &[])?;
        for number in [1, 2] {
            list = trial.one(("SequenceInsert", 11), &[], &[list, Item::number(number)])?;
        }
        list = trial.one(("SequenceInsert", 11), &[], &[list, Item::number(0), Item::number(-2)])?;
        list = trial.one(("SequenceErase", 11), &[], &[list])?;
        let joined = trial.one(("ConcatFromSequence", 11), &axes(0, 1), &[list])?;
        assert_eq!(numbers(&joined)?, (vec![2], vec![0, 1]));
        Ok(())
    }
}
