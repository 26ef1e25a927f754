//! The check of a GPU against the CPU, before its first answer is trusted.

use super::Explainer;
use crate::cam::Method;
use crate::contract::Resize;
use crate::device::Backend;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::session::Session;
use crate::{Error, Result, gpu};

/// The side of the synthetic picture on which a GPU is compared with the CPU.
const SIDE: usize = 64;

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
        for [found, trusted] in pairs.ok_or_else(|| unavailable(&session))? {
            if let Some(difference) = gpu::difference(session.graph(), &found, &trusted) {
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
