//! From 8-bit values to the numbers that a network was trained on.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// `(u8 - mean) / deviation`, each of red, green and blue by itself; both are in the units of 8-bit values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    mean: [f32; 3],
    deviation: [f32; 3],
}

impl Normalisation {
    /// Of these means and deviations, red first.
    ///
    /// # Errors
    /// [`Error::InvalidContract`] if one is not finite, or a deviation is 0.
    pub fn new(mean: [f32; 3], deviation: [f32; 3]) -> Result<Self> {
        let fits = mean.iter().all(|mean| mean.is_finite())
            && deviation.iter().all(|deviation| deviation.is_finite() && *deviation != 0.0);
        if fits {
            return Ok(Self { mean, deviation });
        }
        Err(Error::InvalidContract(format!(
            "a mean of {mean:?} and a deviation of {deviation:?} normalise nothing: all must be finite numbers, and no \
             deviation 0"
        )))
    }

    /// The same for all channels.
    pub const fn even(mean: f32, deviation: f32) -> Self {
        Self { mean: [mean; 3], deviation: [deviation; 3] }
    }

    /// 8-bit values as they are, from 0 to 255.
    pub const fn raw() -> Self {
        Self::even(0.0, 1.0)
    }

    /// From 0 to 1.
    pub const fn unit() -> Self {
        Self::even(0.0, 255.0)
    }

    /// ImageNet's mean and deviation, as torchvision has them.
    pub const fn imagenet() -> Self {
        Self {
            mean: [0.485 * 255.0, 0.456 * 255.0, 0.406 * 255.0],
            deviation: [0.229 * 255.0, 0.224 * 255.0, 0.225 * 255.0],
        }
    }

    /// The mean of red, green and blue.
    pub fn mean(&self) -> [f32; 3] {
        self.mean
    }

    /// The deviation of red, green and blue.
    pub fn deviation(&self) -> [f32; 3] {
        self.deviation
    }

    /// What the network sees of a colour's value in \[0, 255\]; the colours are red, green, blue.
    pub fn apply(&self, colour: usize, value: f32) -> f32 {
        (value - self.mean[colour]) / self.deviation[colour]
    }
}

impl fmt::Display for Normalisation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |values: [f32; 3]| match values {
            [r, g, b] if r == g && g == b => format!("{r}"),
            [r, g, b] => format!("[{r}, {g}, {b}]"),
        };
        write!(f, "(u8 - {}) / {}", list(self.mean), list(self.deviation))
    }
}

impl FromStr for Normalisation {
    type Err = Error;

    /// Reads `(u8 - MEAN) / DEVIATION`, as a model file's metadata has it.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| {
            Error::InvalidContract(format!(
                "\"{text}\" is no normalisation; it is written \"(u8 - MEAN) / DEVIATION\", with one number each or [R, \
                 G, B]"
            ))
        })
    }
}

fn parse(text: &str) -> Option<Normalisation> {
    let (mean, deviation) = text.strip_prefix("(u8 - ")?.split_once(") / ")?;
    Normalisation::new(channels(mean)?, channels(deviation)?).ok()
}

/// One number for all channels, or `[R, G, B]`.
fn channels(text: &str) -> Option<[f32; 3]> {
    let Some(list) = text.strip_prefix('[') else { return text.parse().ok().map(|number| [number; 3]) };
    let values: Vec<_> =
        list.strip_suffix(']')?.split(", ").map(|number| number.parse().ok()).collect::<Option<_>>()?;
    values.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Normalisation> {
        text.parse()
    }

    #[test]
    fn one_number_is_that_of_every_channel() -> Result<()> {
        let normalisation = parse("(u8 - 127) / 128")?;
        for channel in 0..3 {
            assert_eq!(normalisation.apply(channel, 255.0), 1.0);
        }
        Ok(())
    }

    #[test]
    fn each_channel_may_have_its_own() -> Result<()> {
        let normalisation = parse("(u8 - [100, 110.5, -120]) / [1, 2, 4]")?;
        assert_eq!([0, 1, 2].map(|channel| normalisation.apply(channel, 100.0)), [0.0, -5.25, 55.0]);
        assert_eq!(parse(&normalisation.to_string())?, normalisation);
        Ok(())
    }

    #[test]
    fn any_other_text_is_refused() {
        for formula in ["(u8 - 127) / 0", "(u8 - nan) / 128", "(u8 - [1, 2]) / 128", "u8 / 255", ""] {
            assert!(parse(formula).is_err(), "{formula}");
        }
    }
}
