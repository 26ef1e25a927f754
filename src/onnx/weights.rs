//! `TensorProto` → [`Tensor`]: where its values are, and that they are as many as its shape says.

use super::external::{Files, Place};
use super::wire::Message;
use super::{ElementType, Tensor, TensorData, invalid, typed};
use crate::{Error, Result};

/// Reads a `TensorProto`.
pub(super) fn tensor(message: Message<'_>, files: Files<'_>) -> Result<Tensor> {
    let (mut name, mut doc) = (String::new(), String::new());
    let mut dims = Vec::new();
    let mut kind = 0;
    let (mut raw, mut place, mut packed) = (None, None, None);
    for field in message.clone() {
        let field = field?;
        match field.number {
            1 => field.ints(&mut dims)?,
            2 => kind = field.int()?,
            number @ (4 | 10) if field.is_packed() => packed = Some((number, field.stored()?)),
            8 => name = field.text()?,
            9 => raw = Some(field.stored()?).filter(|raw| !raw.is_empty()),
            12 => doc = field.text()?,
            13 => place.get_or_insert_with(Place::default).entry(field.message()?)?,
            _ => {}
        }
    }
    let element = ElementType::from_onnx(kind).map_err(|kind| {
        Error::Unsupported(format!("the tensor \"{name}\" is of the type {kind}, which is not supported"))
    })?;
    let Extent { shape, elements, bytes } = Extent::new(&dims, element).ok_or_else(|| {
        invalid(format!("the tensor \"{name}\" has the shape {dims:?}, which is none, or far too large"))
    })?;
    let data = match (raw, place, packed) {
        (Some(raw), ..) if raw.len() != bytes => {
            let found = raw.len();
            return Err(invalid(format!(
                "the tensor \"{name}\" has {found} bytes; {shape:?} of the type {element} are {bytes}"
            )));
        }
        (Some(raw), ..) => TensorData::Stored(raw),
        (None, Some(place), _) => TensorData::Stored(place.find(&name, bytes, files)?),
        // Packed floating-point numbers lie in the file as raw ones do.
        (None, None, Some((field, packed))) if field == typed::field(element) && packed.len() == bytes => {
            TensorData::Stored(packed)
        }
        _ => typed::values(message, &name, element, elements)?,
    };
    Ok(Tensor { name, shape, element, data, doc })
}

/// How large a tensor is.
struct Extent {
    shape: Vec<usize>,
    elements: usize,
    bytes: u64,
}

impl Extent {
    fn new(dims: &[i64], element: ElementType) -> Option<Self> {
        let shape = shape(dims)?;
        let elements: usize = shape.iter().product();
        let bytes = u64::try_from(elements).ok()?.checked_mul(element.bits())?.div_ceil(8);
        Some(Self { shape, elements, bytes })
    }
}

