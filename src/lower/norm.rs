//! Normalisations over some axes: LayerNormalization, InstanceNormalization, GroupNormalization, RMSNormalization,
//! LpNormalization, MeanVarianceNormalization.

use super::pool::{powers, root};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op, Reduction, Unary, ValueId};

/// LayerNormalization: over an axis and all behind it; the mean and the deviation are not told.
pub fn layer_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axes = trailing(call, &x)?;
    let epsilon = call.float("epsilon", 1e-5);
    let value = lowering.add(call, Op::Normalise { axes, epsilon }, &[x.value])?;
    let value = affine(lowering, call, value, &x, Some(1), Some(2))?;
    let untold = || Item::Failed(call.unsupported("its mean and its deviation are not told"));
    Ok(vec![Item::Live(Located::new(value, x.order)), untold(), untold()])
}

/// RMSNormalization, and com.microsoft.SimplifiedLayerNormalization: x / sqrt(mean(x²) + ε), times a scale.
pub fn rms_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axes = trailing(call, &x)?;
    let value = by_root_mean_square(lowering, call, x.value, axes, call.float("epsilon", 1e-5))?;
    let value = affine(lowering, call, value, &x, Some(1), None)?;
    Ok(lowering.output(value, x.order))
}

/// InstanceNormalization: each channel by itself.
pub fn instance_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    if x.order.len() < 3 {
        return Err(call.invalid("its input has no positions"));
    }
    let axes = stored_axes(&x, |axis| axis >= 2);
    let epsilon = call.float("epsilon", 1e-5);
    let mut value = lowering.add(call, Op::Normalise { axes, epsilon }, &[x.value])?;
    for (at, binary) in [(1, Binary::Multiply), (2, Binary::Add)] {
        let parameter = per_channel(lowering, call, at, &x, 1)?;
        value = lowering.add(call, Op::Binary(binary), &[value, parameter])?;
    }
    Ok(lowering.output(value, x.order))
}

/// GroupNormalization: groups of channels by themselves. Before opset 21, scale and bias are given for each group.
pub fn group_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    if x.order.len() < 2 {
        return Err(call.invalid("its input has no channels"));
    }
    let at = x.stored_axis(1);
    let shape = lowering.graph.shape(x.value).to_vec();
    let groups = usize::try_from(call.int("num_groups", 0)).ok();
    let groups = groups.filter(|&groups| groups > 0 && shape[at].is_multiple_of(groups));
    let groups =
        groups.ok_or_else(|| call.invalid(format!("its num_groups do not divide {} channels", shape[at])))?;
    let each = shape[at] / groups;

    // The axis of channels as two: groups, and the channels of a group.
    let split = [&shape[..at], &[groups, each], &shape[at + 1..]].concat();
    let batch = x.stored_axis(0);
    let batch = if batch > at { batch + 1 } else { batch };
    let axes = (0..split.len()).filter(|&axis| axis != at && axis != batch).collect();
    let grouped = lowering.graph.reshape(x.value, &split)?;
    let epsilon = call.float("epsilon", 1e-5);
    let grouped = lowering.add(call, Op::Normalise { axes, epsilon }, &[grouped])?;
    let mut value = lowering.graph.reshape(grouped, &shape)?;
    let repeats = if call.opset < 21 { each } else { 1 };
    for (at, binary) in [(1, Binary::Multiply), (2, Binary::Add)] {
        let parameter = per_channel(lowering, call, at, &x, repeats)?;
        value = lowering.add(call, Op::Binary(binary), &[value, parameter])?;
    }
    Ok(lowering.output(value, x.order))
}

/// LpNormalization: x / (Σ |x|ᵖ)^(1/p) along an axis, and 0 where all are 0.
pub fn lp_normalization<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axis = x.stored_axis(call.axis(call.int("axis", -1), x.order.len())?);
    let p = call.int("p", 2);
    if !(1..=2).contains(&p) {
        return Err(call.invalid(format!("its p is {p}, not 1 or 2")));
    }
    let powers = powers(lowering, x.value, p)?;
    let sums = lowering.add(call, Op::Reduce(Reduction::Sum, vec![axis]), &[powers])?;
    let norms = root(lowering, sums, p)?;
    let least = lowering.graph.add_scalar(1e-30);
    let norms = lowering.add(call, Op::Binary(Binary::Maximum), &[norms, least])?;
    let value = lowering.add(call, Op::Binary(Binary::Divide), &[x.value, norms])?;
    Ok(lowering.output(value, x.order))
}

/// MeanVarianceNormalization.
pub fn mean_variance_normalization<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axes = call.axes(call.node.ints("axes").unwrap_or(&[0, 2, 3]), x.order.len())?;
    let axes = stored_axes(&x, |axis| axes.contains(&axis));
    // The specification adds 1e-9 to the deviation.
    let value = lowering.add(call, Op::Normalise { axes, epsilon: 1e-18 }, &[x.value])?;
    Ok(lowering.output(value, x.order))
}

