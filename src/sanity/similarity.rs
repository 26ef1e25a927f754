//! How alike two maps are.

use crate::saliency::SaliencyMap;

/// Spearman's rank correlation of the values of two maps of one size, in \[-1, 1\]; equal values share their mean rank. `None`
/// where one of them is even and has no ranks.
pub fn rank_correlation(a: &SaliencyMap, b: &SaliencyMap) -> Option<f64> {
    let (a, b) = (ranks(&a.values), ranks(&b.values));
    // Ranks from 1 to n have this mean, shared or not.
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let norm = (product(&a, &a) * product(&b, &b)).sqrt();
    (norm > 0.0).then(|| product(&a, &b) / norm)
}

fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<_> = (0..values.len()).collect();
    // Adding 0 makes one zero of both.
    order.sort_by(|&a, &b| (values[a] + 0.0).total_cmp(&(values[b] + 0.0)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        for &at in equal {
            ranks[at] = before as f64 + (equal.len() as f64 + 1.0) / 2.0;
        }
        before += equal.len();
    }
    ranks
}

/// The reach of the window of [`structural_similarity`] to either side, and its standard deviation.
const REACH: isize = 5;
const DEVIATION: f64 = 1.5;

/// The mean structural similarity (Wang et al. 2004) of two maps of one size with values in \[0, 1\]: Gaussian windows of 11 x 11
/// with a deviation of 1.5, edges held, C1 = 0.01², C2 = 0.03².
pub fn structural_similarity(a: &SaliencyMap, b: &SaliencyMap) -> f64 {
    let size = (a.width, a.height);
    let values = |map: &SaliencyMap| map.values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
    let (a, b) = (values(a), values(b));
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        windowed(&a.iter().zip(&b).map(|(&a, &b)| of(a, b)).collect::<Vec<_>>(), size)
    };
    let [mean_a, mean_b] = [mean(&|a, _| a), mean(&|_, b| b)];
    let [square_a, square_b, product] = [mean(&|a, _| a * a), mean(&|_, b| b * b), mean(&|a, b| a * b)];
    let (c1, c2) = (1e-4, 9e-4);
    let at = |at: usize| {
        let (ma, mb) = (mean_a[at], mean_b[at]);
        let covariance = product[at] - ma * mb;
        let variances = square_a[at] - ma * ma + square_b[at] - mb * mb;
        (2.0 * ma * mb + c1) * (2.0 * covariance + c2) / ((ma * ma + mb * mb + c1) * (variances + c2))
    };
    (0..a.len()).map(at).sum::<f64>() / a.len() as f64
}

/// The weighted mean of the window around each place.
fn windowed(values: &[f64], (width, height): (usize, usize)) -> Vec<f64> {
    let bell = |by: isize| (-0.5 * (by as f64 / DEVIATION).powi(2)).exp();
    let total: f64 = (-REACH..=REACH).map(bell).sum();
    let sum = |size: usize, at: usize, value: &dyn Fn(usize) -> f64| -> f64 {
        let held = |by| at.saturating_add_signed(by).min(size - 1);
        (-REACH..=REACH).map(|by| bell(by) / total * value(held(by))).sum()
    };
    let cells = || (0..width * height).map(|at| (at % width, at / width));
    let along: Vec<_> = cells().map(|(x, y)| sum(width, x, &|x| values[y * width + x])).collect();
    cells().map(|(x, y)| sum(height, y, &|y| along[y * width + x])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: Vec<f32>, width: usize) -> SaliencyMap {
        SaliencyMap { height: values.len() / width, values, width }
    }

    #[test]
    fn ranks_are_shared_by_equal_values() {
        let correlation = |a: [f32; 5], b: [f32; 5]| rank_correlation(&map(a.into(), 5), &map(b.into(), 5));
        let rising = [0.0, 0.1, 0.2, 0.3, 5.0];
        assert_eq!(correlation(rising, rising), Some(1.0));
        assert_eq!(correlation(rising, [9.0, 7.0, 3.0, 2.0, 1.0]), Some(-1.0));
        // Ranks 1 to 5 against 2, 2, 2, 4.5, 4.5: covariance 7.5, variances 10 and 7.5.
        let found = correlation(rising, [0.0, -0.0, 0.0, 1.0, 1.0]).expect("a correlation");
        assert!((found - 7.5 / 75f64.sqrt()).abs() < 1e-12, "{found}");
        assert_eq!(correlation(rising, [1.0; 5]), None);
    }

    /// Expected are the formula's values by numpy in float64.
    #[test]
    fn similarity_is_that_of_wang_et_al() {
        let a = map((0..24 * 16).map(|at| (at * at % 97) as f32 / 96.0).collect(), 24);
        let b = map((0..24 * 16).map(|at| (at * 31 % 89) as f32 / 88.0).collect(), 24);
        let mixed = map(a.values.iter().zip(&b.values).map(|(a, b)| 0.75 * a + 0.25 * b).collect(), 24);
        assert!((structural_similarity(&a, &a) - 1.0).abs() < 1e-12);
        for (other, expected) in [(&b, 0.006005392), (&mixed, 0.926553327)] {
            let found = structural_similarity(&a, other);
            assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
        }
    }
}
