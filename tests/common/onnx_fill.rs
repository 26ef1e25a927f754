//! The weights and the picture that a skeleton of the zoo stands for: deterministic noise.
#![allow(dead_code, reason = "each test program uses its share")]

use std::rc::Rc;

use gradlens::onnx::{Attribute, ElementType, Graph, Source, Stored, Tensor, TensorData};
use gradlens::{Error, Result};

/// Uniform in [0, 1): number `index` of the sequence that a name begins (splitmix64 seeded with FNV-1a).
fn unit(seed: u64, index: u64) -> f64 {
    let state = seed.wrapping_add((index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 * 2f64.powi(-53)
}

/// FNV-1a of 64 bits.
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// The bytes of a filled tensor, made when they are read: weights are nowhere in memory.
struct Noise {
    seed: u64,
    mean: f64,
    deviation: f64,
    elements: u64,
}

impl Noise {
    fn value(&self, index: u64) -> f32 {
        (self.mean + self.deviation * 3f64.sqrt() * (2.0 * unit(self.seed, index) - 1.0)) as f32
    }
}

impl Source for Noise {
    fn len(&self) -> u64 {
        4 * self.elements
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        if !offset.is_multiple_of(4) || offset + into.len() as u64 > self.len() {
            return Err(Error::InvalidModel(format!("no values begin at byte {offset}")));
        }
        for (index, bytes) in (offset / 4..).zip(into.chunks_mut(4)) {
            bytes.copy_from_slice(&self.value(index).to_le_bytes()[..bytes.len()]);
        }
        Ok(())
    }
}

/// Gives a skeleton its weights.
pub fn fill(graph: &mut Graph) {
    graph.initializers.iter_mut().for_each(fill_tensor);
    for (_, attribute) in graph.nodes.iter_mut().flat_map(|node| &mut node.attributes) {
        match attribute {
            Attribute::Tensor(tensor) => fill_tensor(tensor),
            Attribute::Graph(graph) => fill(graph),
            _ => {}
        }
    }
}

fn fill_tensor(tensor: &mut Tensor) {
    let numbers = || {
        let mut words =
            tensor.doc.strip_prefix("fill uniform ")?.split_whitespace().map(|word| word.parse().ok());
        Some((words.next()??, words.next()??))
    };
    if let (TensorData::Absent, ElementType::F32, Some((mean, deviation))) =
        (&tensor.data, tensor.element, numbers())
    {
        let noise = Noise { seed: seed(&tensor.name), mean, deviation, elements: tensor.elements() as u64 };
        let range = 0..noise.len();
        tensor.data = TensorData::Stored(Stored { source: Rc::new(noise), range });
    }
}

/// The zoo's picture, `[1, H, W, C]`.
pub fn probe(height: usize, width: usize, channels: usize) -> Vec<f32> {
    let seed = seed("input");
    let mut picture = Vec::with_capacity(height * width * channels);
    for i in 0..height {
        for j in 0..width {
            for c in 0..channels {
                let wave = (0.11 * i as f64 * (1.0 + 0.3 * c as f64) + 0.07 * j as f64).sin();
                let noise = 2.0 * unit(seed, ((c * height + i) * width + j) as u64) - 1.0;
                picture.push((wave + 0.5 * noise * 3f64.sqrt()) as f32);
            }
        }
    }
    picture
}

#[test]
fn noise_is_that_of_the_zoo() {
    assert_eq!((seed(""), seed("a")), (0xCBF2_9CE4_8422_2325, 0xAF63_DC4C_8601_EC8C));
    let noise = Noise { seed: seed("conv1.weight"), mean: 0.0, deviation: 1.0, elements: 3 };
    assert_eq!([0, 1, 2].map(|index| noise.value(index)), [0.156_144_3, 0.849_265_2, -1.652_647_6]);
    let picture = probe(224, 224, 3);
    assert_eq!(picture[0], -0.696_599_07);
    assert!((picture.iter().map(|&value| f64::from(value)).sum::<f64>() - 228.144_008_522).abs() < 1e-6);
}
