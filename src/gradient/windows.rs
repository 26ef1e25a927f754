//! The gradients of what looks through windows.

use super::builder::Builder;
use super::rules::rows_times;
use crate::graph::{Binary, Constant, Convolution, Number, Op, Part, Unary, ValueId, Window, permute};
use crate::{Error, Result};

/// The shapes of an operator's output and input.
type Shapes<'a> = (&'a [usize], &'a [usize]);

/// With y[o] = Σ_k w[k] x[o s + k d - before]: a convolution of g, whose neighbours are s apart, with the kernel turned
/// by 180° and its channels transposed within each group.
pub fn convolution<T: Number>(
    b: &mut Builder<T>,
    convolution: &Convolution,
    place: usize,
    weight: ValueId,
    (from, to): Shapes,
    g: ValueId,
) -> Result<ValueId> {
    let (0, Some(weight)) = (place, b.forward.constant(weight)) else {
        return Err(Error::InvalidModel(
            "a convolution's weight depends on the picture: it has to be known".into(),
        ));
    };
    let Convolution { window, input_dilation, groups } = convolution;
    if is_pointwise(convolution, (from, to)) {
        return pointwise(b, window, weight, (from, to), g);
    }
    let [before, after] = opposite(convolution, (from, to));
    let op = Op::Convolution(Convolution {
        window: Window {
            kernel: window.kernel,
            stride: *input_dilation,
            dilation: window.dilation,
            before,
            after,
        },
        input_dilation: window.stride,
        groups: *groups,
    });
    let g = b.full_along(g, from, |axis| axis > 0)?;
    let (g, seeds, images) = merged(b, g)?;
    let weight = b.graph.add_constant(turned(weight, *groups));
    let x = b.graph.add(op, &[g, weight])?;
    b.graph.reshape(x, &[seeds, images, to[1], to[2], to[3]])
}

/// Padding with which a convolution of g, its kernel turned, gives the extents of x.
fn opposite(convolution: &Convolution, (from, to): Shapes) -> [[isize; 2]; 2] {
    let Convolution { window, input_dilation, .. } = convolution;
    let reach = [0, 1].map(|axis| (window.dilation[axis] * (window.kernel[axis] - 1)) as isize);
    let before = [0, 1].map(|axis| reach[axis] - window.before[axis]);
    let after = [0, 1].map(|axis| {
        let covered = (to[axis + 1] as isize - 1) * input_dilation[axis] as isize + reach[axis];
        let there = (from[axis + 1] as isize - 1) * window.stride[axis] as isize;
        covered - there - before[axis]
    });
    [before, after]
}

/// Whether each output sees one place of the input, and all channels of it.
fn is_pointwise(convolution: &Convolution, (from, to): Shapes) -> bool {
    let Convolution { window, input_dilation, groups } = convolution;
    let inside = |axis: usize| (from[axis + 1] - 1) * window.stride[axis] < to[axis + 1];
    (window.kernel, window.before, *input_dilation, *groups) == ([1, 1], [0, 0], [1, 1], 1)
        && inside(0)
        && inside(1)
}

/// A matrix product with the weight as it is; between places that a stride has left out, zeros.
fn pointwise<T: Number>(
    b: &mut Builder<T>,
    window: &Window,
    weight: &Constant<T>,
    (from, to): Shapes,
    g: ValueId,
) -> Result<ValueId> {
    let g = b.full_along(g, from, |axis| axis == 3)?;
    let matrix = b.graph.add_constant(weight.reshaped(weight.shape()[..2].to_vec()));
    let x = rows_times(b, g, matrix, false)?;
    let part = |axis: usize, step| Part { start: 0, extent: from[axis], step };
    let parts = [
        part(0, 1),
        part(1, window.stride[0]),
        part(2, window.stride[1]),
        Part { extent: to[3], ..part(3, 1) },
    ];
    super::moves::unslice(b, &parts, (&[&from[..3], &to[3..]].concat(), to), x)
}

/// `[Cout, Cin / groups, kh, kw]` → `[Cin, Cout / groups, kh, kw]`, both axes of the kernel backwards. Read when it is
/// needed: an executor packs it, and then nobody needs it again.
fn turned<T: Number>(weight: &Constant<T>, groups: usize) -> Constant<T> {
    let shape = weight.shape();
    let (outputs, depth, taps) = (shape[0] / groups, shape[1], shape[2] * shape[3]);
    let turned = vec![groups * depth, outputs, shape[2], shape[3]];
    weight.map_named(&format!("turned in {groups} groups"), turned, move |values| {
        let mut turned = permute(values, &[groups, outputs, depth, taps], &[0, 2, 1, 3]);
        turned.chunks_exact_mut(taps).for_each(<[T]>::reverse);
        turned
    })
}

