//! exp(x - max) / Σ exp(x - max)

use wide::f32x4;

use super::VALUES_AT_ONCE;
use crate::cpu::elementwise::exp;
use crate::cpu::run::Kernel;
use crate::cpu::team::Team;

/// Along the middle axis of `[outer, extent, inner]`.
#[derive(Debug)]
pub(in crate::cpu) struct Softmax {
    extent: usize,
    inner: usize,
}

impl Softmax {
    /// Along an axis of a tensor of this shape.
    pub(in crate::cpu) fn new(shape: &[usize], axis: usize) -> Self {
        Self { extent: shape[axis], inner: shape[axis + 1..].iter().product() }
    }
}

impl Kernel for Softmax {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team) {
        let Self { extent, inner } = *self;
        if output.is_empty() {
            return;
        }
        if inner == 1 {
            let piece = team.piece(output.len() / extent, 1) * extent;
            team.share(output.chunks_mut(piece).zip(inputs[0].chunks(piece)), |(output, input)| {
                output.copy_from_slice(input);
                output.chunks_exact_mut(extent).for_each(softmax);
            });
            return;
        }
        output.copy_from_slice(inputs[0]);
        let mut row = vec![0.0; extent];
        for group in output.chunks_exact_mut(extent * inner) {
            for column in 0..inner {
                row.iter_mut().zip(group[column..].iter().step_by(inner)).for_each(|(to, x)| *to = *x);
                softmax(&mut row);
                group[column..].iter_mut().step_by(inner).zip(&row).for_each(|(to, x)| *to = *x);
            }
        }
    }
}

#[inline(never)]
fn softmax(row: &mut [f32]) {
    let (fours, rest) = row.as_chunks::<4>();
    let largest =
        fours.iter().fold(f32x4::splat(f32::NEG_INFINITY), |all, four| all.fast_max(f32x4::new(*four)));
    let largest = largest.to_array().iter().chain(rest).fold(f32::NEG_INFINITY, |all, x| all.max(*x));
    let largest = f32x4::splat(largest);
    let mut total = 0.0;
    for part in row.chunks_mut(VALUES_AT_ONCE) {
        let (fours, rest) = part.as_chunks_mut::<4>();
        let mut sums = f32x4::ZERO;
        for four in fours {
            let power = exp(f32x4::new(*four) - largest);
            *four = power.to_array();
            sums += power;
        }
        total += f64::from(sums.reduce_add());
        for x in rest {
            *x = exp(f32x4::splat(*x) - largest).to_array()[0];
            total += f64::from(*x);
        }
    }
    let factor = (1.0 / total) as f32;
    row.iter_mut().for_each(|x| *x *= factor);
}
