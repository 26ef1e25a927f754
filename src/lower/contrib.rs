//! What onnxruntime's optimiser makes of ONNX's operators: the domain com.microsoft.

use super::convolution::{convolved, weights};
use super::image::Image;
use super::matmul::{multiplied, scaled, transposed};
use super::norm::{affine, by_root_mean_square, stored_axes};
use super::{Call, Item, Located, Lowering, matmul};
use crate::Result;
use crate::graph::{Binary, Number, Op};
use crate::onnx::Attribute;

/// An operator set in which all activations that are fused have their parameters as attributes.
const WITH_ATTRIBUTES: i64 = 10;

/// FusedConv: a Conv, plus a tensor, through an activation.
pub fn fused_conv<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    fused(lowering, call, false)
}

/// NhwcConv, NhwcFusedConv: the same of an image with channels innermost.
pub fn nhwc_conv<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    fused(lowering, call, true)
}

fn fused<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, channels_last: bool) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let image = Image::of(lowering, call, &x, channels_last)?;
    let weight = weights(call, 1)?;
    let bias = call.input(2).map(|_| lowering.located(call, 2)).transpose()?;
    let value = convolved(lowering, call, &image, &weight, bias.as_ref())?;
    let mut result = image.located(lowering, value)?;
    if call.input(3).is_some() {
        let other = lowering.located(call, 3)?;
        let other = lowering.beside(call, &other, &result)?;
        result.value = lowering.add(call, Op::Binary(Binary::Add), &[result.value, other])?;
    }
    let parameters: Vec<_> = call.node.floats("activation_params").unwrap_or(&[]).to_vec();
    activated(lowering, call, result, &parameters)
}

/// FusedGemm: a Gemm through an activation.
pub fn fused_gemm<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut items = matmul::gemm(lowering, call)?;
    let Some(Item::Live(result)) = items.pop() else { return Err(call.invalid("it gives nothing")) };
    let parameters = ["activation_alpha", "activation_beta"].iter().map_while(|name| call.node.float(name));
    activated(lowering, call, result, &parameters.collect::<Vec<_>>())
}

/// The node's activation.
fn activated<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: Located,
    parameters: &[f32],
) -> Result<Vec<Item<T>>> {
    let activation = call.text("activation", "");
    if activation.is_empty() {
        return Ok(vec![Item::Live(x)]);
    }
    let names = if activation == "Clip" { ["min", "max"] } else { ["alpha", "beta"] };
    let attributes =
        names.iter().zip(parameters).map(|(&name, &value)| (name.into(), Attribute::Float(value)));
    let positions = x.positions;
    let mut result = lowering.applied(call, activation, WITH_ATTRIBUTES, attributes.collect(), vec![x])?;
    result.positions = positions;
    Ok(vec![Item::Live(result)])
}

/// FusedMatMul: α A B, where each may be given transposed.
pub fn fused_matmul<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut factor = |at: usize, last: &str, first: &str| -> Result<Located> {
        let located = lowering.located(call, at)?;
        let rank = located.order.len();
        let mut order: Vec<_> = (0..rank).collect();
        if call.int(first, 0) != 0 && rank > 2 {
            // The first axis moves behind those of the batch.
            order[..rank - 1].rotate_left(1);
        }
        if call.int(last, 0) != 0 && rank > 1 {
            order.swap(rank - 2, rank - 1);
        }
        Ok(transposed(&located, &order))
    };
    let (a, b) = (factor(0, "transA", "transBatchA")?, factor(1, "transB", "transBatchB")?);
    let product = multiplied(lowering, call, &a, &b)?;
    Ok(vec![Item::Live(scaled(lowering, call, product, call.float("alpha", 1.0))?)])
}

/// BiasGelu: Gelu of the sum of two tensors.
pub fn bias_gelu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let sum = sum(lowering, call, &[0, 1])?;
    Ok(vec![Item::Live(lowering.applied(call, "Gelu", 20, Vec::new(), vec![sum])?)])
}

/// FastGelu: Gelu by its approximation with tanh, perhaps of the sum of two tensors.
pub fn fast_gelu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let sum = sum(lowering, call, &[0, 1])?;
    let attributes = vec![("approximate".into(), Attribute::String("tanh".into()))];
    Ok(vec![Item::Live(lowering.applied(call, "Gelu", 20, attributes, vec![sum])?)])
}

/// QuickGelu: x / (1 + e^(-αx)) with an α of 1.702.
pub fn quick_gelu<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let alpha = call.node.float("alpha").unwrap_or(1.702);
    let attributes = vec![("alpha".into(), Attribute::Float(alpha))];
    Ok(vec![Item::Live(lowering.applied(call, "Swish", 24, attributes, vec![x])?)])
}

/// SkipLayerNormalization: LayerNormalization of the sum of two tensors and perhaps a bias, and that sum.
pub fn skip_layer_normalization<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
) -> Result<Vec<Item<T>>> {
    // The bias first, so that what comes last is the sum of both tensors: a residual stream.
    let sum = sum(lowering, call, &[0, 4, 1])?;
    let axes = last_axis(call, &sum)?;
    let epsilon = call.float("epsilon", 1e-12);
    let value = lowering.add(call, Op::Normalise { axes, epsilon }, &[sum.value])?;
    let value = affine(lowering, call, value, &sum, Some(2), Some(3))?;
    Ok(with_sum(call, value, sum))
}

