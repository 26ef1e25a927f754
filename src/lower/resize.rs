//! Resize and Upsample.

use std::rc::Rc;

use super::resampling::{Coordinates, Kernel, Resampling, Rounding, with_gaps};
use super::{Call, Item, Located, Lowering, Positions};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op};

/// Resize: along each axis by itself.
pub fn resize<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let asked = if call.opset < 11 { old_scales(call, 1)? } else { asked(call, &shape)? };
    resized(lowering, call, &shape, &asked)
}

/// Upsample, which Resize replaced.
pub fn upsample<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let asked = old_scales(call, 1)?;
    resized(lowering, call, &shape, &asked)
}

/// What is asked for: for some axes a scale, and perhaps an extent that does not follow from it.
struct Asked {
    axes: Vec<usize>,
    scales: Vec<f64>,
    extents: Option<Vec<usize>>,
    /// Starts, then ends, for each axis.
    region: Vec<f64>,
}

/// The scales of all axes, which operators before opset 11 have as an attribute or an input.
fn old_scales<T: Number>(call: &Call<T>, at: usize) -> Result<Asked> {
    let scales = match call.node.floats("scales") {
        Some(scales) => scales.iter().copied().map(f64::from).collect(),
        None => numbers(call, at)?.ok_or_else(|| call.invalid("it has no scales"))?,
    };
    Ok(Asked { axes: (0..scales.len()).collect(), scales, extents: None, region: Vec::new() })
}

fn asked<T: Number>(call: &Call<T>, shape: &[usize]) -> Result<Asked> {
    let rank = shape.len();
    let axes = match call.node.ints("axes") {
        Some(axes) => axes.iter().map(|&axis| call.axis(axis, rank)).collect::<Result<_>>()?,
        None => (0..rank).collect::<Vec<_>>(),
    };
    let region = numbers(call, 1)?.unwrap_or_default();
    if let Some(scales) = numbers(call, 2)? {
        return Ok(Asked { axes, scales, extents: None, region });
    }
    let sizes = call.list_of(3)?.filter(|sizes| !sizes.is_empty());
    let sizes = sizes.ok_or_else(|| call.invalid("it has neither scales nor sizes"))?;
    let extents: Option<Vec<_>> = sizes.iter().map(|&size| usize::try_from(size).ok()).collect();
    let extents = extents.filter(|extents| extents.len() == axes.len());
    let extents =
        extents.ok_or_else(|| call.invalid(format!("its sizes {sizes:?} are not those of {axes:?}")))?;
    let ratios = axes.iter().zip(&extents).map(|(&axis, &extent)| extent as f64 / shape[axis] as f64);
    let policy = call.text("keep_aspect_ratio_policy", "stretch");
    let common = match policy {
        "stretch" => return Ok(Asked { scales: ratios.collect(), axes, extents: Some(extents), region }),
        "not_larger" => ratios.fold(f64::INFINITY, f64::min),
        "not_smaller" => ratios.fold(0.0, f64::max),
        _ => return Err(call.invalid(format!("there is no keep_aspect_ratio_policy \"{policy}\""))),
    };
    let extents = axes.iter().map(|&axis| (common * shape[axis] as f64 + 0.5).floor() as usize).collect();
    Ok(Asked { scales: vec![common; axes.len()], axes, extents: Some(extents), region })
}

/// The known numbers of an input; `None` if there are none.
fn numbers<T: Number>(call: &Call<T>, at: usize) -> Result<Option<Vec<f64>>> {
    let Some(constant) = call.constant_of(at)?.filter(|constant| !constant.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(constant.read()?.iter().map(|value| value.to_f64()).collect()))
}

