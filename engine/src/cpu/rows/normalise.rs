//! (x - mean) / sqrt(variance + epsilon)

use wide::f32x4;

use super::{Reduce, sum};
use crate::cpu::elementwise::{Function, Operand, Program, Source, Term};
use crate::cpu::run::Kernel;
use crate::cpu::team::Team;
use crate::graph::{Binary, Reduction};

/// Over some axes together.
#[derive(Debug)]
pub(in crate::cpu) struct Normalise {
    epsilon: f64,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// Rows of so many values, each by itself.
    Rows(usize),
    /// Any axes.
    Axes {
        mean: Reduce,
        /// How many means there are.
        count: usize,
        /// Takes away a tensor of the means' shape.
        centre: Program,
        /// Multiplies by one.
        scale: Program,
    },
}

impl Normalise {
    /// Over axes of a tensor of this shape.
    pub(in crate::cpu) fn new(shape: &[usize], axes: &[usize], epsilon: f64) -> Self {
        let mut reduced = shape.to_vec();
        axes.iter().for_each(|&axis| reduced[axis] = 1);
        let rows =
            shape.iter().zip(&reduced).rev().take_while(|(extent, kept)| extent != kept || **extent == 1);
        let row: usize = rows.map(|(extent, _)| extent).product();
        let count: usize = reduced.iter().product();
        if row.checked_mul(count) == Some(shape.iter().product()) {
            return Self { epsilon, way: Way::Rows(row) };
        }
        let with = |binary| {
            let term =
                Term { function: Function::Binary(binary), of: vec![Source::Given, Source::Operand(0)] };
            Program::new(&[term], vec![Operand::new(&reduced, shape)])
        };
        let mean = Reduce::new(Reduction::Mean, shape, axes);
        let (centre, scale) = (with(Binary::Subtract), with(Binary::Multiply));
        Self { epsilon, way: Way::Axes { mean, count, centre, scale } }
    }
}

impl Kernel for Normalise {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        if output.is_empty() {
            return;
        }
        match &self.way {
            Way::Rows(row) => {
                let piece = team.piece(output.len() / row, 1) * row;
                team.share(inputs[0].chunks(piece).zip(output.chunks_mut(piece)), |(x, y)| {
                    let rows = x.chunks_exact(*row).zip(y.chunks_exact_mut(*row));
                    rows.for_each(|(x, y)| normalise(x, y, self.epsilon));
                });
            }
            Way::Axes { mean, count, centre, scale } => {
                let mut means = vec![0.0; *count];
                mean.run(inputs, &mut means, team);
                output.copy_from_slice(inputs[0]);
                centre.run(0, &[&means], output);
                mean.squares(output, &mut means);
                for variance in &mut means {
                    *variance = (1.0 / (f64::from(*variance) + self.epsilon).sqrt()) as f32;
                }
                scale.run(0, &[&means], output);
            }
        }
    }
}

/// The variance is the mean of squares from the mean, not the difference of two large numbers.
#[inline(never)]
fn normalise(x: &[f32], y: &mut [f32], epsilon: f64) {
    let count = x.len() as f64;
    let mean = (sum(x, |x| x) / count) as f32;
    let squares = sum(x, |x| {
        let centred = x - f32x4::splat(mean);
        centred * centred
    });
    let factor = (1.0 / (squares / count + epsilon).sqrt()) as f32;
    y.iter_mut().zip(x).for_each(|(y, x)| *y = (x - mean) * factor);
}
