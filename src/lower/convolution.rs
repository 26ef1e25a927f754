//! Convolutions: Conv, ConvTranspose.

use super::image::{Image, plane};
use super::window::{halves, signed, window};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Convolution, Number, Op, ValueId, Window, permute};

/// Conv: of an image `[N, C, …]` with weights `[M, C / group, …]` and perhaps a bias `[M]`.
pub fn conv<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let image = Image::channels_first(lowering, call, 0)?;
    let weight = weights(call, 1)?;
    let bias = call.input(2).map(|_| lowering.located(call, 2)).transpose()?;
    let value = convolved(lowering, call, &image, &weight, bias.as_ref())?;
    Ok(vec![Item::Live(image.located(lowering, value)?)])
}

/// Weights, which must be known.
///
/// # Errors
/// [`crate::Error::Unsupported`] if they depend on the picture.
pub fn weights<T: Number>(call: &Call<T>, at: usize) -> Result<Constant<T>> {
    if let Some(Item::Live(_)) = call.input(at) {
        return Err(call.unsupported("its weights depend on the picture"));
    }
    call.constant_of(at)?.ok_or_else(|| call.invalid("its weights are missing"))
}

/// The convolution of an image that a Conv's attributes describe, `[N, H', W', M]`.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for weights that do not fit.
pub fn convolved<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    image: &Image,
    weight: &Constant<T>,
    bias: Option<&Located>,
) -> Result<ValueId> {
    let extents = image.extents();
    let (kernel, groups) = fitting(call, image, weight)?;
    if weight.shape()[1].checked_mul(groups) != Some(image.channels())
        || !weight.shape()[0].is_multiple_of(groups)
    {
        return Err(misfit(call, image, weight));
    }
    let window = window(call, &kernel, extents, false)?;
    let weight =
        weight.reshaped(vec![weight.shape()[0], weight.shape()[1], window.kernel[0], window.kernel[1]]);
    biased(lowering, call, image, Convolution { window, input_dilation: [1, 1], groups }, weight, bias)
}

/// ConvTranspose: the gradient of a Conv with respect to its image, with weights `[C, M / group, …]`.
pub fn conv_transpose<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let image = Image::channels_first(lowering, call, 0)?;
    let weight = weights(call, 1)?;
    let (kernel, groups) = fitting(call, &image, &weight)?;
    let (inputs, outputs) = (weight.shape()[0], weight.shape()[1]);
    if inputs != image.channels() || !inputs.is_multiple_of(groups) {
        return Err(misfit(call, &image, &weight));
    }
    let convolution = transposed_window(call, &kernel, image.extents(), groups)?;
    let [rows, columns] = convolution.window.kernel;
    let shape = vec![outputs * groups, inputs / groups, rows, columns];
    let places = rows * columns;
    let weight = weight.map(shape, move |values| {
        // Turned by 180 degrees, and the channels of each group change places.
        let mut turned = permute(values, &[groups, inputs / groups, outputs, places], &[0, 2, 1, 3]);
        turned.chunks_mut(places).for_each(<[T]>::reverse);
        turned
    });
    let bias = call.input(2).map(|_| lowering.located(call, 2)).transpose()?;
    let value = biased(lowering, call, &image, convolution, weight, bias.as_ref())?;
    Ok(vec![Item::Live(image.located(lowering, value)?)])
}

/// The extents of weights' windows, and the number of groups.
fn fitting<T: Number>(call: &Call<T>, image: &Image, weight: &Constant<T>) -> Result<(Vec<usize>, usize)> {
    let count = image.extents().len();
    let [_, _, kernel @ ..] = weight.shape() else { return Err(misfit(call, image, weight)) };
    let groups = usize::try_from(call.int("group", 1)).ok().filter(|&groups| groups > 0);
    let groups = groups.ok_or_else(|| call.invalid("its group is not 1 or more"))?;
    let given =
        call.node.ints("kernel_shape").map(|_| call.sizes("kernel_shape", count, 1, 1)).transpose()?;
    let fits = kernel.len() == count && given.is_none_or(|given| given == kernel);
    if !fits || weight.is_empty() || groups > image.channels() {
        return Err(misfit(call, image, weight));
    }
    Ok((kernel.to_vec(), groups))
}

