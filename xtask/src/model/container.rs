//! The model file: safetensors, the same bytes every time, with its own checksum inside.

use std::{collections::BTreeMap, fmt, ops::Range};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::{checkpoint::Tensor, wheel::sha256};

/// How the weights are stored; biases are always in 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Precision {
    /// Whole numbers of 16 bits and, as `NAME.scale`, a factor for each output channel: what the
    /// page and the package load. A channel's weights share a range, so that the bits which f16
    /// spends on exponents go into precision: maps come four times closer at the same size.
    I16,
    /// Floats of 32 bits: what tests compare with.
    F32,
}

/// The checksum's place holder, and what it is counted as in the checksum.
const NO_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What stands before the checksum. Quotes inside values are escaped, so this is the key itself.
const DIGEST_KEY: &str = "\"sha256\":\"";

// The crate `safetensors` orders its metadata by a hash map, differently in every run. Here every
// key is sorted.
#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(rename = "__metadata__")]
    metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    tensors: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: Precision,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

/// The bytes of the file; `sha256` is added to the metadata.
pub fn encode(
    tensors: &BTreeMap<String, Tensor>,
    precision: Precision,
    metadata: BTreeMap<&str, String>,
) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut header = Header {
        metadata: metadata.into_iter().map(|(key, value)| (key.into(), value)).collect(),
        tensors: BTreeMap::new(),
    };
    header.metadata.insert("sha256".into(), NO_DIGEST.into());
    for (name, tensor) in tensors {
        let stored =
            precision.store(tensor).with_context(|| format!("the tensor \"{name}\" cannot be stored"))?;
        for Stored { suffix, dtype, shape, bytes } in stored {
            let data_offsets = (data.len(), data.len() + bytes.len());
            data.extend(bytes);
            header.tensors.insert(format!("{name}{suffix}"), Entry { dtype, shape, data_offsets });
        }
    }
    let mut header = serde_json::to_vec(&header)?;
    // The values start at a multiple of 8 bytes, as readers that map the file expect.
    header.resize(header.len().next_multiple_of(8), b' ');

    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.append(&mut header);
    bytes.append(&mut data);
    let digest = sha256(&bytes);
    let place = digest_place(&bytes).context("the header has no place for the checksum")?;
    bytes[place].copy_from_slice(digest.as_bytes());
    Ok(bytes)
}

/// What a file says of itself.
pub struct Description {
    /// How its values are stored.
    pub precision: Precision,
    /// Its metadata.
    pub metadata: BTreeMap<String, String>,
}

/// Reads the header of a file whose checksum is right; `None` for any other file.
pub fn inspect(bytes: &[u8]) -> Option<Description> {
    let place = digest_place(bytes)?;
    let mut blank = bytes.to_vec();
    blank[place.clone()].copy_from_slice(NO_DIGEST.as_bytes());
    if sha256(&blank).as_bytes() != &bytes[place] {
        return None;
    }
    let header: Header = serde_json::from_slice(header_of(bytes)?).ok()?;
    let whole = header.tensors.values().any(|entry| entry.dtype == Precision::I16);
    let precision = if whole { Precision::I16 } else { Precision::F32 };
    Some(Description { precision, metadata: header.metadata })
}

