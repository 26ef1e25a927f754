//! Operators on quantised numbers: QLinearConv, QLinearMatMul, ConvInteger, MatMulInteger, and those of com.microsoft.
//!
//! Products are computed of whole numbers, which are exact in the graph's arithmetic as long as they are small.

use super::convolution::{convolved, weights};
use super::image::Image;
use super::matmul::{multiplied, transposed};
use super::quantised::{self, dequantised_input, quantised, range, saturated};
use super::scale::{known, parameter, zero_point};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op};

/// An input that is never there.
const NONE: usize = usize::MAX;

/// ConvInteger: Conv of what is left of two tensors without their zero points.
pub fn conv_integer<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = shifted(lowering, call, 0, 2, 1)?;
    let image = Image::of(lowering, call, &x, false)?;
    weights(call, 1)?;
    let weight = known(call, [1, NONE, 3], 0)?;
    let value = convolved(lowering, call, &image, &weight, None)?;
    Ok(vec![Item::Live(image.located(lowering, value)?)])
}

/// QLinearConv: a Conv of quantised tensors that gives one.
pub fn qlinear_conv<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = shifted(lowering, call, 0, 2, 1)?;
    let channels_last = call.int("channels_last", 0) != 0;
    let image = Image::of(lowering, call, &x, channels_last)?;
    weights(call, 3)?;
    let weight = known(call, [3, NONE, 5], 0)?;
    let bias = call.input(8).map(|_| lowering.located(call, 8)).transpose()?;
    let value = convolved(lowering, call, &image, &weight, bias.as_ref())?;
    let convolved = image.located(lowering, value)?;
    let channel = if channels_last { convolved.order.len() - 1 } else { 1 };
    let factor = factors(call, [1, 4, 6])?;
    let factor = if factor.len() == 1 {
        lowering.graph.add_constant(factor.reshaped(Vec::new()))
    } else {
        lowering.along(call, &factor, channel, &convolved)?
    };
    let ratios = lowering.add(call, Op::Binary(Binary::Multiply), &[convolved.value, factor])?;
    let point = zero_point(lowering, call, 7, &convolved, channel as i64)?;
    let value = saturated(lowering, call, ratios, point, range(call, 7)?)?;
    Ok(vec![Item::Live(Located { value, ..convolved })])
}

/// MatMulInteger: MatMul of what is left of two tensors without their zero points.
pub fn matmul_integer<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (a, b) = (shifted(lowering, call, 0, 2, -2)?, shifted(lowering, call, 1, 3, -1)?);
    Ok(vec![Item::Live(multiplied(lowering, call, &a, &b)?)])
}

/// com.microsoft.DynamicQuantizeMatMul: a MatMul of a tensor that is quantised to its own range and a quantised one.
pub fn dynamic_quantize_matmul<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
) -> Result<Vec<Item<T>>> {
    let mut items = quantised::dynamic_quantize_linear(lowering, call)?.into_iter();
    let (Some(Item::Live(a)), Some(Item::Live(scale)), Some(Item::Live(point))) =
        (items.next(), items.next(), items.next())
    else {
        return Err(call.invalid("it gives nothing"));
    };
    let value = lowering.add(call, Op::Binary(Binary::Subtract), &[a.value, point.value])?;
    let value = lowering.add(call, Op::Binary(Binary::Multiply), &[value, scale.value])?;
    let b = dequantised_input(lowering, call, [1, 2, 3], -1)?;
    product_with_bias(lowering, call, &Located { value, ..a }, &b, 4)
}

/// com.microsoft.MatMulIntegerToFloat: a MatMul of quantised tensors that gives numbers.
pub fn matmul_integer_to_float<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
) -> Result<Vec<Item<T>>> {
    let a = dequantised_input(lowering, call, [0, 2, 4], -2)?;
    let b = dequantised_input(lowering, call, [1, 3, 5], -1)?;
    product_with_bias(lowering, call, &a, &b, 6)
}

