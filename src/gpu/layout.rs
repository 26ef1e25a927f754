//! How tensors lie on the GPU.

use std::rc::Rc;

/// Positions behind each other, and the channels of each side by side: a tensor's last axis. They are filled up to
/// vectors of 4; what the places behind the last channel hold is finite and means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) positions: usize,
    pub(super) channels: usize,
}

impl Layout {
    /// Of a tensor of this shape.
    pub(super) fn of(shape: &[usize]) -> Self {
        let (&channels, positions) = shape.split_last().unwrap_or((&1, &[]));
        Self { positions: positions.iter().product(), channels }
    }

    /// Vectors of each position.
    pub(super) fn depth(self) -> usize {
        self.channels.div_ceil(4)
    }

    /// All vectors.
    pub(super) fn vectors(self) -> usize {
        self.positions * self.depth()
    }

    /// What it takes.
    pub(super) fn bytes(self) -> usize {
        self.vectors() * size_of::<[f32; 4]>()
    }

    /// Whether there are places behind the last channel.
    pub(super) fn is_ragged(self) -> bool {
        !self.channels.is_multiple_of(4)
    }

    /// A tensor's values as they lie.
    pub(super) fn filled(self, values: &[f32]) -> Vec<f32> {
        if !self.is_ragged() {
            return values.to_vec();
        }
        let mut filled = Vec::with_capacity(4 * self.vectors());
        for (position, channels) in values.chunks_exact(self.channels).enumerate() {
            filled.extend(channels);
            filled.resize((position + 1) * 4 * self.depth(), 0.0);
        }
        filled
    }

    /// The tensor's values, of the bytes of those that lie.
    pub(super) fn read(self, bytes: &[u8]) -> Rc<[f32]> {
        let value = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let positions = bytes.chunks_exact((16 * self.depth()).max(1));
        positions.flat_map(|position| position.chunks_exact(4).take(self.channels).map(value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_behind_the_last_channel_come_and_go() {
        let layout = Layout::of(&[1, 2, 3]);
        let filled = layout.filled(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(filled, [1.0, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0, 0.0]);
        assert_eq!(*layout.read(bytemuck::cast_slice(&filled)), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(Layout::of(&[]), Layout { positions: 1, channels: 1 });
    }
}
