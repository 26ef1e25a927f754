//! How sure a mean is: the percentile bootstrap (Efron 1979).

use crate::cam::Random;

/// How many samples are drawn.
const SAMPLES: usize = 10_000;

/// The middle 95 % of the means of samples drawn from these values with replacement, fixed by the seed. `None` of no values.
pub fn interval(values: &[f64], seed: u64) -> Option<(f64, f64)> {
    let mut random = Random::new(seed);
    let count = values.len();
    let mut draw = || (0..count).map(|_| values[random.below(count)]).sum::<f64>() / count as f64;
    let mut means: Vec<_> = (0..if count > 0 { SAMPLES } else { 0 }).map(|_| draw()).collect();
    means.sort_by(f64::total_cmp);
    let (first, last) = (means.get(SAMPLES / 40)?, means.get(SAMPLES - 1 - SAMPLES / 40)?);
    Some((*first, *last))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a hundred even numbers the mean's deviation is 0.0289: 1.96 of them to either side of 0.5.
    #[test]
    fn the_interval_is_the_normal_one_of_many_values() {
        let values: Vec<_> = (0..100).map(|at| (at as f64 + 0.5) / 100.0).collect();
        let (least, most) = interval(&values, 1).expect("values");
        assert!((least - 0.4434).abs() < 0.004 && (most - 0.5566).abs() < 0.004, "{least} {most}");
        assert_eq!(interval(&values, 1), Some((least, most)));
        assert_eq!(interval(&[2.0; 3], 0), Some((2.0, 2.0)));
        assert_eq!(interval(&[], 0), None);
    }
}
