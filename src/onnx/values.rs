//! Stored bytes → numbers.

use std::ops::Range;

use half::{bf16, f16};

use super::ElementType::{self, *};
use super::invalid;
use super::source::{Stored, too_large};
use crate::{Error, Result};

/// How many bytes are in memory beside the numbers made of them.
const CHUNK: usize = 1 << 16;

/// A type that values are asked for in.
pub(super) trait Number: Sized {
    fn of_f32(value: f32) -> Self;
    fn of_f64(value: f64) -> Self;
    fn of_i32(value: i32) -> Self;
    fn of_i64(value: i64) -> Self;
    fn of_u64(value: u64) -> Self;
}

impl Number for f32 {
    fn of_f32(value: f32) -> Self {
        value
    }

    fn of_f64(value: f64) -> Self {
        value as Self
    }

    fn of_i32(value: i32) -> Self {
        value as Self
    }

    fn of_i64(value: i64) -> Self {
        value as Self
    }

    fn of_u64(value: u64) -> Self {
        value as Self
    }
}

impl Number for f64 {
    fn of_f32(value: f32) -> Self {
        value.into()
    }

    fn of_f64(value: f64) -> Self {
        value
    }

    fn of_i32(value: i32) -> Self {
        value as Self
    }

    fn of_i64(value: i64) -> Self {
        value as Self
    }

    fn of_u64(value: u64) -> Self {
        value as Self
    }
}

impl Number for i64 {
    fn of_f32(value: f32) -> Self {
        value as Self
    }

    fn of_f64(value: f64) -> Self {
        value as Self
    }

    fn of_i32(value: i32) -> Self {
        value.into()
    }

    fn of_i64(value: i64) -> Self {
        value
    }

    fn of_u64(value: u64) -> Self {
        Self::try_from(value).unwrap_or(Self::MAX)
    }
}

/// The `count` elements of this type that the bytes are.
pub(super) fn decode<T: Number>(stored: &Stored, element: ElementType, count: usize) -> Result<Vec<T>> {
    let bytes = Bytes { stored, count };
    match element {
        F32 => bytes.each(|bytes| T::of_f32(f32::from_le_bytes(bytes))),
        F16 => bytes.each(|bytes| T::of_f32(f16::from_le_bytes(bytes).to_f32())),
        BF16 => bytes.each(|bytes| T::of_f32(bf16::from_le_bytes(bytes).to_f32())),
        F64 => bytes.each(|bytes| T::of_f64(f64::from_le_bytes(bytes))),
        I8 => bytes.each(|bytes| T::of_i32(i8::from_le_bytes(bytes).into())),
        I16 => bytes.each(|bytes| T::of_i32(i16::from_le_bytes(bytes).into())),
        I32 => bytes.each(|bytes| T::of_i32(i32::from_le_bytes(bytes))),
        I64 => bytes.each(|bytes| T::of_i64(i64::from_le_bytes(bytes))),
        U8 => bytes.each(|bytes| T::of_i32(u8::from_le_bytes(bytes).into())),
        U16 => bytes.each(|bytes| T::of_i32(u16::from_le_bytes(bytes).into())),
        U32 => bytes.each(|bytes| T::of_i64(u32::from_le_bytes(bytes).into())),
        U64 => bytes.each(|bytes| T::of_u64(u64::from_le_bytes(bytes))),
        Bool => bytes.each(|[byte]| T::of_i64((byte != 0).into())),
        I4 | U4 => {
            let pairs = Bytes { count: count.div_ceil(2), ..bytes };
            let mut values = pairs.each(|[byte]| nibbles(byte, element).map(T::of_i64))?.into_flattened();
            values.truncate(count);
            Ok(values)
        }
        String => Err(Error::Unsupported("texts are not stored as numbers".into())),
    }
}

/// As [`decode`], of what is in the file as it is asked for: most weights are.
pub(super) fn floats(stored: &Stored, count: usize) -> Result<Vec<f32>> {
    check_length(stored, count, size_of::<f32>())?;
    let mut values: Vec<f32> = allocate(count)?;
    values.resize(count, 0.0);
    stored.source.read(stored.range.start, bytemuck::cast_slice_mut(&mut values))?;
    values.iter_mut().for_each(|value| *value = f32::from_bits(u32::from_le(value.to_bits())));
    Ok(values)
}

