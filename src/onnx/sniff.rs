//! What a file is that is no ONNX model, and how to make one of it.

use super::invalid;
use super::source::Source;
use crate::Result;

/// How many bytes of the beginning are looked at.
const HEAD: u64 = 1 << 12;
/// How many bytes of the end of a zip archive are looked at: there is its list of files.
const TAIL: u64 = 1 << 16;
/// How many bytes without a control character are a text.
const TEXT: usize = 64;

const TORCH: &str = "PyTorch weights; in Python, with the network that they belong to:\n\
                     model.load_state_dict(torch.load(\"FILE\"))\n\
                     torch.onnx.export(model.eval(), (torch.zeros(1, 3, 224, 224),), \"model.onnx\")";
const KERAS: &str = "a Keras model; in Python:\n\
                     model = keras.models.load_model(\"FILE\")\n\
                     model.export(\"model.onnx\", format=\"onnx\")";
const TENSORFLOW: &str = "a TensorFlow model; convert it with\n\
                          pip install tf2onnx\n\
                          python -m tf2onnx.convert --saved-model FOLDER --output model.onnx";
const TFLITE: &str = "a TensorFlow Lite model; convert it with\n\
                      pip install tf2onnx\n\
                      python -m tf2onnx.convert --tflite FILE --output model.onnx";
const TFJS: &str = "a TensorFlow.js model: give model.json and its weights together, as files";
const ORT: &str = "a model in ONNX Runtime's own format (.ort): take the .onnx file that it was made from";
const SAFETENSORS: &str = "a safetensors file, which has weights and no network; in Python, with the network:\n\
                           model.load_state_dict(safetensors.torch.load_file(\"FILE\"))\n\
                           torch.onnx.export(model.eval(), (torch.zeros(1, 3, 224, 224),), \"model.onnx\")";
const GGUF: &str = "a GGUF file, which holds a language model; take an image classifier, exported as ONNX";
const COREML: &str = "a Core ML model: export the model it was made from as ONNX, as with torch.onnx.export";
const HTML: &str =
    "a web page: the address is probably that of a page about the file; take its download link";
const LFS: &str = "a Git LFS pointer, which stands for the file: fetch the file itself with git lfs pull, or by its \
                   download link";
const GZIP: &str = "a gzip archive: unpack it, and take the .onnx file";
const PICTURE: &str = "a picture: give the model here, a file whose name ends in .onnx";

/// Refuses files that are known to be something else.
///
/// # Errors
/// [`crate::Error::InvalidModel`] that says what the file is and what to do.
pub(super) fn check(source: &dyn Source) -> Result<()> {
    let length = source.len();
    if length == 0 {
        return Err(invalid("the file is empty: fetch or export it again"));
    }
    let head = part(source, 0, HEAD)?;
    let found = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(zip(&part(source, length.saturating_sub(TAIL), TAIL)?).into())
    } else {
        binary(&head).or_else(|| protobuf(&head)).map(String::from).or_else(|| text(&head))
    };
    match found {
        Some(found) => Err(invalid(format!("this is no ONNX model but {found}"))),
        None => Ok(()),
    }
}

fn part(source: &dyn Source, from: u64, length: u64) -> Result<Vec<u8>> {
    let length = source.len().saturating_sub(from).min(length);
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    source.read(from, &mut bytes)?;
    Ok(bytes)
}

fn holds(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// What a zip archive is by the names at its end.
fn zip(tail: &[u8]) -> &'static str {
    let any = |names: &[&str]| names.iter().any(|name| holds(tail, name));
    if any(&[".onnx"]) {
        "a zip archive with one in it: unpack it, and take the .onnx file"
    } else if any(&["data.pkl"]) {
        TORCH
    } else if any(&["model.weights.h5"]) {
        KERAS
    } else if any(&["saved_model.pb"]) {
        TENSORFLOW
    } else if any(&["model.json"]) {
        TFJS
    } else {
        "a zip archive: unpack it, and take a file whose name ends in .onnx"
    }
}

