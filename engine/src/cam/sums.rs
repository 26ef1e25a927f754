//! What methods add up, and the words they are written in. None is inlined: what calls them is compiled for size.

use std::iter::zip;

/// The share of a map's largest sum of absolute terms below which the map is rounding: HiResCAM before a normalisation over
/// the channels is zero by construction.
const NOTHING: f64 = 1e-4;

/// What a map is made of: an activation A and something of its shape, mostly the gradient g, `[channels, positions]`.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// A.
    pub activation: &'a [f32],
    /// g; empty where a method needs none.
    pub gradient: &'a [f32],
    /// Z.
    pub positions: usize,
}

impl<'a> Field<'a> {
    /// A_k of each channel.
    pub fn activations(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        self.activation.chunks_exact(self.positions)
    }

    /// A_k and g_k of each channel.
    pub fn channels(&self) -> impl Iterator<Item = (&'a [f32], &'a [f32])> + use<'a> {
        zip(self.activations(), self.gradient.chunks_exact(self.positions))
    }

    /// Σ_k w_k A_k, one weight a channel.
    #[inline(never)]
    pub fn weighted(&self, weight: &dyn Fn(&[f32], &[f32]) -> f64) -> Sums {
        self.weighted_by(self.channels().map(|(a, g)| weight(a, g)))
    }

    /// The same of weights that are known.
    pub fn weighted_by(&self, weights: impl Iterator<Item = f64>) -> Sums {
        let mut sums = Sums::new(self.positions);
        for (a, weight) in zip(self.activations(), weights) {
            sums.add(a.iter().map(|&a| weight * f64::from(a)));
        }
        sums
    }

    /// Σ_k f(A_k, g_k), at every position by itself.
    #[inline(never)]
    pub fn elementwise(&self, term: fn(f64, f64) -> f64) -> Sums {
        let mut sums = Sums::new(self.positions);
        for (a, g) in self.channels() {
            sums.add(zip(a, g).map(|(&a, &g)| term(a.into(), g.into())));
        }
        sums
    }
}

/// A sum over channels at each position, and the sum of its terms' magnitudes.
#[derive(Debug, Clone)]
pub struct Sums {
    values: Vec<f64>,
    magnitudes: Vec<f64>,
}

impl Sums {
    /// Zero at so many positions.
    pub fn new(positions: usize) -> Self {
        Self { values: vec![0.0; positions], magnitudes: vec![0.0; positions] }
    }

    /// Values that are no sums in which terms cancel.
    pub fn of(values: Vec<f64>) -> Self {
        Self { magnitudes: values.iter().map(|value| value.abs()).collect(), values }
    }

    /// Adds a channel's term at each position.
    pub fn add(&mut self, terms: impl Iterator<Item = f64>) {
        for ((value, magnitude), term) in zip(zip(&mut self.values, &mut self.magnitudes), terms) {
            *value += term;
            *magnitude += term.abs();
        }
    }

    /// The sums.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The map: the sums, rectified unless it is signed. A map whose maximum is below [`NOTHING`] of what its terms amount to
    /// is rounding, and all zero.
    pub fn map(self, signed: bool) -> Vec<f32> {
        let kept = |value: f64| if signed { value } else { relu(value) };
        let largest = |values: &[f64]| {
            values.iter().fold(0.0, |largest, &value| {
                let value = kept(value).abs();
                if value > largest { value } else { largest }
            })
        };
        if largest(&self.values) < NOTHING * largest(&self.magnitudes) {
            return vec![0.0; self.values.len()];
        }
        self.values.into_iter().map(|value| kept(value) as f32).collect()
    }
}

/// max(x, 0); `f64::max` is a call in WebAssembly, and this an instruction.
pub fn relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}

/// S(f): the sum of a function over a channel's positions. Four sums side by side do not wait for each other.
pub fn sum(values: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        zip(&mut sums, four).for_each(|(sum, &value)| *sum += f(value.into()));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&value| f(value.into())).sum::<f64>()
}

/// a · b
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    zip(a, b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}