fn header_of(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

fn digest_place(bytes: &[u8]) -> Option<Range<usize>> {
    let header = header_of(bytes)?;
    let key = header.windows(DIGEST_KEY.len()).position(|window| window == DIGEST_KEY.as_bytes())?;
    let start = size_of::<u64>() + key + DIGEST_KEY.len();
    let place = start..start + NO_DIGEST.len();
    bytes.get(place.clone()).map(|_| place)
}

/// A part of a tensor as the file holds it.
struct Stored {
    /// What its name adds to the tensor's.
    suffix: &'static str,
    dtype: Precision,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Precision {
    fn store(self, tensor: &Tensor) -> Result<Vec<Stored>> {
        let Tensor { shape, values } = tensor;
        ensure!(shape.iter().product::<usize>() == values.len(), "its shape is not that of its values");
        let fits = values.iter().all(|value| value.abs() <= f64::from(f32::MAX));
        ensure!(fits, "a value is out of the range of f32");
        let float = |suffix, shape: &[usize], values: Vec<f32>| Stored {
            suffix,
            dtype: Self::F32,
            shape: shape.to_vec(),
            bytes: values.into_iter().flat_map(f32::to_le_bytes).collect(),
        };
        match (self, shape.as_slice()) {
            (Self::I16, &[channels, _, ..]) => {
                let (whole, scales) = quantise(values, channels);
                let bytes = whole.into_iter().flat_map(i16::to_le_bytes).collect();
                let whole = Stored { suffix: "", dtype: Self::I16, shape: shape.clone(), bytes };
                Ok(vec![whole, float(".scale", &[channels], scales)])
            }
            _ => Ok(vec![float("", shape, values.iter().map(|&value| value as f32).collect())]),
        }
    }
}

/// A weight's values as they come back from 16 bits.
pub fn rounded(weight: &Tensor) -> Vec<f64> {
    let Some(&channels) = weight.shape.first() else { return weight.values.clone() };
    let (whole, scales) = quantise(&weight.values, channels);
    let channel = whole.len() / channels;
    whole.iter().enumerate().map(|(at, &whole)| f64::from(whole) * f64::from(scales[at / channel])).collect()
}

/// Each channel's values as whole multiples of its scale, which takes its largest one to the end of
/// the range.
fn quantise(values: &[f64], channels: usize) -> (Vec<i16>, Vec<f32>) {
    let mut whole = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(channels);
    for channel in values.chunks_exact(values.len() / channels) {
        let largest = channel.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 { (largest / f64::from(i16::MAX)) as f32 } else { 1.0 };
        // The cast keeps to the range, which the rounding of the scale may leave by one.
        whole.extend(channel.iter().map(|value| (value / f64::from(scale)).round() as i16));
        scales.push(scale);
    }
    (whole, scales)
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::I16 => "16-bit",
            Self::F32 => "32-bit",
        })
    }
}

#[cfg(test)]
mod tests {
    use safetensors::SafeTensors;

    use super::*;

    fn example(precision: Precision) -> Result<Vec<u8>> {
        let tensors = BTreeMap::from([
            ("b.bias".into(), Tensor { shape: vec![3], values: vec![0.5, -2.0, 0.1] }),
            ("a.weight".into(), Tensor { shape: vec![1, 2], values: vec![1.0, 65504.0] }),
        ]);
        // A value that holds the key's text must not be taken for the key.
        encode(
            &tensors,
            precision,
            BTreeMap::from([("a", "\"sha256\":\"".into()), ("labels", "é\nz".into())]),
        )
    }

    #[test]
    fn a_reader_of_safetensors_gets_everything_back() -> Result<()> {
        for precision in [Precision::I16, Precision::F32] {
            let bytes = example(precision)?;
            let file = SafeTensors::deserialize(&bytes)?;
            let bias = file.tensor("b.bias")?;
            assert_eq!(bias.shape(), [3]);
            let expected: Vec<u8> = [0.5f32, -2.0, 0.1].iter().flat_map(|v| v.to_le_bytes()).collect();
            assert_eq!(bias.data(), expected);
            let (header, metadata) = SafeTensors::read_metadata(&bytes)?;
            assert_eq!(header % 8, 0);
            assert_eq!(
                metadata.metadata().as_ref().and_then(|m| m.get("labels")).map(String::as_str),
                Some("é\nz")
            );
            assert_eq!(inspect(&bytes).map(|found| found.precision), Some(precision));
        }
        Ok(())
    }

    #[test]
    fn whole_numbers_come_back_to_half_a_step_of_their_channel() {
        let values = [0.25, -1.0, 0.3, 1e-6, 2e-6, -3e-6, 0.0, 0.0, 0.0];
        let (whole, scales) = quantise(&values, 3);
        assert_eq!(whole[6..], [0, 0, 0]);
        for (at, value) in values.iter().enumerate() {
            let scale = f64::from(scales[at / 3]);
            assert!((f64::from(whole[at]) * scale - value).abs() <= scale * 0.5001, "value {at}");
        }
    }

    #[test]
    fn the_bytes_are_the_same_every_time() -> Result<()> {
        assert_eq!(example(Precision::I16)?, example(Precision::I16)?);
        Ok(())
    }

    #[test]
    fn any_flipped_byte_and_any_cut_is_noticed() -> Result<()> {
        let bytes = example(Precision::I16)?;
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(inspect(&damaged).is_none(), "byte {at}");
            assert!(inspect(&bytes[..at]).is_none(), "cut at {at}");
        }
        Ok(())
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused() {
        let tensors = BTreeMap::from([("a".into(), Tensor { shape: vec![1], values: vec![1e39] })]);
        assert!(encode(&tensors, Precision::I16, BTreeMap::new()).is_err());
        assert!(encode(&tensors, Precision::F32, BTreeMap::new()).is_err());
    }
}