/// How a convolution meets its image where it is the gradient of one that steps over `strides`.
fn transposed_window<T: Number>(
    call: &Call<T>,
    kernel: &[usize],
    extents: &[usize],
    groups: usize,
) -> Result<Convolution> {
    const LARGEST: i64 = 1 << 24;
    let count = extents.len();
    let strides = call.sizes("strides", count, 1, 1)?;
    let dilations = call.sizes("dilations", count, 1, 1)?;
    let pads = call.sizes("pads", 2 * count, 0, 0)?;
    let beyond = call.sizes("output_padding", count, 0, 0)?;
    let mode = call.text("auto_pad", "NOTSET");
    let same = matches!(mode, "SAME_UPPER" | "SAME_LOWER");
    let wanted = match call.node.ints("output_shape") {
        // Some exporters write the batch and the channels too.
        Some(shape) if shape.len() >= count => Some(shape[shape.len() - count..].to_vec()),
        Some(shape) => return Err(call.invalid(format!("its output_shape is {shape:?}"))),
        None if same => Some((0..count).map(|axis| signed(extents[axis]) * signed(strides[axis])).collect()),
        None => None,
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for axis in 0..count {
        let reach = (signed(kernel[axis]) - 1).saturating_mul(signed(dilations[axis]));
        let dilated = (signed(extents[axis]) - 1) * signed(strides[axis]) + 1;
        if dilated.max(reach) >= LARGEST {
            return Err(call.invalid(format!("its windows lie over {} places", dilated.max(reach))));
        }
        let whole = dilated + reach + signed(beyond[axis]);
        let (first, extent) = match &wanted {
            Some(wanted) => {
                (halves(whole.saturating_sub(wanted[axis]).max(0), mode == "SAME_UPPER").0, wanted[axis])
            }
            None if mode == "VALID" => (0, whole),
            None => {
                let (first, last) = (signed(pads[axis]), signed(pads[count + axis]));
                (first, whole - first - last)
            }
        };
        if !(1..LARGEST).contains(&extent) {
            return Err(call.invalid(format!("its result would measure {extent} places along an axis")));
        }
        before.push((reach - first) as isize);
        // A window at each place of the result: dilated + before + after - reach of them.
        after.push((extent - dilated + first) as isize);
    }
    let window = Window {
        kernel: plane(kernel, 1),
        stride: [1, 1],
        dilation: plane(&dilations, 1),
        before: plane(&before, 0),
        after: plane(&after, 0),
    };
    Ok(Convolution { window, input_dilation: plane(&strides, 1), groups })
}

/// The convolution, plus a bias: inside of it if it is known.
fn biased<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    image: &Image,
    convolution: Convolution,
    weight: Constant<T>,
    bias: Option<&Located>,
) -> Result<ValueId> {
    let outputs = weight.shape()[0];
    let mut inputs = vec![image.value, lowering.graph.add_constant(weight)];
    let mut live = None;
    if let Some(bias) = bias {
        if lowering.graph.shape(bias.value) != [outputs] {
            return Err(call.invalid(format!("its bias is not a list of {outputs}")));
        }
        if lowering.graph.constant(bias.value).is_some() {
            inputs.push(bias.value);
        } else {
            live = Some(bias.value);
        }
    }
    let value = lowering.add(call, Op::Convolution(convolution), &inputs)?;
    live.map_or(Ok(value), |bias| lowering.add(call, Op::Binary(Binary::Add), &[value, bias]))
}

