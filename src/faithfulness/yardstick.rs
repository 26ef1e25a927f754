//! Maps that look at no evidence: a measure by which one of them is better than every method measures nothing there.

use std::fmt;

use crate::cam::{Method, Random};
use crate::preprocess::NetworkInput;
use crate::saliency::SaliencyMap;

/// A map that knows nothing of the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yardstick {
    /// 1 everywhere: the whole picture.
    Ones,
    /// A method's own map with its cells in a random order.
    Shuffled(Method),
    /// Random values, smoothed, on the grid of the first method's map.
    Noise,
    /// The edges of the picture.
    Edges,
}

impl Yardstick {
    /// The name of its kind.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ones => "ones",
            Self::Shuffled(_) => "shuffled",
            Self::Noise => "noise",
            Self::Edges => "edges",
        }
    }

    /// The method whose map it is made of.
    pub fn method(&self) -> Option<Method> {
        match self {
            Self::Shuffled(method) => Some(*method),
            _ => None,
        }
    }
}

impl fmt::Display for Yardstick {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.method() {
            Some(method) => write!(f, "{} {method}", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

pub(crate) fn ones() -> SaliencyMap {
    SaliencyMap { values: vec![1.0], width: 1, height: 1 }
}

pub(crate) fn shuffled(map: &SaliencyMap, seed: u64) -> SaliencyMap {
    let mut map = map.clone();
    Random::new(seed).shuffle(&mut map.values);
    map
}

/// Even in \[0, 1), smoothed by \[1 2 1\] / 4 along both axes, and stretched to \[0, 1\].
pub(crate) fn smooth_noise(width: usize, height: usize, seed: u64) -> SaliencyMap {
    let mut random = Random::new(seed);
    let values = (0..width * height).map(|_| random.share() as f32).collect();
    let mut map = SaliencyMap { values, width, height }.smoothed();
    let least = map.values.iter().copied().fold(f32::INFINITY, f32::min);
    // A single cell is all there is, and stays visible.
    if map.values.len() > 1 {
        map.values.iter_mut().for_each(|value| *value -= least);
    }
    map.normalised()
}

/// The length of Sobel's gradient of the luminance, divided by its maximum.
pub(crate) fn edges(input: &NetworkInput) -> SaliencyMap {
    let (width, height) = (input.width(), input.height());
    let luminance = |pixel: &[u8]| {
        0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
    };
    let gray: Vec<_> = input.rgb().chunks_exact(3).map(luminance).collect();
    let length = |position: usize| {
        let (x, y) = (position % width, position / width);
        let at = |dx: isize, dy: isize| {
            let held = |at: usize, by: isize, size: usize| at.saturating_add_signed(by).min(size - 1);
            gray[held(y, dy, height) * width + held(x, dx, width)]
        };
        let across = at(1, -1) + 2.0 * at(1, 0) + at(1, 1) - at(-1, -1) - 2.0 * at(-1, 0) - at(-1, 1);
        let down = at(-1, 1) + 2.0 * at(0, 1) + at(1, 1) - at(-1, -1) - 2.0 * at(0, -1) - at(1, -1);
        across.hypot(down)
    };
    SaliencyMap { values: (0..width * height).map(length).collect(), width, height }.normalised()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::localisation::Box;
    use crate::picture::Picture;

    #[test]
    fn a_shuffled_map_has_the_same_values_elsewhere() {
        let map = SaliencyMap { values: (0..49).map(|at| at as f32).collect(), width: 7, height: 7 };
        let mut found = shuffled(&map, 5);
        assert_eq!(found, shuffled(&map, 5));
        assert_ne!(found, shuffled(&map, 6));
        let moved = found.values.iter().zip(&map.values).filter(|(found, own)| found != own).count();
        assert!(moved > 40, "{moved}");
        found.values.sort_by(f32::total_cmp);
        assert_eq!(found, map);
    }

    #[test]
    fn noise_runs_from_0_to_1_and_is_smooth() {
        let noise = smooth_noise(14, 14, 1);
        let least = noise.values.iter().copied().fold(f32::INFINITY, f32::min);
        assert_eq!((least, noise.maximum()), (0.0, 1.0));
        let steps: f32 = noise.values.windows(2).map(|pair| (pair[0] - pair[1]).abs()).sum();
        let random = shuffled(&noise, 1);
        let without: f32 = random.values.windows(2).map(|pair| (pair[0] - pair[1]).abs()).sum();
        assert!(steps < 0.8 * without, "{steps} {without}");
        assert_eq!(smooth_noise(1, 1, 1).values, [1.0]);
    }

    /// Black, then white from the third column on: the gradient lies at the second and the third.
    #[test]
    fn edges_lie_where_the_picture_changes() {
        let rgba = (0..4 * 3).flat_map(|at| [if at % 4 < 2 { 0 } else { 255 }; 4]).collect();
        let picture = Picture::new(rgba, 4, 3).expect("a picture");
        let area = Box { x: 0.0, y: 0.0, width: 4.0, height: 3.0 };
        let input = NetworkInput::part(&picture, area, 4, 3).expect("a part");
        assert_eq!(edges(&input).values, [0.0, 1.0, 1.0, 0.0].repeat(3));
    }
}