fn product_with_bias<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    a: &Located,
    b: &Located,
    bias: usize,
) -> Result<Vec<Item<T>>> {
    let product = multiplied(lowering, call, a, b)?;
    if call.input(bias).is_none() {
        return Ok(vec![Item::Live(product)]);
    }
    let bias = lowering.located(call, bias)?;
    let sum = lowering.applied(call, "Add", 13, Vec::new(), vec![product, bias])?;
    Ok(vec![Item::Live(sum)])
}

/// QLinearMatMul: a MatMul of quantised tensors that gives one.
pub fn qlinear_matmul<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (a, b) = (shifted(lowering, call, 0, 2, -2)?, shifted(lowering, call, 3, 5, -1)?);
    let mut product = multiplied(lowering, call, &a, &b)?;
    for (at, axis, binary) in [(1, -2, Binary::Multiply), (4, -1, Binary::Multiply), (6, -1, Binary::Divide)]
    {
        if let Some(scale) = parameter(lowering, call, at, &product, axis)? {
            product.value = lowering.add(call, Op::Binary(binary), &[product.value, scale])?;
        }
    }
    let point = zero_point(lowering, call, 7, &product, -1)?;
    let value = saturated(lowering, call, product.value, point, range(call, 7)?)?;
    Ok(vec![Item::Live(Located { value, ..product })])
}

/// com.microsoft.QLinearAdd and its like: one of ONNX's operators on two quantised tensors.
pub fn qlinear_binary<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let inputs = vec![
        dequantised_input(lowering, call, [0, 1, 2], 1)?,
        dequantised_input(lowering, call, [3, 4, 5], 1)?,
    ];
    plain_operator(lowering, call, inputs, 6, 7)
}

/// com.microsoft.QLinearSigmoid and its like: one of ONNX's operators on a quantised tensor.
pub fn qlinear_unary<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = dequantised_input(lowering, call, [0, 1, 2], 1)?;
    plain_operator(lowering, call, vec![x], 3, 4)
}

/// com.microsoft.QLinearConcat: quantised tensors behind each other.
pub fn qlinear_concat<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut inputs = Vec::new();
    for at in (2..call.inputs.len()).step_by(3) {
        inputs.push(dequantised_input(lowering, call, [at, at + 1, at + 2], 1)?);
    }
    plain_operator(lowering, call, inputs, 0, 1)
}

/// com.microsoft.QGemm: a Gemm of quantised tensors, whose result is quantised if a scale for it is given.
pub fn qgemm<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let a = dequantised_input(lowering, call, [0, 1, 2], 0)?;
    let b = dequantised_input(lowering, call, [3, 4, 5], if call.int("transB", 0) == 0 { 1 } else { 0 })?;
    let mut inputs = vec![a, b];
    if call.input(6).is_some() {
        // The third one has the scales of the others, and α too.
        let alpha = T::of(call.float("alpha", 1.0));
        let factor = factors(call, [1, 4, NONE])?;
        let shape = factor.shape().to_vec();
        let factor = factor.map(shape, move |values| values.iter().map(|&value| value * alpha).collect());
        let c = lowering.located(call, 6)?;
        let factor = lowering.graph.add_constant(factor);
        let value = lowering.add(call, Op::Binary(Binary::Multiply), &[c.value, factor])?;
        inputs.push(Located { value, ..c });
    }
    let result = lowering.instead(call, "Gemm", 13, inputs)?;
    let result = if call.input(7).is_some() { quantised(lowering, call, &result, 7, 8)? } else { result };
    Ok(vec![Item::Live(result)])
}

