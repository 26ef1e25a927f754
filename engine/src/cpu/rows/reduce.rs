//! Axes that become one value.

use crate::cpu::elementwise::binary;
use crate::cpu::run::Kernel;
use crate::cpu::team::Team;
use crate::graph::{Binary, Reduction};

/// How many columns are reduced side by side.
const COLUMNS: usize = 256;
/// How many rows are summed in single precision before their sums are added to others in double.
const ROWS: usize = 16;

/// A reduction, one run of neighbouring axes after another, the innermost first.
#[derive(Debug)]
pub(in crate::cpu) struct Reduce {
    reduction: Reduction,
    stages: Vec<Stage>,
    /// Of how many values each result is made.
    count: usize,
}

/// `[outer, extent, inner]` → `[outer, inner]`
#[derive(Debug, PartialEq, Eq)]
struct Stage {
    outer: usize,
    extent: usize,
    inner: usize,
}

impl Reduce {
    /// Over some axes of a tensor of this shape.
    pub(in crate::cpu) fn new(reduction: Reduction, shape: &[usize], axes: &[usize]) -> Self {
        let mut stages: Vec<Stage> = Vec::new();
        let (mut inner, mut joins) = (1, false);
        for (axis, &extent) in shape.iter().enumerate().rev().filter(|(_, extent)| **extent != 1) {
            let outer = shape[..axis].iter().product();
            let reduced = axes.contains(&axis);
            match stages.last_mut() {
                Some(stage) if reduced && joins => {
                    (stage.outer, stage.extent) = (outer, stage.extent * extent)
                }
                _ if reduced => stages.push(Stage { outer, extent, inner }),
                _ => inner *= extent,
            }
            joins = reduced;
        }
        let count = stages.iter().map(|stage| stage.extent).product();
        Self { reduction, stages, count }
    }

    /// Of the squares of x.
    pub(in crate::cpu) fn squares(&self, x: &[f32], output: &mut [f32]) {
        let squares: Vec<_> = x.iter().map(|x| x * x).collect();
        self.run(&[&squares], output, &Team::ALONE);
    }
}

impl Kernel for Reduce {
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], _team: &Team) {
        let Some((last, stages)) = self.stages.split_last() else {
            return output.copy_from_slice(inputs[0]);
        };
        let mut between = Vec::new();
        for (at, stage) in stages.iter().enumerate() {
            let mut reduced = vec![0.0; stage.outer * stage.inner];
            stage.reduce(self.reduction, if at == 0 { inputs[0] } else { &between }, &mut reduced);
            between = reduced;
        }
        last.reduce(self.reduction, if stages.is_empty() { inputs[0] } else { &between }, output);
        if self.reduction == Reduction::Mean {
            let count = self.count as f32;
            output.iter_mut().for_each(|sum| *sum /= count);
        }
    }
}

impl Stage {
    fn reduce(&self, reduction: Reduction, x: &[f32], output: &mut [f32]) {
        let (start, combine) = match reduction {
            Reduction::Sum | Reduction::Mean => return self.sum(x, output),
            Reduction::Maximum => (f32::NEG_INFINITY, Binary::Maximum),
            Reduction::Minimum => (f32::INFINITY, Binary::Minimum),
            Reduction::Product => (1.0, Binary::Multiply),
        };
        output.fill(start);
        if x.is_empty() || output.is_empty() {
            return;
        }
        let groups = x.chunks_exact(self.extent * self.inner);
        for (x, output) in groups.zip(output.chunks_exact_mut(self.inner)) {
            if let [output] = output {
                *output = x.iter().fold(*output, |all, x| combine.apply(all, *x));
            } else {
                x.chunks_exact(self.inner).for_each(|x| binary(combine, output, x));
            }
        }
    }

    fn sum(&self, x: &[f32], output: &mut [f32]) {
        output.fill(0.0);
        if x.is_empty() || output.is_empty() {
            return;
        }
        let groups = x.chunks_exact(self.extent * self.inner);
        for (x, output) in groups.zip(output.chunks_exact_mut(self.inner)) {
            if let [output] = output {
                *output = super::sum(x, |x| x) as f32;
            } else {
                for (block, output) in output.chunks_mut(COLUMNS).enumerate() {
                    sum_columns(&x[block * COLUMNS..], self.inner, output);
                }
            }
        }
    }
}

/// The sums of as many columns as there are places for, of rows that begin `step` apart.
#[inline(never)]
fn sum_columns(x: &[f32], step: usize, output: &mut [f32]) {
    let (mut totals, mut sums) = ([0.0f64; COLUMNS], [0.0f32; COLUMNS]);
    let (totals, sums) = (&mut totals[..output.len()], &mut sums[..output.len()]);
    for rows in x.chunks(ROWS * step) {
        sums.fill(0.0);
        rows.chunks(step).for_each(|row| binary(Binary::Add, sums, &row[..sums.len()]));
        totals.iter_mut().zip(&*sums).for_each(|(total, sum)| *total += f64::from(*sum));
    }
    output.iter_mut().zip(totals).for_each(|(output, total)| *output = *total as f32);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(reduction: Reduction, shape: &[usize], axes: &[usize], output: usize) -> Vec<f32> {
        let values: Vec<_> = (0..shape.iter().product::<usize>()).map(|at| at as f32).collect();
        let mut reduced = vec![0.0; output];
        Reduce::new(reduction, shape, axes).run(&[&values], &mut reduced, &Team::ALONE);
        reduced
    }

    #[test]
    fn neighbouring_axes_are_reduced_at_once() {
        let stages = |shape: &[usize], axes: &[usize]| Reduce::new(Reduction::Mean, shape, axes).stages;
        assert_eq!(stages(&[2, 7, 7, 8], &[1, 2]), [Stage { outer: 2, extent: 49, inner: 8 }]);
        assert_eq!(
            stages(&[2, 5, 3, 4], &[1, 3]),
            [Stage { outer: 30, extent: 4, inner: 1 }, Stage { outer: 2, extent: 5, inner: 3 }]
        );
        assert_eq!(stages(&[2, 1, 3], &[1]), []);
    }

    #[test]
    fn means_are_those_of_all_values() {
        assert_eq!(reduced(Reduction::Mean, &[2, 2, 3, 2], &[1, 3], 6), [3.5, 5.5, 7.5, 15.5, 17.5, 19.5]);
        assert_eq!(reduced(Reduction::Maximum, &[2, 3], &[1], 2), [2.0, 5.0]);
        assert_eq!(reduced(Reduction::Product, &[2, 3], &[0], 3), [0.0, 4.0, 10.0]);
    }

    #[test]
    fn long_sums_lose_nothing() {
        let values = vec![0.1f32; 1 << 20];
        let mut sum = [0.0];
        Reduce::new(Reduction::Mean, &[1 << 20], &[0]).run(&[&values], &mut sum, &Team::ALONE);
        assert!((sum[0] - 0.1).abs() < 2e-8, "{sum:?}");
    }
}
