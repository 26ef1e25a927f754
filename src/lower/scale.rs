//! Scales and zero points: one for a whole tensor, one for each place of an axis, or one for each block of an axis.

use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Constant, Number, ValueId};

/// (x - zero point) scale of known inputs, computed when it is read. A scale or a zero point that is not there is 1 or 0.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for a scale or a zero point that does not fit.
pub fn known<T: Number>(call: &Call<T>, [x, scale, point]: [usize; 3], axis: i64) -> Result<Constant<T>> {
    let x = call.constant_of(x)?.ok_or_else(|| call.invalid("it has no input"))?;
    let parameter = |at: usize, neutral: T| match call.constant_of(at)? {
        Some(parameter) => spread(call, &parameter, x.shape(), axis),
        None => Ok(Constant::scalar(neutral)),
    };
    let (point, scale) = (parameter(point, T::ZERO)?, parameter(scale, T::ONE)?);
    let shape = x.shape().to_vec();
    Ok(Constant::derived("dequantised", [x, point, scale], shape, |[x, point, scale]| {
        let mut values = x.values()?.into_owned();
        change(&mut values, x.shape(), point, |point| (point, T::ONE))?;
        change(&mut values, x.shape(), scale, |scale| (T::ZERO, scale))?;
        Ok(values)
    }))
}

/// Rescales the values by parameters, of which there is one for all, one for each, or one for each place of an axis;
/// `of` gives the point and the scale that one stands for.
fn change<T: Number>(
    values: &mut [T],
    shape: &[usize],
    parameter: &Constant<T>,
    of: impl Fn(T) -> (T, T),
) -> Result<()> {
    let parameters = parameter.values()?;
    if parameters.iter().all(|&parameter| of(parameter) == (T::ZERO, T::ONE)) {
        return Ok(());
    }
    let missing = shape.len() - parameter.shape().len();
    let is_each = parameters.len() == values.len();
    let inner = if is_each { 1 } else { shape.iter().skip(missing + 1).product::<usize>().max(1) };
    for (values, &parameter) in values.chunks_mut(inner).zip(parameters.iter().cycle()) {
        let (point, scale) = of(parameter);
        T::rescale(values, point, scale);
    }
    Ok(())
}

/// A zero point beside a tensor; `None` for one that is not there, or 0, as most are.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if it does not fit.
pub fn zero_point<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    at: usize,
    like: &Located,
    axis: i64,
) -> Result<Option<ValueId>> {
    if let Some(Item::Floats(_) | Item::Ints(_)) = call.input(at)
        && let Some(constant) = call.constant_of(at)?.filter(|constant| constant.len() < 1 << 16)
        // That it cannot be read does not matter before it is needed.
        && constant.read().is_ok_and(|values| values.iter().all(|&value| value == T::ZERO))
    {
        return Ok(None);
    }
    parameter(lowering, call, at, like, axis)
}

/// A scale or a zero point beside a tensor; `None` for one that is not there.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if it does not fit.
pub fn parameter<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    at: usize,
    like: &Located,
    axis: i64,
) -> Result<Option<ValueId>> {
    match call.input(at) {
        None => Ok(None),
        Some(Item::Live(located)) => {
            let located = located.clone();
            if lowering.graph.shape(located.value).iter().any(|&extent| extent != 1) {
                return Err(call.unsupported("a scale for each channel depends on the picture"));
            }
            lowering.graph.reshape(located.value, &[]).map(Some)
        }
        Some(_) => {
            let Some(constant) = call.constant_of(at)? else { return Ok(None) };
            let spread = spread(call, &constant, &like.shape(&lowering.graph), axis)?;
            let value = lowering.graph.add_constant(spread);
            let located = Located::plain(&lowering.graph, value);
            lowering.beside(call, &located, like).map(Some)
        }
    }
}

/// A known scale or zero point, in the shape in which it broadcasts against a tensor of this shape: one for all, one
/// for each place of an axis, or one for each block of an axis.
fn spread<T: Number>(
    call: &Call<T>,
    parameter: &Constant<T>,
    shape: &[usize],
    axis: i64,
) -> Result<Constant<T>> {
    if parameter.len() == 1 {
        return Ok(parameter.reshaped(Vec::new()));
    }
    let axis = call.axis(axis, shape.len())?;
    let extent = shape[axis];
    let unfit = || call.invalid(format!("a scale of shape {:?} does not fit {shape:?}", parameter.shape()));
    if parameter.shape() == [extent] {
        let mut broadcast = vec![1; shape.len() - axis];
        broadcast[0] = extent;
        return Ok(parameter.reshaped(broadcast));
    }
    let block =
        usize::try_from(call.int("block_size", 0)).ok().filter(|&block| block > 0).ok_or_else(unfit)?;
    let blocks = extent.div_ceil(block);
    let mut expected = shape.to_vec();
    expected[axis] = blocks;
    if parameter.shape() != expected {
        return Err(unfit());
    }
    let inner = shape[axis + 1..].iter().product::<usize>();
    Ok(parameter.map_named(&format!("blocks of {block} along {axis}"), shape.to_vec(), move |values| {
        let rows = |outer: &[T]| {
            let place = |place: usize| outer[place / block * inner..][..inner].to_vec();
            (0..extent).flat_map(place).collect::<Vec<_>>()
        };
        values.chunks((blocks * inner).max(1)).flat_map(rows).collect()
    }))
}