fn misfit<T: Number>(call: &Call<T>, image: &Image, weight: &Constant<T>) -> crate::Error {
    let (weight, channels) = (weight.shape(), image.channels());
    call.invalid(format!("weights of shape {weight:?} do not fit an image of {channels} channels"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    /// What an operator makes of 0, 1, 2, … in this shape, stored with channels innermost.
    fn made(
        op: &str,
        attributes: &[(&str, Attribute)],
        shape: &[usize],
        weight: (&[usize], &[f64]),
    ) -> Result<(Vec<usize>, Vec<f64>)> {
        let mut trial = Trial::new();
        let x = trial.live(shape, &[0, 2, 3, 1], None);
        let weight = Item::Floats(Constant::new(weight.0.to_vec(), weight.1));
        let y = trial.one((op, 13), attributes, &[x, weight])?;
        assert_eq!(trial.permutations(), 0);
        trial.values(&y)
    }

    #[test]
    fn an_odd_place_of_padding_lies_where_auto_pad_says() -> Result<()> {
        for (mode, expected) in [("SAME_UPPER", [1.0, 3.0, 5.0, 3.0]), ("SAME_LOWER", [0.0, 1.0, 3.0, 5.0])] {
            let mode = [("auto_pad", Attribute::String(mode.into()))];
            assert_eq!(made("Conv", &mode, &[1, 1, 1, 4], (&[1, 1, 1, 2], &[1.0, 1.0]))?.1, expected);
        }
        Ok(())
    }

    #[test]
    fn a_transposed_convolution_spreads_each_value() -> Result<()> {
        let shape = [1, 2, 1, 2];
        let weight = (&[2, 2, 1, 2][..], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0][..]);
        let (shape_of, values) = made("ConvTranspose", &[], &shape, weight)?;
        assert_eq!(
            (shape_of.as_slice(), values),
            (&[1, 2, 1, 3][..], vec![10.0, 28.0, 20.0, 14.0, 40.0, 28.0])
        );

        let attributes = [("group", Attribute::Int(2)), ("strides", Attribute::Ints(vec![1, 2]))];
        let weight = (&[2, 1, 1, 2][..], &[1.0, 10.0, 100.0, 1000.0][..]);
        let (_, values) = made("ConvTranspose", &attributes, &shape, weight)?;
        assert_eq!(values, [0.0, 0.0, 1.0, 10.0, 200.0, 2000.0, 300.0, 3000.0]);
        Ok(())
    }

    #[test]
    fn an_output_shape_decides_on_the_padding() -> Result<()> {
        let attributes =
            [("strides", Attribute::Ints(vec![1, 2])), ("output_shape", Attribute::Ints(vec![1, 4]))];
        let (shape, values) =
            made("ConvTranspose", &attributes, &[1, 1, 1, 2], (&[1, 1, 1, 3], &[1.0, 10.0, 100.0]))?;
        // 0, 0, 1, 10, 100, of which the first is one too many.
        assert_eq!((shape.as_slice(), values), (&[1, 1, 1, 4][..], vec![0.0, 1.0, 10.0, 100.0]));
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let invalid = |attributes: &[(&str, Attribute)], weight: &[usize]| {
            let values = vec![0.0; weight.iter().product()];
            let result = made("Conv", attributes, &[1, 2, 3, 3], (weight, &values));
            assert!(matches!(result, Err(Error::InvalidModel(_))), "{attributes:?} {weight:?}");
        };
        invalid(&[], &[1, 2, 4, 4]);
        invalid(&[], &[1, 3, 1, 1]);
        invalid(&[], &[2, 1]);
        invalid(&[("group", Attribute::Int(0))], &[1, 2, 1, 1]);
        invalid(&[("strides", Attribute::Ints(vec![0, 1]))], &[1, 2, 1, 1]);
        invalid(&[("pads", Attribute::Ints(vec![0, 0, 0, i64::MAX]))], &[1, 2, 1, 1]);
        invalid(&[("dilations", Attribute::Ints(vec![1 << 23, 1]))], &[1, 2, 2, 1]);
    }

    #[test]
    fn weights_that_depend_on_the_picture_are_not_supported() {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 1, 2, 2], &[0, 2, 3, 1], None);
        let weight = trial.live(&[1, 1, 1, 1], &[0, 1, 2, 3], None);
        assert!(matches!(trial.one(("Conv", 13), &[], &[x, weight]), Err(Error::Unsupported(_))));
    }
}
