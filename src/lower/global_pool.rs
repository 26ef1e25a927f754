//! Poolings over all positions: GlobalAveragePool, GlobalMaxPool, GlobalLpPool.

use super::pool::{power, powers, root};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Number, Op, Reduction};

/// GlobalAveragePool.
pub fn global_average_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (x, axes) = positions(lowering, call)?;
    let value = lowering.add(call, Op::Reduce(Reduction::Mean, axes), &[x.value])?;
    Ok(lowering.output(value, x.order))
}

/// GlobalMaxPool.
pub fn global_max_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (x, axes) = positions(lowering, call)?;
    let value = lowering.add(call, Op::Reduce(Reduction::Maximum, axes), &[x.value])?;
    Ok(lowering.output(value, x.order))
}

/// GlobalLpPool: (Σ |x|ᵖ)^(1/p)
pub fn global_lp_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (x, axes) = positions(lowering, call)?;
    let p = power(call)?;
    let powers = powers(lowering, x.value, p)?;
    let sums = lowering.add(call, Op::Reduce(Reduction::Sum, axes), &[powers])?;
    let value = root(lowering, sums, p)?;
    Ok(lowering.output(value, x.order))
}

/// The input `[N, C, …]`, and its stored axes of positions.
fn positions<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<(Located, Vec<usize>)> {
    let x = lowering.located(call, 0)?;
    if x.order.len() < 3 {
        return Err(call.invalid(format!("its input has {} axes, and none of positions", x.order.len())));
    }
    let axes = (0..x.order.len()).filter(|&axis| x.order[axis] >= 2).collect();
    Ok((x, axes))
}