/// Whether so many elements are so many bytes.
fn check_length(stored: &Stored, count: usize, bytes: usize) -> Result<()> {
    if stored.len() == (count as u64).saturating_mul(bytes as u64) {
        return Ok(());
    }
    Err(invalid(format!("{count} elements are not {} bytes", stored.len())))
}

fn allocate<T>(count: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
    values.try_reserve_exact(count).map_err(|_| too_large(bytes))?;
    Ok(values)
}

/// The two elements of 4 bits in a byte.
pub(super) fn nibbles(byte: u8, element: ElementType) -> [i64; 2] {
    [byte & 0xf, byte >> 4].map(|nibble| match element {
        I4 if nibble > 7 => i64::from(nibble) - 16,
        _ => nibble.into(),
    })
}

struct Bytes<'s> {
    stored: &'s Stored,
    /// How many elements they are.
    count: usize,
}

impl Bytes<'_> {
    /// What each `N` bytes are.
    fn each<T, const N: usize>(&self, convert: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let Range { start, end } = self.stored.range;
        check_length(self.stored, self.count, N)?;
        let mut values = allocate(self.count)?;
        let mut buffer = [0; CHUNK];
        for at in (start..end).step_by(CHUNK) {
            let length = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
            self.stored.source.read(at, &mut buffer[..length])?;
            values.extend(buffer[..length].as_chunks().0.iter().map(|&bytes| convert(bytes)));
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn stored(bytes: &[u8]) -> Stored {
        Stored { source: Rc::new(bytes.to_vec()), range: 0..bytes.len() as u64 }
    }

    #[test]
    fn every_type_is_read_as_what_it_is() {
        let read =
            |bytes: &[u8], element, count| decode::<f64>(&stored(bytes), element, count).expect("values");
        assert_eq!(read(&1.5f32.to_le_bytes(), F32, 1), [1.5]);
        assert_eq!(read(&[0x00, 0xc0], F16, 1), [-2.0]);
        assert_eq!(read(&[0xc0, 0x3f], BF16, 1), [1.5]);
        assert_eq!(read(&0.1f64.to_le_bytes(), F64, 1), [0.1]);
        assert_eq!(read(&[0xff, 1], I8, 2), [-1.0, 1.0]);
        assert_eq!(read(&[0xff, 1], U8, 2), [255.0, 1.0]);
        assert_eq!(read(&[0xff, 0xff], I16, 1), [-1.0]);
        assert_eq!(read(&[0xff, 0xff], U16, 1), [65535.0]);
        assert_eq!(read(&[0xff; 4], I32, 1), [-1.0]);
        assert_eq!(read(&[0xff; 4], U32, 1), [4_294_967_295.0]);
        assert_eq!(read(&[0xff; 8], U64, 1), [18_446_744_073_709_551_615.0]);
        assert_eq!(read(&[0, 7], Bool, 2), [0.0, 1.0]);
        assert_eq!(read(&[0xf2, 0x08], I4, 3), [2.0, -1.0, -8.0]);
        assert_eq!(read(&[0xf2, 0x08], U4, 3), [2.0, 15.0, 8.0]);
        assert_eq!(decode::<i64>(&stored(&[0xff; 8]), U64, 1), Ok(vec![i64::MAX]));
    }

    #[test]
    fn more_than_a_chunk_is_read_in_order() {
        let numbers: Vec<u16> = (0..50_000).collect();
        let bytes: Vec<_> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let read: Vec<i64> = decode(&stored(&bytes), U16, numbers.len()).expect("values");
        assert!(read.iter().copied().eq(0..50_000));
    }

    #[test]
    fn another_number_of_bytes_is_an_error() {
        assert!(decode::<f32>(&stored(&[0; 7]), F32, 2).is_err());
        assert!(decode::<f32>(&stored(&[0; 8]), F32, usize::MAX).is_err());
    }
}
