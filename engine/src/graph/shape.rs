//! The shape that each core operator gives.

use super::operator::{Convolution, Op, Window};

/// The extents of an operator's output, for those of its inputs; `None` where they do not fit.
pub fn output_shape<T>(op: &Op<T>, inputs: &[&[usize]]) -> Option<Vec<usize>> {
    match (op, inputs) {
        (Op::Convolution(convolution), [x, weight, bias @ ..]) => {
            let shape = convolved(convolution, x, weight)?;
            bias.iter().all(|bias| **bias == shape[3..]).then_some(shape)
        }
        (Op::MatMul { transpose_a, transpose_b }, [a, b]) => product(a, *transpose_a, b, *transpose_b),
        (Op::Unary(_), [x]) => Some(x.to_vec()),
        (Op::Binary(_), [a, b]) => broadcast(a, b),
        (Op::Select, [condition, a, b]) => broadcast(condition, &broadcast(a, b)?),
        (Op::Reduce(_, axes), [x]) => {
            let mut shape = x.to_vec();
            axes.iter().try_for_each(|&axis| shape.get_mut(axis).map(|extent| *extent = 1))?;
            Some(shape)
        }
        (Op::Softmax { axis }, [x]) => (*axis < x.len()).then(|| x.to_vec()),
        (Op::Normalise { axes, .. }, [x]) => axes.iter().all(|&axis| axis < x.len()).then(|| x.to_vec()),
        (Op::MaxPool(window), [x]) => pooled(window, x),
        (Op::MaxPoolBackward(window), [g, x]) => {
            let [n, _, _, _] = *<&[usize; 4]>::try_from(*g).ok()?;
            let y = pooled(window, x)?;
            (g[1..] == y[1..] && n.is_multiple_of(x[0])).then(|| vec![n, x[1], x[2], x[3]])
        }
        (Op::Linear { axis, rows }, [x]) => {
            let extent = *x.get(*axis)?;
            let fits = rows.iter().flatten().all(|&(place, _)| place < extent);
            let mut shape = x.to_vec();
            shape[*axis] = rows.len();
            fits.then_some(shape)
        }
        (Op::Permute(order), [x]) => {
            let mut axes = order.clone();
            axes.sort_unstable();
            axes.into_iter().eq(0..x.len()).then(|| order.iter().map(|&axis| x[axis]).collect())
        }
        (Op::Reshape(shape), [x]) => (elements(shape)? == elements(x)?).then(|| shape.clone()),
        (Op::Slice(parts), [x]) => {
            let inside = |(part, &extent): (&super::Part, &usize)| {
                part.extent == 0 || part.start + (part.extent - 1) * part.step < extent
            };
            (parts.len() == x.len() && parts.iter().zip(*x).all(inside))
                .then(|| parts.iter().map(|part| part.extent).collect())
        }
        (Op::Unslice { parts, shape }, [x]) => {
            let fits = output_shape(&Op::<T>::Slice(parts.clone()), &[shape])?;
            // Leading axes of a gradient are those of its classes.
            (fits == **x).then(|| shape.clone())
        }
        (Op::Concat { axis }, [first, others @ ..]) => {
            let mut shape = first.to_vec();
            for other in others {
                let same = |(at, (a, b)): (usize, (&usize, &usize))| at == *axis || a == b;
                if other.len() != first.len() || !first.iter().zip(*other).enumerate().all(same) {
                    return None;
                }
                *shape.get_mut(*axis)? += other.get(*axis)?;
            }
            Some(shape)
        }
        (Op::Pad { amounts, .. }, [x]) => (amounts.len() == x.len()).then(|| {
            amounts.iter().zip(*x).map(|((before, after), extent)| before + extent + after).collect()
        }),
        (Op::Broadcast(shape), [x]) => (broadcast(x, shape)? == *shape).then(|| shape.clone()),
        _ => None,
    }
}

/// The common shape of two that broadcast.
pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at =
        |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (a, b) if a == b => Some(a),
            (1, extent) | (extent, 1) => Some(extent),
            _ => None,
        })
        .collect()
}

/// How many values a shape holds, if a machine could.
pub fn elements(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |elements, &extent| elements.checked_mul(extent))
}

fn convolved(convolution: &Convolution, x: &[usize], weight: &[usize]) -> Option<Vec<usize>> {
    let Convolution { window, input_dilation, groups } = convolution;
    let ([n, height, width, channels], [outputs, covered, rows, columns]) =
        (<[usize; 4]>::try_from(x).ok()?, <[usize; 4]>::try_from(weight).ok()?);
    let fits =
        covered * groups == channels && outputs.is_multiple_of(*groups) && [rows, columns] == window.kernel;
    let [height, width] =
        [(0, height), (1, width)].map(|(axis, extent)| window.steps(axis, extent, input_dilation[axis]));
    (fits && height > 0 && width > 0).then(|| vec![n, height, width, outputs])
}

fn pooled(window: &Window, x: &[usize]) -> Option<Vec<usize>> {
    let [n, height, width, channels] = <[usize; 4]>::try_from(x).ok()?;
    let [height, width] = [(0, height), (1, width)].map(|(axis, extent)| window.steps(axis, extent, 1));
    (height > 0 && width > 0).then(|| vec![n, height, width, channels])
}

fn product(a: &[usize], transpose_a: bool, b: &[usize], transpose_b: bool) -> Option<Vec<usize>> {
    let ([batch_a @ .., m, k], [batch_b @ .., l, n]) = (a, b) else { return None };
    let (m, k) = if transpose_a { (k, m) } else { (m, k) };
    let (l, n) = if transpose_b { (n, l) } else { (l, n) };
    let mut shape = broadcast(batch_a, batch_b)?;
    shape.extend([*m, *n]);
    (k == l).then_some(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_from_the_right() {
        assert_eq!(broadcast(&[2, 1, 3], &[5, 3]), Some(vec![2, 5, 3]));
        assert_eq!(broadcast(&[], &[4]), Some(vec![4]));
        assert_eq!(broadcast(&[2], &[3]), None);
    }

    #[test]
    fn leading_axes_of_a_product_broadcast() {
        assert_eq!(product(&[4, 1, 2, 3], false, &[5, 3, 6], false), Some(vec![4, 5, 2, 6]));
        assert_eq!(product(&[3, 2], true, &[6, 3], true), Some(vec![2, 6]));
        assert_eq!(product(&[2, 3], false, &[2, 3], false), None);
    }

    #[test]
    fn a_window_steps_over_what_it_covers() {
        let window =
            Window { kernel: [3, 3], stride: [2, 2], dilation: [1, 1], before: [0, 1], after: [1, 1] };
        assert_eq!((window.steps(0, 224, 1), window.steps(1, 7, 1)), (112, 4));
        assert_eq!(window.steps(0, 1, 1), 0);
    }
}