/// SkipSimplifiedLayerNormalization: RMSNormalization of the sum of two tensors and perhaps a bias, and that sum.
pub fn skip_rms_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let sum = sum(lowering, call, &[0, 3, 1])?;
    let axes = last_axis(call, &sum)?;
    let value = by_root_mean_square(lowering, call, sum.value, axes, call.float("epsilon", 1e-12))?;
    let value = affine(lowering, call, value, &sum, Some(2), None)?;
    Ok(with_sum(call, value, sum))
}

/// The operators of com.microsoft.nchwc: their weights lie as one CPU wants them.
pub fn nchwc<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    Err(call.unsupported(
        "the file was saved optimised for one CPU; export it again without onnxruntime's offline optimisation, or with \
         its level \"extended\"",
    ))
}

/// The sum of those of these inputs that are there.
fn sum<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, inputs: &[usize]) -> Result<Located> {
    let mut sum = lowering.located(call, inputs[0])?;
    for &at in inputs[1..].iter().filter(|&&at| call.input(at).is_some()) {
        let other = lowering.located(call, at)?;
        let aligned = lowering.aligned(call, &[sum, other])?;
        let value = lowering.add(call, Op::Binary(Binary::Add), &aligned.values)?;
        sum = Located::new(value, aligned.order);
    }
    Ok(sum)
}

fn last_axis<T: Number>(call: &Call<T>, x: &Located) -> Result<Vec<usize>> {
    let last = call.axis(-1, x.order.len())?;
    Ok(stored_axes(x, |axis| axis == last))
}

/// A normalised tensor, two statistics that are not told, and what was normalised.
fn with_sum<T: Number>(call: &Call<T>, value: crate::graph::ValueId, sum: Located) -> Vec<Item<T>> {
    let untold = || Item::Failed(call.unsupported("its statistics are not told"));
    let order = sum.order.clone();
    vec![Item::Live(Located::new(value, order)), untold(), untold(), Item::Live(sum)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::graph::Constant;
    use crate::lower::Operator;
    use crate::lower::testing::Trial;
    use crate::onnx::Node;

    /// What one of these operators gives.
    fn made(
        trial: &mut Trial,
        operator: Operator<f64>,
        attributes: &[(&str, Attribute)],
        inputs: Vec<Item<f64>>,
    ) -> Result<Item<f64>> {
        let node = Node {
            name: String::new(),
            op: "Conv".into(),
            domain: "com.microsoft".into(),
            inputs: Vec::new(),
            outputs: vec!["y".into()],
            attributes: attributes.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        };
        let call = Call { node: &node, inputs: inputs.into_iter().map(Some).collect(), opset: 1 };
        let mut items = operator(&mut trial.lowering, &call)?;
        Ok(items.swap_remove(0))
    }

    fn known(shape: &[usize], values: &[f64]) -> Item<f64> {
        Item::Floats(Constant::new(shape.to_vec(), values))
    }

    #[test]
    fn a_convolution_is_added_to_and_bent() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 1, 1, 3], &[0, 2, 3, 1], None);
        let (weight, bias) = (known(&[1, 1, 1, 1], &[2.0]), known(&[1], &[1.0]));
        let other = trial.live(&[1, 1, 1, 3], &[0, 1, 2, 3], None);
        let attributes = [
            ("activation", Attribute::String("Clip".into())),
            ("activation_params", Attribute::Floats(vec![2.0, 5.0])),
        ];
        let y = made(&mut trial, fused_conv, &attributes, vec![x, weight, bias, other])?;
        assert_eq!(trial.values(&y)?.1, [2.0, 4.0, 5.0]);
        Ok(())
    }

    #[test]
    fn batches_may_lie_behind_rows() -> Result<()> {
        let mut trial = Trial::new();
        let a = trial.live(&[2, 3, 1], &[0, 1, 2], None);
        let b = known(&[3, 1, 1], &[1.0, 10.0, 100.0]);
        let attributes = [("transBatchA", Attribute::Int(1)), ("alpha", Attribute::Float(0.5))];
        let y = made(&mut trial, fused_matmul, &attributes, vec![a, b])?;
        assert_eq!(trial.values(&y)?, (vec![3, 2, 1], vec![0.0, 1.5, 5.0, 20.0, 100.0, 250.0]));
        Ok(())
    }

    #[test]
    fn a_normalised_sum_is_given_too() -> Result<()> {
        let mut trial = Trial::new();
        let (x, y) = (trial.live(&[1, 2], &[1, 0], None), trial.live(&[1, 2], &[0, 1], None));
        let node = Node {
            name: String::new(),
            op: "SkipLayerNormalization".into(),
            domain: "com.microsoft".into(),
            inputs: Vec::new(),
            outputs: vec!["y".into()],
            attributes: Vec::new(),
        };
        let inputs = [x, y, known(&[2], &[1.0, 3.0])].into_iter().map(Some).collect();
        let items = skip_layer_normalization(&mut trial.lowering, &Call { node: &node, inputs, opset: 1 })?;
        let normalised = trial.values(&items[0])?.1;
        assert!((normalised[0] + 1.0).abs() < 1e-9 && (normalised[1] - 3.0).abs() < 1e-9, "{normalised:?}");
        assert_eq!(trial.values(&items[3])?.1, [0.0, 2.0]);
        Ok(())
    }

    #[test]
    fn files_for_one_cpu_are_told_as_such() {
        let mut trial = Trial::new();
        let result = made(&mut trial, nchwc, &[], Vec::new());
        assert!(
            matches!(result, Err(Error::Unsupported(reason)) if reason.contains("optimised for one CPU"))
        );
    }
}
