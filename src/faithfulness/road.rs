//! ROAD (Rong et al. 2022, arXiv 2202.00449): pixels are taken away by noisy linear imputation, so that neither black nor
//! the shape of what is missing tells the network anything.

use crate::cam::Random;

/// The deviation of the noise on imputed pixels: a hundredth of the range of 8-bit values, as in the authors' code.
const NOISE: f64 = 2.55;

/// The class's probability while 10, 20, … 90 % of the pixels are imputed.
#[derive(Debug, Clone, PartialEq)]
pub struct Road {
    /// The most relevant ones first.
    pub morf: Vec<f32>,
    /// The least relevant ones first.
    pub lerf: Vec<f32>,
}

impl Road {
    /// In how many equal steps all pixels would be imputed; the last is left out.
    pub(crate) const STEPS: usize = 10;

    /// The mean of (LeRF − MoRF) / 2, in \[-0.5, 0.5\]. Higher is better; 0 is what chance gives.
    pub fn score(&self) -> f64 {
        let halves = self.lerf.iter().zip(&self.morf).map(|(lerf, morf)| f64::from(lerf - morf) / 2.0);
        halves.sum::<f64>() / self.lerf.len() as f64
    }
}

/// A picture, `[height, width, 3]`, with normal noise where a pixel is not kept.
pub(crate) fn noisy(mut picture: Vec<f32>, kept: &[f32], mut random: Random) -> Vec<f32> {
    for (pixel, _) in picture.chunks_exact_mut(3).zip(kept).filter(|(_, kept)| **kept == 0.0) {
        pixel.iter_mut().for_each(|value| *value += (NOISE * random.normal()) as f32);
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_half_the_mean_difference() {
        let road = Road { morf: vec![0.5, 0.25], lerf: vec![1.0, 0.5] };
        assert_eq!(road.score(), 0.1875);
    }

    #[test]
    fn noise_lies_on_imputed_pixels_alone() {
        let kept: Vec<_> = (0..2000).map(|at| (at % 2) as f32).collect();
        let found = noisy(vec![100.0; 6000], &kept, Random::new(1));
        assert!(found.chunks(3).zip(&kept).all(|(pixel, &kept)| kept == 0.0 || pixel == [100.0; 3]));
        let squares = found.iter().map(|value| f64::from(value - 100.0).powi(2)).sum::<f64>();
        assert!(((squares / 3000.0).sqrt() - NOISE).abs() < 0.1);
    }
}
