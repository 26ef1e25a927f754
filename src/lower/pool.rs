//! Poolings over windows: MaxPool, AveragePool, LpPool.

use std::ops::Range;

use super::image::Image;
use super::window::window;
use super::{Call, Item, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Convolution, Number, Op, Reduction, Unary, ValueId, Window};

/// MaxPool; where the largest values lie is not told.
pub fn max_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let image = Image::channels_first(lowering, call, 0)?;
    let (window, _) = windows(call, &image)?;
    let value = lowering.add(call, Op::MaxPool(window), &[image.value])?;
    let places = call.unsupported("where the largest values lie is not told");
    Ok(vec![Item::Live(image.located(lowering, value)?), Item::Failed(places)])
}

/// AveragePool.
pub fn average_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let image = Image::channels_first(lowering, call, 0)?;
    let value = averaged(lowering, call, &image)?;
    Ok(vec![Item::Live(image.located(lowering, value)?)])
}

/// The means that an AveragePool's attributes describe, `[N, H', W', C]`.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for windows that do not fit.
pub fn averaged<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, image: &Image) -> Result<ValueId> {
    let (window, declared) = windows(call, image)?;
    if is_whole(&window, image) {
        return lowering.add(call, Op::Reduce(Reduction::Mean, vec![1, 2]), &[image.value]);
    }
    let padding_counts = call.int("count_include_pad", 0) != 0;
    let area = window.kernel[0] as f64 * window.kernel[1] as f64;
    let value = summed(lowering, call, image.value, &window, 1.0 / area)?;
    let shares = [0, 1].map(|axis| {
        let extent = image.shape[1 + axis];
        // What ceil_mode adds behind the padding never counts.
        let counted = if padding_counts {
            -window.before[axis]..extent as isize + declared.after[axis]
        } else {
            0..extent as isize
        };
        counts(&window, axis, extent, &counted)
    });
    if shares.iter().zip(window.kernel).all(|(counts, whole)| counts.iter().all(|&count| count == whole)) {
        return Ok(value);
    }
    let share = |count: usize| if count == 0 { 0.0 } else { area / count as f64 };
    let [rows, columns] = &shares;
    let factors: Vec<_> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| T::of(share(row * column)))).collect();
    let factors = Constant::new(vec![1, rows.len(), columns.len(), 1], factors);
    let factors = lowering.graph.add_constant(factors);
    lowering.add(call, Op::Binary(Binary::Multiply), &[value, factors])
}

/// Whether there is one window, and all of the image in it: what files call it by that know the image's size.
fn is_whole(window: &Window, image: &Image) -> bool {
    [0, 1].into_iter().all(|axis| {
        let extent = image.shape[1 + axis];
        (window.kernel[axis], window.dilation[axis], window.before[axis]) == (extent, 1, 0)
            && window.steps(axis, extent, 1) == 1
    })
}

/// LpPool: (Σ |x|ᵖ)^(1/p)
pub fn lp_pool<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let image = Image::channels_first(lowering, call, 0)?;
    let (window, _) = windows(call, &image)?;
    let p = power(call)?;
    let powers = powers(lowering, image.value, p)?;
    let sums = summed(lowering, call, powers, &window, 1.0)?;
    let value = root(lowering, sums, p)?;
    Ok(vec![Item::Live(image.located(lowering, value)?)])
}

/// The exponent of a p-norm.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if it is none.
pub fn power<T: Number>(call: &Call<T>) -> Result<i64> {
    let p = call.int("p", 2);
    if p < 1 { Err(call.invalid(format!("there is no norm of p = {p}"))) } else { Ok(p) }
}

/// |x|ᵖ
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn powers<T: Number>(lowering: &mut Lowering<T>, x: ValueId, p: i64) -> Result<ValueId> {
    if p == 2 {
        return lowering.graph.binary(Binary::Multiply, x, x);
    }
    let magnitude = lowering.graph.unary(Unary::Absolute, x)?;
    exponentiated(lowering, magnitude, p as f64)
}

/// x^(1/p), for x that are not negative.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn root<T: Number>(lowering: &mut Lowering<T>, x: ValueId, p: i64) -> Result<ValueId> {
    if p == 2 { lowering.graph.unary(Unary::Sqrt, x) } else { exponentiated(lowering, x, 1.0 / p as f64) }
}

fn exponentiated<T: Number>(lowering: &mut Lowering<T>, x: ValueId, exponent: f64) -> Result<ValueId> {
    if exponent == 1.0 {
        return Ok(x);
    }
    let exponent = lowering.graph.add_scalar(exponent);
    lowering.graph.binary(Binary::Power, x, exponent)
}

