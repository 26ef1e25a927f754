//! What moves values and computes nothing: each of these operators is a few copies along nested axes.

use wide::f32x4;

use super::run::Kernel;
use super::team::Team;
use crate::graph::{Op, Part, strides};

/// How many values are read from a line at once when lines and columns change places: a line of the cache.
const MOVED: usize = 16;

/// Copies, one from each input.
#[derive(Debug)]
pub(super) struct Move {
    /// What lies where nothing is copied to.
    rest: Option<f32>,
    copies: Vec<Copy>,
}

/// Nested axes along which values are read and written.
#[derive(Debug)]
struct Copy {
    /// In the order in which they are walked.
    axes: Vec<Axis>,
    /// The first place that is read.
    from: usize,
    /// The first place that is written.
    to: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Axis {
    extent: usize,
    /// From one place that is read to the next.
    from: usize,
    /// From one place that is written to the next.
    to: usize,
}

impl Move {
    /// What an operator does with inputs of these shapes, if it only moves them.
    pub(super) fn new(op: &Op<f32>, inputs: &[&[usize]], output: &[usize]) -> Option<Self> {
        let (from, to) = (strides(inputs.first()?), strides(output));
        let one = |copy| Self { rest: None, copies: vec![copy] };
        Some(match op {
            Op::Permute(order) => {
                let from: Vec<_> = order.iter().map(|&axis| from[axis]).collect();
                one(Copy::new(output, &from, &to, 0, 0))
            }
            Op::Slice(parts) => {
                let (start, from) = within(parts, &from);
                one(Copy::new(output, &from, &to, start, 0))
            }
            Op::Unslice { parts, .. } => {
                let (start, to) = within(parts, &to);
                Self { rest: Some(0.0), copies: vec![Copy::new(inputs[0], &from, &to, 0, start)] }
            }
            Op::Pad { amounts, value } => {
                let start = amounts.iter().zip(&to).map(|((before, _), stride)| before * stride).sum();
                Self { rest: Some(*value), copies: vec![Copy::new(inputs[0], &from, &to, 0, start)] }
            }
            Op::Broadcast(_) => {
                let missing = output.len() - inputs[0].len();
                let own = |axis: usize| axis.checked_sub(missing).filter(|&own| inputs[0][own] != 1);
                let from: Vec<_> =
                    (0..output.len()).map(|axis| own(axis).map_or(0, |own| from[own])).collect();
                one(Copy::new(output, &from, &to, 0, 0))
            }
            Op::Concat { axis } => {
                let mut start = 0;
                let copy = |shape: &&[usize]| {
                    let copy = Copy::new(shape, &strides(shape), &to, 0, start);
                    start += shape[*axis] * to[*axis];
                    copy
                };
                Self { rest: None, copies: inputs.iter().map(copy).collect() }
            }
            _ => return None,
        })
    }

    /// Whether the output, which has as many values as the input, is the input.
    pub(super) fn is_nothing(&self) -> bool {
        let in_order = |copy: &Copy| matches!(copy.axes[..], [] | [Axis { from: 1, to: 1, .. }]);
        self.rest.is_none() && matches!(&self.copies[..], [copy] if in_order(copy))
    }
}

/// The first place of parts, and the strides along them.
fn within(parts: &[Part], strides: &[usize]) -> (usize, Vec<usize>) {
    let start = parts.iter().zip(strides).map(|(part, stride)| part.start * stride).sum();
    (start, parts.iter().zip(strides).map(|(part, stride)| part.step * stride).collect())
}

impl Kernel for Move {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], _team: &Team) {
        if let Some(rest) = self.rest {
            output.fill(rest);
        }
        for (copy, input) in self.copies.iter().zip(inputs) {
            // An empty input may begin behind the last place.
            if !input.is_empty() && !output.is_empty() && copy.axes.iter().all(|axis| axis.extent > 0) {
                walk(&copy.axes, &input[copy.from..], &mut output[copy.to..]);
            }
        }
    }
}

impl Copy {
    /// `shape` is that of what is copied.
    fn new(shape: &[usize], from_strides: &[usize], to_strides: &[usize], from: usize, to: usize) -> Self {
        let mut axes: Vec<Axis> = Vec::new();
        let all = shape.iter().zip(from_strides).zip(to_strides);
        let all = all.map(|((&extent, &from), &to)| Axis { extent, from, to });
        for axis in all.filter(|axis| axis.extent != 1) {
            let joins =
                |outer: &Axis| [outer.from, outer.to] == [axis.from, axis.to].map(|step| step * axis.extent);
            match axes.last_mut().filter(|outer| joins(outer)) {
                Some(outer) => *outer = Axis { extent: outer.extent * axis.extent, ..axis },
                None => axes.push(axis),
            }
        }
        // Where the innermost axis is no line of the input, the one that is goes next to it.
        if let Some((last, outer)) = axes.split_last()
            && last.from > 1
            && let Some(line) = outer.iter().position(|axis| axis.from == 1)
        {
            axes[line..].rotate_left(1);
            let end = axes.len();
            axes.swap(end - 2, end - 1);
        }
        Self { axes, from, to }
    }
}

