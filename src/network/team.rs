//! Two threads at one network: each has half of every block's inner channels, and what both make of them is
//! added up.

use std::fmt::Debug;
use std::ops::Range;

/// A half of every block's inner channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    First,
    Second,
}

impl Half {
    /// The half's part of so many channels.
    pub(super) fn of(self, channels: usize) -> Range<usize> {
        let middle = channels / 2;
        match self {
            Self::First => 0..middle,
            Self::Second => middle..channels,
        }
    }
}

/// The other thread, as each of the two sees it. It answers in time, or is lost.
pub trait Partner: Debug {
    /// Has it run its half of the network on an input, `[B, 3, H, W]`.
    ///
    /// # Errors
    /// [`PartnerLost`]
    fn start(&self, input: &[f32], dims: [usize; 4]) -> Result<(), PartnerLost>;

    /// Hands over this thread's sums and waits for the other's sums of the same values.
    ///
    /// # Errors
    /// [`PartnerLost`]
    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost>;
}

/// The other thread does not answer any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnerLost;
