//! The model file: one safetensors file that holds weights, labels and its own checksum.

use std::ops::Range;

use half::f16;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use sha2::{Digest, Sha256};

use crate::normalisation::Normalisation;
use crate::{Error, Result};

/// The value of the metadata key `format` that this version reads.
pub const FORMAT: &str = "gradlens/1";
/// The value of the metadata key `architecture` that this version reads.
pub const ARCHITECTURE: &str = "efficientnet-lite0";

/// A SHA-256.
pub type Checksum = [u8; DIGEST_DIGITS / 2];

const DIGEST_DIGITS: usize = 64;

/// A model file that was read; the tensors still lie in its bytes.
pub struct Model<'bytes> {
    tensors: SafeTensors<'bytes>,
    /// The checksum that it names, in hexadecimal digits.
    checksum: String,
    labels: Vec<String>,
    normalisation: Normalisation,
}

impl<'bytes> Model<'bytes> {
    /// Reads a file made by `cargo xtask model`.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if the bytes are not a safetensors file, carry another format or
    /// architecture, do not have the checksum that their metadata names, name less than two labels,
    /// or a preprocessing that is not known.
    pub fn read(bytes: &'bytes [u8]) -> Result<Self> {
        let model = Self::read_unverified(bytes)?;
        model.verify(&checksum(bytes))?;
        Ok(model)
    }

    /// As [`Self::read`], but for the checksum: [`Self::verify`] is left to be called.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_unverified(bytes: &'bytes [u8]) -> Result<Self> {
        let (_, header) = SafeTensors::read_metadata(bytes)
            .map_err(|error| invalid(format!("the model is not a complete safetensors file: {error}")))?;
        let metadata = header.metadata().as_ref();
        let value = |key: &str| {
            metadata.and_then(|metadata| metadata.get(key)).ok_or_else(|| {
                invalid(format!(
                    "the model's metadata has no \"{key}\"; make the file with `cargo xtask model`"
                ))
            })
        };
        for (key, expected) in [("format", FORMAT), ("architecture", ARCHITECTURE)] {
            let found = value(key)?;
            if found != expected {
                return Err(invalid(format!(
                    "the model's {key} is \"{found}\"; this version reads \"{expected}\""
                )));
            }
        }
        let checksum = value("sha256")?.clone();
        let labels: Vec<_> = value("labels")?.lines().map(String::from).collect();
        // The softmax of a single class is 1, whatever the picture.
        if labels.len() < 2 {
            return Err(invalid(
                "the model names less than two classes; a classifier has two at least".into(),
            ));
        }
        let normalisation = value("preprocessing")?.parse()?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| invalid(error.to_string()))?;
        Ok(Self { tensors, checksum, labels, normalisation })
    }

    /// Compares the [`checksum`] of the file with the one that it names.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if they differ.
    pub fn verify(&self, actual: &Checksum) -> Result<()> {
        let actual: String = actual.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.checksum == actual {
            return Ok(());
        }
        Err(invalid(
            "the model is damaged: its bytes do not have the checksum that it names; fetch it again".into(),
        ))
    }

    /// The class labels, by class index.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How the network's input is made of 8-bit values.
    pub fn normalisation(&self) -> &Normalisation {
        &self.normalisation
    }

    /// The tensors, to be taken one by one.
    pub(crate) fn weights(&self) -> Weights<'_> {
        Weights { tensors: &self.tensors, taken: 0 }
    }
}

/// Hands the tensors of a [`Model`] out by name and counts them.
pub(crate) struct Weights<'model> {
    tensors: &'model SafeTensors<'model>,
    taken: usize,
}