fn walk(axes: &[Axis], from: &[f32], to: &mut [f32]) {
    match *axes {
        [] => to[0] = from[0],
        [Axis { extent, from: 1, to: 1 }] => to[..extent].copy_from_slice(&from[..extent]),
        [Axis { extent, from: 0, to: 1 }] => to[..extent].fill(from[0]),
        [axis] => (0..axis.extent).for_each(|step| to[step * axis.to] = from[step * axis.from]),
        [lines @ Axis { from: 1, .. }, columns @ Axis { to: 1, .. }] => turn(lines, columns, from, to),
        [axis, ref inner @ ..] => {
            for step in 0..axis.extent {
                walk(inner, &from[step * axis.from..], &mut to[step * axis.to..]);
            }
        }
    }
}

/// Lines become columns: the first axis is a line of what is read, the second one of what is written.
fn turn(written: Axis, read: Axis, from: &[f32], to: &mut [f32]) {
    for first in (0..written.extent).step_by(MOVED) {
        let lines = first..written.extent.min(first + MOVED);
        for column in (0..read.extent).step_by(4) {
            for line in lines.clone().step_by(4) {
                if line + 4 <= lines.end && column + 4 <= read.extent {
                    let four = |at: usize| {
                        let from = &from[(column + at) * read.from + line..][..4];
                        f32x4::new(std::array::from_fn(|at| from[at]))
                    };
                    let turned = f32x4::transpose(std::array::from_fn(four));
                    for (line, values) in (line..).zip(turned) {
                        to[line * written.to + column..][..4].copy_from_slice(&values.to_array());
                    }
                } else {
                    for line in line..lines.end.min(line + 4) {
                        for column in column..read.extent.min(column + 4) {
                            to[line * written.to + column] = from[column * read.from + line];
                        }
                    }
                }
            }
        }
    }
}

/// Values with their axes in another order: axis `i` of the result is axis `order[i]` of `shape`.
pub fn permuted(values: &[f32], shape: &[usize], order: &[usize]) -> Vec<f32> {
    let to: Vec<_> = order.iter().map(|&axis| shape[axis]).collect();
    let mut output = vec![0.0; values.len()];
    if let Some(copies) = Move::new(&Op::Permute(order.to_vec()), &[shape], &to) {
        copies.run(&[values], &mut output, &Team::ALONE);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::permute;

    fn moved(op: &Op<f32>, shape: &[usize], output: &[usize]) -> Vec<f32> {
        let values: Vec<_> = (0..shape.iter().product::<usize>()).map(|at| at as f32).collect();
        let mut to = vec![-1.0; output.iter().product()];
        let Some(kernel) = Move::new(op, &[shape], output) else { unreachable!("it moves") };
        kernel.run(&[&values], &mut to, &Team::ALONE);
        to
    }

    #[test]
    fn axes_change_places_in_every_order() {
        let shape = [2, 19, 5, 33];
        let values: Vec<_> = (0..shape.iter().product()).map(|at: usize| at as f32).collect();
        for order in
            [[0, 3, 1, 2], [0, 2, 3, 1], [0, 2, 1, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1], [0, 1, 3, 2]]
        {
            let output = order.map(|axis| shape[axis]);
            assert_eq!(
                moved(&Op::Permute(order.to_vec()), &shape, &output),
                permute(&values, &shape, &order),
                "{order:?}"
            );
        }
    }

    #[test]
    fn neighbouring_axes_that_stay_together_are_one() {
        let Some(kernel) = Move::new(&Op::Permute(vec![0, 3, 1, 2]), &[&[1, 7, 7, 8]], &[1, 8, 7, 7]) else {
            unreachable!("it moves")
        };
        let [line, column] = [Axis { extent: 8, from: 1, to: 49 }, Axis { extent: 49, from: 8, to: 1 }];
        assert_eq!(kernel.copies[0].axes, [line, column]);
        let plain = Move::new(&Op::Permute(vec![0, 3, 1, 2]), &[&[1, 1, 1, 8]], &[1, 8, 1, 1]);
        assert!(plain.is_some_and(|plain| plain.is_nothing()));
    }

    #[test]
    fn parts_go_where_they_came_from() {
        let parts = vec![Part { start: 1, extent: 2, step: 2 }, Part { start: 1, extent: 2, step: 1 }];
        assert_eq!(moved(&Op::Slice(parts.clone()), &[4, 3], &[2, 2]), [4.0, 5.0, 10.0, 11.0]);
        let whole = moved(&Op::Unslice { parts, shape: vec![4, 3] }, &[2, 2], &[4, 3]);
        assert_eq!(whole, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 2.0, 3.0]);
    }
}
