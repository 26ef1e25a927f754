//! Known tensors: their shapes and values, and others that pick from them.

use std::rc::Rc;

use super::places::{Places, pick, repeated};
use crate::Result;
use crate::graph::{Constant, Number, broadcast, elements};
use crate::lower::{Budget, Call, Ints, Item};

/// Tensors of fewer values are computed at once, larger ones each time they are read: they are weights.
const LARGE: usize = 1 << 16;
/// The most values that a tensor may have: all that a file's foldings may give.
const MOST: usize = 1 << 28;
/// The most places of an axis that grows.
const MOST_PLACES: usize = 1 << 24;
/// What a place takes, in values of f32.
const PLACE: usize = 4;
/// What it costs to put something off, in multiply-adds: a chain of such tensors must not become too deep to be read.
const DEFERRAL: usize = 1 << 20;

/// The extents of an input.
pub fn shape<'c, T: Number>(call: &'c Call<T>, at: usize) -> Result<&'c [usize]> {
    match call.required(at)? {
        Item::Floats(constant) => Ok(constant.shape()),
        Item::Ints(ints) => Ok(&ints.shape),
        _ => Err(call.invalid(format!("its input {at} is no tensor"))),
    }
}

/// All inputs, if they are whole numbers or truth values.
pub fn whole<'c, T: Number>(call: &'c Call<T>) -> Option<Vec<&'c Ints>> {
    let whole = |item: &'c Option<Item<T>>| match item {
        Some(Item::Ints(ints)) => Some(Some(ints)),
        Some(_) => None,
        None => Some(None),
    };
    let inputs: Vec<_> = call.inputs.iter().map(whole).collect::<Option<_>>()?;
    // Inputs that are left out are the last ones.
    Some(inputs.into_iter().flatten().collect())
}

/// The whole numbers of an input that must be there.
pub fn numbers<T: Number>(call: &Call<T>, at: usize) -> Result<Ints> {
    call.ints_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))
}

/// A list of whole numbers that must be there.
pub fn list<T: Number>(call: &Call<T>, at: usize) -> Result<Rc<[i64]>> {
    numbers(call, at)?.read()
}

/// The number of values of a shape that a file asks for: few enough to be multiplied a little, and so are some of its
/// extents where another is 0.
pub fn count<T: Number>(call: &Call<T>, shape: &[usize]) -> Result<usize> {
    let fits = shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent.max(1)));
    let length = fits.filter(|&product| product <= MOST).and(elements(shape));
    length.ok_or_else(|| call.unsupported(format!("a tensor of shape {shape:?} is too large")))
}

/// The same, where the places along each axis are going to be listed.
pub fn listed<T: Number>(call: &Call<T>, shape: &[usize]) -> Result<usize> {
    match shape.iter().find(|extent| **extent > MOST_PLACES) {
        Some(extent) => Err(call.unsupported(format!("an axis of {extent} places is too long"))),
        None => count(call, shape),
    }
}

/// The shape that two others broadcast to.
pub fn common<T: Number>(call: &Call<T>, a: &[usize], b: &[usize]) -> Result<Vec<usize>> {
    broadcast(a, b).ok_or_else(|| call.invalid(format!("the shapes {a:?} and {b:?} do not fit")))
}

/// Values of a tensor, repeated up to a shape that theirs broadcasts to.
pub fn spread<V: Copy>(values: &[V], from: &[usize], to: &[usize]) -> Vec<V> {
    match values.first() {
        Some(&first) if from != to => pick(values, &repeated(from, to), first),
        _ => values.to_vec(),
    }
}

/// A tensor of values that `source` has at these places; `fill` where it has none. The extents of `shape` may be
/// other than the axes', if they are as many values.
pub fn picked<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    source: &Item<T>,
    shape: Vec<usize>,
    axes: Vec<Places>,
    fill: f64,
) -> Result<Item<T>> {
    match source {
        Item::Floats(constant) => {
            // The places are kept as long as what is picked by them.
            let places: usize = axes.iter().map(Vec::len).sum();
            budget.spend(places.saturating_mul(PLACE), 0)?;
            let source = constant.clone();
            let compute = move || source.read().map(|values| pick(&values, &axes, T::of(fill)));
            deferred(call, budget, shape, constant.len(), compute).map(Item::Floats)
        }
        Item::Ints(ints) => {
            let length = count(call, &shape)?;
            budget.spend_wide(length, length.saturating_add(ints.len()))?;
            Ok(Item::Ints(Ints::new(shape, ints.element, pick(&ints.read()?, &axes, fill as i64))))
        }
        _ => Err(call.invalid("an input is no tensor")),
    }
}

/// A tensor of computed values: at once if they are few, else when they are read. `held` is how many values are
/// kept for it anyway.
pub fn deferred<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    shape: Vec<usize>,
    held: usize,
    compute: impl Fn() -> Result<Vec<T>> + 'static,
) -> Result<Constant<T>> {
    let length = count(call, &shape)?;
    let work = length.saturating_add(held);
    if length < LARGE {
        budget.spend(length, work)?;
        return Ok(Constant::new(shape, compute()?));
    }
    budget.spend(if length > held { length } else { 0 }, work.saturating_add(DEFERRAL))?;
    Ok(Constant::lazy(shape, compute))
}
