//! Two threads at one network: each has half of the channels inside of its chains, and what both make of them is
//! added up.

use std::fmt::Debug;
use std::ops::Range;

/// A half of the channels inside of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Half {
    /// The first channels.
    First,
    /// The others.
    Second,
}

/// Halves begin at multiples of so many channels, which go through kernels together.
const TOGETHER: usize = 8;

impl Half {
    /// The half's part of so many channels.
    pub fn of(self, channels: usize) -> Range<usize> {
        let middle = (channels / 2).next_multiple_of(TOGETHER).min(channels);
        match self {
            Self::First => 0..middle,
            Self::Second => middle..channels,
        }
    }
}

/// The other thread, as each of the two sees it. It answers in time, or is lost.
pub trait Partner: Debug {
    /// Has it run its half of the network on an input of this shape, towards these values, each named by its index.
    ///
    /// # Errors
    /// [`PartnerLost`]
    fn start(&self, input: &[f32], shape: &[usize], wanted: &[usize]) -> Result<(), PartnerLost>;

    /// Hands over this thread's sums and waits for the other's sums of the same values.
    ///
    /// # Errors
    /// [`PartnerLost`]
    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost>;
}

/// The other thread does not answer any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnerLost;

#[cfg(test)]
mod tests {
    use super::Half;

    #[test]
    fn halves_make_the_whole() {
        for channels in 0..100 {
            let (first, second) = (Half::First.of(channels), Half::Second.of(channels));
            assert_eq!((first.start, first.end, second.end), (0, second.start, channels));
        }
        assert_eq!(Half::First.of(144), 0..72);
        assert_eq!(Half::Second.of(72), 40..72);
    }
}
