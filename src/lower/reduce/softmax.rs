//! Softmax and its logarithm.

use crate::Result;
use crate::graph::{Binary, Graph, Number, Op, Reduction, Unary, ValueId};
use crate::lower::{Call, Item, Located, Lowering};

/// Softmax
pub fn softmax<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    along_axis(lowering, call, |graph, x, axis| graph.add(Op::Softmax { axis }, &[x]))
}

/// LogSoftmax: x - max - ln Σ e^(x - max)
pub fn log_softmax<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    along_axis(lowering, call, |graph, x, axis| {
        let largest = graph.add(Op::Reduce(Reduction::Maximum, vec![axis]), &[x])?;
        let below = graph.binary(Binary::Subtract, x, largest)?;
        let shares = graph.unary(Unary::Exp, below)?;
        let sum = graph.add(Op::Reduce(Reduction::Sum, vec![axis]), &[shares])?;
        let logarithm = graph.unary(Unary::Log, sum)?;
        graph.binary(Binary::Subtract, below, logarithm)
    })
}

/// What a function along a stored axis makes of the first input. Before opset 13 it is along all axes from the one
/// that is named, as if they were one.
pub fn along_axis<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    function: impl FnOnce(&mut Graph<T>, ValueId, usize) -> Result<ValueId>,
) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let axis = call.axis(call.int("axis", if call.opset < 13 { 1 } else { -1 }), shape.len())?;
    // Axes of one place are no matter; often no others come after the named one.
    let mut meant = (axis..shape.len()).filter(|&axis| shape[axis] != 1);
    let (first, more) = (meant.next().unwrap_or(axis), meant.next().is_some());
    if call.opset >= 13 || !more {
        let along = if call.opset < 13 { first } else { axis };
        let value = function(&mut lowering.graph, x.value, x.stored_axis(along))?;
        return Ok(vec![Item::Live(Located { value, ..x })]);
    }
    let (rows, columns) = shape.split_at(axis);
    let flat = lowering.reshaped(&x, &[rows.iter().product(), columns.iter().product()])?;
    let value = function(&mut lowering.graph, flat.value, flat.stored_axis(1))?;
    let result = lowering.reshaped(&Located { value, ..flat }, &shape)?;
    Ok(vec![Item::Live(Located { positions: x.positions, ..result })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    #[test]
    fn before_opset_13_all_axes_from_one_on_sum_up_to_1() -> Result<()> {
        let sum_of_first = |opset, axis: Option<i64>, from: usize, count: usize| {
            let mut trial = Trial::new();
            let x = trial.live(&[2, 3, 1, 2], &[0, 2, 3, 1], None);
            let attributes: Vec<_> = axis.map(|axis| ("axis", Attribute::Int(axis))).into_iter().collect();
            let y = trial.one(("Softmax", opset), &attributes, &[x])?;
            Ok(trial.values(&y)?.1[from..from + count].iter().sum::<f64>())
        };
        let is_one = |sum: Result<f64>| sum.map(|sum| (sum - 1.0).abs() < 1e-12);
        assert!(is_one(sum_of_first(9, None, 0, 6))?);
        assert!(is_one(sum_of_first(9, Some(0), 0, 12))?);
        assert!(is_one(sum_of_first(9, Some(2), 2, 2))?);
        assert!(is_one(sum_of_first(13, None, 0, 2))?);
        assert!(!is_one(sum_of_first(13, None, 0, 6))?);
        Ok(())
    }
}
