//! The gradients of what moves values: the moves back.

use std::rc::Rc;

use super::builder::Builder;
use crate::Result;
use crate::graph::{Number, Op, Part, SparseRows, ValueId};

/// The shapes of an operator's output and input.
type Shapes<'a> = (&'a [usize], &'a [usize]);

/// The matrix transposed.
pub fn linear<T: Number>(
    b: &mut Builder<T>,
    axis: usize,
    rows: &SparseRows<T>,
    (from, to): Shapes,
    g: ValueId,
) -> Result<ValueId> {
    let g = b.full_along(g, from, |along| along == axis)?;
    let mut columns = vec![Vec::new(); to[axis]];
    for (row, entries) in rows.iter().enumerate() {
        entries.iter().for_each(|&(column, factor)| columns[column].push((row, factor)));
    }
    b.graph.add(Op::Linear { axis: axis + 1, rows: Rc::new(columns) }, &[g])
}

/// The order undone.
pub fn permute<T: Number>(b: &mut Builder<T>, order: &[usize], g: ValueId) -> Result<ValueId> {
    let mut back = vec![0; order.len() + 1];
    order.iter().enumerate().for_each(|(at, &axis)| back[axis + 1] = at + 1);
    b.graph.permute(g, &back)
}

/// The input's extents again. What is one value for all axes of a run stays one.
pub fn reshape<T: Number>(b: &mut Builder<T>, (from, to): Shapes, g: ValueId) -> Result<ValueId> {
    let mut full = b.extents(g).to_vec();
    let mut shape = vec![b.graph.shape(g)[0]];
    for (outputs, inputs) in runs(from, to) {
        if full[outputs.clone()].iter().all(|&extent| extent == 1) {
            shape.resize(shape.len() + inputs.len(), 1);
        } else {
            full[outputs.clone()].copy_from_slice(&from[outputs]);
            shape.extend_from_slice(&to[inputs]);
        }
    }
    let g = b.full(g, &full)?;
    b.graph.reshape(g, &shape)
}

/// The shortest runs of axes of two shapes that hold the same number of values.
fn runs(a: &[usize], b: &[usize]) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    let (mut runs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < a.len() || j < b.len() {
        let (first_i, first_j) = (i, j);
        let (mut size_a, mut size_b) = (1, 1);
        loop {
            // The smaller grows; a tensor without values is one run.
            if i < a.len() && (j == b.len() || size_a <= size_b) {
                size_a *= a[i];
                i += 1;
            } else if j < b.len() {
                size_b *= b[j];
                j += 1;
            }
            let open = (i < a.len() || j < b.len()) && (size_a != size_b || size_a == 0);
            if !open {
                break;
            }
        }
        runs.push((first_i..i, first_j..j));
    }
    runs
}

/// Of a slice: zeros around it. Along an axis that is there as a whole, nothing has to be known.
pub fn unslice<T: Number>(
    b: &mut Builder<T>,
    parts: &[Part],
    (from, to): Shapes,
    g: ValueId,
) -> Result<ValueId> {
    let whole = |axis: usize| parts[axis].extent == to[axis];
    let g = b.full_along(g, from, |axis| !whole(axis))?;
    let extents = b.graph.shape(g).to_vec();
    let all = |extent| Part { start: 0, extent, step: 1 };
    let mut around = vec![all(extents[0])];
    let mut shape = vec![extents[0]];
    for (axis, (&part, &extent)) in parts.iter().zip(&extents[1..]).enumerate() {
        around.push(if whole(axis) { all(extent) } else { part });
        shape.push(if whole(axis) { extent } else { to[axis] });
    }
    if shape == extents {
        return Ok(g);
    }
    b.graph.add(Op::Unslice { parts: around, shape }, &[g])
}

/// Of zeros around parts: the parts. One value for all is one for these.
pub fn slice<T: Number>(b: &mut Builder<T>, parts: &[Part], g: ValueId) -> Result<ValueId> {
    let extents = b.graph.shape(g).to_vec();
    let all = |extent| Part { start: 0, extent, step: 1 };
    let inner = parts.iter().zip(&extents[1..]);
    let mut seen = vec![all(extents[0])];
    seen.extend(inner.map(|(&part, &extent)| if extent == 1 { all(part.extent.min(1)) } else { part }));
    if seen.iter().zip(&extents).all(|(part, &extent)| part.extent == extent) {
        return Ok(g);
    }
    b.graph.add(Op::Slice(seen), &[g])
}

/// Of a padding: what is inside.
pub fn inside<T: Number>(
    b: &mut Builder<T>,
    amounts: &[(usize, usize)],
    to: &[usize],
    g: ValueId,
) -> Result<ValueId> {
    let part = |(&(before, _), &extent)| Part { start: before, extent, step: 1 };
    let parts: Vec<_> = amounts.iter().zip(to).map(part).collect();
    slice(b, &parts, g)
}

/// Of a concatenation: the input's part of it.
pub fn part<T: Number>(
    b: &mut Builder<T>,
    axis: usize,
    start: usize,
    to: &[usize],
    g: ValueId,
) -> Result<ValueId> {
    let from = |at| if at == axis { start } else { 0 };
    let part = |(at, &extent)| Part { start: from(at), extent, step: 1 };
    let parts: Vec<_> = to.iter().enumerate().map(part).collect();
    slice(b, &parts, g)
}