fn resized<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    shape: &[usize],
    asked: &Asked,
) -> Result<Vec<Item<T>>> {
    // Each is a row of its own: some fifty bytes.
    const MOST: f64 = (1 << 22) as f64;
    let x = lowering.located(call, 0)?;
    let count = asked.axes.len();
    if asked.scales.len() != count || asked.axes.iter().any(|&axis| axis >= shape.len()) {
        return Err(call.invalid(format!("its {} scales are not those of its axes", asked.scales.len())));
    }
    let mut value = x.value;
    for (at, (&axis, &scale)) in asked.axes.iter().zip(&asked.scales).enumerate() {
        let crop = match (asked.region.get(at), asked.region.get(count + at)) {
            (Some(&start), Some(&end)) => (start, end),
            _ => (0.0, 1.0),
        };
        let mut resampling = resampling(call, shape[axis], scale, crop)?;
        if let Some(extents) = &asked.extents {
            resampling.to = extents[at];
        }
        if resampling.is_identity() {
            continue;
        }
        let (to, width) = (resampling.to as f64, resampling.width());
        let sane = scale > 0.0 && width.is_finite() && to >= 1.0 && to * width < MOST && shape[axis] > 0;
        if !sane {
            return Err(call.invalid(format!("{} places cannot be resized to {to}", shape[axis])));
        }
        let axis = x.stored_axis(axis);
        let (rows, gaps) = with_gaps(resampling.rows());
        value = lowering.add(call, Op::Linear { axis, rows: Rc::new(rows) }, &[value])?;
        let extrapolation = T::of(call.float("extrapolation_value", 0.0));
        if extrapolation != T::ZERO && gaps.contains(&true) {
            let mut fill = vec![1; x.order.len() - axis];
            fill[0] = gaps.len();
            let values: Vec<_> = gaps.iter().map(|&gap| if gap { extrapolation } else { T::ZERO }).collect();
            let fill = lowering.graph.add_constant(Constant::new(fill, values));
            value = lowering.add(call, Op::Binary(Binary::Add), &[value, fill])?;
        }
    }
    // Rows and columns remain what they are, in another number.
    let positions = x.positions.filter(|positions| matches!(positions, Positions::Plane { .. }));
    Ok(vec![Item::Live(Located { value, order: x.order, positions })])
}

