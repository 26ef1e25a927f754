//! A tensor of a model, and its values as numbers.

use std::ops::Range;

use super::source::Stored;
use super::values::{Number, decode, floats};
use super::{ElementType, invalid};
use crate::{Error, Result};

/// An initialiser, or a tensor that an attribute holds.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Its name; often empty in attributes.
    pub name: String,
    /// The length of each axis, outermost first; empty for a scalar.
    pub shape: Vec<usize>,
    /// The type of its elements.
    pub element: ElementType,
    /// Where its values are.
    pub data: TensorData,
    /// Its `doc_string`.
    pub doc: String,
}

/// The values of a [`Tensor`], in row-major order.
#[derive(Clone, Debug)]
pub enum TensorData {
    /// Little-endian, as wide as the element type, in a file.
    Stored(Stored),
    /// Floating-point numbers that the file does not hold in their own width.
    Floats(Vec<f64>),
    /// Integers and truth values that the file does not hold in their own width. A `UINT64` beyond
    /// [`i64::MAX`] is the negative number of the same bits.
    Ints(Vec<i64>),
    /// Texts.
    Strings(Vec<String>),
    /// The file holds the shape only, as a skeleton does.
    Absent,
}

impl Tensor {
    /// The number of elements.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Some of the elements as a tensor of one axis; `None` if that is none of this one's bytes.
    pub fn part(&self, elements: Range<usize>) -> Option<Self> {
        let TensorData::Stored(stored) = &self.data else { return None };
        let width = self.element.bits() / 8;
        let byte = |at: usize| stored.range.start + at as u64 * width;
        let range = byte(elements.start)..byte(elements.end);
        (width > 0 && elements.end <= self.elements()).then(|| Self {
            shape: vec![elements.len()],
            data: TensorData::Stored(Stored { range, ..stored.clone() }),
            ..self.clone()
        })
    }

    /// The values as `f32`; what is wider is rounded.
    ///
    /// # Errors
    /// [`Error::MissingData`] if the file has no values, [`Error::Unsupported`] if they are texts or do not fit into
    /// memory, and whatever its source says.
    pub fn to_f32(&self) -> Result<Vec<f32>> {
        match &self.data {
            TensorData::Stored(stored) if self.element == ElementType::F32 => floats(stored, self.elements()),
            _ => self.numbers(),
        }
    }

    /// The values as `f64`; integers of more than 53 bits are rounded.
    ///
    /// # Errors
    /// As [`Self::to_f32`].
    pub fn to_f64(&self) -> Result<Vec<f64>> {
        self.numbers()
    }

    /// The values of a tensor of integers or truth values. A `UINT64` beyond [`i64::MAX`] becomes that.
    ///
    /// # Errors
    /// As [`Self::to_f32`], and [`Error::InvalidModel`] if the elements are floating-point numbers.
    pub fn to_i64(&self) -> Result<Vec<i64>> {
        if self.element.is_float() {
            let Self { name, element, .. } = self;
            return Err(invalid(format!("the tensor \"{name}\" is {element} where integers are expected")));
        }
        self.numbers()
    }

    fn numbers<T: Number>(&self) -> Result<Vec<T>> {
        match &self.data {
            TensorData::Stored(stored) => decode(stored, self.element, self.elements()),
            TensorData::Floats(values) => Ok(values.iter().map(|&value| T::of_f64(value)).collect()),
            TensorData::Ints(values) if self.element == ElementType::U64 => {
                Ok(values.iter().map(|value| T::of_u64(value.cast_unsigned())).collect())
            }
            TensorData::Ints(values) => Ok(values.iter().map(|&value| T::of_i64(value)).collect()),
            TensorData::Strings(_) => {
                Err(Error::Unsupported(format!("the tensor \"{}\" holds texts, not numbers", self.name)))
            }
            TensorData::Absent => Err(Error::MissingData(format!(
                "the initialiser \"{}\" has no data in this file, only its shape {:?}: export the model with its weights",
                self.name, self.shape
            ))),
        }
    }
}
