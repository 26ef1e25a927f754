//! Tensors that come from nothing, or from a shape.

use super::known::{count, deferred, list, numbers, picked, shape as extents, whole};
use super::{Answer, one};
use crate::graph::{Constant, Number};
use crate::lower::{Budget, Call, Ints, Item};
use crate::onnx::{Attribute, ElementType};

/// Constant, in each of the forms that its value may have.
pub fn constant<T: Number>(call: &Call<T>, _: &mut Budget) -> Answer<T> {
    let float = |&value: &f32| T::of(value.into());
    let value = call.node.attributes.iter().find_map(|(_, attribute)| match attribute {
        Attribute::Tensor(tensor) => Some(Item::of(tensor)),
        Attribute::Float(value) => Some(Ok(Item::Floats(Constant::scalar(float(value))))),
        Attribute::Floats(values) => {
            let values: Vec<_> = values.iter().map(float).collect();
            Some(Ok(Item::Floats(Constant::new(vec![values.len()], values))))
        }
        Attribute::Int(value) => Some(Ok(Item::number(*value))),
        Attribute::Ints(values) => Some(Ok(Item::Ints(Ints::list(values.clone())))),
        Attribute::String(_) | Attribute::Strings(_) => Some(Err(call.unsupported("it holds text"))),
        _ => None,
    });
    one(value.ok_or_else(|| call.invalid("it has no value"))??)
}

/// ConstantOfShape: one value, everywhere.
pub fn constant_of_shape<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let wanted = list(call, 0)?;
    let shape: Option<Vec<_>> = wanted.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    let shape = shape.ok_or_else(|| call.invalid(format!("it asks for a tensor of shape {wanted:?}")))?;
    let value =
        call.node.tensor("value").map_or_else(|| Ok(Item::Floats(Constant::scalar(T::ZERO))), Item::of)?;
    let length = count(call, &shape)?;
    budget.spend_wide(length, length)?;
    match value {
        Item::Floats(constant) => match *constant.read()? {
            [value] => {
                one(Item::Floats(deferred(call, budget, shape, length, move || Ok(vec![value; length]))?))
            }
            _ => Err(call.invalid("its value is no single number")),
        },
        Item::Ints(ints) => match *ints.read()? {
            [value] => one(Item::Ints(Ints::new(shape, ints.element, vec![value; length]))),
            _ => Err(call.invalid("its value is no single number")),
        },
        _ => Err(call.invalid("its value is no tensor")),
    }
}

/// Range: from the first number, not as far as the second, in steps of the third.
pub fn range<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let steps = |start: f64, limit: f64, step: f64| match ((limit - start) / step).ceil() {
        steps if step == 0.0 || steps.is_nan() => Err(call.invalid("its step leads nowhere")),
        steps => Ok(steps.max(0.0) as usize),
    };
    if let Some([start, limit, step]) = whole(call).as_deref() {
        let (&[start], &[limit], &[step]) = (&*start.read()?, &*limit.read()?, &*step.read()?) else {
            return Err(call.invalid("its bounds are no single numbers"));
        };
        let length = steps(start as f64, limit as f64, step as f64)?;
        budget.spend_wide(length, length)?;
        let values: Vec<_> =
            (0..length).map(|at| start.wrapping_add((at as i64).wrapping_mul(step))).collect();
        let element = numbers(call, 0)?.element;
        return one(Item::Ints(Ints::new(vec![length], element, values)));
    }
    let number = |at| Ok(call.number_of(at)?.ok_or_else(|| call.invalid("it has no bounds"))?.to_f64());
    let (start, limit, step) = (number(0)?, number(1)?, number(2)?);
    let length = steps(start, limit, step)?;
    budget.spend_wide(length, length)?;
    let values: Vec<_> = (0..length).map(|at| T::of(start + at as f64 * step)).collect();
    one(Item::Floats(Constant::new(vec![length], values)))
}

/// EyeLike: 1 on a diagonal, else 0.
pub fn eye_like<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let shape = extents(call, 0)?;
    let &[rows, columns] = shape else { return Err(call.invalid("its input is no matrix")) };
    budget.spend_wide(rows * columns, rows * columns)?;
    let diagonal = call.int("k", 0);
    let is_on = |at: usize| (at / columns) as i64 == ((at % columns) as i64).saturating_sub(diagonal);
    let values: Vec<_> = (0..rows * columns).map(|at| i64::from(is_on(at))).collect();
    let element = match (call.node.int("dtype"), call.required(0)?) {
        (Some(number), _) => super::cast::element(call, number)?,
        (None, Item::Ints(ints)) => ints.element,
        (None, _) => ElementType::F32,
    };
    let ints = Ints::new(shape.to_vec(), element, values);
    one(if element.is_float() { Item::Floats(ints.to_constant()) } else { Item::Ints(ints) })
}

/// OneHot: along a new axis, one value at the place that each number is, another one elsewhere.
pub fn one_hot<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let mut shape = extents(call, 0)?.to_vec();
    let depth = call.number_of(1)?.ok_or_else(|| call.invalid("it has no depth"))?.to_f64();
    let axis = call.axis(call.int("axis", -1), shape.len() + 1)?;
    let inner: usize = shape[axis..].iter().product();
    shape.insert(axis, depth.max(0.0) as usize);
    let length = count(call, &shape)?;
    budget.spend_wide(length, length)?;
    let hot = call.constant_of(0)?.ok_or_else(|| call.invalid("it has no indices"))?.read()?;
    let is_hot = |at: usize| {
        let place = (at / inner % shape[axis]) as f64;
        let hot = hot[at / (inner * shape[axis]) * inner + at % inner].to_f64();
        hot == place || hot + depth == place
    };
    let places = (0..length).map(|at| Some(is_hot(at).into())).collect();
    one(picked(call, budget, call.required(2)?, shape, vec![places], 0.0)?)
}

/// What differs from run to run.
pub fn random<T: Number>(call: &Call<T>, _: &mut Budget) -> Answer<T> {
    Err(call.unsupported("it gives random numbers: export the model for inference"))
}
