//! How a network's input is made of a picture's 8-bit values.

use std::fmt;

use anyhow::{Context, Result, ensure};

/// `(u8 - mean) / deviation`, each channel by itself; both are in the units of 8-bit values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preprocessing {
    /// What is taken from red, green and blue.
    pub mean: [f32; 3],
    /// What they are then divided by.
    pub deviation: [f32; 3],
}

impl Preprocessing {
    /// From the mean and the deviation of values in \[0, 1\], as PyTorch's `Normalize` takes them.
    ///
    /// # Errors
    /// If they cannot be those of such values.
    pub fn of_unit_values(mean: [f64; 3], deviation: [f64; 3]) -> Result<Self> {
        let unit = 0.0..=1.0;
        let sound = mean.iter().chain(&deviation).all(|value| unit.contains(value))
            && deviation.iter().all(|&value| value > 0.0);
        ensure!(sound, "--mean and --std are those of values from 0 to 1, such as 0.5 or 0.485,0.456,0.406");
        let scaled = |values: [f64; 3]| values.map(|value| (value * 255.0) as f32);
        Ok(Self { mean: scaled(mean), deviation: scaled(deviation) })
    }
}

/// As the core reads it from the model file's metadata.
impl fmt::Display for Preprocessing {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { mean, deviation } = self;
        write!(f, "(u8 - {}) / {}", channels(mean), channels(deviation))
    }
}

fn channels(&[red, green, blue]: &[f32; 3]) -> String {
    if red == green && green == blue { red.to_string() } else { format!("[{red}, {green}, {blue}]") }
}

/// Reads one number for all channels, or `R,G,B`.
pub fn parse_channels(text: &str) -> Result<[f64; 3]> {
    let expected = || format!("\"{text}\" is neither a number nor three, for red, green and blue");
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse())
        .collect::<Result<_, _>>()
        .with_context(expected)?;
    match numbers[..] {
        [number] => Ok([number; 3]),
        _ => numbers.try_into().ok().with_context(expected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_the_core_reads() -> Result<()> {
        let of = |mean, std| Preprocessing::of_unit_values(parse_channels(mean)?, parse_channels(std)?);
        assert_eq!(of("0.5", "0.5")?.to_string(), "(u8 - 127.5) / 127.5");
        assert_eq!(
            of("0.485,0.456,0.406", "0.229, 0.224, 0.225")?.to_string(),
            "(u8 - [123.675, 116.28, 103.53]) / [58.395, 57.12, 57.375]"
        );
        Ok(())
    }

    #[test]
    fn what_cannot_be_of_values_from_0_to_1_is_refused() {
        for (mean, deviation) in [(127.5, 0.5), (0.5, 0.0), (0.5, 58.4), (f64::NAN, 0.5)] {
            assert!(Preprocessing::of_unit_values([mean; 3], [deviation; 3]).is_err());
        }
        for text in ["", "a", "1,2", "1,2,3,4"] {
            assert!(parse_channels(text).is_err(), "{text}");
        }
    }
}
