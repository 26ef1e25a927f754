//! The element types of tensors.

use std::fmt;

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElementType {
    /// IEEE 754 of 32 bits.
    F32,
    /// IEEE 754 of 16 bits.
    F16,
    /// The upper half of [`Self::F32`].
    BF16,
    /// IEEE 754 of 64 bits.
    F64,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
    /// A byte that is 0 or 1.
    Bool,
    /// Signed, 4 bits, two in a byte, the first in the lower half.
    I4,
    /// Unsigned, 4 bits, two in a byte, the first in the lower half.
    U4,
    /// A text.
    String,
}

/// `TensorProto.DataType` by number: its name, and what it is here.
const TYPES: [(&str, Option<ElementType>); 27] = {
    use ElementType::*;
    [
        ("UNDEFINED", None),
        ("FLOAT", Some(F32)),
        ("UINT8", Some(U8)),
        ("INT8", Some(I8)),
        ("UINT16", Some(U16)),
        ("INT16", Some(I16)),
        ("INT32", Some(I32)),
        ("INT64", Some(I64)),
        ("STRING", Some(String)),
        ("BOOL", Some(Bool)),
        ("FLOAT16", Some(F16)),
        ("DOUBLE", Some(F64)),
        ("UINT32", Some(U32)),
        ("UINT64", Some(U64)),
        ("COMPLEX64", None),
        ("COMPLEX128", None),
        ("BFLOAT16", Some(BF16)),
        ("FLOAT8E4M3FN", None),
        ("FLOAT8E4M3FNUZ", None),
        ("FLOAT8E5M2", None),
        ("FLOAT8E5M2FNUZ", None),
        ("UINT4", Some(U4)),
        ("INT4", Some(I4)),
        ("FLOAT4E2M1", None),
        ("FLOAT8E8M0", None),
        ("UINT2", None),
        ("INT2", None),
    ]
};

impl ElementType {
    /// The type that ONNX has under this number.
    ///
    /// # Errors
    /// The name of the number, if it is none of these types.
    pub(crate) fn from_onnx(number: i64) -> Result<Self, String> {
        match usize::try_from(number).ok().and_then(|index| TYPES.get(index)) {
            Some((_, Some(element))) => Ok(*element),
            Some((name, None)) => Err((*name).into()),
            None => Err(format!("number {number}")),
        }
    }

    /// The size of an element in bits; 0 for [`Self::String`].
    pub fn bits(self) -> u64 {
        match self {
            Self::String => 0,
            Self::I4 | Self::U4 => 4,
            Self::I8 | Self::U8 | Self::Bool => 8,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 16,
            Self::F32 | Self::I32 | Self::U32 => 32,
            Self::F64 | Self::I64 | Self::U64 => 64,
        }
    }

    /// Whether elements are floating-point numbers.
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F16 | Self::BF16 | Self::F64)
    }
}

impl fmt::Display for ElementType {
    /// The name in ONNX's `TensorProto.DataType`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            TYPES.iter().find(|(_, element)| *element == Some(*self)).map_or("UNDEFINED", |(name, _)| name);
        formatter.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_and_numbers_of_onnx() {
        assert_eq!(ElementType::from_onnx(16), Ok(ElementType::BF16));
        assert_eq!(ElementType::from_onnx(17), Err("FLOAT8E4M3FN".into()));
        assert_eq!(ElementType::from_onnx(-1), Err("number -1".into()));
        assert_eq!(ElementType::I4.to_string(), "INT4");
    }
}
