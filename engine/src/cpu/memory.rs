//! Memory that there may not be.

use crate::{Error, Result};

/// An empty vector with room for so many values.
///
/// # Errors
/// [`Error::OutOfMemory`]
pub fn allocate<T>(values: usize) -> Result<Vec<T>> {
    let mut room = Vec::new();
    let megabytes = values.saturating_mul(size_of::<T>()).div_ceil(1 << 20);
    room.try_reserve_exact(values).map_err(|_| Error::OutOfMemory { megabytes })?;
    Ok(room)
}

/// Whether there is room for so many values that are about to be made.
///
/// # Errors
/// [`Error::OutOfMemory`]
pub fn expect(values: usize) -> Result<()> {
    allocate::<f32>(values).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_is_an_error_that_says_how_much() {
        assert!(
            matches!(expect(usize::MAX / 4), Err(Error::OutOfMemory { megabytes }) if megabytes > 1 << 40)
        );
        assert!(expect(1000).is_ok());
    }
}
