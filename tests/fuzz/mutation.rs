//! What can be wrong with a model file.

use proptest::sample::Index;

use crate::model_file::{ModelFile, seal};

/// Changes to a file, from its parts to its bytes.
#[derive(Debug, Clone)]
pub struct Mutation {
    pub tensors: Vec<(Index, TensorEdit)>,
    pub metadata: Vec<(&'static str, String)>,
    pub layout: Layout,
    /// Text that is put into the header.
    pub header: Vec<(Index, &'static str)>,
    pub bytes: Vec<(Index, ByteEdit)>,
    /// Whether the checksum is right in the end, so that what lies behind it is reached.
    pub sealed: bool,
}

#[derive(Debug, Clone)]
pub enum TensorEdit {
    Remove,
    Duplicate,
    Swap(Index),
    Rename(String),
    /// The name of another one, with something behind it.
    RenameLike(Index, &'static str),
    Dtype(&'static str),
    Shape(Vec<usize>),
    Offsets(usize, usize),
    /// All its values.
    Fill([u8; 4]),
}

/// Where the header says that the tensors lie.
#[derive(Debug, Clone)]
pub enum Layout {
    AsBefore,
    Fitted,
    Claimed,
}

#[derive(Debug, Clone)]
pub enum ByteEdit {
    Flip(u8),
    Truncate,
    Insert(Vec<u8>),
    HeaderLength(u64),
}

impl Mutation {
    /// The bytes of a file that is changed so.
    pub fn of(&self, file: &ModelFile) -> Vec<u8> {
        let mut file = file.clone();
        for (at, edit) in &self.tensors {
            edit.apply(&mut file, at);
        }
        for (key, value) in &self.metadata {
            file.set(key, value);
        }
        match self.layout {
            Layout::AsBefore => {}
            Layout::Fitted => file.fit(),
            Layout::Claimed => file.claim(),
        }
        let mut header = file.header().into_bytes();
        for (at, text) in &self.header {
            let at = at.index(header.len() + 1);
            header.splice(at..at, text.bytes());
        }
        let mut bytes = [&(header.len() as u64).to_le_bytes()[..], &header, &file.data].concat();
        for (at, edit) in &self.bytes {
            edit.apply(&mut bytes, at);
        }
        if self.sealed {
            seal(&mut bytes);
        }
        bytes
    }
}

impl TensorEdit {
    fn apply(&self, file: &mut ModelFile, at: &Index) {
        let count = file.tensors.len();
        if count == 0 {
            return;
        }
        let at = at.index(count);
        match self {
            Self::Remove => drop(file.tensors.remove(at)),
            Self::Duplicate => file.tensors.insert(at, file.tensors[at].clone()),
            Self::Swap(other) => file.tensors.swap(at, other.index(count)),
            Self::Rename(name) => file.tensors[at].name = name.clone(),
            Self::RenameLike(other, end) => {
                file.tensors[at].name = format!("{}{end}", file.tensors[other.index(count)].name);
            }
            Self::Dtype(dtype) => file.tensors[at].dtype = (*dtype).into(),
            Self::Shape(shape) => file.tensors[at].shape = shape.clone(),
            Self::Offsets(begin, end) => file.tensors[at].offsets = (*begin, *end),
            Self::Fill(value) => {
                let (begin, end) = file.tensors[at].offsets;
                for chunk in file.data.get_mut(begin..end).unwrap_or_default().chunks_mut(4) {
                    chunk.copy_from_slice(&value[..chunk.len()]);
                }
            }
        }
    }
}

impl ByteEdit {
    fn apply(&self, bytes: &mut Vec<u8>, at: &Index) {
        let at = at.index(bytes.len() + 1);
        match self {
            Self::Flip(bit) => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit),
            Self::Truncate => bytes.truncate(at),
            Self::Insert(more) => drop(bytes.splice(at..at, more.iter().copied())),
            Self::HeaderLength(length) => {
                bytes.iter_mut().zip(length.to_le_bytes()).for_each(|(byte, new)| *byte = new);
            }
        }
    }
}
