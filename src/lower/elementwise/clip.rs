//! Clip, whose bounds are attributes before opset 11 and inputs since.

use super::apply;
use crate::Result;
use crate::graph::{Binary, Number, Unary};
use crate::lower::{Call, Item, Lowering};

/// Clip
pub fn clip<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let is_live = |at| matches!(call.input(at), Some(Item::Live(_)));
    if is_live(1) || is_live(2) {
        return between(lowering, call);
    }
    let (low, high) = if call.opset < 11 {
        let bound = |name| call.node.float(name).map(|bound| T::of(bound.into()));
        (bound("min"), bound("max"))
    } else {
        (call.number_of(1)?, call.number_of(2)?)
    };
    if low.is_none() && high.is_none() {
        return apply(lowering, call, |_, x| Ok(x));
    }
    let low = low.unwrap_or(T::of(f64::NEG_INFINITY));
    let high = high.unwrap_or(T::of(f64::INFINITY));
    // Where the bounds are in the wrong order, everything is the upper one.
    let low = if low > high { high } else { low };
    apply(lowering, call, |graph, x| graph.unary(Unary::Clamp(low, high), x))
}

/// Between bounds that depend on the picture.
fn between<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (mut tensors, mut bounds) = (vec![lowering.located(call, 0)?], Vec::new());
    for (at, bound) in [(1, Binary::Maximum), (2, Binary::Minimum)] {
        if call.input(at).is_some() {
            tensors.push(lowering.located(call, at)?);
            bounds.push(bound);
        }
    }
    let aligned = lowering.aligned(call, &tensors)?;
    let mut values = aligned.values.into_iter();
    let x = values.next().ok_or_else(|| call.invalid("it has no input"))?;
    let value =
        bounds.into_iter().zip(values).try_fold(x, |x, (bound, at)| lowering.graph.binary(bound, x, at))?;
    Ok(lowering.output(value, aligned.order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    #[test]
    fn bounds_are_attributes_or_inputs_by_opset() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[5], &[0], None);
        let scalar = |value| Item::Floats(Constant::scalar(value));
        let attributes = [("min", Attribute::Float(1.0)), ("max", Attribute::Float(3.0))];
        let y = trial.one(("Clip", 6), &attributes, std::slice::from_ref(&x))?;
        assert_eq!(trial.values(&y)?.1, [1.0, 1.0, 2.0, 3.0, 3.0]);
        let y = trial.one(("Clip", 11), &[], &[x.clone(), scalar(2.0)])?;
        assert_eq!(trial.values(&y)?.1, [2.0, 2.0, 2.0, 3.0, 4.0]);
        // Bounds in the wrong order: the upper one.
        let y = trial.one(("Clip", 13), &[], &[x.clone(), scalar(3.0), scalar(1.0)])?;
        assert_eq!(trial.values(&y)?.1, [1.0; 5]);
        // A bound that depends on the picture.
        let low =
            trial.one(("ReduceMax", 13), &[("keepdims", Attribute::Int(0))], std::slice::from_ref(&x))?;
        let y = trial.one(("Clip", 13), &[], &[x, low])?;
        assert_eq!(trial.values(&y)?.1, [4.0; 5]);
        Ok(())
    }
}
