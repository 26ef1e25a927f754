//! What custom suggests, and what the first nodes of a file give away.

use super::{Channels, Contract, Meaning, Resize, Source, Sources};
use crate::contract::Normalisation;
use crate::lower::Layout;
use crate::onnx::{Dim, ElementType, Model, Node, ValueInfo};
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
    let channels = if channels == Some(1) { Channels::Gray } else { Channels::Rgb };
    Ok(Contract {
        input: input.name.clone(),
        layout,
        width: width.unwrap_or(SIDE),
        height: height.unwrap_or(SIDE),
        channels,
        normalisation,
        resize: Resize::Squash,
        labels: Vec::new(),
        meaning: Meaning::Softmax,
        sources: Sources {
            size: if declared { Source::Read } else { Source::Guessed },
            layout: Source::Read,
            channels: if channels == Channels::Gray { Source::Read } else { Source::Guessed },
            normalisation: normalisation_source,
            resize: Source::Guessed,
            labels: Source::Guessed,
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
    let numeric = input.element.is_none_or(|element| element.is_float() || element == ElementType::U8);
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
        let user = model.graph.nodes.iter().find(|node| node.inputs.iter().any(|input| input == name))?;
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

/// How 8-bit values become the input's numbers: plain where the input holds 8-bit values, or the network begins by
/// normalising them itself; else ImageNet's mean and deviation, which is a guess.
fn normalisation(model: &Model, input: &ValueInfo) -> (Normalisation, Source) {
    if input.element == Some(ElementType::U8) {
        return (Normalisation::raw(), Source::Read);
    }
    match first_constant(model, &input.name) {
        // What is taken away or divided by is of the size of 8-bit values.
        Some(Normalising { largest, .. }) if largest > 2.0 => (Normalisation::raw(), Source::Read),
        Some(Normalising { scales_down: true, .. }) => (Normalisation::raw(), Source::Read),
        Some(_) => (Normalisation::unit(), Source::Read),
        None => (Normalisation::imagenet(), Source::Guessed),
    }
}

struct Normalising {
    /// The largest number that is added, subtracted or divided by.
    largest: f64,
    /// Whether values are multiplied by less than a fiftieth.
    scales_down: bool,
}

/// What the first arithmetic on the picture does with constants, if that comes before any weights.
fn first_constant(model: &Model, name: &str) -> Option<Normalising> {
    let mut name = name;
    for _ in 0..=model.graph.nodes.len() {
        let user = model.graph.nodes.iter().find(|node| node.inputs.iter().any(|input| input == name))?;
        match user.op.as_str() {
            "Identity" | "Cast" | "Transpose" => name = user.outputs.first()?,
            "Sub" | "Add" | "Div" | "Mul" => {
                let other = user.inputs.iter().find(|input| *input != name)?;
                let values = constant(model, other)?;
                let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
                return Some(match user.op.as_str() {
                    "Mul" => Normalising { largest: 0.0, scales_down: largest < 0.02 },
                    _ => Normalising { largest, scales_down: false },
                });
            }
            _ => return None,
        }
    }
    None
}

/// The few values of a constant.
fn constant(model: &Model, name: &str) -> Option<Vec<f64>> {
    const MOST: usize = 16;
    let tensor = model.graph.initializers.iter().find(|tensor| tensor.name == name).or_else(|| {
        let of =
            |node: &&Node| node.op == "Constant" && node.outputs.first().is_some_and(|output| output == name);
        model.graph.nodes.iter().find(of)?.tensor("value")
    })?;
    if tensor.elements() > MOST { None } else { tensor.to_f64().ok() }
}
