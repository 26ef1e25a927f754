//! Where the bytes of a model come from.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use super::invalid;
use crate::{Error, Result};

/// Where bytes come from: memory, or a JavaScript array that is not in the module's memory.
pub trait Source {
    /// The number of bytes.
    fn len(&self) -> u64;

    /// Whether there are no bytes at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if these bytes are not all there.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()>;
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        copy(self, offset, into)
    }
}

impl Source for &'static [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        copy(self, offset, into)
    }
}

fn copy(bytes: &[u8], offset: u64, into: &mut [u8]) -> Result<()> {
    let found = usize::try_from(offset)
        .ok()
        .and_then(|start| bytes.get(start..start.checked_add(into.len())?))
        .ok_or_else(|| {
            let (wanted, length) = (into.len(), bytes.len());
            invalid(format!("{wanted} bytes are wanted from byte {offset} on; there are {length} in all"))
        })?;
    into.copy_from_slice(found);
    Ok(())
}

/// Bytes that lie somewhere in a [`Source`], and are not in memory until they are read.
#[derive(Clone)]
pub struct Stored {
    /// What they lie in.
    pub source: Rc<dyn Source>,
    /// Where in it they lie.
    pub range: Range<u64>,
}

impl Stored {
    /// The number of bytes.
    pub fn len(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The bytes, copied.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if the source does not hold them, [`Error::Unsupported`] if memory does not.
    pub fn read(&self) -> Result<Vec<u8>> {
        if self.range.end > self.source.len() {
            return Err(invalid(format!("there is no byte {} in the model's file", self.range.end)));
        }
        let length = usize::try_from(self.len()).map_err(|_| too_large(self.len()))?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| too_large(self.len()))?;
        bytes.resize(length, 0);
        self.source.read(self.range.start, &mut bytes)?;
        Ok(bytes)
    }
}

impl fmt::Debug for Stored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Stored").field(&self.range).finish()
    }
}

/// There is no memory for so many bytes.
pub(super) fn too_large(bytes: u64) -> Error {
    Error::Unsupported(format!(
        "there is no memory for {} MB of the model's weights",
        bytes.div_ceil(1 << 20)
    ))
}
