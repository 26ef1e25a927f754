//! What the stem's kernel covers at each of its positions, so that the stem is a product as a 1x1
//! convolution is.

use std::ops::Range;

use crate::network::padding::steps;
use crate::network::{COLOURS, STEM};

/// Values that the kernel covers.
const PATCH: usize = COLOURS * STEM.kernel * STEM.kernel;

/// A picture, `[colour][row][column]`, as the stem sees it.
pub(super) struct Patches<'a> {
    picture: &'a [f32],
    /// Of the picture.
    size: (usize, usize),
    /// Rows of patches.
    pub(super) height: usize,
    /// Patches in a row.
    pub(super) width: usize,
    /// Padding above and on the left.
    padding: (usize, usize),
}

impl<'a> Patches<'a> {
    pub(super) fn new(picture: &'a [f32], height: usize, width: usize) -> Self {
        let (rows, top) = steps(height, STEM.kernel, STEM.stride);
        let (columns, left) = steps(width, STEM.kernel, STEM.stride);
        Self { picture, size: (height, width), height: rows, width: columns, padding: (top, left) }
    }

    /// Rows of patches, `[row][column]` of `[colour][row][column]`.
    pub(super) fn of(&self, rows: Range<usize>) -> Vec<f32> {
        let (height, width) = self.size;
        let (top, left) = self.padding;
        let mut values = vec![0.0; rows.len() * self.width * PATCH];
        for (row, patches) in rows.zip(values.chunks_exact_mut(self.width * PATCH)) {
            for tap in 0..COLOURS * STEM.kernel {
                // Above the first row wraps around to beyond the last.
                let y = (row * STEM.stride + tap % STEM.kernel).wrapping_sub(top);
                if y >= height {
                    continue;
                }
                let line = &self.picture[(tap / STEM.kernel * height + y) * width..][..width];
                for (column, patch) in patches.chunks_exact_mut(PATCH).enumerate() {
                    let patch = &mut patch[tap * STEM.kernel..][..STEM.kernel];
                    let start = column * STEM.stride;
                    if left <= start && start - left + STEM.kernel <= width {
                        patch.copy_from_slice(&line[start - left..][..STEM.kernel]);
                    } else {
                        for (x, value) in (start..).zip(patch) {
                            *value = line.get(x.wrapping_sub(left)).copied().unwrap_or(0.0);
                        }
                    }
                }
            }
        }
        values
    }
}
