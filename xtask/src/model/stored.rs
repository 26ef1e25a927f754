//! Reads the tensors of a file, whatever they are.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use pytorch_reader::PytorchReader;
use safetensors::SafeTensors;

/// A tensor as a file holds it.
#[derive(Clone)]
pub struct Stored {
    /// The type of its values, such as `F32`.
    pub dtype: String,
    /// The extents, outermost first.
    pub shape: Vec<usize>,
    /// The values in row-major order; little-endian, as the machines are that this runs on.
    pub bytes: Vec<u8>,
}

/// A file's tensors by their names.
pub type StoredTensors = BTreeMap<String, Stored>;

/// Reads a `.safetensors` file, or any other that `torch.save` made.
pub fn read(file: &Path) -> Result<StoredTensors> {
    if file.extension().is_some_and(|extension| extension == "safetensors") {
        read_safetensors(file)
    } else {
        read_pytorch(file)
    }
}

fn read_pytorch(file: &Path) -> Result<StoredTensors> {
    // The reader would call a file that is not there an unknown format.
    fs::metadata(file)?;
    // Its message already tells what is behind it.
    let reader = PytorchReader::new(file).map_err(|error| {
        anyhow!("it is no state dict, as torch.save(model.state_dict(), FILE) makes one: {error}")
    })?;
    let tensors = reader.into_tensors().into_iter().map(|(name, tensor)| {
        let (dtype, shape) = (format!("{:?}", tensor.dtype()), tensor.shape().to_vec());
        Ok((name, Stored { dtype, shape, bytes: tensor.read()? }))
    });
    tensors.collect()
}

fn read_safetensors(file: &Path) -> Result<StoredTensors> {
    let bytes = fs::read(file)?;
    let tensors = SafeTensors::deserialize(&bytes).context("it is not a complete safetensors file")?;
    let tensors = tensors.iter().map(|(name, view)| {
        let (dtype, shape) = (format!("{:?}", view.dtype()), view.shape().to_vec());
        (name.to_owned(), Stored { dtype, shape, bytes: view.data().to_vec() })
    });
    Ok(tensors.collect())
}
