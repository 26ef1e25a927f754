//! `ValueInfoProto` → [`ValueInfo`].

use super::wire::Message;
use super::{Dim, ElementType, ValueInfo, invalid};
use crate::Result;

/// Reads a `ValueInfoProto`.
pub(super) fn value_info(message: Message<'_>) -> Result<ValueInfo> {
    let mut value = ValueInfo { name: String::new(), element: None, shape: None };
    for field in message {
        let field = field?;
        match field.number {
            1 => value.name = field.text()?,
            2 => (value.element, value.shape) = type_of(field.message()?)?,
            _ => {}
        }
    }
    Ok(value)
}

type Type = (Option<ElementType>, Option<Vec<Dim>>);

/// Reads a `TypeProto`: nothing, if it is none of a tensor.
fn type_of(message: Message<'_>) -> Result<Type> {
    let mut found = (None, None);
    for field in message {
        let field = field?;
        // A tensor, dense or sparse; others are sequences, maps and optional values.
        if matches!(field.number, 1 | 8) {
            found = tensor_type(field.message()?)?;
        }
    }
    Ok(found)
}

fn tensor_type(message: Message<'_>) -> Result<Type> {
    let mut found = (None, None);
    for field in message {
        let field = field?;
        match field.number {
            1 => found.0 = ElementType::from_onnx(field.int()?).ok(),
            2 => found.1 = Some(shape(field.message()?)?),
            _ => {}
        }
    }
    Ok(found)
}

/// Reads a `TensorShapeProto`.
fn shape(message: Message<'_>) -> Result<Vec<Dim>> {
    let mut dims = Vec::new();
    for field in message {
        let field = field?;
        if field.number == 1 {
            dims.push(dim(field.message()?)?);
        }
    }
    Ok(dims)
}

fn dim(message: Message<'_>) -> Result<Dim> {
    let mut dim = Dim::Unknown;
    for field in message {
        let field = field?;
        dim = match field.number {
            1 => match field.int()? {
                ..=0 => Dim::Unknown,
                length => Dim::Known(
                    usize::try_from(length)
                        .map_err(|_| invalid(format!("an axis has a length of {length}")))?,
                ),
            },
            2 => match field.text()? {
                // Two axes that are not known are not the same.
                name if matches!(name.as_str(), "" | "?") => Dim::Unknown,
                name => Dim::Symbol(name),
            },
            _ => continue,
        };
    }
    Ok(dim)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bytes, int, read, text};
    use super::*;

    fn parse(kind: &[u8]) -> ValueInfo {
        read([text(1, "x"), bytes(2, kind)].concat(), value_info).expect("a value")
    }

    #[test]
    fn axes_are_known_or_named_or_neither() {
        let dims = [int(1, 3), text(2, "N"), int(1, 0), int(1, -1), text(2, "?"), Vec::new()];
        let shape: Vec<_> = dims.iter().flat_map(|dim| bytes(1, dim)).collect();
        let value = parse(&bytes(1, &[int(1, 1), bytes(2, &shape)].concat()));
        let unknown = Dim::Unknown;
        let expected = [
            Dim::Known(3),
            Dim::Symbol("N".into()),
            unknown.clone(),
            unknown.clone(),
            unknown.clone(),
            unknown,
        ];
        assert_eq!((value.name.as_str(), value.element), ("x", Some(ElementType::F32)));
        assert_eq!(value.shape.as_deref(), Some(expected.as_slice()));
    }

    #[test]
    fn a_scalar_is_not_a_tensor_of_unknown_shape() {
        assert_eq!(parse(&bytes(1, &[int(1, 7), bytes(2, &[])].concat())).shape, Some(Vec::new()));
        assert_eq!(parse(&bytes(1, &int(1, 7))).shape, None);
    }

    #[test]
    fn a_sequence_has_neither_element_nor_shape() {
        let tensor = bytes(1, &[int(1, 1), bytes(2, &[])].concat());
        let value = parse(&bytes(4, &bytes(1, &tensor)));
        assert_eq!((value.element, value.shape), (None, None));
    }
}
