//! How much of a map lies in few places.

/// The Gini index of values that are not negative, by their order i = 1 … n: Σ (2i − n − 1) v_i / (n Σ v). 0 where all are
/// alike, 1 − 1/n where one is all; 0 where all are 0.
pub(crate) fn gini(values: &[f32]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let (n, total) = (sorted.len() as f64, sorted.iter().map(|&value| f64::from(value)).sum::<f64>());
    let weighted = |(at, &value): (usize, &f32)| (2.0 * (at as f64 + 1.0) - n - 1.0) * f64::from(value);
    if total > 0.0 { sorted.iter().enumerate().map(weighted).sum::<f64>() / (n * total) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::gini;

    #[test]
    fn one_place_alone_is_sparse_and_an_even_map_is_not() {
        assert_eq!(gini(&[0.0, 0.0, 0.0, 5.0]), 0.75);
        assert_eq!(gini(&[2.0; 8]), 0.0);
        assert_eq!(gini(&[0.0; 8]), 0.0);
        // Half the mean absolute difference over the mean: (2 * (1 + 2 + 3 + 1 + 2 + 1) / 16) / (2 * 2.5).
        assert!((gini(&[4.0, 1.0, 3.0, 2.0]) - 0.25).abs() < 1e-12);
    }
}
