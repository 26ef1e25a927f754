//! From 8-bit values to the numbers that a network was trained on.

use std::str::FromStr;

use crate::{Error, Result};

/// `(u8 - mean) / deviation`, each channel by itself; both are in the units of 8-bit values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    mean: [f32; 3],
    deviation: [f32; 3],
}

impl Normalisation {
    /// What the network sees of a channel's value in \[0, 255\].
    pub fn apply(&self, channel: usize, value: f32) -> f32 {
        (value - self.mean[channel]) / self.deviation[channel]
    }
}

impl FromStr for Normalisation {
    type Err = Error;

    /// Reads `RGB, (u8 - MEAN) / DEVIATION, NCHW`, as a model file's metadata has it.
    fn from_str(text: &str) -> Result<Self> {
        parse(text).ok_or_else(|| {
            Error::InvalidModel(format!(
                "the model's preprocessing is \"{text}\"; this version reads \"RGB, (u8 - MEAN) / DEVIATION, NCHW\", \
                 with one number each or [R, G, B]"
            ))
        })
    }
}

fn parse(text: &str) -> Option<Normalisation> {
    let formula = text.strip_prefix("RGB, (u8 - ")?.strip_suffix(", NCHW")?;
    let (mean, deviation) = formula.split_once(") / ")?;
    let (mean, deviation) = (channels(mean)?, channels(deviation)?);
    deviation.iter().all(|&value| value > 0.0).then_some(Normalisation { mean, deviation })
}

/// One number for all channels, or `[R, G, B]`.
fn channels(text: &str) -> Option<[f32; 3]> {
    let number = |text: &str| text.parse().ok().filter(|value: &f32| value.is_finite());
    let Some(list) = text.strip_prefix('[') else { return Some([number(text)?; 3]) };
    let values: Vec<_> = list.strip_suffix(']')?.split(", ").map(number).collect::<Option<_>>()?;
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
        let normalisation = parse("RGB, (u8 - 127) / 128, NCHW")?;
        for channel in 0..3 {
            assert_eq!(normalisation.apply(channel, 255.0), 1.0);
        }
        Ok(())
    }

    #[test]
    fn each_channel_may_have_its_own() -> Result<()> {
        let normalisation = parse("RGB, (u8 - [100, 110.5, -120]) / [1, 2, 4], NCHW")?;
        assert_eq!([0, 1, 2].map(|channel| normalisation.apply(channel, 100.0)), [0.0, -5.25, 55.0]);
        Ok(())
    }

    #[test]
    fn any_other_text_is_refused() {
        for formula in [
            "BGR, (u8 - 127) / 128, NCHW",
            "RGB, (u8 - 127) / 0, NCHW",
            "RGB, (u8 - nan) / 128, NCHW",
            "RGB, (u8 - [1, 2]) / 128, NCHW",
            "RGB, u8 / 255, NCHW",
            "",
        ] {
            assert!(parse(formula).is_err(), "{formula}");
        }
    }
}
