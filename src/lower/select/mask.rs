//! Operators that a known mask says it all for.

use super::places::bounded;
use crate::Result;
use crate::graph::{Constant, Number, Op};
use crate::lower::{Call, Item, Located, Lowering};

/// Trilu: zeros below a diagonal, or above it.
pub fn trilu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let [.., rows, columns] = *shape else { return Err(call.invalid("its input is no matrix")) };
    let diagonal = match call.list_of(1)?.as_deref() {
        None => 0,
        Some(&[diagonal]) => diagonal,
        Some(_) => return Err(call.invalid("its diagonal is no single number")),
    };
    let upper = call.int("upper", 1) != 0;
    bounded(call, rows.saturating_mul(columns))?;
    let kept = |row: usize, column: usize| {
        let place = (column as i64 - row as i64).saturating_sub(diagonal);
        if (upper && place >= 0) || (!upper && place <= 0) { T::ONE } else { T::ZERO }
    };
    let mask: Vec<_> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .map(|(row, column)| kept(row, column))
        .collect();
    let mask = lowering.graph.add_constant(Constant::new(vec![rows, columns], mask));
    let zero = lowering.graph.add_scalar(0.0);
    // Chosen and not multiplied: masks of attention hold infinities.
    let [mask, zero] = [mask, zero].map(|value| Located::plain(&lowering.graph, value));
    let aligned = lowering.aligned(call, &[mask, x, zero])?;
    let value = lowering.add(call, Op::Select, &aligned.values)?;
    Ok(lowering.output(value, aligned.order))
}

/// Compress: the places of an axis, or of all values in a row, where a known condition is true.
pub fn compress<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let axis = match call.node.int("axis") {
        Some(axis) => call.axis(axis, shape.len())?,
        None => {
            x = lowering.reshaped(&x, &[shape.iter().product()])?;
            0
        }
    };
    let condition = call.list_of(1)?.ok_or_else(|| call.invalid("it has no condition"))?;
    let places: Vec<_> = (0..condition.len()).filter(|&place| condition[place] != 0).collect();
    let extent = x.shape(&lowering.graph)[axis];
    if places.last().is_some_and(|&last| last >= extent) {
        return Err(call.invalid(format!("its condition is longer than an axis of {extent}")));
    }
    Ok(vec![Item::Live(lowering.picked(call, &x, axis, &places)?)])
}
