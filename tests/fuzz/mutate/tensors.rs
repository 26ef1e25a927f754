//! Tensors: other extents, other values, other types, and as many bytes as fit or not.

use gradlens::onnx::{Dim, ElementType, Graph, Tensor, TensorData};

use super::any_tensor;
use super::types::ELEMENTS;
use crate::random::Random;

/// The most values that a tensor is filled with: files are small.
const MOST: usize = 1 << 14;

/// Changes a tensor, or what is said of an input or output.
pub fn mutate(graph: &mut Graph, random: &mut Random) {
    if random.one_in(6) {
        return declared(graph, random);
    }
    // One whose shape is too large already stays as it is.
    let Some(tensor) = any_tensor(graph, random).filter(|tensor| elements(tensor).is_some()) else { return };
    let fits = !random.one_in(8);
    match random.below(8) {
        0 => {
            if let Some(extent) = random.pick_mut(&mut tensor.shape) {
                *extent = random.extent(*extent);
            }
            fit(tensor, fits);
        }
        1 => {
            match random.below(4) {
                0 => tensor.shape.insert(random.below(tensor.shape.len() + 1), 1),
                1 => drop(tensor.shape.pop()),
                2 => tensor.shape.reverse(),
                _ => tensor.shape = (0..random.below(5)).map(|_| random.extent(2)).collect(),
            }
            fit(tensor, fits);
        }
        2 => {
            let element = random.pick(&ELEMENTS).unwrap_or(tensor.element);
            if fits {
                retype(tensor, element);
            } else {
                tensor.element = element;
            }
        }
        3 if random.one_in(4) => tensor.data = TensorData::Absent,
        _ => values(tensor, random),
    }
}

/// The shape or type that an input or output says it has.
fn declared(graph: &mut Graph, random: &mut Random) {
    let Graph { inputs, outputs, .. } = graph;
    let mut values: Vec<_> = inputs.iter_mut().chain(outputs).collect();
    let Some(value) = random.pick_mut(&mut values) else { return };
    if random.one_in(4) {
        value.element = random.pick(&ELEMENTS);
        return;
    }
    let Some(shape) = &mut value.shape else { return };
    match random.below(4) {
        0 => shape.push(Dim::Unknown),
        1 => drop(shape.pop()),
        _ => {
            if let Some(dim) = random.pick_mut(shape) {
                *dim = match dim {
                    Dim::Known(extent) if !random.one_in(4) => Dim::Known(random.extent(*extent)),
                    Dim::Known(_) => Dim::Symbol("n".into()),
                    _ => Dim::Known(random.extent(8)),
                };
            }
        }
    }
}

/// Other values.
fn values(tensor: &mut Tensor, random: &mut Random) {
    retype(tensor, tensor.element);
    let all = random.one_in(4);
    let at = random.below(tensor.elements());
    match &mut tensor.data {
        TensorData::Floats(values) if all => {
            let value = random.float();
            values.iter_mut().for_each(|of| *of = value);
        }
        TensorData::Floats(values) => {
            values.iter_mut().skip(at).take(1).for_each(|value| *value = random.float())
        }
        TensorData::Ints(values) if all => values.iter_mut().for_each(|value| *value = random.near(*value)),
        TensorData::Ints(values) => {
            values.iter_mut().skip(at).take(1).for_each(|value| *value = random.near(*value));
        }
        _ => {}
    }
    let bits = tensor.element.bits();
    if let TensorData::Ints(values) = &mut tensor.data
        && bits < 64
    {
        // Most of them are numbers that the type has.
        let is_signed =
            matches!(tensor.element, ElementType::I4 | ElementType::I8 | ElementType::I16 | ElementType::I32);
        let low = if is_signed { -(1 << (bits - 1)) } else { 0 };
        values.iter_mut().for_each(|value| *value = low + value.wrapping_sub(low).rem_euclid(1 << bits));
    }
}

/// The same values as numbers of a type.
fn retype(tensor: &mut Tensor, element: ElementType) {
    if element == ElementType::String {
        tensor.data = TensorData::Strings(vec!["text".into(); tensor.elements().min(MOST)]);
    } else if !tensor.element.is_float()
        && !element.is_float()
        && let Ok(values) = tensor.to_i64()
    {
        tensor.data = TensorData::Ints(values);
    } else if let Ok(values) = tensor.to_f64() {
        tensor.data = match element {
            ElementType::F32 | ElementType::F64 => TensorData::Floats(values),
            ElementType::F16 => bits(&values, |value| half::f16::from_f64(value).to_bits()),
            ElementType::BF16 => bits(&values, |value| half::bf16::from_f64(value).to_bits()),
            _ => TensorData::Ints(values.into_iter().map(|value| value as i64).collect()),
        };
    }
    tensor.element = element;
}

/// Numbers of 16 bits, which a file may hold as integers.
fn bits(values: &[f64], of: impl Fn(f64) -> u16) -> TensorData {
    TensorData::Ints(values.iter().map(|&value| of(value).into()).collect())
}

/// How many values a tensor has, if they are few.
fn elements(tensor: &Tensor) -> Option<usize> {
    let elements = tensor.shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent));
    elements.filter(|&elements| elements <= MOST)
}

/// As many values as the shape says, if they are to fit.
fn fit(tensor: &mut Tensor, fits: bool) {
    let Some(elements) = elements(tensor).filter(|_| fits) else { return };
    let kept = tensor.shape.clone();
    if let TensorData::Stored(stored) = &tensor.data {
        // The values are as many as the bytes still say.
        let count = (stored.len() * 8).checked_div(tensor.element.bits()).unwrap_or(0);
        tensor.shape = vec![count as usize];
    }
    retype(tensor, tensor.element);
    tensor.shape = kept;
    match &mut tensor.data {
        TensorData::Floats(values) => *values = values.iter().copied().cycle().take(elements).collect(),
        TensorData::Ints(values) => *values = values.iter().copied().cycle().take(elements).collect(),
        TensorData::Strings(values) => values.resize(elements, String::new()),
        _ => {}
    }
    // Of no values, none can be repeated.
    match &mut tensor.data {
        TensorData::Floats(values) => values.resize(elements, 0.0),
        TensorData::Ints(values) => values.resize(elements, 0),
        _ => {}
    }
}
