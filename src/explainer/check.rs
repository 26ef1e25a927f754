//! The check of a GPU against the CPU, before its first answer is trusted.

use super::Explainer;
use crate::cam::Method;
use crate::contract::Resize;
use crate::device::Backend;
use crate::graph::{Node, Op, Unary};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::session::Session;
use crate::{Error, Result, gpu};

/// The side of the synthetic picture on which a GPU is compared with the CPU.
const SIDE: usize = 64;
/// The most by which a GPU may differ from the CPU on it, relative to the largest value.
const TOLERANCE: f32 = 1e-3;
/// Where values are rounded on their way, a single one at the edge between two changes many: what there is least of is
/// likeness.
const LIKENESS: f64 = 0.98;

impl Explainer {
    /// Compares what the GPU gives for a synthetic picture with what the CPU gives. What comes behind that is computed by
    /// the same code.
    pub(super) async fn check_device(&self) -> Result<()> {
        if self.device.backend() == Backend::Cpu {
            return Ok(());
        }
        let size = match self.contract.resize {
            Resize::Fit { multiple } => {
                let side = SIDE.next_multiple_of(multiple.max(1));
                InputSize::Exact { width: side, height: side }
            }
            _ => InputSize::Standard,
        };
        let input = NetworkInput::new(&synthetic()?, size, &self.contract)?;
        let session = self.session((input.width(), input.height()))?;
        let mut wanted = vec![session.score_value()];
        for method in [Method::GradCam, Method::GradCamPlusPlus] {
            wanted.push(session.value_of(self.layer(method, None, &session)?));
        }
        let pairs = session.both(&input.values(&self.contract), wanted).await?;
        let rounds = |node: &Node<f32>| matches!(node.op, Op::Unary(Unary::Round | Unary::RoundStraight));
        let rounded = session.graph().nodes().iter().any(rounds);
        for [found, trusted] in pairs.ok_or_else(|| unavailable(&session))? {
            let difference = relative_difference(&found, &trusted);
            let alike = rounded && likeness(&found, &trusted) >= LIKENESS;
            if !alike && (difference.is_nan() || difference > TOLERANCE) {
                return Err(self.fault(format!(
                    "its values for a known picture differ from the CPU's by {difference:e} of the largest"
                )));
            }
        }
        Ok(())
    }
}

/// Smooth, coloured and without symmetry, so that a swapped axis or channel shows.
fn synthetic() -> Result<Picture> {
    let pixels = (0..SIDE * SIDE).flat_map(|at| {
        let (x, y) = (at % SIDE, at / SIDE);
        [(x * 4) as u8, (y * 3 + x) as u8, (x * y / 16) as u8, u8::MAX]
    });
    Picture::new(pixels.collect(), SIDE, SIDE)
}

/// The error that names the node with which a network leaves the GPU before it came to anything.
fn unavailable(session: &Session) -> Error {
    let network = session.network();
    let graph = &network.graph;
    let needed = graph.needed(&[session.score_value()]);
    let mut nodes = graph.nodes().iter().zip(needed).filter(|(_, needed)| *needed).map(|(node, _)| node);
    let first = nodes.clone().find(|node| !gpu::has_kernel(graph, node)).or_else(|| nodes.next());
    // A node of the file becomes several, the last of which has its name.
    let named = first.and_then(|first| {
        let mut values = network.values.iter().filter(|value| value.located.value != network.input);
        values.find(|value| value.located.value >= first.output)
    });
    let node = named.map_or_else(String::new, |value| {
        format!(": \"{}\" ({}) has no kernel there", value.name, value.operator)
    });
    Error::BackendUnavailable(format!("nothing of this network can run on WebGPU{node}"))
}

/// The largest difference, relative to the largest expected value.
fn relative_difference(actual: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let differences = actual.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // `f32::max` would drop a NaN.
    let larger =
        |worst: f32, difference: f32| if worst.is_nan() || difference <= worst { worst } else { difference };
    let worst = differences.fold(0.0, larger);
    if worst == 0.0 { 0.0 } else { worst / largest }
}

/// The cosine between two tensors: 1 where one is a multiple of the other.
fn likeness(actual: &[f32], expected: &[f32]) -> f64 {
    let product =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    product(actual, expected) / (product(actual, actual) * product(expected, expected)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{likeness, relative_difference};

    #[test]
    fn what_is_no_number_differs() {
        assert_eq!(relative_difference(&[1.0, -3.0], &[1.0, -4.0]), 0.25);
        assert_eq!(relative_difference(&[0.0], &[0.0]), 0.0);
        assert!(relative_difference(&[f32::NAN, 1.0], &[1.0, 1.0]).is_nan());
        assert_eq!(likeness(&[3.0, 4.0], &[4.0, 3.0]), 0.96);
        assert!(likeness(&[f32::NAN, 1.0], &[1.0, 1.0]).is_nan());
    }
}
