//! Products of two tensors that are both computed, such as those of attention.

use std::borrow::Cow;

use super::epilogue::Epilogue;
use super::product::Product;
use super::run::Kernel;
use super::team::Team;
use crate::graph::{broadcast, strides};

/// How many rows and columns of a matrix change places at once: a line of the cache.
const MOVED: usize = 16;

/// A batch of matrix products, of operands `[…, m, k]` and `[…, k, n]` or their transposes. Leading axes broadcast.
#[derive(Debug)]
pub struct MatMul {
    a: Operand,
    b: Operand,
    /// Rows of a product.
    m: usize,
    /// Of both operands.
    k: usize,
    /// Columns of a product.
    n: usize,
}

/// One side of the products.
#[derive(Debug)]
struct Operand {
    transposed: bool,
    /// The matrix that each product takes.
    matrices: Vec<usize>,
}

impl MatMul {
    /// For operands of these shapes, each with whether its last two axes are swapped.
    pub fn new((a, transpose_a): (&[usize], bool), (b, transpose_b): (&[usize], bool)) -> Self {
        let ((batch_a, [rows_a, columns_a]), (batch_b, [rows_b, columns_b])) = (split(a), split(b));
        let (m, k) = if transpose_a { (columns_a, rows_a) } else { (rows_a, columns_a) };
        let n = if transpose_b { rows_b } else { columns_b };
        let batch = broadcast(batch_a, batch_b).unwrap_or_default();
        let operand = |own: &[usize], transposed| Operand { transposed, matrices: matrices(own, &batch) };
        Self { a: operand(batch_a, transpose_a), b: operand(batch_b, transpose_b), m, k, n }
    }
}

impl Kernel for MatMul {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        let Self { a, b, m, k, n } = self;
        let all: Vec<_> = a.matrices.iter().zip(&b.matrices).collect();
        // Each thread with some of the products or, of a single one, some of its rows.
        let of_one = if all.len() == 1 { team } else { &Team::ALONE };
        let piece = team.piece(all.len(), 1);
        let outputs = output.chunks_mut((piece * m * n).max(1));
        team.share(all.chunks(piece).zip(outputs), |(matrices, output)| {
            let mut product = Product::default();
            let mut packed = None;
            for ((at, of_b), output) in matrices.iter().zip(output.chunks_exact_mut((m * n).max(1))) {
                if packed.replace(of_b) != Some(of_b) {
                    product.repack(&inputs[1][*of_b * k * n..][..k * n], [*n, *k], !b.transposed);
                }
                let rows = &inputs[0][*at * m * k..][..m * k];
                let rows = if a.transposed { transpose(rows, *k, *m).into() } else { Cow::Borrowed(rows) };
                product.forward(&rows, output, &Epilogue::LINEAR, of_one);
            }
        });
    }
}

/// Leading axes, and the last two.
fn split(shape: &[usize]) -> (&[usize], [usize; 2]) {
    shape.split_last_chunk().map_or((&[], [0; 2]), |(batch, matrix)| (batch, *matrix))
}

/// For each place of a batch the matrix of an operand with leading axes that broadcast to it.
fn matrices(own: &[usize], batch: &[usize]) -> Vec<usize> {
    let mut matrices = vec![0];
    let missing = batch.len() - own.len();
    let own = own.iter().zip(strides(own)).map(|(&extent, stride)| if extent == 1 { 0 } else { stride });
    let steps = std::iter::repeat_n(0, missing).chain(own);
    for (&extent, step) in batch.iter().zip(steps) {
        matrices = matrices.iter().flat_map(|first| (0..extent).map(move |at| first + at * step)).collect();
    }
    matrices
}

/// `[rows, columns]` → `[columns, rows]`
fn transpose(matrix: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut transposed = vec![0.0; matrix.len()];
    if matrix.is_empty() {
        return transposed;
    }
    for (block, matrix) in matrix.chunks(MOVED * columns).enumerate() {
        for (column, to) in transposed.chunks_exact_mut(rows).enumerate() {
            let from = matrix[column..].iter().step_by(columns);
            to[block * MOVED..].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
    }
    transposed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::product::testing::{assert_close, random};

    /// Of one product.
    fn naive(a: &[f32], b: &[f32], [m, k, n]: [usize; 3], transposed: [bool; 2]) -> Vec<f64> {
        let at = |matrix: &[f32], row, column, columns, rows, transposed| {
            f64::from(if transposed { matrix[column * rows + row] } else { matrix[row * columns + column] })
        };
        let sum = |row, column| -> f64 {
            (0..k).map(|i| at(a, row, i, k, m, transposed[0]) * at(b, i, column, n, k, transposed[1])).sum()
        };
        (0..m).flat_map(|row| (0..n).map(move |column| sum(row, column))).collect()
    }

    fn shape(batch: &[usize], [rows, columns]: [usize; 2], transposed: bool) -> Vec<usize> {
        let matrix = if transposed { [columns, rows] } else { [rows, columns] };
        [batch, &matrix].concat()
    }

    #[test]
    fn either_operand_may_be_transposed() {
        for [m, k, n] in [[1, 1, 1], [3, 5, 2], [17, 64, 33], [40, 30, 8], [4, 0, 3]] {
            for transposed in [[false, false], [false, true], [true, false], [true, true]] {
                let (a, b) = (random(2 * m * k), random(2 * k * n));
                let shapes = (shape(&[2], [m, k], transposed[0]), shape(&[2], [k, n], transposed[1]));
                let mut out = vec![f32::NAN; 2 * m * n];
                MatMul::new((&shapes.0, transposed[0]), (&shapes.1, transposed[1])).run(
                    &[&a, &b],
                    &mut out,
                    &Team::ALONE,
                );
                let first = naive(&a[..m * k], &b[..k * n], [m, k, n], transposed);
                let second = naive(&a[m * k..], &b[k * n..], [m, k, n], transposed);
                assert_close(&out, &[first, second].concat());
            }
        }
    }

    #[test]
    fn leading_axes_broadcast() {
        let [m, k, n] = [5, 7, 9];
        let (a, b) = (random(3 * m * k), random(2 * 3 * k * n));
        let mut out = vec![f32::NAN; 2 * 3 * m * n];
        MatMul::new((&[3, m, k], false), (&[2, 3, k, n], false)).run(&[&a, &b], &mut out, &Team::ALONE);
        let of = |at: usize| naive(&a[at % 3 * m * k..], &b[at * k * n..], [m, k, n], [false; 2]);
        assert_close(&out, &(0..6).flat_map(of).collect::<Vec<_>>());
        assert_eq!(matrices(&[2, 1, 3], &[2, 2, 3]), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
        assert_eq!(matrices(&[], &[2, 2]), [0; 4]);
    }
}
