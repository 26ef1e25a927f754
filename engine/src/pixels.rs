//! Loops over all pixels of a network's input.

/// What tables say of each 8-bit value, `[positions, 3]` → `[positions, 3]`: value `at` of a position is that of table
/// `at` for its channel `order[at]`.
pub fn look_up(pixels: &[u8], order: [usize; 3], tables: &[[f32; 256]; 3]) -> Vec<f32> {
    let [first, second, third] = tables;
    let mut values = vec![0.0; pixels.len()];
    for (values, pixel) in values.as_chunks_mut().0.iter_mut().zip(pixels.as_chunks::<3>().0) {
        let [a, b, c] = order.map(|channel| usize::from(pixel[channel]));
        *values = [first[a], second[b], third[c]];
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_channel_and_its_table() {
        let tables = [1.0, 10.0, 100.0].map(|factor| std::array::from_fn(|value| value as f32 * factor));
        assert_eq!(look_up(&[1, 2, 3, 255, 0, 4], [2, 1, 0], &tables), [3.0, 20.0, 100.0, 4.0, 0.0, 25500.0]);
    }
}
