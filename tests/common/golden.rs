//! The golden files, natively and in a browser.
#![allow(dead_code, reason = "each test program uses its share")]

use std::collections::HashMap;

use gradlens::picture::Picture;
use safetensors::SafeTensors;

/// The tensors of a golden file; `tests/golden/reference.py` defines each.
pub struct Golden {
    tensors: HashMap<String, Vec<f32>>,
    pub rgb: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Golden {
    pub fn parse(bytes: &[u8]) -> Self {
        let file = SafeTensors::deserialize(bytes).expect("a golden file");
        let picture = file.tensor("rgb_u8").expect("the input");
        let mut tensors = HashMap::new();
        for (name, view) in file.iter().filter(|(name, _)| *name != "rgb_u8") {
            let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            tensors.insert(name.to_string(), values.collect());
        }
        let [height, width] = [picture.shape()[0], picture.shape()[1]];
        Self { tensors, rgb: picture.data().to_vec(), width, height }
    }

    pub fn tensor(&self, name: &str) -> &[f32] {
        self.tensors.get(name).unwrap_or_else(|| panic!("no golden tensor {name}"))
    }

    /// The names `PREFIX.CLASS` as classes, in order.
    pub fn classes(&self, prefix: &str) -> Vec<usize> {
        let mut classes: Vec<_> = self
            .tensors
            .keys()
            .filter_map(|name| name.strip_prefix(prefix)?.strip_prefix('.')?.parse().ok())
            .collect();
        classes.sort_unstable();
        classes
    }

    pub fn picture(&self) -> Picture {
        let rgba = self.rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], u8::MAX]).collect();
        Picture::new(rgba, self.width, self.height).expect("a valid picture")
    }
}

/// The values divided by their maximum; zeros stay zeros.
pub fn normalised(map: &[f32]) -> Vec<f32> {
    let top = map.iter().copied().fold(0.0, f32::max);
    map.iter().map(|value| if top > 0.0 { value / top } else { 0.0 }).collect()
}

/// The largest |a - b|; values that are not finite fail the test.
pub fn largest_difference(actual: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(actual.len(), expected.len());
    assert!(actual.iter().all(|value| value.is_finite()));
    actual.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
