//! A model file taken apart, so that its parts can be changed and put together again.

use std::sync::LazyLock;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use sha2::{Digest, Sha256};

use crate::native::{self, Precision};

/// The shipped model.
pub static SHIPPED: LazyLock<ModelFile> =
    LazyLock::new(|| ModelFile::parse(&native::model(Precision::Shipped)));

/// What the loader takes first of it, a few kilobytes, and three labels.
pub static SMALL: LazyLock<ModelFile> = LazyLock::new(|| {
    let mut file = SHIPPED.clone();
    file.tensors.retain(|tensor| ["stem.", "blocks.0."].iter().any(|first| tensor.name.starts_with(first)));
    file.fit();
    file.set("labels", "lemur\ncat\nhen\n");
    file
});

/// The parts of a file, which need not fit each other.
#[derive(Clone)]
pub struct ModelFile {
    pub metadata: Vec<(String, String)>,
    pub tensors: Vec<Entry>,
    pub data: Vec<u8>,
}

/// What the header says of a tensor.
#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub dtype: String,
    pub shape: Vec<usize>,
    pub offsets: (usize, usize),
}

impl ModelFile {
    fn parse(bytes: &[u8]) -> Self {
        let (header, described) = SafeTensors::read_metadata(bytes).expect("a model file");
        let entry = |name: String| {
            let info = described.info(&name).expect("a tensor");
            let (shape, offsets) = (info.shape.clone(), info.data_offsets);
            Entry { name, dtype: info.dtype.to_string(), shape, offsets }
        };
        let metadata = described.metadata().clone().expect("metadata");
        Self {
            metadata: metadata.into_iter().collect(),
            tensors: described.offset_keys().into_iter().map(entry).collect(),
            data: bytes[8 + header..].to_vec(),
        }
    }

    /// Gives a key of the metadata another value.
    pub fn set(&mut self, key: &str, value: &str) {
        self.metadata.retain(|(other, _)| other != key);
        self.metadata.push((key.into(), value.into()));
    }

    /// Lays the tensors out one after the other, as long as their shapes say; their bytes are repeated or
    /// cut off. Ones that are too large to be made keep what they claim.
    pub fn fit(&mut self) {
        let most = 2 * self.data.len();
        let mut data = Vec::new();
        for tensor in &mut self.tensors {
            let Some(size) = tensor.size().filter(|size| data.len().saturating_add(*size) <= most) else {
                continue;
            };
            let begin = data.len();
            let bytes = self.data.get(tensor.offsets.0..tensor.offsets.1).unwrap_or_default();
            data.extend(bytes.iter().cycle().take(size));
            data.resize(begin + size, 0);
            tensor.offsets = (begin, begin + size);
        }
        self.data = data;
    }

    /// Lets the offsets claim what the shapes say, whatever data there is.
    pub fn claim(&mut self) {
        let mut begin = 0usize;
        for tensor in &mut self.tensors {
            let end = begin.wrapping_add(tensor.size().unwrap_or(usize::MAX));
            tensor.offsets = (begin, end);
            begin = end;
        }
    }

    /// The header's text.
    pub fn header(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let pair = |(key, value): &(String, String)| format!("{}:{}", quoted(key), quoted(value));
        let metadata: Vec<_> = self.metadata.iter().map(pair).collect();
        let tensor = |Entry { name, dtype, shape, offsets: (begin, end) }: &Entry| {
            let (name, dtype) = (quoted(name), quoted(dtype));
            format!(r#"{name}:{{"dtype":{dtype},"shape":{shape:?},"data_offsets":[{begin},{end}]}}"#)
        };
        let metadata = format!(r#""__metadata__":{{{}}}"#, metadata.join(","));
        let members: Vec<_> = [metadata].into_iter().chain(self.tensors.iter().map(tensor)).collect();
        format!("{{{}}}", members.join(","))
    }
}

impl Entry {
    /// The bytes that its shape and type take.
    fn size(&self) -> Option<usize> {
        let dtype: Dtype = serde_json::from_value(self.dtype.as_str().into()).ok()?;
        let count = self.shape.iter().try_fold(1usize, |count, &extent| count.checked_mul(extent))?;
        Some(count.checked_mul(dtype.bitsize())? / 8)
    }
}

/// Writes the right checksum where the file has one.
pub fn seal(bytes: &mut [u8]) {
    let key = br#""sha256":""#;
    let Some(at) = bytes.windows(key.len()).position(|window| window == key) else { return };
    let Some(digits) =
        at.checked_add(key.len()).map(|at| at..at + 64).filter(|digits| digits.end <= bytes.len())
    else {
        return;
    };
    bytes[digits.clone()].fill(b'0');
    let digest: String = Sha256::digest(&*bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes[digits].copy_from_slice(digest.as_bytes());
}
