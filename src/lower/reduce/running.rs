//! CumSum: a triangular matrix along its axis.

use std::rc::Rc;

use crate::Result;
use crate::graph::{Number, Op};
use crate::lower::{Call, Item, Located, Lowering};

/// The longest axis: the matrix has half of its square of factors.
const LONGEST: usize = 1 << 11;

/// CumSum
pub fn running_sum<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let axis = match call.list_of(1)?.as_deref() {
        Some(&[axis]) => call.axis(axis, shape.len())?,
        _ => return Err(call.invalid("its axis is no single number")),
    };
    let extent = shape[axis];
    if extent > LONGEST {
        return Err(call.unsupported(format!("its axis has {extent} places, more than {LONGEST}")));
    }
    // Without its own place, a sum ends one place earlier.
    let own = usize::from(call.int("exclusive", 0) == 0);
    let backwards = call.int("reverse", 0) != 0;
    let row = |at: usize| {
        let summed = if backwards { at + 1 - own..extent } else { 0..at + own };
        summed.map(|place| (place, T::ONE)).collect()
    };
    let op = Op::Linear { axis: x.stored_axis(axis), rows: Rc::new((0..extent).map(row).collect()) };
    let value = lowering.add(call, op, &[x.value])?;
    Ok(vec![Item::Live(Located { value, ..x })])
}
