//! How a window of taps steps along an axis.

use std::ops::Range;

use crate::graph::Window;

/// Along one axis: taps `dilation` places apart, the first of which is, at step `s`, at place
/// `s * stride - before`. Places outside the axis hold zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// How many taps; perhaps none.
    pub kernel: usize,
    /// From one step to the next.
    pub stride: usize,
    /// From one tap to the next.
    pub dilation: usize,
    /// Places before the first one of the axis; negative: that many are left out.
    pub before: isize,
}

impl Axis {
    /// That of a window (0: rows, 1: columns).
    pub fn new(window: &Window, axis: usize) -> Self {
        Self {
            kernel: window.kernel[axis],
            stride: window.stride[axis],
            dilation: window.dilation[axis],
            before: window.before[axis],
        }
    }

    /// The place of the first tap.
    pub fn start(&self, step: usize) -> isize {
        (step * self.stride) as isize - self.before
    }

    /// How many places so many steps span, from the first tap of the first to the last of the last.
    pub fn span(&self, steps: usize) -> usize {
        steps.saturating_sub(1) * self.stride + self.kernel.saturating_sub(1) * self.dilation + 1
    }

    /// The places that some steps need, of an axis of this extent. Later steps need no earlier ones.
    pub fn covered(&self, steps: &Range<usize>, extent: usize) -> Range<usize> {
        let start = self.start(steps.start);
        let end = start + self.span(steps.len()) as isize;
        let inside = |place: isize| place.clamp(0, extent as isize) as usize;
        inside(start)..inside(end)
    }

    /// The taps that are inside an axis of this extent.
    pub fn taps(&self, step: usize, extent: usize) -> Range<usize> {
        let start = self.start(step);
        // How many taps are before a place.
        let before = |place: isize| (place - start).max(0) as usize;
        let taps_before = |place| before(place).div_ceil(self.dilation).min(self.kernel);
        taps_before(0)..taps_before(extent as isize)
    }
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn a_window_is_clipped_at_both_ends() {
        let axis = Axis { kernel: 3, stride: 2, dilation: 2, before: 3 };
        assert_eq!(axis.start(0), -3);
        assert_eq!(axis.span(3), 9);
        assert_eq!(axis.covered(&(0..2), 4), 0..4);
        assert_eq!(axis.taps(0, 4), 2..3);
        assert_eq!(axis.taps(1, 4), 1..3);
        assert_eq!(axis.taps(2, 4), 0..2);
        assert_eq!(axis.taps(4, 4), 0..0);
    }

    #[test]
    fn a_window_may_begin_inside_or_see_nothing() {
        let axis = Axis { kernel: 3, stride: 1, dilation: 1, before: -2 };
        assert_eq!(axis.covered(&(0..1), 9), 2..5);
        assert_eq!(axis.taps(0, 9), 0..3);
        let beside = Axis { before: 5, ..axis };
        assert_eq!(beside.covered(&(0..1), 9), 0..0);
        assert!(beside.taps(0, 9).is_empty());
        let none = Axis { kernel: 0, ..axis };
        assert!(none.taps(0, 9).is_empty());
    }
}
