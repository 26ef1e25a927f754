//! What a reshape does to axes that lie in another order than the file's.
//!
//! A reshape of row-major values splits into groups: some neighbouring axes become some others of the same product.
//! A group whose axes are stored next to each other, in the file's order, can be reshaped where it lies, whatever
//! lies around it. So an image that is stored with its channels innermost stays that when the file merges its rows and columns,
//! or splits its channels.

use std::cmp::Ordering;

/// How the axes lie before and after a reshape of the stored values.
pub struct Regrouping {
    /// Before: the values must be stored in this order of the old axes.
    pub before: Vec<usize>,
    /// After: they lie in this order of the new axes.
    pub after: Vec<usize>,
}

/// The reshape of a tensor of shape `from`, stored in `order`, to the shape `to` of as many values.
pub fn regroup(from: &[usize], order: &[usize], to: &[usize]) -> Regrouping {
    let plain = |shape: &[usize]| (0..shape.len()).collect();
    let Some(groups) = groups(from, to) else { return Regrouping { before: plain(from), after: plain(to) } };
    // Each group lies where the first of its axes that is met lies.
    let place = |group: &Group| order.iter().position(|axis| group.from.contains(axis));
    let mut stored: Vec<_> = groups.iter().collect();
    stored.sort_by_key(|group| place(group));
    let is_plain = stored.is_sorted_by_key(|group| &group.to);
    let single = |shape: &[usize]| (0..shape.len()).filter(|&axis| shape[axis] == 1).collect::<Vec<_>>();
    let before = single(from).into_iter().chain(stored.iter().flat_map(|group| group.from.iter().copied()));
    let after = single(to).into_iter().chain(stored.iter().flat_map(|group| group.to.iter().copied()));
    Regrouping { before: before.collect(), after: if is_plain { plain(to) } else { after.collect() } }
}

/// Axes, none of a single place, that become others.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    from: Vec<usize>,
    to: Vec<usize>,
}

/// The smallest groups, in the file's order; `None` if there are no values at all.
fn groups(from: &[usize], to: &[usize]) -> Option<Vec<Group>> {
    if from.contains(&0) {
        return None;
    }
    let axes =
        |shape: &[usize]| (0..shape.len()).filter(|&axis| shape[axis] != 1).collect::<Vec<_>>().into_iter();
    let (mut old, mut new) = (axes(from), axes(to));
    let mut groups = Vec::new();
    while let Some(first) = old.next() {
        let mut group = Group { from: vec![first], to: vec![new.next()?] };
        loop {
            let product =
                |axes: &[usize], shape: &[usize]| axes.iter().map(|&axis| shape[axis]).product::<usize>();
            match product(&group.from, from).cmp(&product(&group.to, to)) {
                Ordering::Equal => break,
                Ordering::Less => group.from.push(old.next()?),
                Ordering::Greater => group.to.push(new.next()?),
            }
        }
        groups.push(group);
    }
    new.next().is_none().then_some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(from: &[usize], order: &[usize], to: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let Regrouping { before, after } = regroup(from, order, to);
        (before, after)
    }

    const INNERMOST: [usize; 4] = [0, 2, 3, 1];

    #[test]
    fn rows_and_columns_merge_in_an_image_whose_channels_are_innermost() {
        assert_eq!(orders(&[1, 8, 5, 6], &INNERMOST, &[1, 8, 30]), (vec![0, 2, 3, 1], vec![0, 2, 1]));
    }

    #[test]
    fn channels_split_and_merge_where_they_lie() {
        let split = (vec![0, 2, 3, 1], vec![0, 3, 4, 1, 2]);
        assert_eq!(orders(&[1, 8, 5, 6], &INNERMOST, &[1, 2, 4, 5, 6]), split);
        let merged = (vec![0, 3, 4, 1, 2], vec![0, 2, 3, 1]);
        assert_eq!(orders(&[1, 2, 4, 5, 6], &[0, 3, 4, 1, 2], &[1, 8, 5, 6]), merged);
        // A shuffle: the two were swapped by a note only, and must change places now, but nothing else must.
        assert_eq!(orders(&[1, 4, 2, 5, 6], &[0, 3, 4, 2, 1], &[1, 8, 5, 6]), merged);
    }

    #[test]
    fn an_image_is_flattened_in_the_order_of_the_file() {
        assert_eq!(orders(&[1, 8, 5, 6], &INNERMOST, &[1, 240]), (vec![0, 1, 2, 3], vec![0, 1]));
        // Where it has one position, there is nothing to put in order.
        assert_eq!(orders(&[1, 8, 1, 1], &INNERMOST, &[1, 8]), (vec![0, 2, 3, 1], vec![0, 1]));
    }

    #[test]
    fn windows_split_off_where_they_lie_and_are_collected_in_the_order_of_the_file() {
        let (from, to) = ([1, 14, 21, 5], [1, 2, 7, 3, 7, 5]);
        assert_eq!(orders(&from, &[0, 1, 2, 3], &to), (vec![0, 1, 2, 3], vec![0, 1, 2, 3, 4, 5]));
        let (from, order) = ([1, 2, 3, 7, 7, 5], [0, 1, 3, 2, 4, 5]);
        assert_eq!(orders(&from, &order, &[6, 49, 5]), (vec![0, 1, 2, 3, 4, 5], vec![0, 1, 2]));
    }

    #[test]
    fn a_tensor_without_values_has_no_groups() {
        assert_eq!(orders(&[0, 3], &[1, 0], &[5, 0]), (vec![0, 1], vec![0, 1]));
    }
}
