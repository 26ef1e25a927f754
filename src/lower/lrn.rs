//! LRN: neighbouring channels inhibit each other.

use std::rc::Rc;

use super::{Call, Item, Lowering};
use crate::Result;
use crate::graph::{Binary, Number, Op};

/// LRN: x / (bias + α / size Σ x²)^β, where the sum runs over `size` neighbouring channels.
pub fn lrn<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    const MOST: usize = 1 << 26;
    let x = lowering.located(call, 0)?;
    if x.order.len() < 2 {
        return Err(call.invalid("its input has no channels"));
    }
    let axis = x.stored_axis(1);
    let channels = lowering.graph.shape(x.value)[axis];
    let size = usize::try_from(call.int("size", 0)).ok().filter(|&size| size > 0);
    let size = size.ok_or_else(|| call.invalid("its size is not 1 or more"))?;
    if channels.saturating_mul(size.min(channels)) > MOST {
        return Err(call.unsupported(format!("each of {channels} channels is compared with {size}")));
    }
    let factor = T::of(call.float("alpha", 1e-4) / size as f64);
    let (before, after) = ((size - 1) / 2, size / 2);
    let neighbours = |channel: usize| {
        let end = channel.saturating_add(after).saturating_add(1).min(channels);
        (channel.saturating_sub(before)..end).map(|neighbour| (neighbour, factor)).collect()
    };
    let rows = Rc::new((0..channels).map(neighbours).collect());
    let squares = lowering.add(call, Op::Binary(Binary::Multiply), &[x.value, x.value])?;
    let sums = lowering.add(call, Op::Linear { axis, rows }, &[squares])?;
    let bias = lowering.graph.add_scalar(call.float("bias", 1.0));
    let sums = lowering.add(call, Op::Binary(Binary::Add), &[sums, bias])?;
    let beta = lowering.graph.add_scalar(call.float("beta", 0.75));
    let roots = lowering.add(call, Op::Binary(Binary::Power), &[sums, beta])?;
    let value = lowering.add(call, Op::Binary(Binary::Divide), &[x.value, roots])?;
    Ok(lowering.output(value, x.order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    #[test]
    fn an_even_window_of_channels_reaches_further_ahead() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 3, 1, 1], &[0, 2, 3, 1], None);
        let attributes =
            [("size", Attribute::Int(2)), ("alpha", Attribute::Float(2.0)), ("beta", Attribute::Float(1.0))];
        let y = trial.one(("LRN", 13), &attributes, &[x])?;
        assert_eq!(trial.values(&y)?.1, [0.0, 1.0 / 6.0, 2.0 / 5.0]);
        Ok(())
    }
}