/// How the node resizes an axis.
fn resampling<T: Number>(call: &Call<T>, from: usize, scale: f64, crop: (f64, f64)) -> Result<Resampling> {
    let old = call.opset < 11 || call.node.op == "Upsample";
    let mode = call.text("coordinate_transformation_mode", if old { "asymmetric" } else { "half_pixel" });
    let coordinates = match mode {
        "half_pixel" => Coordinates::HalfPixel,
        "half_pixel_symmetric" => Coordinates::HalfPixelSymmetric,
        "pytorch_half_pixel" => Coordinates::HalfPixelOfMany,
        "align_corners" => Coordinates::AlignCorners,
        "asymmetric" => Coordinates::Asymmetric,
        "tf_half_pixel_for_nn" => Coordinates::HalfPixelForNearest,
        "tf_crop_and_resize" => Coordinates::Crop(crop.0, crop.1),
        _ => return Err(call.invalid(format!("there is no coordinate_transformation_mode \"{mode}\""))),
    };
    let rounding = || match call.text("nearest_mode", "round_prefer_floor") {
        // Before opset 11 nothing is said of it; this is what onnxruntime does.
        _ if old => Ok(if scale < 1.0 { Rounding::Ceil } else { Rounding::Floor }),
        "round_prefer_floor" => Ok(Rounding::HalfDown),
        "round_prefer_ceil" => Ok(Rounding::HalfUp),
        "floor" => Ok(Rounding::Floor),
        "ceil" => Ok(Rounding::Ceil),
        other => Err(call.invalid(format!("there is no nearest_mode \"{other}\""))),
    };
    let kernel = match call.text("mode", "nearest") {
        "nearest" => Kernel::Nearest(rounding()?),
        "linear" | "bilinear" => Kernel::Linear,
        "cubic" => Kernel::Cubic(call.float("cubic_coeff_a", -0.75)),
        other => return Err(call.invalid(format!("there is no mode \"{other}\""))),
    };
    let covered = if let Coordinates::Crop(start, end) = coordinates { end - start } else { 1.0 };
    // In single precision, as the scale is given: 10 times 0.7 is 7.
    let to = (from as f32 * covered as f32 * scale as f32).floor() as usize;
    Ok(Resampling {
        from,
        to,
        scale,
        coordinates,
        kernel,
        antialias: call.int("antialias", 0) != 0,
        exclude_outside: call.int("exclude_outside", 0) != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn text(value: &str) -> Attribute {
        Attribute::String(value.into())
    }

    fn list(values: &[f64]) -> Item<f64> {
        Item::Floats(Constant::new(vec![values.len()], values))
    }

    #[test]
    fn sizes_may_keep_the_aspect_ratio() -> Result<()> {
        for (policy, expected) in [("not_larger", [1, 1, 2, 4]), ("not_smaller", [1, 1, 4, 8])] {
            let mut trial = Trial::new();
            let x = trial.live(&[1, 1, 2, 4], &[0, 2, 3, 1], Some(Positions::CHANNELS_FIRST));
            let attributes =
                [("keep_aspect_ratio_policy", text(policy)), ("axes", Attribute::Ints(vec![2, 3]))];
            let inputs = [x, list(&[]), list(&[]), Item::Ints(Ints::list(vec![4, 4]))];
            let y = trial.one(("Resize", 18), &attributes, &inputs)?;
            let located = trial.located(&y)?;
            assert_eq!(located.positions, Some(Positions::CHANNELS_FIRST));
            assert_eq!((trial.permutations(), trial.values(&y)?.0.as_slice()), (0, &expected[..]));
        }
        Ok(())
    }

    #[test]
    fn old_operators_have_scales_only() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[1, 1, 1, 3], &[0, 2, 3, 1], None);
        let y = trial.one(
            ("Upsample", 7),
            &[("scales", Attribute::Floats(vec![1.0, 1.0, 1.0, 2.0]))],
            std::slice::from_ref(&x),
        )?;
        assert_eq!(trial.values(&y)?.1, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        let y = trial.one(
            ("Upsample", 9),
            &[("mode", text("linear"))],
            &[x.clone(), list(&[1.0, 1.0, 1.0, 2.0])],
        )?;
        assert_eq!(trial.values(&y)?.1, [0.0, 0.5, 1.0, 1.5, 2.0, 2.0]);
        let y = trial.one(("Resize", 10), &[], &[x, list(&[1.0, 1.0, 1.0, f64::from(2.0f32 / 3.0)])])?;
        assert_eq!(trial.values(&y)?.1, [0.0, 2.0]);
        Ok(())
    }

    #[test]
    fn what_a_crop_does_not_meet_is_filled() -> Result<()> {
        let mut trial = Trial::new();
        let x = trial.live(&[2, 3], &[1, 0], None);
        let attributes = [
            ("coordinate_transformation_mode", text("tf_crop_and_resize")),
            ("mode", text("linear")),
            ("extrapolation_value", Attribute::Float(9.0)),
        ];
        let inputs = [x, list(&[0.0, 0.5, 1.0, 1.5]), list(&[]), Item::Ints(Ints::list(vec![2, 3]))];
        let y = trial.one(("Resize", 13), &attributes, &inputs)?;
        assert_eq!(trial.values(&y)?.1, [1.0, 2.0, 9.0, 4.0, 5.0, 9.0]);
        Ok(())
    }

    #[test]
    fn scales_without_a_result_are_errors() {
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-6, 1e12] {
            let mut trial = Trial::new();
            let x = trial.live(&[1, 4], &[0, 1], None);
            assert!(trial.one(("Resize", 13), &[], &[x, list(&[]), list(&[1.0, scale])]).is_err(), "{scale}");
        }
    }
}
