//! What is near enough to a golden.

use std::fmt;

use anyhow::{Result, ensure};

use crate::zoo_golden::Target;

/// Of the largest expected value: the largest difference, and the root of the mean square of all; and the correlation.
pub struct Difference {
    pub largest: f64,
    pub rms: f64,
    pub correlation: f64,
}

/// How far values are from those that are expected. Where these are all 0, `scale` takes the place of the largest: a map
/// of zeros is right if what adds up to it cancels.
pub fn relative(found: &[f64], expected: &[f64], scale: f64) -> Difference {
    if found.len() != expected.len() {
        return Difference { largest: f64::NAN, rms: f64::NAN, correlation: f64::NAN };
    }
    let top = expected.iter().fold(0.0, |top: f64, value| top.max(value.abs()));
    let top = if top > 0.0 { top } else { scale.max(f64::MIN_POSITIVE) };
    let differences: Vec<_> = found.iter().zip(expected).map(|(a, b)| (a - b).abs() / top).collect();
    // Unlike `max`, this lets no value through that is no number.
    let largest =
        differences.iter().fold(0.0, |largest, &value| if value <= largest { largest } else { value });
    let rms = (differences.iter().map(|value| value * value).sum::<f64>() / differences.len() as f64).sqrt();
    Difference { largest, rms, correlation: correlation(found, expected) }
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |a: &[f64], mean_a: f64, b: &[f64], mean_b: f64| {
        a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>()
    };
    product(a, mean_a, b, mean_b) / (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt()
}

/// What a map is judged to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    Right,
    /// Not near in each value, but the same map to the eye.
    Similar,
    /// Not to be judged: rounding alone decides over it.
    Undecided,
    /// Wrong, and known to be.
    Known,
    Wrong,
}

/// By what maps are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judge {
    /// Computed in f64.
    Double,
    /// Computed in f32.
    Single,
    /// Computed in f64, of a network that rounds its activations.
    DoubleRounded,
    /// Computed in f32, of a network that rounds its activations: half of the late ones fall otherwise.
    SingleRounded,
}

impl Judge {
    /// For a network that rounds its activations.
    pub fn of_rounded(self) -> Self {
        match self {
            Self::Double => Self::DoubleRounded,
            _ => Self::SingleRounded,
        }
    }

    /// How far logits may be off, of the largest. The goldens' are f32.
    pub fn logits(self) -> f64 {
        match self {
            Self::Double => 1e-6,
            Self::Single => 1e-3,
            Self::DoubleRounded | Self::SingleRounded => 5e-2,
        }
    }

    /// What a map of class 0 or 1 is.
    pub fn verdict(self, target: &Target, class: usize, name: &str, difference: &Difference) -> Verdict {
        let Difference { largest, rms, correlation } = *difference;
        let sensitivity = target.sensitivity(class, name);
        let limit = match self {
            Self::Double => 1e-6,
            Self::Single if name == "xgradcam" => f64::max(2e-3, 10.0 * target.f32_error() * sensitivity),
            _ => 2e-3,
        };
        let is_shown = matches!(target.role(), "default" | "norm");
        let is_similar = match self {
            Self::Double => false,
            Self::Single => !is_shown && correlation >= 0.999 && rms <= 1e-2,
            Self::DoubleRounded | Self::SingleRounded => correlation >= 0.99,
        };
        let is_decided = match self {
            Self::Double => true,
            Self::Single | Self::DoubleRounded => sensitivity <= 1000.0,
            Self::SingleRounded => is_shown,
        };
        match () {
            () if largest <= limit => Verdict::Right,
            () if is_similar => Verdict::Similar,
            () if !is_decided => Verdict::Undecided,
            () => Verdict::Wrong,
        }
    }
}

/// What was found of a model.
#[derive(Default)]
pub struct Tally {
    maps: usize,
    similar: usize,
    undecided: usize,
    known: usize,
    /// Kinds of maps at a target that the package refuses to make.
    refused: usize,
    worst: f64,
    pub problems: Vec<String>,
}

impl Tally {
    /// What was found, if there are no problems.
    pub fn settled(self) -> Result<Self> {
        ensure!(self.problems.is_empty(), "{}", self.problems.join(", "));
        Ok(self)
    }

    /// Takes down that maps are refused; it is a problem unless it is known.
    pub fn refuse(&mut self, name: &str, target: &Target, is_known: bool) {
        if is_known {
            self.refused += 1;
        } else {
            self.problems.push(format!("{name} of {} is refused", target.role()));
        }
    }

    pub fn add(&mut self, verdict: Verdict, name: &str, target: &Target, difference: &Difference) {
        self.maps += 1;
        match verdict {
            Verdict::Right => self.worst = self.worst.max(difference.largest),
            Verdict::Similar => self.similar += 1,
            Verdict::Undecided => self.undecided += 1,
            Verdict::Known => self.known += 1,
            Verdict::Wrong => {
                let (role, Difference { largest, rms, correlation }) = (target.role(), difference);
                self.problems.push(format!(
                    "{name} of {role} off by {largest:.1e} (rms {rms:.1e}, r {correlation:.4})"
                ));
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let right = self.maps - self.similar - self.undecided - self.known;
        write!(f, "{right} of {} maps within {:.1e}", self.maps, self.worst)?;
        if self.similar > 0 {
            write!(f, ", {} similar", self.similar)?;
        }
        if self.undecided > 0 {
            write!(f, ", {} not to be held", self.undecided)?;
        }
        if self.known > 0 {
            write!(f, ", {} KNOWN TO BE OFF", self.known)?;
        }
        if self.refused > 0 {
            write!(f, ", cam REFUSED {} times", self.refused)?;
        }
        Ok(())
    }
}
