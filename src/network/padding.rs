//! TensorFlow's SAME padding: the output has ⌈input / stride⌉ positions, and an odd padding pixel goes to
//! the right and the bottom.

/// How many steps a filter makes along an axis, and the padding before the axis.
pub(super) fn steps(size: usize, kernel: usize, stride: usize) -> (usize, usize) {
    (size.div_ceil(stride), same_padding(size, kernel, stride).0)
}

/// Padding before and after one axis.
pub(super) fn same_padding(size: usize, kernel: usize, stride: usize) -> (usize, usize) {
    let covered = (size.div_ceil(stride) - 1) * stride + kernel;
    let total = covered.saturating_sub(size);
    (total / 2, total - total / 2)
}

#[cfg(test)]
mod tests {
    use super::same_padding;

    #[test]
    fn padding_follows_tensorflow() {
        assert_eq!(same_padding(224, 3, 2), (0, 1));
        assert_eq!(same_padding(7, 3, 2), (1, 1));
        assert_eq!(same_padding(14, 5, 2), (1, 2));
        assert_eq!(same_padding(7, 5, 1), (2, 2));
        assert_eq!(same_padding(7, 1, 1), (0, 0));
        assert_eq!(same_padding(1, 5, 2), (2, 2));
    }
}