/// The shape of these dimensions, if none is negative and the number of elements is one.
pub(super) fn shape(dims: &[i64]) -> Option<Vec<usize>> {
    let shape: Vec<usize> = dims.iter().map(|&dim| dim.try_into().ok()).collect::<Option<_>>()?;
    // An axis of length 0 does not make the others reasonable.
    shape.iter().try_fold(1usize, |elements, &dim| elements.checked_mul(dim.max(1)))?;
    Some(shape)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::source::Source;
    use super::super::testing::{bytes, doubles, float, floats, int, ints, read, text};
    use super::*;

    fn parse(fields: &[Vec<u8>]) -> Result<Tensor> {
        read(fields.concat(), |message| tensor(message, Files(&[])))
    }

    fn values(fields: &[Vec<u8>]) -> Vec<f64> {
        parse(fields).and_then(|tensor| tensor.to_f64()).expect("a tensor")
    }

    fn complaint(fields: &[Vec<u8>]) -> String {
        parse(fields).expect_err("no tensor").to_string()
    }

    #[test]
    fn raw_bytes_stay_in_the_file() {
        let tensor =
            parse(&[int(1, 2), int(2, 1), text(8, "w"), bytes(9, &[0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])]);
        let tensor = tensor.expect("a tensor");
        assert!(matches!(&tensor.data, TensorData::Stored(stored) if stored.range == (9..17)));
        assert_eq!((tensor.to_f32(), tensor.elements()), (Ok(vec![1.0, -2.0]), 2));
    }

    #[test]
    fn packed_floats_stay_in_the_file_too() {
        let tensor = parse(&[ints(1, &[2]), int(2, 1), floats(4, &[1.5, 2.5])]).expect("a tensor");
        assert!(matches!(tensor.data, TensorData::Stored(_)));
        assert_eq!(tensor.to_f64(), Ok(vec![1.5, 2.5]));
        assert_eq!(values(&[int(1, 2), int(2, 1), float(4, 1.5), float(4, 2.5)]), [1.5, 2.5]);
        assert_eq!(values(&[int(1, 2), int(2, 11), doubles(10, &[0.1]), doubles(10, &[0.2])]), [0.1, 0.2]);
    }

    #[test]
    fn a_shape_without_data_is_a_skeleton() {
        let tensor = parse(&[ints(1, &[2, 3]), int(2, 1), text(8, "w"), text(12, "fill")]).expect("a tensor");
        assert!(matches!(tensor.data, TensorData::Absent));
        assert_eq!((tensor.shape.as_slice(), tensor.doc.as_str()), ([2, 3].as_slice(), "fill"));
        let error = tensor.to_f32().expect_err("no data");
        assert!(matches!(&error, Error::MissingData(text) if text.contains("\"w\" has no data")), "{error}");
        assert!(values(&[ints(1, &[0, 3]), int(2, 1)]).is_empty());
    }

    #[test]
    fn shapes_that_the_data_does_not_have_are_errors() {
        assert!(
            complaint(&[int(1, 3), int(2, 1), text(8, "w"), bytes(9, &[0; 8])]).contains("\"w\" has 8 bytes")
        );
        assert!(complaint(&[int(1, 3), int(2, 7), ints(7, &[1, 2])]).contains("2 values"));
        assert!(complaint(&[int(1, -1), int(2, 7)]).contains("[-1]"));
        assert!(complaint(&[ints(1, &[1 << 40, 1 << 40]), int(2, 7)]).contains("far too large"));
        assert!(complaint(&[ints(1, &[i64::MAX]), int(2, 7)]).contains("far too large"));
        assert!(complaint(&[ints(1, &[0, i64::MAX, i64::MAX]), int(2, 7)]).contains("far too large"));
        assert!(complaint(&[int(2, 14), text(8, "z")]).contains("\"z\" is of the type COMPLEX64"));
    }

    #[test]
    fn external_data_is_a_range_of_another_file() {
        let entry = |key: &str, value: &str| bytes(13, &[text(1, key), text(2, value)].concat());
        let fields = [
            int(1, 2),
            int(2, 2),
            text(8, "w"),
            entry("location", "./w.bin"),
            entry("offset", "1"),
            int(14, 1),
        ];
        let error = parse(&fields).expect_err("no file");
        assert!(
            matches!(&error, Error::MissingData(text) if text.contains("\"w\"") && text.contains("w.bin")),
            "{error}"
        );
        let with = |length, fields: &[Vec<u8>]| {
            let source: Rc<dyn Source> = Rc::new((0..length).collect::<Vec<u8>>());
            read(fields.concat(), |message| tensor(message, Files(&[("w.bin".into(), source)])))
        };
        assert_eq!(with(3, &fields).and_then(|tensor| tensor.to_i64()), Ok(vec![1, 2]));
        assert!(with(2, &fields).is_err());
        assert!(with(9, &[fields.concat(), entry("length", "3")]).is_err());
        assert!(with(9, &[fields.concat(), entry("offset", "-1")]).is_err());
        assert!(with(9, &[fields.concat(), entry("offset", &u64::MAX.to_string())]).is_err());
    }
}
