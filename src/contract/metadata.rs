//! What a file's `metadata_props` say: gradlens' own keys, ONNX's documented ones for pictures, and Ultralytics'.

use super::{Channels, Meaning, Parts};
use crate::Result;
use crate::contract::Normalisation;
use crate::onnx::Model;

/// One label a line.
const LABELS: &str = "gradlens.labels";
/// As [`Normalisation`] is written.
const NORMALISATION: &str = "gradlens.normalisation";
/// As [`super::Resize`] is written.
const RESIZE: &str = "gradlens.resize";
/// As [`super::Channels`] are written.
const CHANNELS: &str = "gradlens.channels";
/// Width and height, such as `224x224`.
const SIZE: &str = "gradlens.size";
/// As [`Meaning`] is written.
const MEANING: &str = "gradlens.scores";
/// Layers of the file, one a line: what people call it, `=`, the name of the value, and behind a space each the methods
/// whose default it is.
pub const LAYERS: &str = "gradlens.layers";

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata {
    /// Parts of the contract.
    pub parts: Parts,
    /// Layers that have names of their own.
    pub layers: Vec<NamedLayer>,
}

/// A layer that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLayer {
    /// What it is called.
    pub alias: String,
    /// The name of the value.
    pub value: String,
    /// The methods whose default it is.
    pub methods: Vec<String>,
}

impl Metadata {
    /// Reads the metadata of a file.
    ///
    /// # Errors
    /// [`crate::Error::InvalidContract`] if a key of gradlens' own says something that nobody can read.
    pub fn of(model: &Model) -> Result<Self> {
        let value =
            |key: &str| model.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let mut parts = Parts {
            labels: value(LABELS).map(|labels| labels.lines().map(str::to_owned).collect()),
            normalisation: value(NORMALISATION).map(str::parse).transpose()?,
            resize: value(RESIZE).map(str::parse).transpose()?,
            channels: value(CHANNELS).map(str::parse).transpose()?,
            meaning: value(MEANING).map(str::parse).transpose()?,
            size: value(SIZE).and_then(|size| {
                let (width, height) = size.split_once('x')?;
                Some((width.parse().ok()?, height.parse().ok()?))
            }),
            layout: None,
        };
        // ONNX's documentation, "Metadata Properties": types of pixels and their nominal range.
        match value("Image.BitmapPixelFormat") {
            Some("Bgr8" | "Bgra8") => parts.channels = Some(Channels::Bgr),
            Some("Rgb8" | "Rgba8") => parts.channels = Some(Channels::Rgb),
            Some("Gray8") => parts.channels = Some(Channels::Gray),
            _ => {}
        }
        match value("Image.NominalPixelRange") {
            Some("NominalRange_0_255") => parts.normalisation = Some(Normalisation::raw()),
            Some("Normalized_0_1") => parts.normalisation = Some(Normalisation::unit()),
            Some("Normalized_1_1") => parts.normalisation = Some(Normalisation::even(127.5, 127.5)),
            _ => {}
        }
        if value("author").is_some_and(|author| author.contains("Ultralytics")) {
            parts.normalisation = Some(Normalisation::unit());
            parts.labels = value("names").and_then(dictionary).or(parts.labels);
            if value("task") == Some("classify") {
                parts.resize = Some(super::Resize::Crop { share: 1.0 });
                parts.meaning = Some(Meaning::Softmax);
            }
        }
        let layers = value(LAYERS).into_iter().flat_map(str::lines).filter_map(layer).collect();
        Ok(Self { parts, layers })
    }
}

fn layer(line: &str) -> Option<NamedLayer> {
    let (alias, rest) = line.split_once('=')?;
    let mut words = rest.split(' ');
    let value = words.next()?.to_owned();
    Some(NamedLayer { alias: alias.to_owned(), value, methods: words.map(str::to_owned).collect() })
}

/// The values of a Python dictionary from whole numbers to texts, as Ultralytics writes it: `{0: 'tench', 1: "it's"}`.
fn dictionary(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim().strip_prefix('{')?;
    let mut labels = Vec::new();
    while let Some((key, value)) = rest.split_once(':') {
        if key.trim_start_matches([',', ' ']).trim().parse::<usize>().ok()? != labels.len() {
            return None;
        }
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let mut label = String::new();
        let mut characters = value.char_indices().skip(1);
        let end = loop {
            match characters.next()? {
                (_, '\\') => label.push(characters.next()?.1),
                (at, character) if character == quote => break at + 1,
                (_, character) => label.push(character),
            }
        };
        labels.push(label);
        rest = &value[end..];
    }
    (rest.trim() == "}").then_some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_of_python_is_a_list_of_labels() {
        assert_eq!(
            dictionary("{0: 'tench', 1: \"jack-o'-lantern\", 2: 'it\\'s: a, b}'}"),
            Some(vec!["tench".into(), "jack-o'-lantern".into(), "it's: a, b}".into()])
        );
        assert_eq!(dictionary("{1: 'tench'}"), None);
        assert_eq!(dictionary("{0: 'ten"), None);
    }

    #[test]
    fn a_layer_has_a_name_a_value_and_methods() {
        let named = layer("head=/features/1.2 cam xgrad-cam");
        assert_eq!(
            named,
            Some(NamedLayer {
                alias: "head".into(),
                value: "/features/1.2".into(),
                methods: vec!["cam".into(), "xgrad-cam".into()]
            })
        );
    }
}
