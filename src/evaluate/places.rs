//! Results that only pick values of their source: along each axis, where the values of each place lie.

use crate::graph::strides;

/// Along an axis of a result: how far from the source's first value the values of each place lie; `None` where
/// the source has none. The distances of a value along all axes add up.
pub type Places = Vec<Option<usize>>;

/// An axis that is one of the source's: a value every `stride` of them.
pub fn along(extent: usize, stride: usize) -> Places {
    (0..extent).map(|place| Some(place * stride)).collect()
}

/// The axes of a tensor of this shape, as they are.
pub fn every(shape: &[usize]) -> Vec<Places> {
    shape.iter().zip(strides(shape)).map(|(&extent, stride)| along(extent, stride)).collect()
}

/// The axes of a tensor that is repeated up to a shape that it broadcasts to.
pub fn repeated(from: &[usize], to: &[usize]) -> Vec<Places> {
    let mut axes = every(from);
    let added = to.len().saturating_sub(from.len());
    axes.splice(0..0, std::iter::repeat_n(vec![Some(0)], added));
    for (places, &extent) in axes.iter_mut().zip(to) {
        if let [place] = **places {
            *places = vec![place; extent];
        }
    }
    axes
}

/// The values that lie there, and `fill` where there is none.
pub fn pick<V: Copy>(values: &[V], axes: &[Places], fill: V) -> Vec<V> {
    let mut picked = Vec::with_capacity(axes.iter().map(Vec::len).product());
    walk(axes, &mut |at| picked.push(at.and_then(|at| values.get(at)).copied().unwrap_or(fill)));
    picked
}

/// Visits all places of all axes, the last one fastest.
pub fn walk(axes: &[Places], visit: &mut impl FnMut(Option<usize>)) {
    if axes.iter().any(Vec::is_empty) {
        return;
    }
    // A file may have any number of axes; those of more than one place are few.
    let (single, axes): (Vec<_>, Vec<_>) = axes.iter().partition(|places| places.len() == 1);
    let start = single.iter().try_fold(0, |at, places| Some(at + places[0]?));
    descend(&axes, start, visit);
}

fn descend(axes: &[&Places], at: Option<usize>, visit: &mut impl FnMut(Option<usize>)) {
    let Some((places, inner)) = axes.split_first() else { return visit(at) };
    for place in *places {
        let at = at.zip(*place).map(|(at, place)| at + place);
        if inner.is_empty() { visit(at) } else { descend(inner, at, visit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_along_axes_add_up() {
        let axes = [vec![Some(1), None, Some(0)], vec![Some(0)], vec![Some(2), Some(0)]];
        assert_eq!(pick(&[10, 11, 12, 13], &axes, -1), [13, 11, -1, -1, 12, 10]);
    }

    #[test]
    fn extents_of_one_repeat() {
        assert_eq!(pick(&[1, 2], &repeated(&[2, 1], &[2, 2, 3]), 0), [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2]);
        assert_eq!(pick(&[7], &repeated(&[], &[2]), 0), [7, 7]);
        assert!(pick(&[1], &repeated(&[1], &[0]), 0).is_empty());
    }
}
