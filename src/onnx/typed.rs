//! The values of a `TensorProto` without raw bytes: in the field that is for their type.

use half::{bf16, f16};

use super::values::nibbles;
use super::wire::Message;
use super::{ElementType, TensorData, invalid};
use crate::Result;

/// The number of the field that holds values of this type.
pub(super) fn field(element: ElementType) -> u64 {
    use ElementType::*;
    match element {
        F32 => 4,
        F16 | BF16 | I8 | I16 | I32 | U8 | U16 | Bool | I4 | U4 => 5,
        String => 6,
        I64 => 7,
        F64 => 10,
        U32 | U64 => 11,
    }
}

/// The values of the tensor of this name, which are so many or absent.
pub(super) fn values(
    tensor: Message<'_>,
    name: &str,
    element: ElementType,
    elements: usize,
) -> Result<TensorData> {
    let number = field(element);
    let mut fields = tensor.filter(|field| field.as_ref().map_or(true, |field| field.number == number));
    let data = match element {
        ElementType::F32 => {
            let mut values = Vec::new();
            fields.try_for_each(|field| field?.floats(&mut values))?;
            TensorData::Floats(values.into_iter().map(f64::from).collect())
        }
        ElementType::F64 => {
            let mut values = Vec::new();
            fields.try_for_each(|field| field?.doubles(&mut values))?;
            TensorData::Floats(values)
        }
        ElementType::String => TensorData::Strings(fields.map(|field| field?.text()).collect::<Result<_>>()?),
        _ => {
            let mut values = Vec::new();
            fields.try_for_each(|field| field?.ints(&mut values))?;
            integers(&values, element, elements).ok_or_else(|| {
                invalid(format!("the tensor \"{name}\" has values that its type {element} does not have"))
            })?
        }
    };
    let found = match &data {
        TensorData::Floats(values) => values.len(),
        TensorData::Ints(values) => values.len(),
        TensorData::Strings(values) => values.len(),
        TensorData::Stored(_) | TensorData::Absent => 0,
    };
    match found {
        0 if elements > 0 => Ok(TensorData::Absent),
        _ if found == elements => Ok(data),
        _ => Err(invalid(format!("the tensor \"{name}\" has {found} values; its shape has {elements}"))),
    }
}

/// What these integers stand for: values, the bits of floating-point numbers, or pairs of 4 bits.
fn integers(values: &[i64], element: ElementType, elements: usize) -> Option<TensorData> {
    use ElementType::*;
    let bits = |&value| u16::try_from(value).ok();
    let data = match element {
        F16 => TensorData::Floats(
            values.iter().map(|v| Some(f16::from_bits(bits(v)?).into())).collect::<Option<_>>()?,
        ),
        BF16 => TensorData::Floats(
            values.iter().map(|v| Some(bf16::from_bits(bits(v)?).into())).collect::<Option<_>>()?,
        ),
        I4 | U4 => {
            let bytes: Vec<u8> = values.iter().map(|&value| value.try_into().ok()).collect::<Option<_>>()?;
            let mut values: Vec<_> = bytes.into_iter().flat_map(|byte| nibbles(byte, element)).collect();
            if values.len() == elements + 1 {
                values.pop();
            }
            TensorData::Ints(values)
        }
        Bool => TensorData::Ints(values.iter().map(|&value| i64::from(value != 0)).collect()),
        _ => {
            let fits = |value: i64| match element {
                I8 => i8::try_from(value).is_ok(),
                I16 => i16::try_from(value).is_ok(),
                I32 => i32::try_from(value).is_ok(),
                U8 => u8::try_from(value).is_ok(),
                U16 => u16::try_from(value).is_ok(),
                U32 => u32::try_from(value).is_ok(),
                _ => true,
            };
            values.iter().all(|&value| fits(value)).then(|| TensorData::Ints(values.to_vec()))?
        }
    };
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bytes, ints, read};
    use super::*;

    fn integers(element: ElementType, elements: usize, values: &[i64]) -> Result<TensorData> {
        read(ints(field(element), values), |message| super::values(message, "t", element, elements))
    }

    #[test]
    fn bits_of_half_numbers_are_decoded() {
        let half = integers(ElementType::F16, 2, &[0x3c00, 0xc000]);
        assert!(matches!(half, Ok(TensorData::Floats(values)) if values == [1.0, -2.0]));
        let brain = integers(ElementType::BF16, 1, &[0x3fc0]);
        assert!(matches!(brain, Ok(TensorData::Floats(values)) if values == [1.5]));
        assert!(integers(ElementType::F16, 1, &[0x10000]).is_err());
    }

    #[test]
    fn integers_are_of_their_type() {
        assert!(
            matches!(integers(ElementType::I8, 1, &[-128]), Ok(TensorData::Ints(values)) if values == [-128])
        );
        assert!(integers(ElementType::I8, 1, &[128]).is_err());
        assert!(
            matches!(integers(ElementType::I4, 3, &[0xf2, 8]), Ok(TensorData::Ints(values)) if values == [2, -1, -8])
        );
        assert!(integers(ElementType::I4, 5, &[0xf2, 8]).is_err());
        assert!(
            matches!(integers(ElementType::Bool, 2, &[0, 5]), Ok(TensorData::Ints(values)) if values == [0, 1])
        );
    }

    #[test]
    fn texts_are_read_even_if_they_are_no_texts() {
        let texts = [bytes(6, b"cat"), bytes(6, &[0xff])].concat();
        let read = read(texts, |message| values(message, "t", ElementType::String, 2));
        assert!(matches!(read, Ok(TensorData::Strings(texts)) if texts == ["cat", "\u{fffd}"]));
    }
}
