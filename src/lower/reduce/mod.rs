//! Operators over axes: reductions, softmax, running sums, places of the largest.

mod extreme;
mod running;
mod softmax;

pub use extreme::{arg_max, arg_min, hardmax};
pub use running::running_sum;
pub use softmax::{log_softmax, softmax};

use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Graph, Number, Op, Reduction, Unary, ValueId};

/// ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd
pub fn reduce<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    reduction: Reduction,
) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, |graph, x, axes| over(graph, reduction, x, axes))
}

/// ReduceL1: Σ |x|
pub fn l1<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, |graph, x, axes| {
        let magnitude = graph.unary(Unary::Absolute, x)?;
        over(graph, Reduction::Sum, magnitude, axes)
    })
}

/// ReduceL2: √(Σ x²)
pub fn l2<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, |graph, x, axes| {
        let sum = squares(graph, x, axes)?;
        graph.unary(Unary::Sqrt, sum)
    })
}

/// ReduceSumSquare: Σ x²
pub fn sum_of_squares<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, squares)
}

/// ReduceLogSum: ln Σ x
pub fn log_sum<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, |graph, x, axes| {
        let sum = over(graph, Reduction::Sum, x, axes)?;
        graph.unary(Unary::Log, sum)
    })
}

/// ReduceLogSumExp: ln Σ eˣ
pub fn log_sum_exp<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    over_axes(lowering, call, |graph, x, axes| {
        // Of what is left below the largest, which may itself be infinite.
        let largest = over(graph, Reduction::Maximum, x, axes)?;
        let largest = graph.unary(Unary::Clamp(T::of(-1e30), T::of(1e30)), largest)?;
        let below = graph.binary(Binary::Subtract, x, largest)?;
        let shares = graph.unary(Unary::Exp, below)?;
        let sum = over(graph, Reduction::Sum, shares, axes)?;
        let logarithm = graph.unary(Unary::Log, sum)?;
        graph.binary(Binary::Add, logarithm, largest)
    })
}

fn squares<T: Number>(graph: &mut Graph<T>, x: ValueId, axes: &[usize]) -> Result<ValueId> {
    let square = graph.binary(Binary::Multiply, x, x)?;
    over(graph, Reduction::Sum, square, axes)
}

fn over<T: Number>(
    graph: &mut Graph<T>,
    reduction: Reduction,
    x: ValueId,
    axes: &[usize],
) -> Result<ValueId> {
    if axes.is_empty() { Ok(x) } else { graph.add(Op::Reduce(reduction, axes.to_vec()), &[x]) }
}

/// What a function over stored axes makes of the first input. It leaves them with an extent of 1, and they are
/// dropped afterwards unless the file keeps them.
fn over_axes<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    function: impl FnOnce(&mut Graph<T>, ValueId, &[usize]) -> Result<ValueId>,
) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axes = axes(call, x.order.len())?;
    let stored: Vec<_> = axes.iter().map(|&axis| x.stored_axis(axis)).collect();
    let value = function(&mut lowering.graph, x.value, &stored)?;
    reduced(lowering, call, &x, value, &axes)
}

/// A tensor that was reduced over these axes, with or without them.
fn reduced<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    value: ValueId,
    axes: &[usize],
) -> Result<Vec<Item<T>>> {
    let has = |axis: &usize| axes.contains(axis);
    let positions = x.positions.filter(|positions| !positions.axes().iter().any(has));
    let kept = Located { value, order: x.order.clone(), positions };
    let result = if call.int("keepdims", 1) != 0 { kept } else { lowering.squeezed(&kept, axes)? };
    Ok(vec![Item::Live(result)])
}

/// The axes: an attribute before opset 18 (13 for sums), an input since. None at all are all of them, unless the
/// file says that they are none.
fn axes<T: Number>(call: &Call<T>, rank: usize) -> Result<Vec<usize>> {
    match call.list("axes", 1)? {
        Some(axes) if !axes.is_empty() => call.axes(&axes, rank),
        _ if call.int("noop_with_empty_axes", 0) != 0 => Ok(Vec::new()),
        _ => Ok((0..rank).collect()),
    }
}
