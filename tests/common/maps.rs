//! The maps of an activation and a gradient in f64, as the zoo's README defines them.

/// The maps that a golden may hold.
pub const MAPS: [&str; 6] = ["gradcam", "gradcampp", "hirescam", "layercam", "xgradcam", "cam"];

/// An activation, or a gradient with respect to it: channels, each of as many positions.
pub struct Channels {
    pub values: Vec<f64>,
    pub positions: usize,
}

impl Channels {
    fn each(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks(self.positions)
    }
}

/// A map that was found.
pub struct Found {
    /// As the golden has it: after its ReLU, but for `cam`.
    pub after: Vec<f64>,
    /// Before its ReLU, where that is known.
    pub before: Option<Vec<f64>>,
    /// How large the terms of its sums are, where that is known.
    pub scale: Option<f64>,
}

impl Found {
    /// The map of an activation and a gradient.
    pub fn new(name: &str, activation: &Channels, gradient: &Channels) -> Self {
        let (before, scale) = map(name, activation, gradient);
        let rectified = |value: &f64| if name == "cam" { *value } else { value.max(0.0) };
        Self { after: before.iter().map(rectified).collect(), before: Some(before), scale: Some(scale) }
    }
}

/// A map before its ReLU, and how large the terms of its sums are.
pub fn map(name: &str, activation: &Channels, gradient: &Channels) -> (Vec<f64>, f64) {
    let mut map = vec![0.0; activation.positions];
    let mut scale = vec![0.0; activation.positions];
    for (a, g) in activation.each().zip(gradient.each()) {
        let weight = weight(name, a, g);
        for (at, (a, g)) in a.iter().zip(g).enumerate() {
            let term = match name {
                "hirescam" => g * a,
                "layercam" => g.max(0.0) * a,
                _ => weight * a,
            };
            map[at] += term;
            scale[at] += term.abs();
        }
    }
    (map, scale.into_iter().fold(0.0, f64::max))
}

/// What a channel's activation is multiplied by, where that is one number.
fn weight(name: &str, a: &[f64], g: &[f64]) -> f64 {
    let sum: f64 = g.iter().sum();
    match name {
        "gradcam" => sum / g.len() as f64,
        "cam" => sum,
        "gradcampp" => {
            let positive: f64 = a.iter().map(|a| a.max(0.0)).sum();
            g.iter().filter(|g| **g > 0.0).map(|g| g / (2.0 + positive * g)).sum()
        }
        "xgradcam" => {
            let total: f64 = a.iter().sum();
            if total == 0.0 { 0.0 } else { g.iter().zip(a).map(|(g, a)| g * a).sum::<f64>() / total }
        }
        _ => 0.0,
    }
}
