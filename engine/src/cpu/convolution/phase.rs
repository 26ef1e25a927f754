//! Convolutions of inputs with zeros between their values, such as gradients of strided convolutions are, as
//! convolutions without: each of those gives some of the rows and columns of the output, and has some of the taps.

use crate::cpu::window::Axis;
use crate::graph::Window;

/// Some steps of an axis that meet the same taps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// The first of the steps.
    pub first: usize,
    /// From one of them to the next.
    pub every: usize,
    /// The taps that do not meet zeros alone.
    pub taps: Vec<usize>,
    /// How these step over the input without the zeros.
    pub axis: Axis,
}

impl Phase {
    /// How many of an axis' steps are this phase's.
    pub fn steps(&self, steps: usize) -> usize {
        steps.saturating_sub(self.first).div_ceil(self.every)
    }
}

/// The phases of an axis of a window (0: rows, 1: columns); one alone where there are no zeros.
pub fn phases(window: &Window, axis: usize, input_dilation: usize) -> Vec<Phase> {
    let (stride, dilation) = (window.stride[axis], window.dilation[axis]);
    let every = input_dilation / common(stride, input_dilation);
    let phase = |first: usize| {
        let place = |tap: usize| (first * stride + tap * dilation) as isize - window.before[axis];
        let meets = |tap: &usize| place(*tap).rem_euclid(input_dilation as isize) == 0;
        let taps: Vec<_> = (0..window.kernel[axis]).filter(meets).collect();
        let axis = Axis {
            kernel: taps.len(),
            stride: every * stride / input_dilation,
            dilation: dilation / common(dilation, input_dilation),
            before: taps.first().map_or(0, |&tap| -place(tap) / input_dilation as isize),
        };
        Phase { first, every, taps, axis }
    };
    (0..every).map(phase).collect()
}

/// The greatest common divisor.
fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(kernel: usize, stride: usize, before: isize) -> Window {
        Window {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [before; 2],
            after: [before; 2],
        }
    }

    #[test]
    fn a_plain_convolution_is_one_phase() {
        let axis = Axis { kernel: 3, stride: 2, dilation: 1, before: 1 };
        assert_eq!(phases(&window(3, 2, 1), 0, 1), [Phase { first: 0, every: 1, taps: vec![0, 1, 2], axis }]);
    }

    #[test]
    fn taps_are_divided_among_phases() {
        let [even, odd] = phases(&window(3, 1, 1), 0, 2).try_into().expect("two phases");
        assert_eq!((even.taps, even.axis.before), (vec![1], 0));
        assert_eq!((odd.taps, odd.axis.before), (vec![0, 2], 0));
        let [one, none] = phases(&window(1, 1, 0), 0, 2).try_into().expect("two phases");
        assert_eq!((one.steps(5), none.steps(5), none.steps(0)), (3, 2, 0));
        assert_eq!((one.taps, none.taps), (vec![0], vec![]));
    }
}
