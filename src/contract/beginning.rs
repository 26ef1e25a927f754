//! What the first nodes of a file say of the pictures that it expects.

use super::{Normalisation, Source};
use crate::onnx::{ElementType, Model, Node, ValueInfo};

/// How 8-bit values become the input's numbers: plain where the input holds 8-bit values, or the network begins by
/// normalising them itself; else ImageNet's mean and deviation, which is a guess.
pub(super) fn normalisation(model: &Model, input: &ValueInfo) -> (Normalisation, Source) {
    if matches!(input.element, Some(ElementType::U8 | ElementType::I32 | ElementType::I64)) {
        return (Normalisation::raw(), Source::Read);
    }
    match first_constant(model, &input.name) {
        // What is taken away or divided by is of the size of 8-bit values.
        Some(Normalising { largest, .. }) if largest > 2.0 => (Normalisation::raw(), Source::Read),
        Some(Normalising { scales_down: true, .. }) => (Normalisation::raw(), Source::Read),
        Some(_) => (Normalisation::unit(), Source::Read),
        None => match quantised_range(model, &input.name) {
            Some(normalisation) => (normalisation, Source::Read),
            None => (Normalisation::imagenet(), Source::Guessed),
        },
    }
}

/// What 8-bit values stand for where a network begins by quantising its input to them: any other range than 0 to 255, 0
/// to 1 or -1 to 1 is that of some pictures.
fn quantised_range(model: &Model, name: &str) -> Option<Normalisation> {
    let user = first_user_of(model, name).filter(|node| node.op == "QuantizeLinear")?;
    let scale = match constant(model, user.inputs.get(1)?)?[..] {
        [scale] => scale,
        _ => return None,
    };
    let signed = user.inputs.get(2).is_some_and(|zero| {
        let tensor = model.graph.initializers.iter().find(|tensor| tensor.name == *zero);
        tensor.is_some_and(|tensor| tensor.element == ElementType::I8)
    });
    let zero = user.inputs.get(2).and_then(|zero| constant(model, zero)?.first().copied()).unwrap_or(0.0);
    let first = if signed { -128.0 } else { 0.0 };
    let (least, most) = ((first - zero) * scale, (first + 255.0 - zero) * scale);
    let is = |low: f64, high: f64| {
        let near = 0.01 * (high - low);
        (least - low).abs() < near && (most - high).abs() < near
    };
    if is(0.0, 255.0) {
        Some(Normalisation::raw())
    } else if is(0.0, 1.0) {
        Some(Normalisation::unit())
    } else if is(-1.0, 1.0) {
        Some(Normalisation::even(127.5, 127.5))
    } else {
        None
    }
}

/// The first operator that takes the values of a tensor, and not just its shape.
pub(super) fn first_user_of<'m>(model: &'m Model, name: &str) -> Option<&'m Node> {
    let takes = |node: &&Node| node.op != "Shape" && node.inputs.iter().any(|input| input == name);
    model.graph.nodes.iter().find(takes)
}

/// How many channels the first convolution takes.
pub(super) fn weighed_channels(model: &Model, name: &str) -> Option<usize> {
    let mut name = name;
    for _ in 0..=model.graph.nodes.len() {
        let user = first_user_of(model, name)?;
        if user.op == "Conv" {
            let weights = user.inputs.get(1)?;
            let weights = model.graph.initializers.iter().find(|tensor| tensor.name == *weights)?;
            return match weights.shape.as_slice() {
                [_, channels, ..] => Some(channels * user.int("group").unwrap_or(1).max(1) as usize),
                _ => None,
            };
        }
        name = user.outputs.first()?;
    }
    None
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
        let user = first_user_of(model, name)?;
        match user.op.as_str() {
            "Identity" | "Cast" | "Transpose" | "Pad" | "Resize" | "Upsample" | "QuantizeLinear"
            | "DequantizeLinear" => name = user.outputs.first()?,
            // Red, green and blue in another order.
            "Gather" if constant(model, user.inputs.get(1)?)?.len() == 3 => name = user.outputs.first()?,
            "Slice" if constant(model, user.inputs.get(4)?)?.contains(&-1.0) => {
                name = user.outputs.first()?
            }
            "BatchNormalization" => {
                let means = constant(model, user.inputs.get(3)?)?;
                let largest = means.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
                return (largest > 2.0).then_some(Normalising { largest, scales_down: false });
            }
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

/// The few values of a constant, which may be given more axes first.
fn constant(model: &Model, name: &str) -> Option<Vec<f64>> {
    const MOST: usize = 16;
    const DEEPEST: usize = 8;
    let mut name = name;
    for _ in 0..DEEPEST {
        let tensor = match model.graph.initializers.iter().find(|tensor| tensor.name == name) {
            Some(tensor) => tensor,
            None => {
                let gives = |node: &&Node| node.outputs.first().is_some_and(|output| output == name);
                let node = model.graph.nodes.iter().find(gives)?;
                match node.op.as_str() {
                    "Constant" => match node.tensor("value") {
                        Some(tensor) => tensor,
                        None => {
                            let one = node.float("value_float").map(|value| vec![value]);
                            let floats = one.or_else(|| node.floats("value_floats").map(<[f32]>::to_vec))?;
                            return Some(floats.into_iter().map(f64::from).collect());
                        }
                    },
                    "Identity" | "Unsqueeze" | "Squeeze" | "Reshape" | "Cast" | "CastLike" => {
                        name = node.inputs.first()?;
                        continue;
                    }
                    _ => return None,
                }
            }
        };
        return if tensor.elements() > MOST { None } else { tensor.to_f64().ok() };
    }
    None
}
