//! Numbers as small whole ones, and back: QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear.
//!
//! A quantised tensor is a tensor of the graph whose values are whole. Rounding has the derivative 1, so that a
//! gradient passes wherever nothing saturates.

use super::scale::{known, parameter, zero_point};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op, Reduction, Unary, ValueId};
use crate::onnx::ElementType;

/// QuantizeLinear: x / scale, rounded to even, plus the zero point, saturated.
pub fn quantize_linear<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let result = quantised(lowering, call, &x, 1, 2)?;
    Ok(vec![Item::Live(result)])
}

/// DequantizeLinear: (x - zero point) scale.
pub fn dequantize_linear<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    Ok(vec![Item::Live(dequantised_input(lowering, call, [0, 1, 2], call.int("axis", 1))?)])
}

/// DynamicQuantizeLinear: with the scale and the zero point that the values ask for.
pub fn dynamic_quantize_linear<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
) -> Result<Vec<Item<T>>> {
    const LARGEST: f64 = 255.0;
    let x = lowering.located(call, 0)?;
    let axes: Vec<_> = (0..x.order.len()).collect();
    let zero = lowering.graph.add_scalar(0.0);
    let mut bound = |reduction, binary| -> Result<ValueId> {
        let reduced = lowering.add(call, Op::Reduce(reduction, axes.clone()), &[x.value])?;
        let reduced = lowering.graph.reshape(reduced, &[])?;
        lowering.add(call, Op::Binary(binary), &[reduced, zero])
    };
    let least = bound(Reduction::Minimum, Binary::Minimum)?;
    let most = bound(Reduction::Maximum, Binary::Maximum)?;
    let range = lowering.add(call, Op::Binary(Binary::Subtract), &[most, least])?;
    let (largest, tiny) = (lowering.graph.add_scalar(LARGEST), lowering.graph.add_scalar(1e-30));
    let scale = lowering.add(call, Op::Binary(Binary::Divide), &[range, largest])?;
    // Where all values are 0.
    let scale = lowering.add(call, Op::Binary(Binary::Maximum), &[scale, tiny])?;
    let point = lowering.add(call, Op::Binary(Binary::Divide), &[least, scale])?;
    let point = lowering.add(call, Op::Unary(Unary::Negate), &[point])?;
    let point = saturated(lowering, call, point, None, (0.0, LARGEST))?;
    let ratios = lowering.add(call, Op::Binary(Binary::Divide), &[x.value, scale])?;
    let value = saturated(lowering, call, ratios, Some(point), (0.0, LARGEST))?;
    let items = [Located { value, ..x }, Located::new(scale, Vec::new()), Located::new(point, Vec::new())];
    Ok(items.into_iter().map(Item::Live).collect())
}

/// What DequantizeLinear gives for known inputs, computed when it is read.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for a scale or a zero point that does not fit.
pub fn dequantised<T: Number>(call: &Call<T>) -> Result<Constant<T>> {
    known(call, [0, 1, 2], call.int("axis", 1))
}

/// (x - zero point) scale of three inputs.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for a scale or a zero point that does not fit.
pub fn dequantised_input<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    [at, scale, point]: [usize; 3],
    axis: i64,
) -> Result<Located> {
    let is_live = |at: usize| matches!(call.input(at), Some(Item::Live(_)));
    if !is_live(at) && !is_live(scale) && !is_live(point) {
        let value = lowering.graph.add_constant(known(call, [at, scale, point], axis)?);
        return Ok(Located::plain(&lowering.graph, value));
    }
    let mut x = lowering.located(call, at)?;
    if let Some(point) = zero_point(lowering, call, point, &x, axis)? {
        x.value = lowering.add(call, Op::Binary(Binary::Subtract), &[x.value, point])?;
    }
    if let Some(scale) = parameter(lowering, call, scale, &x, axis)? {
        x.value = lowering.add(call, Op::Binary(Binary::Multiply), &[x.value, scale])?;
    }
    Ok(x)
}

/// A tensor, quantised with a scale and a zero point that are inputs of the node.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for a scale or a zero point that does not fit.
pub fn quantised<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    scale: usize,
    point: usize,
) -> Result<Located> {
    let axis = call.int("axis", 1);
    let range = range(call, point)?;
    let scale = parameter(lowering, call, scale, x, axis)?.ok_or_else(|| call.invalid("it has no scale"))?;
    let point = zero_point(lowering, call, point, x, axis)?;
    let ratios = lowering.add(call, Op::Binary(Binary::Divide), &[x.value, scale])?;
    let value = saturated(lowering, call, ratios, point, range)?;
    Ok(Located { value, ..x.clone() })
}

