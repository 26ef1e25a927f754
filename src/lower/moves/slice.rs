//! Parts of tensors.

use crate::Result;
use crate::graph::{Number, Op, Part};
use crate::lower::{Call, Item, Located, Lowering, Positions};

/// Slice: attributes before opset 10, inputs since.
pub fn slice<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let missing = |what| call.invalid(format!("it has no {what}"));
    let starts = call.list("starts", 1)?.ok_or_else(|| missing("starts"))?;
    let ends = call.list("ends", 2)?.ok_or_else(|| missing("ends"))?;
    let axes = call.list("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = call.list_of(4)?.unwrap_or_else(|| vec![1; starts.len()].into());
    if [&ends, &axes, &steps].iter().any(|list| list.len() != starts.len()) {
        return Err(call.invalid("its starts, ends, axes and steps are not equally many"));
    }
    // Whether each axis is there, and none twice.
    call.axes(&axes, shape.len())?;
    let mut parts: Vec<_> = shape.iter().map(|&extent| whole(extent)).collect();
    let mut reversed = Vec::new();
    for (at, &axis) in axes.iter().enumerate() {
        let axis = call.axis(axis, shape.len())?;
        if steps[at] == 0 {
            return Err(call.invalid("it has a step of 0"));
        }
        parts[axis] = part(starts[at], ends[at], steps[at], shape[axis]);
        if steps[at] < 0 {
            reversed.push(axis);
        }
    }
    let mut sliced = lowering.sliced(call, &x, &parts)?;
    for axis in reversed {
        let places: Vec<_> = (0..parts[axis].extent).rev().collect();
        sliced = lowering.picked(call, &sliced, axis, &places)?;
    }
    Ok(vec![Item::Live(sliced)])
}

impl<T: Number> Lowering<T> {
    /// A part of each axis.
    pub(in crate::lower) fn sliced(
        &mut self,
        call: &Call<T>,
        x: &Located,
        parts: &[Part],
    ) -> Result<Located> {
        let shape = x.shape(&self.graph);
        if parts.iter().zip(&shape).all(|(part, &extent)| *part == whole(extent)) {
            return Ok(x.clone());
        }
        let stored = x.order.iter().map(|&axis| parts[axis]).collect();
        let value = self.add(call, Op::Slice(stored), &[x.value])?;
        let positions = x.positions.and_then(|positions| remaining(positions, &shape, parts));
        Ok(Located { value, order: x.order.clone(), positions })
    }
}

/// All of an axis.
pub fn whole(extent: usize) -> Part {
    Part { start: 0, extent, step: 1 }
}

/// What lies between two places, from the lower one: a negative step says which places those are, not their order.
fn part(start: i64, end: i64, step: i64, extent: usize) -> Part {
    let count = extent as i64;
    if count == 0 {
        return whole(0);
    }
    // Negative places count from the end; what lies outside is moved to where nothing more is left out.
    let place = |place: i64, range: std::ops::RangeInclusive<i64>| {
        let counted = if place < 0 { place.saturating_add(count) } else { place };
        counted.clamp(*range.start(), *range.end())
    };
    let stride = step.unsigned_abs().min(extent as u64) as usize;
    let (start, end) = if step < 0 {
        (place(start, 0..=count - 1), place(end, -1..=count - 1))
    } else {
        (place(start, 0..=count), place(end, 0..=count))
    };
    let distance = if step < 0 { start - end } else { end - start };
    let extent = usize::try_from(distance).map_or(0, |distance| distance.div_ceil(stride));
    match usize::try_from(start) {
        Ok(start) if extent > 0 => {
            let lowest = if step < 0 { start - (extent - 1) * stride } else { start };
            Part { start: lowest, extent, step: stride }
        }
        _ => whole(0),
    }
}

/// Where the positions are in these parts, if all of them are: tokens may lose what comes before them, and every
/// second or third row is what a stride leaves.
fn remaining(positions: Positions, shape: &[usize], parts: &[Part]) -> Option<Positions> {
    let is_whole = |axis: usize| parts[axis] == whole(shape[axis]);
    match positions {
        Positions::Plane { rows, columns, .. } => {
            let is_strided = |axis: usize| {
                let part = parts[axis];
                part.step > 1
                    && part.start < part.step
                    && part.extent == (shape[axis] - part.start).div_ceil(part.step)
            };
            [rows, columns].into_iter().all(|axis| is_whole(axis) || is_strided(axis)).then_some(positions)
        }
        Positions::Tokens { axis, .. } if is_whole(axis) => Some(positions),
        Positions::Tokens { axis, channels, prefix, grid } => {
            let part = parts[axis];
            let prefix_left = prefix.checked_sub(part.start)?;
            (part.step == 1 && part.extent >= prefix_left + grid.0 * grid.1).then_some(Positions::Tokens {
                axis,
                channels,
                prefix: prefix_left,
                grid,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(start: i64, end: i64, step: i64, extent: usize) -> Vec<usize> {
        let part = part(start, end, step, extent);
        let places = (0..part.extent).map(|at| part.start + at * part.step);
        if step < 0 { places.rev().collect() } else { places.collect() }
    }

    #[test]
    fn parts_are_those_of_numpy() {
        assert_eq!(places(0, i64::MAX, 1, 4), [0, 1, 2, 3]);
        assert_eq!(places(1, -1, 2, 6), [1, 3]);
        assert_eq!(places(-3, 1000, 1, 4), [1, 2, 3]);
        assert_eq!(places(-1, i64::MIN, -1, 4), [3, 2, 1, 0]);
        assert_eq!(places(20, 0, -4, 10), [9, 5, 1]);
        assert!(places(3, 1, 1, 4).is_empty());
        assert_eq!(places(-100, i64::MIN, -1, 4), [0]);
        assert_eq!(places(i64::MIN, i64::MAX, i64::MAX, 3), [0]);
        assert_eq!(places(2, i64::MIN, i64::MIN, 3), [2]);
        assert!(places(5, 9, 1, 0).is_empty());
    }

    #[test]
    fn tokens_lose_what_comes_before_them_but_nothing_else() {
        let tokens = |prefix| Positions::Tokens { axis: 1, channels: 2, prefix, grid: (2, 3) };
        let left = |start, extent| {
            remaining(
                tokens(1),
                &[1, 7, 5],
                &[whole(1), Part { start, extent, step: 1 }, Part { start: 0, extent: 2, step: 1 }],
            )
        };
        assert_eq!(left(0, 7), Some(tokens(1)));
        assert_eq!(left(1, 6), Some(tokens(0)));
        assert_eq!(left(0, 1), None);
        assert_eq!(left(2, 5), None);
    }

    #[test]
    fn a_stride_leaves_a_plane_and_a_crop_does_not() {
        let left = |start, extent, step| {
            let rows = Part { start, extent, step };
            remaining(Positions::CHANNELS_FIRST, &[1, 3, 8, 8], &[whole(1), whole(3), rows, whole(8)])
                .is_some()
        };
        assert!(left(1, 4, 2));
        assert!(!left(0, 6, 1));
        assert!(!left(2, 3, 2));
    }
}