/// Formats that begin with bytes of their own.
fn binary(head: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    Some(match head {
        [0x80, 2..=5, ..] => TORCH,
        _ if at(0, b"\x89HDF\r\n\x1a\n") => KERAS,
        _ if at(4, b"TFL3") => TFLITE,
        _ if at(4, b"ORTM") => ORT,
        // The length of a JSON header, far below 2^48.
        _ if at(6, b"\0\0{") => SAFETENSORS,
        _ if at(0, b"GGUF") => GGUF,
        _ if at(0, b"\x1f\x8b") => GZIP,
        _ if at(0, b"\x89PNG") || at(0, b"\xff\xd8\xff") || at(0, b"GIF8") || at(8, b"WEBP") => PICTURE,
        _ => return None,
    })
}

/// Other formats in protobuf. ONNX begins with its version and the name of a program.
fn protobuf(head: &[u8]) -> Option<&'static str> {
    match head {
        // A frozen graph begins with a message, a node.
        [0x0a, ..] if holds(head, "Placeholder") || holds(head, "Const") => Some(TENSORFLOW),
        // Field 2 is a message, whose first field is one: not a program's name.
        [0x08, version, 0x12, rest @ ..] => {
            let length = rest.iter().position(|byte| *byte < 0x80)?;
            let message = rest.get(length + 1) == Some(&0x0a);
            message.then_some(if *version == 1 { TENSORFLOW } else { COREML })
        }
        _ => None,
    }
}

/// Formats that are texts.
fn text(head: &[u8]) -> Option<String> {
    let start = head.get(..TEXT.min(head.len()))?;
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let first: String = text.chars().take(TEXT).collect();
    if start.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
        return None;
    }
    let lower = first.to_ascii_lowercase();
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        HTML.into()
    } else if first.starts_with("version https://git-lfs") {
        LFS.into()
    } else if first.starts_with('{')
        && ["modelTopology", "weightsManifest", "layers-model"].iter().any(|key| text.contains(key))
    {
        TFJS.into()
    } else if first.starts_with(['{', '[']) {
        "JSON: give the file whose name ends in .onnx".into()
    } else {
        let line = first.lines().next().unwrap_or_default();
        format!("a text that begins with \"{line}\": give the file whose name ends in .onnx")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(bytes: &[u8]) -> String {
        check(&bytes.to_vec()).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn other_formats_are_called_by_their_names() {
        let zip = |name: &str| [b"PK\x03\x04".as_slice(), &[0; 100], name.as_bytes()].concat();
        let safetensors = [&[0x40, 1, 0, 0, 0, 0, 0, 0], b"{\"weight\":{}}".as_slice()].concat();
        let saved_model = b"\x08\x01\x12\xf0\x01\x0a\x05";
        let core_ml = b"\x08\x04\x12\x30\x0a\x05";
        let frozen = b"\x0a\x20\x0a\x05input\x12\x0bPlaceholder";
        for (bytes, word) in [
            (b"".as_slice(), "empty"),
            (&zip("archive/data.pkl"), "torch.onnx.export"),
            (&zip("model.weights.h5"), "Keras"),
            (&zip("net/model.onnx"), "unpack"),
            (&zip("readme.txt"), "zip archive"),
            (&zip("model.json weights.bin"), "TensorFlow.js"),
            (b"\x80\x02\x8a\x0a", "PyTorch"),
            (b"\x89HDF\r\n\x1a\n", "Keras"),
            (b"\x1c\0\0\0TFL3", "Lite"),
            (b"\x1c\0\0\0ORTM", ".ort"),
            (&safetensors, "safetensors"),
            (b"GGUF\x03\0\0\0", "GGUF"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"\x89PNG\r\n", "picture"),
            (b"\xff\xd8\xff\xe0", "picture"),
            (saved_model, "saved-model"),
            (core_ml, "Core ML"),
            (frozen, "TensorFlow"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"version https://git-lfs.github.com/spec/v1\n", "LFS"),
            (b"{\"format\": \"layers-model\"}", "TensorFlow.js"),
            (b"{\"a\": 1}", "JSON"),
            (b"404: Not Found", "\"404: Not Found\""),
        ] {
            let found = complaint(bytes);
            assert!(found.contains(word), "{word}: {found}");
        }
    }

    #[test]
    fn models_are_let_through() {
        assert_eq!(complaint(b"\x08\x08\x12\x07pytorch\x1a\x052.1.0"), "");
        assert_eq!(complaint(b"\x08\x03\x3a\x10"), "");
    }
}
