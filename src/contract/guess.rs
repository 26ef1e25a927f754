//! What custom suggests, and what the first nodes of a file give away.

use super::beginning::{first_user_of, normalisation, weighed_channels};
use super::{Channels, Contract, Meaning, Resize, Source, Sources};
use crate::lower::Layout;
use crate::onnx::{Dim, ElementType, Model, ValueInfo};
use crate::{Error, Result};

/// The side of an input whose file leaves it open.
const SIDE: usize = 224;
/// The longest side that a file may declare.
const LONGEST: usize = 4096;

/// The contract without any metadata.
pub(super) fn contract(model: &Model) -> Result<Contract> {
    let picture = picture_input(model)?;
    let Picture { input, layout, channels, height, width } = picture;
    let declared = height.is_some() && width.is_some();
    let (normalisation, normalisation_source) = normalisation(model, input);
    let declared_channels = channels.or_else(|| weighed_channels(model, &input.name));
    let channels = if declared_channels == Some(1) { Channels::Gray } else { Channels::Rgb };
    // What names the classes for those who ask for the probability of each.
    let labels = model.graph.nodes.iter().find(|node| node.op == "ZipMap");
    let labels = labels.and_then(|node| node.strings("classlabels_strings")).map(<[String]>::to_vec);
    let labels_source = if labels.is_some() { Source::Read } else { Source::Guessed };
    Ok(Contract {
        input: input.name.clone(),
        layout,
        width: width.unwrap_or(SIDE),
        height: height.unwrap_or(SIDE),
        channels,
        normalisation,
        resize: Resize::Squash,
        labels: labels.unwrap_or_default(),
        meaning: Meaning::Softmax,
        sources: Sources {
            size: if declared { Source::Read } else { Source::Guessed },
            layout: Source::Read,
            channels: if channels == Channels::Gray { Source::Read } else { Source::Guessed },
            normalisation: normalisation_source,
            resize: Source::Guessed,
            labels: labels_source,
            meaning: Source::Guessed,
        },
    })
}

struct Picture<'m> {
    input: &'m ValueInfo,
    layout: Layout,
    channels: Option<usize>,
    height: Option<usize>,
    width: Option<usize>,
}

/// The one input that can be a picture.
fn picture_input(model: &Model) -> Result<Picture<'_>> {
    let mut pictures = model.graph.inputs.iter().filter_map(|input| picture(model, input));
    let Some(first) = pictures.next() else {
        let inputs: Vec<_> = model.graph.inputs.iter().map(described).collect();
        return Err(Error::InvalidModel(format!(
            "no input of the model can be a picture, which has four axes, one of them 1 or 3 channels; it has {}",
            if inputs.is_empty() { "none".into() } else { inputs.join(", ") }
        )));
    };
    if let Some(second) = pictures.next() {
        return Err(Error::InvalidModel(format!(
            "the model takes more than one picture: \"{}\" and \"{}\"; gradlens explains networks of one",
            first.input.name, second.input.name
        )));
    }
    Ok(first)
}

fn picture<'m>(model: &Model, input: &'m ValueInfo) -> Option<Picture<'m>> {
    let is_whole = |element| matches!(element, ElementType::U8 | ElementType::I32 | ElementType::I64);
    let numeric = input.element.is_none_or(|element| element.is_float() || is_whole(element));
    let [_, a, b, c] = input.shape.as_deref()? else { return None };
    if !numeric {
        return None;
    }
    let known = |dim: &Dim| match dim {
        Dim::Known(extent) => Some(*extent),
        _ => None,
    };
    let is_channels = |dim: &Dim| matches!(known(dim), Some(1 | 3));
    let may_be_side = |dim: &Dim| known(dim).is_none_or(|extent| extent <= LONGEST);
    let first = is_channels(a) && may_be_side(b) && may_be_side(c);
    let last = is_channels(c) && may_be_side(a) && may_be_side(b);
    let layout = match (first, last) {
        (true, false) => Layout::ChannelsFirst,
        (false, true) => Layout::ChannelsLast,
        // Both could be, or nothing is known: what follows it decides.
        _ if is_channels(a) || known(a).is_none() || is_channels(c) => first_user(model, &input.name)?,
        _ => return None,
    };
    let (channels, height, width) = match layout {
        Layout::ChannelsFirst => (a, b, c),
        Layout::ChannelsLast => (c, a, b),
    };
    Some(Picture { input, layout, channels: known(channels), height: known(height), width: known(width) })
}

/// How the axes lie, by the first operator that tells: a transposition to channels first tells that they were last.
fn first_user(model: &Model, name: &str) -> Option<Layout> {
    let mut name = name;
    // No chain is longer than the graph.
    for _ in 0..=model.graph.nodes.len() {
        let user = first_user_of(model, name)?;
        match user.op.as_str() {
            "Transpose" if user.ints("perm") == Some(&[0, 3, 1, 2]) => return Some(Layout::ChannelsLast),
            "Conv" | "ConvInteger" | "QLinearConv" | "MaxPool" | "AveragePool" | "BatchNormalization" => {
                return Some(Layout::ChannelsFirst);
            }
            "Transpose" | "Reshape" | "Flatten" => return None,
            _ => name = user.outputs.first()?,
        }
    }
    None
}

fn described(input: &ValueInfo) -> String {
    let dims = input.shape.iter().flatten().map(|dim| match dim {
        Dim::Known(extent) => extent.to_string(),
        Dim::Symbol(name) => name.clone(),
        Dim::Unknown => "?".into(),
    });
    format!("\"{}\" [{}]", input.name, dims.collect::<Vec<_>>().join(", "))
}
