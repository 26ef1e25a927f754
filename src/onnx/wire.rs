//! The protobuf wire format: messages and their fields.
//!
//! Nothing is believed: lengths are compared with what is left, and nesting is limited. What is only skipped over is
//! not read.

use std::fmt::Display;
use std::ops::Range;
use std::rc::Rc;

use super::file::File;
use super::invalid;
use super::source::Stored;
use crate::{Error, Result};

/// How deep messages may lie in messages; a subgraph is three levels.
const DEPTH: usize = 100;
/// What a message takes in memory, about.
const MESSAGE: u64 = 128;
/// What a number takes in memory, at most.
const NUMBER: u64 = 8;

/// A message, or what is left of it; as an iterator, its fields.
#[derive(Clone)]
pub(super) struct Message<'f> {
    file: &'f File,
    range: Range<u64>,
    depth: usize,
}

impl<'f> Message<'f> {
    /// The message that a whole file is.
    pub(super) fn whole(file: &'f File) -> Self {
        Self { file, range: 0..file.source().len(), depth: 0 }
    }

    /// The file it is in.
    pub(super) fn file(&self) -> &'f File {
        self.file
    }

    /// The same message as if it lay in `outer`, which is limited in depth.
    pub(super) fn within(&self, outer: &Self) -> Result<Self> {
        let depth = outer.depth + 1;
        if depth > DEPTH {
            return Err(damaged(self.range.start, format!("messages are nested deeper than {DEPTH}")));
        }
        self.file.spend(MESSAGE)?;
        Ok(Self { depth, ..self.clone() })
    }

    fn field(&mut self) -> Result<Field<'f>> {
        let at = self.range.start;
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(self.array()?),
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(self.array()?),
            kind => return Err(damaged(at, format!("there is no wire type {kind}"))),
        };
        match tag >> 3 {
            0 => Err(damaged(at, "there is no field 0")),
            number => Ok(Field { number, value, file: self.file, at }),
        }
    }

    fn byte(&mut self) -> Result<u8> {
        let at = self.range.next().ok_or_else(|| damaged(self.range.end, "a field is cut off"))?;
        self.file.byte(at)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    fn varint(&mut self) -> Result<u64> {
        let at = self.range.start;
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged(at, "a number is longer than 64 bits"))
    }

    /// The next `length` bytes.
    fn take(&mut self, length: u64) -> Result<Self> {
        let start = self.range.start;
        let left = self.range.end - start;
        if length > left {
            return Err(damaged(start, format!("{length} bytes are announced and {left} are left")));
        }
        self.range.start += length;
        Ok(Self { range: start..self.range.start, ..self.clone() })
    }
}

impl<'f> Iterator for Message<'f> {
    type Item = Result<Field<'f>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            // What follows an error means nothing.
            self.range.start = self.range.end;
        }
        Some(field)
    }
}

/// A field of a message.
pub(super) struct Field<'f> {
    /// Its number in the message's definition.
    pub(super) number: u64,
    value: Value<'f>,
    file: &'f File,
    at: u64,
}

enum Value<'f> {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    Bytes(Message<'f>),
}

impl<'f> Field<'f> {
    /// An integer of up to 64 bits.
    pub(super) fn int(&self) -> Result<i64> {
        match self.value {
            Value::Varint(value) => Ok(value.cast_signed()),
            _ => Err(self.misplaced()),
        }
    }

    pub(super) fn float(&self) -> Result<f32> {
        match self.value {
            Value::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(self.misplaced()),
        }
    }

