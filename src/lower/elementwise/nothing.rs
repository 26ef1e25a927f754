//! Operators that do nothing to a network that is not being trained.

use crate::Result;
use crate::graph::{Constant, Number};
use crate::lower::{Call, Item, Lowering};

/// Identity, of whatever its input is.
pub fn identity<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    Ok(vec![call.required(0)?.clone()])
}

/// Dropout of a network that is not being trained.
pub fn dropout<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let is_zero = |number: Option<T>| number == Some(T::ZERO);
    let training = call.number_of(2)?;
    if training.is_some() && !is_zero(training) && !is_zero(call.number_of(1)?) {
        return Err(call.unsupported("it is in training mode; export the model for inference"));
    }
    // Everything is kept. Hardly anybody asks, and only then is the mask made.
    let shape = lowering.shape_of(call, 0)?;
    let count = shape.iter().product();
    let mask = Constant::lazy(shape, move || Ok(vec![T::ONE; count]));
    Ok(vec![call.required(0)?.clone(), Item::Floats(mask)])
}
