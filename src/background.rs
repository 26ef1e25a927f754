//! What takes the place of what a map hides: B of E = L ∘ I + (1 − L) ∘ B.

use std::fmt;
use std::str::FromStr;

use crate::cam::Random;
use crate::{Error, Result};

/// The largest standard deviation of a blur, in pixels of the network's input: beyond it a picture is its mean colour.
const MOST_BLUR: f64 = 256.0;

/// Which picture lies behind a map.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Background {
    /// Black, as in equation 25: the only one whose drops are the paper's.
    #[default]
    Black,
    /// The mean colour of what the network sees.
    Mean,
    /// What the network sees, blurred by a Gaussian.
    Blur {
        /// Its standard deviation in pixels of the network's input, above 0 and at most 256.
        radius: f64,
    },
    /// A colour of its own for each pixel, each channel even in \[0, 255\].
    Noise {
        /// What fixes the colours.
        seed: u64,
    },
}

impl fmt::Display for Background {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Black => f.write_str("black"),
            Self::Mean => f.write_str("mean"),
            Self::Blur { radius } => write!(f, "blur {radius}"),
            Self::Noise { seed } => write!(f, "noise {seed}"),
        }
    }
}

impl FromStr for Background {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, value) = text.split_once(' ').unwrap_or((text, ""));
        let background = match name {
            "black" if value.is_empty() => Some(Self::Black),
            "mean" if value.is_empty() => Some(Self::Mean),
            "blur" => value
                .parse()
                .ok()
                .filter(|radius| *radius > 0.0 && *radius <= MOST_BLUR)
                .map(|radius| Self::Blur { radius }),
            "noise" => value.parse().ok().map(|seed| Self::Noise { seed }),
            _ => None,
        };
        background.ok_or_else(|| {
            Error::InvalidBackground(format!(
                "\"{text}\" is no background; it is \"black\", \"mean\", \"blur RADIUS\" with a radius above 0 and at most \
                 {MOST_BLUR} pixels, or \"noise SEED\" with a whole number"
            ))
        })
    }
}

/// A background as it is behind one picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Backdrop {
    /// One colour: red, green and blue in \[0, 255\].
    Colour([f32; 3]),
    /// A picture, `[height, width, 3]`.
    Pixels(Vec<f32>),
}

impl Backdrop {
    /// Nothing.
    pub const BLACK: Self = Self::Colour([0.0; 3]);

    /// A channel of a pixel.
    pub fn at(&self, position: usize, channel: usize) -> f32 {
        match self {
            Self::Colour(colour) => colour[channel],
            Self::Pixels(pixels) => pixels[position * 3 + channel],
        }
    }

    /// The colour, where it is one.
    pub fn colour(&self) -> Option<[f32; 3]> {
        match self {
            Self::Colour(colour) => Some(*colour),
            Self::Pixels(_) => None,
        }
    }
}

impl Background {
    /// What lies behind a picture, `[height, width, 3]`.
    pub fn behind(&self, rgb: &[u8], width: usize, height: usize) -> Backdrop {
        match *self {
            Self::Black => Backdrop::BLACK,
            Self::Mean => {
                let mean = |channel| {
                    let total: u64 = rgb.iter().skip(channel).step_by(3).map(|&value| u64::from(value)).sum();
                    (total as f64 / (width * height) as f64) as f32
                };
                Backdrop::Colour([mean(0), mean(1), mean(2)])
            }
            Self::Blur { radius } => Backdrop::Pixels(blurred(rgb, width, height, radius)),
            Self::Noise { seed } => {
                let mut random = Random::new(seed);
                Backdrop::Pixels(rgb.iter().map(|_| (255.0 * random.share()) as f32).collect())
            }
        }
    }
}

/// Along the rows, then along the columns, edges held; the Gaussian is cut off at four deviations.
fn blurred(rgb: &[u8], width: usize, height: usize, deviation: f64) -> Vec<f32> {
    let reach = (4.0 * deviation).ceil() as isize;
    let bell = |by: isize| (-0.5 * (by as f64 / deviation).powi(2)).exp();
    let total: f64 = (-reach..=reach).map(bell).sum();
    let weights: Vec<_> = (-reach..=reach).map(|by| (by, (bell(by) / total) as f32)).collect();
    let sums = |size: usize, at: usize, value: &dyn Fn(usize) -> f32| -> f32 {
        let held = |by| at.saturating_add_signed(by).min(size - 1);
        weights.iter().map(|&(by, weight)| weight * value(held(by))).sum()
    };
    let cells =
        || (0..height).flat_map(move |y| (0..width).flat_map(move |x| (0..3).map(move |c| (x, y, c))));
    let along: Vec<_> =
        cells().map(|(x, y, c)| sums(width, x, &|x| f32::from(rgb[(y * width + x) * 3 + c]))).collect();
    cells().map(|(x, y, c)| sums(height, y, &|y| along[(y * width + x) * 3 + c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_named_as_it_is_read() {
        for name in ["black", "mean", "blur 2.5", "noise 7"] {
            assert_eq!(name.parse::<Background>().map(|background| background.to_string()), Ok(name.into()));
        }
        for name in ["", "white", "blur", "blur 0", "blur 257", "blur NaN", "noise -1", "black 1"] {
            assert!(matches!(name.parse::<Background>(), Err(Error::InvalidBackground(_))), "{name}");
        }
    }

    #[test]
    fn the_mean_is_that_of_each_channel() {
        let behind = Background::Mean.behind(&[0, 10, 20, 4, 20, 255], 2, 1);
        assert_eq!(behind, Backdrop::Colour([2.0, 15.0, 137.5]));
    }

    /// A spot amid black, blurred by a deviation of 1: products of the normal distribution's values, by numpy.
    #[test]
    fn a_blur_is_gaussian_and_keeps_what_is_even() {
        let mut spot = vec![0; 9 * 9 * 3];
        spot[(4 * 9 + 4) * 3 + 1] = 200;
        let Backdrop::Pixels(found) = (Background::Blur { radius: 1.0 }).behind(&spot, 9, 9) else {
            panic!("a blur is a picture")
        };
        for (position, expected) in [(40, 31.831_178), (41, 19.306_586), (32, 11.710_036), (36, 0.010_678)] {
            assert!(
                (found[position * 3 + 1] - expected).abs() < 1e-4,
                "{position}: {}",
                found[position * 3 + 1]
            );
        }
        assert!(found.iter().step_by(3).all(|&red| red == 0.0));
        let Backdrop::Pixels(even) = (Background::Blur { radius: 3.0 }).behind(&[7; 4 * 2 * 3], 4, 2) else {
            panic!("a blur is a picture")
        };
        assert!(even.iter().all(|value| (value - 7.0).abs() < 1e-5));
    }

    #[test]
    fn noise_is_even_and_fixed_by_its_seed() {
        let noise = |seed| Background::Noise { seed }.behind(&[0; 64 * 64 * 3], 64, 64);
        assert_eq!(noise(3), noise(3));
        assert_ne!(noise(3), noise(4));
        let drawn = noise(3);
        let mean = (0..64 * 64).map(|position| f64::from(drawn.at(position, 0))).sum::<f64>() / 4096.0;
        assert!((mean - 127.5).abs() < 4.0, "{mean}");
    }
}