/// ONNX's operator without the "QLinear" of this one's name, and its result quantised.
fn plain_operator<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    mut inputs: Vec<Located>,
    scale: usize,
    point: usize,
) -> Result<Vec<Item<T>>> {
    let name = call.node.op.strip_prefix("QLinear").unwrap_or(&call.node.op);
    let opset = if name == "Softmax" { call.int("opset", 13) } else { 13 };
    let channels_last = call.int("channels_last", 0) != 0;
    if channels_last {
        inputs = inputs.iter().map(|input| transposed(input, &to_first(input.order.len()))).collect();
    }
    let mut result = lowering.instead(call, name, opset, inputs)?;
    if channels_last {
        let order = to_first(result.order.len());
        let back: Vec<_> =
            (0..order.len()).map(|axis| order.iter().position(|&of| of == axis).unwrap_or(axis)).collect();
        result = transposed(&result, &back);
    }
    Ok(vec![Item::Live(quantised(lowering, call, &result, scale, point)?)])
}

/// The order of axes that moves the last one behind the first.
fn to_first(rank: usize) -> Vec<usize> {
    (0..rank.min(1)).chain((1..rank).rev().take(1)).chain(1..rank.saturating_sub(1)).collect()
}

/// An input without its zero point, of which there may be one for each place of an axis.
fn shifted<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    at: usize,
    point: usize,
    axis: i64,
) -> Result<Located> {
    let is_live = |at: usize| matches!(call.input(at), Some(Item::Live(_)));
    if !is_live(at) && !is_live(point) {
        let value = lowering.graph.add_constant(known(call, [at, NONE, point], axis)?);
        return Ok(Located::plain(&lowering.graph, value));
    }
    let x = lowering.located(call, at)?;
    let Some(point) = zero_point(lowering, call, point, &x, axis)? else { return Ok(x) };
    let value = lowering.add(call, Op::Binary(Binary::Subtract), &[x.value, point])?;
    Ok(Located { value, ..x })
}

/// The product of two scales, divided by a third, computed when it is read.
fn factors<T: Number>(call: &Call<T>, [a, b, divisor]: [usize; 3]) -> Result<Constant<T>> {
    let scale =
        |at: usize| call.constant_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")));
    let (a, b) = (scale(a)?, scale(b)?);
    let divisor = if divisor == NONE { Constant::scalar(T::ONE) } else { scale(divisor)? };
    if a.len() != 1 || divisor.len() != 1 || b.is_empty() {
        return Err(call.unsupported("a tensor that is no weight has several scales"));
    }
    let shape = vec![b.len()];
    Ok(Constant::derived("product of scales", [a, b, divisor], shape, |[a, b, divisor]| {
        let (a, b, divisor) = (a.read()?, b.read()?, divisor.read()?);
        Ok(b.iter().map(|&b| a[0] * b / divisor[0]).collect())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::ElementType;

    #[test]
    fn each_channel_of_weights_has_its_scale() -> Result<()> {
        let mut trial = Trial::new();
        let number = |value| Item::Floats(Constant::scalar(value));
        let ints =
            |shape: &[usize], element, values: &[i64]| Item::Ints(Ints::new(shape.to_vec(), element, values));
        let inputs = [
            trial.live(&[1, 1, 1, 2], &[0, 2, 3, 1], None),
            number(0.5),
            ints(&[], ElementType::U8, &[1]),
            ints(&[2, 1, 1, 1], ElementType::I8, &[2, -4]),
            Item::Floats(Constant::new(vec![2], [0.5, 0.25])),
            ints(&[2], ElementType::I8, &[0, 0]),
            number(0.25),
            ints(&[], ElementType::U8, &[10]),
        ];
        let y = trial.one(("QLinearConv", 10), &[], &inputs)?;
        assert_eq!((trial.permutations(), trial.values(&y)?.1), (0, vec![8.0, 10.0, 12.0, 10.0]));
        Ok(())
    }

    #[test]
    fn the_last_axis_moves_behind_the_first() {
        assert_eq!(to_first(4), [0, 3, 1, 2]);
        assert_eq!(to_first(2), [0, 1]);
        assert_eq!(to_first(1), [0]);
    }
}
