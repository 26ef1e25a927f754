//! How a tensor is read along another one that it broadcasts to.

use crate::graph::strides;

/// A tensor's place for each place of a larger shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cpu) enum Operand {
    /// The same.
    Same,
    /// There is only one.
    Single,
    /// Nested axes, each an extent and a stride.
    Strided(Vec<(usize, usize)>),
}

impl Operand {
    /// Of a tensor of shape `from`, which broadcasts to `shape`.
    pub(in crate::cpu) fn new(from: &[usize], shape: &[usize]) -> Self {
        let missing = shape.len() - from.len();
        let strides = strides(from);
        let mut axes: Vec<(usize, usize)> = Vec::new();
        for (axis, &extent) in shape.iter().enumerate().filter(|(_, extent)| **extent != 1) {
            let own = axis.checked_sub(missing).filter(|&own| from[own] != 1);
            let stride = own.map_or(0, |own| strides[own]);
            match axes.last_mut() {
                Some(outer) if outer.1 == stride * extent => *outer = (outer.0 * extent, stride),
                _ => axes.push((extent, stride)),
            }
        }
        match axes[..] {
            [] | [(_, 1)] => Self::Same,
            [(_, 0)] => Self::Single,
            _ => Self::Strided(axes),
        }
    }

    /// The tensor's values for the places from `at` on.
    pub(in crate::cpu) fn gather(&self, values: &[f32], mut at: usize, mut to: &mut [f32]) {
        let axes = match self {
            Self::Same => return to.copy_from_slice(&values[at..][..to.len()]),
            Self::Single => return to.fill(values[0]),
            Self::Strided(axes) => axes,
        };
        let Some((&(extent, stride), outer)) = axes.split_last() else { return };
        while !to.is_empty() {
            let column = at % extent;
            let (run, rest) = to.split_at_mut(to.len().min(extent - column));
            let (mut line, mut from) = (at / extent, column * stride);
            for (extent, stride) in outer.iter().rev() {
                from += line % extent * stride;
                line /= extent;
            }
            at += run.len();
            match stride {
                0 => run.fill(values[from]),
                1 => run.copy_from_slice(&values[from..][..run.len()]),
                _ => run.iter_mut().zip(values[from..].iter().step_by(stride)).for_each(|(to, x)| *to = *x),
            }
            to = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_are_walked_alike_are_one() {
        assert_eq!(Operand::new(&[2, 1, 3], &[2, 1, 3]), Operand::Same);
        assert_eq!(Operand::new(&[], &[4, 5]), Operand::Single);
        assert_eq!(Operand::new(&[8], &[1, 4, 5, 8]), Operand::Strided(vec![(20, 0), (8, 1)]));
        assert_eq!(Operand::new(&[6, 1, 1], &[6, 4, 5]), Operand::Strided(vec![(6, 1), (20, 0)]));
    }

    #[test]
    fn a_broadcast_tensor_is_read_from_any_place_on() {
        let operand = Operand::new(&[2, 1, 3], &[2, 2, 3]);
        let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let mut read = [0.0; 8];
        operand.gather(&values, 2, &mut read);
        assert_eq!(read, [2.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 3.0]);
    }
}