/// Rounded, plus a zero point, within a range.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn saturated<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    ratios: ValueId,
    point: Option<ValueId>,
    (low, high): (f64, f64),
) -> Result<ValueId> {
    let mut value = lowering.add(call, Op::Unary(Unary::RoundStraight), &[ratios])?;
    if let Some(point) = point {
        value = lowering.add(call, Op::Binary(Binary::Add), &[value, point])?;
    }
    lowering.add(call, Op::Unary(Unary::Clamp(T::of(low), T::of(high))), &[value])
}

/// The least and the largest value of what a node quantises to.
///
/// # Errors
/// [`crate::Error::Unsupported`] for 8-bit floating-point numbers and the like.
pub fn range<T: Number>(call: &Call<T>, point: usize) -> Result<(f64, f64)> {
    use ElementType::*;
    let element = match call.input(point) {
        Some(Item::Ints(ints)) => ints.element,
        _ => match call.int("output_dtype", 0) {
            0 | 2 => U8,
            3 => I8,
            4 => U16,
            5 => I16,
            21 => U4,
            22 => I4,
            other => return Err(call.unsupported(format!("it quantises to the type {other}"))),
        },
    };
    match element {
        U8 => Ok((0.0, 255.0)),
        I8 => Ok((-128.0, 127.0)),
        U16 => Ok((0.0, 65535.0)),
        I16 => Ok((-32768.0, 32767.0)),
        U4 => Ok((0.0, 15.0)),
        I4 => Ok((-8.0, 7.0)),
        other => Err(call.unsupported(format!("it quantises to {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn ints(shape: &[usize], element: ElementType, values: &[i64]) -> Item<f64> {
        Item::Ints(Ints::new(shape.to_vec(), element, values))
    }

    fn floats(shape: &[usize], values: &[f64]) -> Item<f64> {
        Item::Floats(Constant::new(shape.to_vec(), values))
    }

    #[test]
    fn values_are_rounded_to_even_and_saturate() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[6], &[0], None);
        let point = ints(&[], ElementType::I4, &[5]);
        let y = trial.one(("QuantizeLinear", 21), &[], &[x, floats(&[], &[2.0]), point])?;
        assert_eq!(trial.values(&y)?.1, [5.0, 5.0, 6.0, 7.0, 7.0, 7.0]);
        Ok(())
    }

    #[test]
    fn a_scale_is_for_all_for_an_axis_or_for_a_block() -> Result<()> {
        let cases: [(&[usize], &[f64], &[f64]); 3] = [
            (&[], &[2.0], &[0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
            (&[3], &[1.0, 2.0, 3.0], &[0.0, 2.0, 6.0, 3.0, 8.0, 15.0]),
            (&[2, 2], &[1.0, 2.0, 3.0, 4.0], &[0.0, 1.0, 4.0, 9.0, 12.0, 20.0]),
        ];
        let attributes = [("axis", Attribute::Int(1)), ("block_size", Attribute::Int(2))];
        for (shape, scale, expected) in cases {
            let mut trial = Trial::new();
            let live = trial.live(&[2, 3], &[1, 0], None);
            let known = ints(&[2, 3], ElementType::U8, &[0, 1, 2, 3, 4, 5]);
            for x in [live, known] {
                let y = trial.one(("DequantizeLinear", 21), &attributes, &[x, floats(shape, scale)])?;
                assert_eq!(trial.values(&y)?.1, expected);
            }
        }
        Ok(())
    }

    #[test]
    fn zero_points_of_an_axis_are_taken_away() -> Result<()> {
        let mut trial = Trial::new();
        let x = ints(&[2, 2], ElementType::I8, &[1, 2, 3, 4]);
        let (scale, point) = (floats(&[2], &[1.0, 10.0]), ints(&[2], ElementType::I8, &[1, -1]));
        let y = trial.one(("DequantizeLinear", 13), &[("axis", Attribute::Int(0))], &[x, scale, point])?;
        assert_eq!(trial.values(&y)?.1, [0.0, 1.0, 40.0, 50.0]);
        Ok(())
    }

    #[test]
    fn a_dynamic_scale_covers_all_values_and_zero() -> Result<()> {
        let mut trial = Trial::new();
        for (extent, expected, scale) in [(2, vec![0.0, 255.0], 1.0 / 255.0), (1, vec![0.0], 1e-30)] {
            let x = trial.live(&[extent], &[0], None);
            let items = trial.all(("DynamicQuantizeLinear", 11), &[], &[x])?;
            assert_eq!(trial.values(&items[0])?.1, expected);
            assert_eq!(trial.values(&items[1])?, (vec![], vec![scale]));
            assert_eq!(trial.values(&items[2])?, (vec![], vec![0.0]));
        }
        Ok(())
    }
}