/// x / sqrt(mean(x²) + ε), over stored axes.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn by_root_mean_square<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: ValueId,
    axes: Vec<usize>,
    epsilon: f64,
) -> Result<ValueId> {
    let squares = lowering.add(call, Op::Binary(Binary::Multiply), &[x, x])?;
    let means = lowering.add(call, Op::Reduce(Reduction::Mean, axes), &[squares])?;
    let epsilon = lowering.graph.add_scalar(epsilon);
    let means = lowering.add(call, Op::Binary(Binary::Add), &[means, epsilon])?;
    let roots = lowering.add(call, Op::Unary(Unary::Sqrt), &[means])?;
    lowering.add(call, Op::Binary(Binary::Divide), &[x, roots])
}

/// Times a scale, plus a bias, if the node has such inputs; they broadcast against `like`.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if they do not fit.
pub fn affine<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    mut value: ValueId,
    like: &Located,
    scale: Option<usize>,
    bias: Option<usize>,
) -> Result<ValueId> {
    for (at, binary) in [(scale, Binary::Multiply), (bias, Binary::Add)] {
        let Some(at) = at.filter(|&at| call.input(at).is_some()) else { continue };
        let parameter = lowering.located(call, at)?;
        let parameter = lowering.beside(call, &parameter, like)?;
        value = lowering.add(call, Op::Binary(binary), &[value, parameter])?;
    }
    Ok(value)
}

/// A known input that gives a value for each channel, or for each so many of them, beside a tensor `[N, C, …]`.
fn per_channel<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    at: usize,
    like: &Located,
    repeats: usize,
) -> Result<ValueId> {
    let parameter =
        call.constant_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))?;
    let repeated: Constant<T> = if repeats == 1 {
        parameter
    } else {
        let count = parameter.len().saturating_mul(repeats);
        if like.shape(&lowering.graph)[1] != count {
            return Err(call.invalid(format!("its input {at} is of shape {:?}", parameter.shape())));
        }
        parameter.map(vec![count], move |values| {
            values.iter().flat_map(|&value| std::iter::repeat_n(value, repeats)).collect()
        })
    };
    lowering.along(call, &repeated, 1, like)
}

/// The stored axes from the node's axis on.
fn trailing<T: Number>(call: &Call<T>, x: &Located) -> Result<Vec<usize>> {
    let first = call.axis(call.int("axis", -1), x.order.len())?;
    Ok(stored_axes(x, |axis| axis >= first))
}

/// The stored axes of those of the file's that are wanted.
pub fn stored_axes(located: &Located, wanted: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..located.order.len()).filter(|&axis| wanted(located.order[axis])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn list(values: &[f64]) -> Item<f64> {
        Item::Floats(Constant::new(vec![values.len()], values))
    }

    #[test]
    fn scales_of_groups_became_those_of_channels() -> Result<()> {
        let normalised = |opset, order: &[usize], scale: &[f64], bias: &[f64]| -> Result<_> {
            let mut trial = Trial::new();
            let x = trial.live(&[2, 4, 1, 3], order, None);
            let groups = [("num_groups", Attribute::Int(2))];
            let y = trial.one(("GroupNormalization", opset), &groups, &[x, list(scale), list(bias)])?;
            Ok((trial.permutations(), trial.values(&y)?))
        };
        let (scale, bias) = ([1.0, 1.0, 10.0, 10.0], [0.0, 0.0, 3.0, 3.0]);
        let expected = normalised(21, &[0, 1, 2, 3], &scale, &bias)?;
        let first = (0.0 - 2.5) / (35.0f64 / 12.0 + f64::from(1e-5f32)).sqrt();
        assert!(
            (expected.1.1[0] - first).abs() < 1e-12 && (expected.1.1[6] - 10.0 * first - 3.0).abs() < 1e-12
        );
        for order in [[0, 1, 2, 3], [0, 2, 3, 1], [1, 3, 0, 2]] {
            let (moves, (_, values)) = normalised(18, &order, &[1.0, 10.0], &[0.0, 3.0])?;
            let same = values.iter().zip(&expected.1.1).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(moves == 0 && same, "{order:?}");
        }
        Ok(())
    }

    #[test]
    fn zeros_have_no_direction() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[2, 1], &[1, 0], None);
        let y = trial.one(("LpNormalization", 13), &[("p", Attribute::Int(1))], &[x])?;
        assert_eq!(trial.values(&y)?.1, [0.0, 1.0]);
        Ok(())
    }

    #[test]
    fn parameters_meet_the_last_axes_wherever_they_lie() -> Result<()> {
        let normalised = |order: &[usize]| -> Result<_> {
            let mut trial = Trial::new();
            let x = trial.live(&[2, 2, 3], order, None);
            let scale = Item::Floats(Constant::new(vec![2, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
            let y = trial.one(("LayerNormalization", 17), &[("axis", Attribute::Int(1))], &[x, scale])?;
            Ok((trial.permutations(), trial.values(&y)?.1))
        };
        let (_, expected) = normalised(&[0, 1, 2])?;
        let (moves, values) = normalised(&[2, 0, 1])?;
        assert!(moves == 0 && values.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
        Ok(())
    }
}