    /// A text; what is not UTF-8 in it is replaced.
    pub(super) fn text(&self) -> Result<String> {
        let mut bytes = self.bytes()?.clone();
        let length = bytes.range.end - bytes.range.start;
        self.file.spend_text(length)?;
        let text = (0..length).map(|_| bytes.byte()).collect::<Result<Vec<u8>>>()?;
        Ok(String::from_utf8(text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// A message.
    pub(super) fn message(&self) -> Result<Message<'f>> {
        let bytes = self.bytes()?;
        bytes.within(bytes)
    }

    /// Bytes that are not read now.
    pub(super) fn stored(&self) -> Result<Stored> {
        Ok(Stored { source: Rc::clone(self.file.source()), range: self.bytes()?.range.clone() })
    }

    /// Whether it holds bytes, as a list of numbers that is packed does.
    pub(super) fn is_packed(&self) -> bool {
        matches!(self.value, Value::Bytes(_))
    }

    /// Adds the integers of a repeated field, packed or not.
    pub(super) fn ints(&self, into: &mut Vec<i64>) -> Result<()> {
        self.repeated(into, self.int().ok(), |packed| packed.varint().map(u64::cast_signed))
    }

    /// Adds the numbers of 32 bits of a repeated field, packed or not.
    pub(super) fn floats(&self, into: &mut Vec<f32>) -> Result<()> {
        self.repeated(into, self.float().ok(), |packed| packed.array().map(f32::from_le_bytes))
    }

    /// Adds the numbers of 64 bits of a repeated field, packed or not.
    pub(super) fn doubles(&self, into: &mut Vec<f64>) -> Result<()> {
        let single = match self.value {
            Value::Fixed64(bytes) => Some(f64::from_le_bytes(bytes)),
            _ => None,
        };
        self.repeated(into, single, |packed| packed.array().map(f64::from_le_bytes))
    }

    fn repeated<T>(
        &self,
        into: &mut Vec<T>,
        single: Option<T>,
        next: impl Fn(&mut Message<'f>) -> Result<T>,
    ) -> Result<()> {
        if let Some(value) = single {
            self.file.spend(NUMBER)?;
            into.push(value);
            return Ok(());
        }
        let mut packed = self.bytes()?.clone();
        while !packed.range.is_empty() {
            self.file.spend(NUMBER)?;
            into.push(next(&mut packed)?);
        }
        Ok(())
    }

    fn bytes(&self) -> Result<&Message<'f>> {
        match &self.value {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(self.misplaced()),
        }
    }

    fn misplaced(&self) -> Error {
        damaged(self.at, format!("field {} has another type than in ONNX", self.number))
    }
}

/// The file is not what it should be at this byte.
pub(super) fn damaged(at: u64, what: impl Display) -> Error {
    invalid(format!(
        "this is no ONNX model, or a damaged one: at byte {at}, {what}; was it fetched completely?"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bytes, float, int, read, varint};
    use super::*;

    fn fields(file: Vec<u8>) -> Result<Vec<u64>> {
        read(file, |message| message.map(|field| Ok(field?.number)).collect())
    }

    fn complaint(file: Vec<u8>) -> String {
        fields(file).expect_err("damaged").to_string()
    }

    #[test]
    fn fields_of_every_kind_are_walked_over() {
        let fixed = [varint(4 << 3 | 1), vec![0; 8]].concat();
        let file = [int(1, -1), bytes(2, b"text"), float(3, 1.0), fixed, int(1 << 28, 0)].concat();
        assert_eq!(fields(file), Ok(vec![1, 2, 3, 4, 1 << 28]));
    }

    #[test]
    fn numbers_may_be_as_long_as_64_bits() {
        let number = |bytes: &[u8]| {
            read([&[8], bytes].concat(), |mut message| message.next().map_or(Ok(0), |field| field?.int()))
        };
        assert_eq!(number(&varint(u64::MAX)), Ok(-1));
        assert_eq!(number(&[0x80, 0x80, 0]), Ok(0));
        assert!(number(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).is_err());
        assert!(number(&[0x80; 11]).is_err());
        assert!(number(&[0x80]).is_err());
    }

    #[test]
    fn lengths_are_not_believed() {
        for length in [5, 1 << 31, 1 << 32, 1 << 63, u64::MAX] {
            let file = [varint(1 << 3 | 2), varint(length), b"text".to_vec()].concat();
            assert!(complaint(file).contains("4 are left"));
        }
        // Nor is a length within a message that would fit into the file.
        let inner = [varint(1 << 3 | 2), varint(3)].concat();
        let file = [bytes(1, &inner), int(1, 0), int(1, 0)].concat();
        let walked = read(file, |mut message| {
            let inner = message.next().ok_or_else(|| invalid("no field"))??.message()?;
            inner.map(|field| field?.text()).collect::<Result<Vec<_>>>()
        });
        assert!(walked.is_err());
    }

    #[test]
    fn what_protobuf_does_not_have_is_refused() {
        assert!(complaint(vec![0, 0]).contains("field 0"));
        assert!(complaint(vec![1 << 3 | 3]).contains("wire type 3"));
        let text =
            read(int(1, 1), |mut message| message.next().map_or(Ok(String::new()), |field| field?.text()));
        assert!(text.is_err());
    }

    #[test]
    fn texts_longer_than_the_window_are_whole() {
        let long = "long ".repeat(10_000);
        let read = read([int(2, 1), bytes(1, long.as_bytes())].concat(), |message| {
            message.last().map_or(Ok(String::new()), |field| field?.text())
        });
        assert_eq!(read, Ok(long));
    }
}
