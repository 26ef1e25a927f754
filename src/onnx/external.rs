//! The files beside a model that its tensors may lie in.

use std::rc::Rc;

use super::source::{Source, Stored};
use super::wire::Message;
use super::{Error, invalid};
use crate::Result;

/// Files by name.
#[derive(Clone, Copy)]
pub(super) struct Files<'a>(pub(super) &'a [(String, Rc<dyn Source>)]);

impl Files<'_> {
    /// The file at this place relative to the model, or else one of the same name in another folder.
    fn find(&self, location: &str) -> Option<&Rc<dyn Source>> {
        let wanted = relative(location);
        let path = self.0.iter().find(|(name, _)| relative(name) == wanted);
        let name = || self.0.iter().find(|(name, _)| file_name(name) == file_name(&wanted));
        path.or_else(name).map(|(_, source)| source)
    }
}

fn relative(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// What `TensorProto.external_data` says.
#[derive(Default)]
pub(super) struct Place {
    location: String,
    offset: u64,
    length: Option<u64>,
}

impl Place {
    /// Reads one entry: a `StringStringEntryProto`.
    pub(super) fn entry(&mut self, message: Message<'_>) -> Result<()> {
        let (key, value) = entry(message)?;
        let number = || {
            let number = value.parse();
            number.map_err(|_| {
                invalid(format!("the {key} of external data is \"{value}\", which is no number of bytes"))
            })
        };
        match key.as_str() {
            "offset" => self.offset = number()?,
            "length" => self.length = Some(number()?),
            "location" => self.location = value,
            // A checksum.
            _ => {}
        }
        Ok(())
    }

    /// The `size` bytes of this tensor.
    pub(super) fn find(&self, tensor: &str, size: u64, files: Files<'_>) -> Result<Stored> {
        let Self { location, offset, length } = self;
        let source = files.find(location).ok_or_else(|| {
            Error::MissingData(format!(
                "the weights of \"{tensor}\" are in the file \"{location}\" beside the model: give that file too"
            ))
        })?;
        if length.is_some_and(|length| length != size) {
            return Err(invalid(format!(
                "the tensor \"{tensor}\" has {} bytes in \"{location}\"; its shape and type are {size} bytes",
                length.unwrap_or_default()
            )));
        }
        let held = source.len();
        let end = offset.checked_add(size).filter(|end| *end <= held).ok_or_else(|| {
            invalid(format!(
                "the tensor \"{tensor}\" is {size} bytes from byte {offset} on in \"{location}\", which has {held}: \
                 is it the file of this model, and complete?"
            ))
        })?;
        Ok(Stored { source: Rc::clone(source), range: *offset..end })
    }
}

/// A `StringStringEntryProto`.
pub(super) fn entry(message: Message<'_>) -> Result<(String, String)> {
    let mut entry = (String::new(), String::new());
    for field in message {
        let field = field?;
        match field.number {
            1 => entry.0 = field.text()?,
            2 => entry.1 = field.text()?,
            _ => {}
        }
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_path_then_by_name() {
        let file =
            |name: &str, length| -> (String, Rc<dyn Source>) { (name.into(), Rc::new(vec![0; length])) };
        let files = [file("a/w.bin", 1), file("./b/w.bin", 2), file("c.data", 3)];
        let find = |location| Files(&files).find(location).map(|source| source.len());
        assert_eq!(find("b/w.bin"), Some(2));
        assert_eq!(find("./a\\w.bin"), Some(1));
        assert_eq!(find("w.bin"), Some(1));
        assert_eq!(find("../elsewhere/c.data"), Some(3));
        assert_eq!(find("data"), None);
        assert_eq!(find(""), None);
    }
}
