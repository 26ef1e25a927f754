//! The same values in another shape.

use super::known::{count, list, shape as extents};
use super::{Answer, one};
use crate::Result;
use crate::graph::Number;
use crate::lower::{Budget, Call, Ints, Item, resolved};

/// Identity
pub fn identity<T: Number>(call: &Call<T>, _: &mut Budget) -> Answer<T> {
    one(call.required(0)?.clone())
}

/// Reshape: -1 is what is left, 0 the extent that was there (unless `allowzero`).
pub fn reshape<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let wanted = match call.node.ints("shape") {
        Some(wanted) => wanted.into(),
        None => list(call, 1)?,
    };
    let to = resolved(call, &wanted, from)?;
    as_shape(call, budget, to)
}

/// Flatten: two axes, of the extents before `axis` and of the others.
pub fn flatten<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let axis = match call.int("axis", 1) {
        axis if axis < 0 => call.axis(axis, from.len())?,
        // Behind the last axis, too.
        axis => call.axis(axis, from.len() + 1)?,
    };
    as_shape(call, budget, vec![count(call, &from[..axis])?, count(call, &from[axis..])?])
}

/// Squeeze: without axes of one place.
pub fn squeeze<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let from = extents(call, 0)?;
    let gone = match call.list("axes", 1)? {
        Some(axes) => call.axes(&axes, from.len())?,
        None => (0..from.len()).filter(|&axis| from[axis] == 1).collect(),
    };
    let kept = (0..from.len()).filter(|axis| gone.binary_search(axis).is_err()).map(|axis| from[axis]);
    as_shape(call, budget, kept.collect())
}

/// Unsqueeze: with more axes of one place.
pub fn unsqueeze<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let axes = call.list("axes", 1)?.ok_or_else(|| call.invalid("it has no axes"))?;
    let mut to = extents(call, 0)?.to_vec();
    for axis in call.axes(&axes, to.len() + axes.len())? {
        to.insert(axis, 1);
    }
    as_shape(call, budget, to)
}

/// The first input in another shape.
fn as_shape<T: Number>(call: &Call<T>, budget: &mut Budget, to: Vec<usize>) -> Answer<T> {
    let item = call.required(0)?;
    one(reshaped(call, budget, item, to)?)
}

/// A tensor in another shape.
pub fn reshaped<T: Number>(
    call: &Call<T>,
    budget: &mut Budget,
    item: &Item<T>,
    to: Vec<usize>,
) -> Result<Item<T>> {
    match item {
        Item::Floats(constant) if constant.len() == count(call, &to)? => {
            Ok(Item::Floats(constant.reshaped(to)))
        }
        Item::Ints(ints) if ints.len() == count(call, &to)? => {
            budget.spend_wide(ints.len(), ints.len())?;
            Ok(Item::Ints(Ints::new(to, ints.element, ints.read()?)))
        }
        _ => Err(call.invalid(format!("a tensor of shape {:?} cannot become {to:?}", extents(call, 0)?))),
    }
}
