//! Pad: attributes before opset 11, inputs since, and axes since 18.

use super::slice::whole;
use crate::Result;
use crate::graph::{Number, Op, Part};
use crate::lower::{Call, Item, Located, Lowering};

/// The most places that may be added at one end of an axis.
const MOST: i64 = 1 << 20;

/// Pad
pub fn pad<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let amounts = amounts(call, shape.len())?;
    // Negative amounts leave places out.
    let mut parts = Vec::with_capacity(shape.len());
    for (&extent, &(before, after)) in shape.iter().zip(&amounts) {
        let (start, end) = (left_out(before), left_out(after));
        let kept = extent.checked_sub(start + end).filter(|&kept| kept > 0 || start + end == 0);
        let kept = kept.ok_or_else(|| call.invalid(format!("nothing is left of an axis of {extent}")))?;
        parts.push(if start + end == 0 { whole(extent) } else { Part { start, extent: kept, step: 1 } });
    }
    let x = lowering.sliced(call, &x, &parts)?;
    let amounts: Vec<_> = amounts.iter().map(|&(before, after)| (added(before), added(after))).collect();
    let mirrored = match call.text("mode", "constant") {
        "constant" => return Ok(vec![Item::Live(framed(lowering, call, &x, &amounts)?)]),
        "reflect" => reflected,
        "edge" => nearest,
        "wrap" => wrapped,
        other => return Err(call.unsupported(format!("its mode is \"{other}\""))),
    };
    Ok(vec![Item::Live(continued(lowering, call, x, &amounts, mirrored)?)])
}

/// Places before and after each axis.
fn amounts<T: Number>(call: &Call<T>, rank: usize) -> Result<Vec<(i64, i64)>> {
    let pads = call.list("pads", 1)?.ok_or_else(|| call.invalid("it has no pads"))?;
    let axes = match call.list_of(3)? {
        Some(axes) => {
            call.axes(&axes, rank)?;
            axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<Vec<_>>>()?
        }
        None => (0..rank).collect(),
    };
    if pads.len() != 2 * axes.len() || pads.iter().any(|pad| !(-MOST..=MOST).contains(pad)) {
        return Err(call.invalid(format!("its pads {pads:?} are not those of {} axes", axes.len())));
    }
    let mut amounts = vec![(0, 0); rank];
    for (at, &axis) in axes.iter().enumerate() {
        amounts[axis] = (pads[at], pads[at + axes.len()]);
    }
    Ok(amounts)
}

fn left_out(amount: i64) -> usize {
    amount.min(0).unsigned_abs() as usize
}

fn added(amount: i64) -> usize {
    amount.max(0) as usize
}

/// With one value around it.
fn framed<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    amounts: &[(usize, usize)],
) -> Result<Located> {
    if amounts.iter().all(|amount| *amount == (0, 0)) {
        return Ok(x.clone());
    }
    let value = match call.number_of(2)? {
        Some(value) => value,
        None => T::of(call.float("value", 0.0)),
    };
    let stored = x.order.iter().map(|&axis| amounts[axis]).collect();
    let padded = lowering.add(call, Op::Pad { amounts: stored, value }, &[x.value])?;
    let is_same = |axis: &usize| amounts[*axis] == (0, 0);
    let positions = x.positions.filter(|positions| positions.axes().iter().all(is_same));
    Ok(Located { value: padded, order: x.order.clone(), positions })
}

/// With values of its own around it.
fn continued<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    mut x: Located,
    amounts: &[(usize, usize)],
    place: fn(isize, isize) -> isize,
) -> Result<Located> {
    for (axis, extent) in x.shape(&lowering.graph).into_iter().enumerate() {
        let (before, after) = amounts[axis];
        if (before, after) == (0, 0) {
            continue;
        }
        if extent == 0 {
            return Err(call.invalid("an axis without places cannot be continued"));
        }
        let (first, end) = (-(before as isize), (extent + after) as isize);
        let places: Vec<_> = (first..end).map(|at| place(at, extent as isize) as usize).collect();
        x = lowering.picked(call, &x, axis, &places)?;
    }
    Ok(x)
}

/// Mirrored at the outermost places, which are not repeated.
fn reflected(place: isize, extent: isize) -> isize {
    if extent == 1 {
        return 0;
    }
    let period = 2 * (extent - 1);
    let within = place.rem_euclid(period);
    within.min(period - within)
}

fn nearest(place: isize, extent: isize) -> isize {
    place.clamp(0, extent - 1)
}

fn wrapped(place: isize, extent: isize) -> isize {
    place.rem_euclid(extent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_continue_as_those_of_numpy() {
        let continued = |place: fn(isize, isize) -> isize| (-4..6).map(|at| place(at, 3)).collect::<Vec<_>>();
        assert_eq!(continued(reflected), [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]);
        assert_eq!(continued(nearest), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2]);
        assert_eq!(continued(wrapped), [2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
    }
}
