//! Attributes: other values, other types, none, and some that an operator does not have.

use gradlens::onnx::{Attribute, Graph};

use super::any_node;
use crate::random::Random;

const NAMES: &[&str] = &[
    "axis",
    "axes",
    "perm",
    "keepdims",
    "strides",
    "pads",
    "dilations",
    "group",
    "kernel_shape",
    "ceil_mode",
    "count_include_pad",
    "auto_pad",
    "output_padding",
    "output_shape",
    "alpha",
    "beta",
    "epsilon",
    "transA",
    "transB",
    "to",
    "blocksize",
    "mode",
    "coordinate_transformation_mode",
    "nearest_mode",
    "equation",
    "num_groups",
    "num_heads",
    "size",
    "value",
    "value_ints",
    "batch_dims",
    "split",
    "num_outputs",
    "allowzero",
    "exclusive",
    "reverse",
    "upper",
    "exclude_outside",
    "antialias",
    "training_mode",
    "storage_order",
    "p",
    "block_size",
    "saturate",
    "largest",
    "noop_with_empty_axes",
    "select_last_index",
    "reduction",
    "approximate",
    "starts",
    "ends",
    "dtype",
    "output_dtype",
];

const TEXTS: &[&str] = &[
    "",
    "SAME_UPPER",
    "SAME_LOWER",
    "VALID",
    "NOTSET",
    "linear",
    "nearest",
    "cubic",
    "reflect",
    "edge",
    "wrap",
    "constant",
    "align_corners",
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "asymmetric",
    "tf_crop_and_resize",
    "tf_half_pixel_for_nn",
    "floor",
    "ceil",
    "round_prefer_ceil",
    "DCR",
    "CRD",
    "add",
    "mul",
    "max",
    "none",
    "tanh",
    "Relu",
    "Sigmoid",
    "bij,bjk->bik",
    "...i,...j->...",
    "ii->i",
    "i,i->",
    "->",
    "a",
    "ab->ba,",
    "\u{0}",
    "é",
];

/// Changes one attribute.
pub fn mutate(graph: &mut Graph, random: &mut Random) {
    let Some(node) = any_node(graph, random) else { return };
    match random.below(8) {
        0 => {
            let at = random.below(node.attributes.len());
            if at < node.attributes.len() {
                node.attributes.remove(at);
            }
        }
        1 => {
            let name = random.pick(NAMES).unwrap_or_default();
            let value = any(random);
            node.attributes.push((name.into(), value));
        }
        2 => {
            if let Some((_, value)) = random.pick_mut(&mut node.attributes) {
                *value = any(random);
            }
        }
        _ => {
            if let Some((_, value)) = random.pick_mut(&mut node.attributes) {
                change(value, random);
            }
        }
    }
}

/// Whatever an attribute may hold.
fn any(random: &mut Random) -> Attribute {
    let count = random.below(6);
    match random.below(6) {
        0 | 1 => Attribute::Int(random.near(1)),
        2 => Attribute::Ints((0..count).map(|_| random.near(1)).collect()),
        3 => Attribute::Float(random.float() as f32),
        4 => Attribute::Floats((0..count).map(|_| random.float() as f32).collect()),
        _ => Attribute::String(random.pick(TEXTS).unwrap_or_default().into()),
    }
}

/// Something near the present value.
fn change(value: &mut Attribute, random: &mut Random) {
    match value {
        Attribute::Int(value) => *value = random.near(*value),
        Attribute::Float(value) => *value = random.float() as f32,
        Attribute::String(value) => *value = random.pick(TEXTS).unwrap_or_default().into(),
        Attribute::Ints(values) => match random.below(6) {
            0 => values.push(random.near(0)),
            1 => drop(values.pop()),
            2 => {
                let (a, b) = (random.below(values.len()), random.below(values.len()));
                if !values.is_empty() {
                    values.swap(a, b);
                }
            }
            _ => {
                if let Some(value) = random.pick_mut(values) {
                    *value = random.near(*value);
                }
            }
        },
        Attribute::Floats(values) => {
            if let Some(value) = random.pick_mut(values) {
                *value = random.float() as f32;
            }
        }
        _ => {}
    }
}