impl<'model> Weights<'model> {
    /// The values of the tensor of this name, innermost axis first.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if it is missing, or has another shape or type.
    pub(crate) fn values<const D: usize>(&mut self, name: &str, shape: [usize; D]) -> Result<Vec<f32>> {
        let view = self.view(name)?;
        if view.shape() != shape {
            return Err(invalid(format!(
                "the model's tensor \"{name}\" has shape {:?}; the network needs {shape:?}",
                view.shape()
            )));
        }
        self.taken += 1;
        match view.dtype() {
            Dtype::F32 => Ok(floats(view.data())),
            Dtype::F16 => {
                Ok(view.data().chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect())
            }
            Dtype::I16 => self.scaled(name, &view),
            other => Err(invalid(format!(
                "the model's tensor \"{name}\" is {other}; it must be F32, F16, or I16 with a scale"
            ))),
        }
    }

    /// Whole numbers times the scale of their output channel, which `NAME.scale` holds.
    fn scaled(&mut self, name: &str, view: &TensorView) -> Result<Vec<f32>> {
        let scale_name = format!("{name}.scale");
        let scales = self.view(&scale_name)?;
        let channels = view.shape()[0];
        if scales.dtype() != Dtype::F32 || scales.shape() != [channels] {
            return Err(invalid(format!(
                "the model's tensor \"{scale_name}\" is {} of shape {:?}; it must be F32 of shape [{channels}]",
                scales.dtype(),
                scales.shape()
            )));
        }
        self.taken += 1;
        let bytes_of_channel = view.data().len() / channels;
        let mut values = Vec::with_capacity(view.data().len() / 2);
        for (channel, scale) in view.data().chunks_exact(bytes_of_channel).zip(floats(scales.data())) {
            extend_scaled(&mut values, channel, scale);
        }
        Ok(values)
    }

    /// The extents of the tensor of this name, outermost first.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if it is missing.
    pub(crate) fn shape(&self, name: &str) -> Result<Vec<usize>> {
        Ok(self.view(name)?.shape().to_vec())
    }

    fn view(&self, name: &str) -> Result<TensorView<'model>> {
        self.tensors.tensor(name).map_err(|_| invalid(format!("the model has no tensor \"{name}\"")))
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if the file holds tensors that nobody took: it is of another network.
    pub(crate) fn finish(self) -> Result<()> {
        if self.taken == self.tensors.len() {
            return Ok(());
        }
        Err(invalid(format!(
            "the model has {} tensors; the network takes {}",
            self.tensors.len(),
            self.taken
        )))
    }
}

/// Appends whole numbers times their scale.
// A function of its own: a browser optimises code between calls.
#[inline(never)]
fn extend_scaled(values: &mut Vec<f32>, data: &[u8], scale: f32) {
    values.extend(data.chunks_exact(2).map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) * scale));
}

/// Plainly copied: the file is little-endian, and so is WebAssembly.
fn floats(data: &[u8]) -> Vec<f32> {
    bytemuck::pod_collect_to_vec(data)
}

/// Where the digits lie that a file names as its checksum; `None` if it names none.
pub fn checksum_digits(bytes: &[u8]) -> Option<Range<usize>> {
    let (length, header) = SafeTensors::read_metadata(bytes).ok()?;
    let digits = header.metadata().as_ref()?.get("sha256")?;
    if digits.len() != DIGEST_DIGITS {
        return None;
    }
    let start = bytes.get(..8 + length)?.windows(DIGEST_DIGITS).position(|at| at == digits.as_bytes())?;
    Some(start..start + DIGEST_DIGITS)
}

/// The SHA-256 of a model file in which the [digits of the checksum itself](checksum_digits) are zeros.
pub fn checksum(bytes: &[u8]) -> Checksum {
    let digits = checksum_digits(bytes).unwrap_or_default();
    let mut hasher = Sha256::new();
    hasher.update(&bytes[..digits.start]);
    hasher.update(&[b'0'; DIGEST_DIGITS][..digits.len()]);
    // In parts: a browser optimises code between calls, and a single one would run as it was first compiled.
    bytes[digits.end..].chunks(1 << 14).for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

fn invalid(message: String) -> Error {
    Error::InvalidModel(message)
}