/// The windows as they lie, and as they would with `ceil_mode` off: with the padding that the node gives.
fn windows<T: Number>(call: &Call<T>, image: &Image) -> Result<(Window, Window)> {
    let extents = image.extents();
    if call.node.ints("kernel_shape").is_none() {
        return Err(call.invalid("it has no kernel_shape"));
    }
    let kernel = call.sizes("kernel_shape", extents.len(), 1, 1)?;
    let declared = window(call, &kernel, extents, false)?;
    for axis in [0, 1] {
        let covered = (declared.kernel[axis] - 1) * declared.dilation[axis] + 1;
        let padding = declared.before[axis].max(declared.after[axis]);
        if padding >= covered as isize {
            return Err(
                call.invalid(format!("{padding} places of padding hold a whole window over {covered}"))
            );
        }
    }
    Ok((window(call, &kernel, extents, call.int("ceil_mode", 0) != 0)?, declared))
}

/// How many places of each window along an axis lie between these.
fn counts(window: &Window, axis: usize, extent: usize, counted: &Range<isize>) -> Vec<usize> {
    let [stride, dilation, kernel] =
        [window.stride[axis], window.dilation[axis], window.kernel[axis]].map(|size| size as isize);
    (0..window.steps(axis, extent, 1) as isize)
        .map(|step| {
            let first = step * stride - window.before[axis];
            let before = |end: isize| (end - first + dilation - 1).div_euclid(dilation).clamp(0, kernel);
            (before(counted.end) - before(counted.start)).unsigned_abs()
        })
        .collect()
}

/// The sum over each window and channel by itself, times a factor.
fn summed<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: ValueId,
    window: &Window,
    factor: f64,
) -> Result<ValueId> {
    const MOST: usize = 1 << 26;
    let channels = lowering.graph.shape(x)[3];
    let [rows, columns] = window.kernel;
    let count = rows.checked_mul(columns).and_then(|area| area.checked_mul(channels));
    let count = count.filter(|&count| count < MOST);
    let count =
        count.ok_or_else(|| call.unsupported(format!("its windows cover {rows} x {columns} places")))?;
    let weight = Constant::new(vec![channels, 1, rows, columns], vec![T::of(factor); count]);
    let weight = lowering.graph.add_constant(weight);
    let convolution = Convolution { window: window.clone(), input_dilation: [1, 1], groups: channels };
    lowering.add(call, Op::Convolution(convolution), &[x, weight])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    /// What a pooling makes of a row of 0, 1, 2, …
    fn pooled(
        op: &str,
        extent: usize,
        kernel: i64,
        stride: i64,
        pad: i64,
        more: (&str, i64),
    ) -> Result<Vec<f64>> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 1, 1, extent], &[0, 2, 3, 1], None);
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![1, kernel])),
            ("strides", Attribute::Ints(vec![1, stride])),
            ("pads", Attribute::Ints(vec![0, pad, 0, pad])),
            ("ceil_mode", Attribute::Int(1)),
            (more.0, Attribute::Int(more.1)),
        ];
        let y = trial.one((op, 19), &attributes, &[x])?;
        Ok(trial.values(&y)?.1)
    }

    #[test]
    fn what_ceil_mode_adds_counts_for_no_mean() -> Result<()> {
        assert_eq!(pooled("MaxPool", 6, 3, 2, 1, ("", 0))?, [1.0, 3.0, 5.0, 5.0]);
        for (padding_counts, expected) in [(0, [0.5, 2.0, 4.0, 5.0]), (1, [1.0 / 3.0, 2.0, 4.0, 2.5])] {
            let means = pooled("AveragePool", 6, 3, 2, 1, ("count_include_pad", padding_counts))?;
            assert!(means.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{means:?}");
        }
        Ok(())
    }

    #[test]
    fn no_window_begins_in_the_padding_behind() -> Result<()> {
        assert_eq!(pooled("MaxPool", 4, 2, 3, 1, ("", 0))?, [0.0, 3.0]);
        Ok(())
    }

    #[test]
    fn padding_that_holds_a_window_is_an_error() {
        assert!(matches!(pooled("MaxPool", 4, 2, 1, 2, ("", 0)), Err(Error::InvalidModel(_))));
    }

    #[test]
    fn a_norm_is_of_the_exponent_that_is_given() -> Result<()> {
        assert_eq!(pooled("LpPool", 5, 2, 3, 0, ("p", 1))?, [1.0, 7.0]);
        assert_eq!(pooled("LpPool", 5, 2, 3, 0, ("p", 2))?, [1.0, 5.0]);
        Ok(())
    }
}