/// The places of the largest values have g.
pub fn max_pool<T: Number>(
    b: &mut Builder<T>,
    window: &Window,
    x: ValueId,
    from: &[usize],
    g: ValueId,
) -> Result<ValueId> {
    let g = b.full(g, from)?;
    let (g, seeds, _) = merged(b, g)?;
    let x = b.take(x);
    let shape = [&[seeds], b.graph.shape(x)].concat();
    let back = b.graph.add(Op::MaxPoolBackward(window.clone()), &[g, x])?;
    b.graph.reshape(back, &shape)
}

/// Of the gradient of a pooling with respect to what it distributes: what lies where the largest values of x do. As a
/// sum over the taps of a window, each where its value is the first that is equal to the largest.
pub fn max_pool_backward<T: Number>(
    b: &mut Builder<T>,
    window: &Window,
    x: ValueId,
    (from, to): Shapes,
    g: ValueId,
) -> Result<ValueId> {
    let g = b.full(g, from)?;
    let (g, ..) = merged(b, g)?;
    let x = b.take(x);
    let largest = b.graph.add(Op::MaxPool(window.clone()), &[x])?;
    let pooled = b.graph.shape(largest).to_vec();
    let shared = b.graph.shape(g)[0] / pooled[0];
    let mut found: Option<ValueId> = None;
    let mut sum: Option<ValueId> = None;
    for tap in 0..window.kernel[0] * window.kernel[1] {
        let tap = [tap / window.kernel[1], tap % window.kernel[1]];
        let value = seen(b, window, tap, &pooled, T::of(f64::NEG_INFINITY), x)?;
        let mut chosen = b.graph.binary(Binary::Equal, value, largest)?;
        if let Some(found) = found {
            let free = b.unary(Unary::Not, found)?;
            chosen = b.times(chosen, free)?;
        }
        let part = seen(b, window, tap, &pooled, T::ZERO, g)?;
        let part = b.graph.reshape(part, &[&[shared], &pooled[..]].concat())?;
        let part = b.times(part, chosen)?;
        found = Some(found.map_or(Ok(chosen), |found| b.plus(found, chosen))?);
        sum = Some(sum.map_or(Ok(part), |sum| b.plus(sum, part))?);
    }
    let sum = sum.unwrap_or(g);
    let seeds = b.graph.shape(g)[0] / from[0];
    b.graph.reshape(sum, &[&[seeds], to].concat())
}

/// What one tap of each window sees of x; `value` in the padding.
fn seen<T: Number>(
    b: &mut Builder<T>,
    window: &Window,
    tap: [usize; 2],
    pooled: &[usize],
    value: T,
    x: ValueId,
) -> Result<ValueId> {
    let shape = b.graph.shape(x).to_vec();
    let all = |axis: usize| Part { start: 0, extent: shape[axis], step: 1 };
    let (mut amounts, mut parts) = (vec![(0, 0); 4], (0..4).map(all).collect::<Vec<_>>());
    for axis in [0, 1] {
        let before = window.before[axis].max(0);
        let start = (tap[axis] * window.dilation[axis]).saturating_add_signed(before - window.before[axis]);
        let (extent, step) = (pooled[axis + 1], window.stride[axis]);
        let last = start + (extent - 1) * step;
        let before = before.unsigned_abs();
        amounts[axis + 1] = (before, (last + 1).saturating_sub(before + shape[axis + 1]));
        parts[axis + 1] = Part { start, extent, step };
    }
    let padded = b.graph.add(Op::Pad { amounts, value }, &[x])?;
    b.graph.add(Op::Slice(parts), &[padded])
}

/// Seeds and images as one axis: the gradient, how many seeds, how many images.
fn merged<T: Number>(b: &mut Builder<T>, g: ValueId) -> Result<(ValueId, usize, usize)> {
    let shape = b.graph.shape(g).to_vec();
    let merged = [&[shape[0] * shape[1]], &shape[2..]].concat();
    Ok((b.graph.reshape(g, &merged)?, shape[0], shape[1]))
}
