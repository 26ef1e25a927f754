//! What goes value by value: functions of two, selections, and everything that only moves values.

use super::Tensor;
use super::walk::{repeating, walk};
use crate::graph::{Binary, Number, Part, SparseRows, strides};

pub fn binary<T: Number>(binary: Binary, a: Tensor<T>, b: Tensor<T>, shape: &[usize]) -> Vec<T> {
    let mut y = Vec::with_capacity(shape.iter().product());
    let strides = [a.shape, b.shape].map(|from| repeating(from, shape));
    walk(shape, strides.each_ref().map(|strides| &strides[..]), [0; 2], &mut |[at, bt], [i, j], extent| {
        y.extend((0..extent).map(|step| binary.apply(a.values[at + step * i], b.values[bt + step * j])));
    });
    y
}

pub fn select<T: Number>(c: Tensor<T>, a: Tensor<T>, b: Tensor<T>, shape: &[usize]) -> Vec<T> {
    let [c, a, b] = [c, a, b].map(|x| broadcast(x, shape));
    let choices = a.into_iter().zip(b);
    c.into_iter().zip(choices).map(|(c, (a, b))| if c == T::ZERO { b } else { a }).collect()
}

pub fn broadcast<T: Number>(x: Tensor<T>, shape: &[usize]) -> Vec<T> {
    gather(x, 0, &repeating(x.shape, shape), shape)
}

pub fn slice<T: Number>(x: Tensor<T>, parts: &[Part], shape: &[usize]) -> Vec<T> {
    let (start, strides) = inside(parts, x.shape);
    gather(x, start, &strides, shape)
}

fn gather<T: Number>(x: Tensor<T>, start: usize, strides: &[usize], shape: &[usize]) -> Vec<T> {
    let mut y = Vec::with_capacity(shape.iter().product());
    walk(shape, [strides], [start], &mut |[at], [stride], extent| {
        y.extend((0..extent).map(|step| x.values[at + step * stride]));
    });
    y
}

/// x as these parts of a tensor of `shape` that holds `value` elsewhere.
pub fn place<T: Number>(x: Tensor<T>, parts: &[Part], shape: &[usize], value: T) -> Vec<T> {
    let mut y = vec![value; shape.iter().product()];
    if !x.values.is_empty() {
        let (start, strides) = inside(parts, shape);
        let mut values = x.values.iter();
        walk(x.shape, [&strides], [start], &mut |[at], [stride], extent| {
            values.by_ref().take(extent).enumerate().for_each(|(step, &x)| y[at + step * stride] = x);
        });
    }
    y
}

pub fn pad<T: Number>(x: Tensor<T>, amounts: &[(usize, usize)], shape: &[usize], value: T) -> Vec<T> {
    let part = |(&(before, _), &extent)| Part { start: before, extent, step: 1 };
    let parts: Vec<_> = amounts.iter().zip(x.shape).map(part).collect();
    place(x, &parts, shape, value)
}

/// The place of the first value of parts of a tensor of `shape`, and the strides from there.
fn inside(parts: &[Part], shape: &[usize]) -> (usize, Vec<usize>) {
    let (mut start, mut steps) = (0, strides(shape));
    for (part, stride) in parts.iter().zip(&mut steps) {
        start += part.start * *stride;
        *stride *= part.step;
    }
    (start, steps)
}

pub fn concat<T: Number>(inputs: &[Tensor<T>], axis: usize) -> Vec<T> {
    let outer = inputs.first().map_or(0, |x| x.shape[..axis].iter().product());
    let mut y = Vec::new();
    for at in 0..outer {
        for x in inputs {
            let length = x.values.len() / outer;
            y.extend_from_slice(&x.values[at * length..][..length]);
        }
    }
    y
}

pub fn linear<T: Number>(x: Tensor<T>, axis: usize, rows: &SparseRows<T>, shape: &[usize]) -> Vec<T> {
    let mut y = vec![T::ZERO; shape.iter().product()];
    let inner: usize = shape[axis + 1..].iter().product();
    for (at, y) in y.chunks_exact_mut(inner).enumerate() {
        let (outer, row) = (at / rows.len(), at % rows.len());
        for &(place, factor) in &rows[row] {
            let x = &x.values[(outer * x.shape[axis] + place) * inner..][..inner];
            y.iter_mut().zip(x).for_each(|(y, &x)| *y += factor * x);
        }
    }
    y
}
