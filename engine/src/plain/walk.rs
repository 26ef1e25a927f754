//! Walking along several tensors at once, each by its own strides.

/// Calls `row` for each innermost row of `shape`, with the place of its first value in each of `N` tensors, the
/// steps from one value to the next, and how many there are.
pub fn walk<const N: usize>(
    shape: &[usize],
    strides: [&[usize]; N],
    at: [usize; N],
    row: &mut dyn FnMut([usize; N], [usize; N], usize),
) {
    match shape {
        [] => row(at, [0; N], 1),
        [extent] => row(at, strides.map(|strides| strides[0]), *extent),
        [extent, inner @ ..] => {
            let rest = strides.map(|strides| &strides[1..]);
            let mut at = at;
            for _ in 0..*extent {
                walk(inner, rest, at, row);
                at.iter_mut().zip(strides).for_each(|(at, strides)| *at += strides[0]);
            }
        }
    }
}

/// The strides by which a tensor of shape `from` is repeated along `to`: 0 where it has one value for all.
pub fn repeating(from: &[usize], to: &[usize]) -> Vec<usize> {
    let mut repeating = vec![0; to.len()];
    let mut stride = 1;
    for (repeating, &extent) in repeating.iter_mut().rev().zip(from.iter().rev()) {
        if extent != 1 {
            *repeating = stride;
        }
        stride *= extent;
    }
    repeating
}
