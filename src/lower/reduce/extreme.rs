//! ArgMax and ArgMin, where the largest, the smallest is; Hardmax, which is 1 there.

use super::reduced;
use super::softmax::along_axis;
use crate::Result;
use crate::graph::{Binary, Constant, Graph, Number, Op, Reduction, ValueId};
use crate::lower::{Call, Item, Lowering};

/// ArgMax
pub fn arg_max<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    place(lowering, call, Reduction::Maximum)
}

/// ArgMin
pub fn arg_min<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    place(lowering, call, Reduction::Minimum)
}

/// Hardmax: 1 at the first of the largest values, 0 elsewhere.
pub fn hardmax<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    along_axis(lowering, call, |graph, x, axis| {
        let (places, found) = found(graph, x, axis, Reduction::Maximum, false)?;
        graph.binary(Binary::Equal, places, found)
    })
}

fn place<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, extreme: Reduction) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axis = call.axis(call.int("axis", 0), x.order.len())?;
    let last = call.int("select_last_index", 0) != 0;
    let (_, found) = found(&mut lowering.graph, x.value, x.stored_axis(axis), extreme, last)?;
    reduced(lowering, call, &x, found, &[axis])
}

/// The places of a stored axis, and the first or the last of them whose value is the extreme one.
fn found<T: Number>(
    graph: &mut Graph<T>,
    x: ValueId,
    axis: usize,
    extreme: Reduction,
    last: bool,
) -> Result<(ValueId, ValueId)> {
    let extent = graph.shape(x)[axis];
    let mut shape = vec![1; graph.shape(x).len()];
    shape[axis] = extent;
    let places: Vec<_> = (0..extent).map(|place| T::of(place as f64)).collect();
    let (chosen, otherwise) =
        if last { (Reduction::Maximum, -1.0) } else { (Reduction::Minimum, extent as f64) };
    let (places, otherwise) = (graph.add_constant(Constant::new(shape, places)), graph.add_scalar(otherwise));
    let value = graph.add(Op::Reduce(extreme, vec![axis]), &[x])?;
    let is_extreme = graph.binary(Binary::Equal, x, value)?;
    let candidates = graph.add(Op::Select, &[is_extreme, places, otherwise])?;
    let found = graph.add(Op::Reduce(chosen, vec![axis]), &[candidates])?;
    Ok((places, found))
}
