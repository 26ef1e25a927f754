//! Transpose: a change of the note that says how axes lie.

use crate::Result;
use crate::graph::Number;
use crate::lower::{Call, Item, Located, Lowering};

/// Transpose
pub fn transpose<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let rank = x.order.len();
    let order = match call.node.ints("perm") {
        None => (0..rank).rev().collect(),
        Some(axes) => {
            let order = axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<Vec<_>>>()?;
            // All of them, each once.
            if call.axes(axes, rank)?.len() != rank {
                return Err(call.invalid(format!("its order {axes:?} is none of {rank} axes")));
            }
            order
        }
    };
    Ok(vec![Item::Live(x.transposed(&order))])
}

impl Located {
    /// With its axes in another order: axis `i` of the result is axis `order[i]` of this.
    pub(super) fn transposed(&self, order: &[usize]) -> Self {
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(to, &from)| places[from] = to);
        Self {
            value: self.value,
            order: self.order.iter().map(|&axis| places[axis]).collect(),
            positions: self.positions_among(order),
        }
    }
}
