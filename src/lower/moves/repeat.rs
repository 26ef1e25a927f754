//! Repetitions.

use super::NEW;
use super::pick::MOST_PLACES;
use crate::Result;
use crate::graph::{Number, Op, broadcast};
use crate::lower::{Call, Item, Located, Lowering};

/// Expand
pub fn expand<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let asked = call.list_of(1)?.ok_or_else(|| call.invalid("it has no shape"))?;
    let wanted: Option<Vec<_>> = asked.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    let to = wanted
        .and_then(|wanted| broadcast(&shape, &wanted))
        .ok_or_else(|| call.invalid(format!("its input of shape {shape:?} does not expand to {asked:?}")))?;
    Ok(vec![Item::Live(expanded(lowering, call, &x, &to)?)])
}

/// Tile
pub fn tile<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let asked = call.list_of(1)?.ok_or_else(|| call.invalid("it has no repeats"))?;
    let wrong = || call.invalid(format!("its input of shape {shape:?} cannot be repeated {asked:?} times"));
    let repeats: Option<Vec<_>> = asked.iter().map(|&count| usize::try_from(count).ok()).collect();
    let repeats = repeats.filter(|repeats| repeats.len() == shape.len()).ok_or_else(wrong)?;
    let mut to = shape.clone();
    for (axis, &count) in repeats.iter().enumerate() {
        to[axis] = shape[axis].checked_mul(count).ok_or_else(wrong)?;
        if count == 1 || shape[axis] == 1 {
            continue;
        }
        if to[axis] > MOST_PLACES {
            return Err(call.unsupported(format!("an axis becomes one of {} places", to[axis])));
        }
        let places: Vec<_> = (0..to[axis]).map(|place| place % shape[axis]).collect();
        x = lowering.picked(call, &x, axis, &places)?;
    }
    Ok(vec![Item::Live(expanded(lowering, call, &x, &to)?)])
}

/// A tensor in a shape that it broadcasts to.
fn expanded<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    to: &[usize],
) -> Result<Located> {
    let from = x.shape(&lowering.graph);
    if from == to {
        return Ok(x.clone());
    }
    let added = to.len() - from.len();
    let order: Vec<_> = (0..added).chain(x.order.iter().map(|axis| axis + added)).collect();
    let stored = order.iter().map(|&axis| to[axis]).collect();
    let value = lowering.add(call, Op::Broadcast(stored), &[x.value])?;
    let places: Vec<_> = (0..to.len()).map(|axis| axis.checked_sub(added).unwrap_or(NEW)).collect();
    let is_same = |&axis: &usize| axis.checked_sub(added).is_some_and(|old| from[old] == to[axis]);
    let positions = x.positions_among(&places).filter(|positions| positions.axes().iter().all(is_same));
    Ok(Located { value, order, positions })
}
