//! Where the windows of convolutions and poolings lie: `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and
//! `ceil_mode`.

use super::Call;
use super::image::plane;
use crate::Result;
use crate::graph::{Number, Window};

/// The windows of a node over axes of these extents.
///
/// # Errors
/// [`crate::Error::InvalidModel`] for attributes that do not fit, or a window that is larger than what it lies on.
pub fn window<T: Number>(
    call: &Call<T>,
    kernel: &[usize],
    extents: &[usize],
    round_up: bool,
) -> Result<Window> {
    let count = extents.len();
    if kernel.len() != count {
        return Err(call.invalid(format!("its windows have {} axes and its input {count}", kernel.len())));
    }
    let strides = call.sizes("strides", count, 1, 1)?;
    let dilations = call.sizes("dilations", count, 1, 1)?;
    let pads = call.sizes("pads", 2 * count, 0, 0)?;
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for axis in 0..count {
        let along = Along {
            extent: signed(extents[axis]),
            covered: (signed(kernel[axis]) - 1).saturating_mul(signed(dilations[axis])).saturating_add(1),
            stride: signed(strides[axis]),
        };
        let (first, last) = along.padding(call, signed(pads[axis]), signed(pads[count + axis]))?;
        let padded = along.extent + first + last;
        if padded < along.covered || along.covered < 1 {
            let (covered, extent) = (along.covered, along.extent);
            return Err(call
                .invalid(format!("a window over {covered} places does not fit {extent} with its padding")));
        }
        before.push(first as isize);
        after.push(if round_up { along.rounded_up(first, last) } else { last } as isize);
    }
    Ok(Window {
        kernel: plane(kernel, 1),
        stride: plane(&strides, 1),
        dilation: plane(&dilations, 1),
        before: plane(&before, 0),
        after: plane(&after, 0),
    })
}

/// One axis.
struct Along {
    extent: i64,
    /// Places from a window's first to its last.
    covered: i64,
    stride: i64,
}

impl Along {
    /// The padding before and after, which is given or follows from what the result should measure.
    fn padding<T: Number>(&self, call: &Call<T>, before: i64, after: i64) -> Result<(i64, i64)> {
        let mode = call.text("auto_pad", "NOTSET");
        match mode {
            "NOTSET" | "" => Ok((before, after)),
            "VALID" => Ok((0, 0)),
            "SAME_UPPER" | "SAME_LOWER" => {
                let steps = (self.extent + self.stride - 1) / self.stride;
                let total = ((steps - 1) * self.stride + self.covered - self.extent).max(0);
                Ok(halves(total, mode == "SAME_UPPER"))
            }
            _ => Err(call.invalid(format!("there is no auto_pad \"{mode}\""))),
        }
    }

    /// The padding after, such that a window which begins in the image or before it is whole, and none begins behind.
    fn rounded_up(&self, before: i64, after: i64) -> i64 {
        let room = self.extent + before + after - self.covered;
        let mut last = (room + self.stride - 1) / self.stride * self.stride;
        if last >= self.extent + before {
            last -= self.stride;
        }
        last + self.covered - self.extent - before
    }
}

/// Padding before and after; of an odd number, the larger half lies after or before.
pub fn halves(total: i64, larger_after: bool) -> (i64, i64) {
    let (smaller, larger) = (total / 2, total - total / 2);
    if larger_after { (smaller, larger) } else { (larger, smaller) }
}

/// An extent to calculate with: extents are below 2⁵³.
pub fn signed(extent: usize) -> i64 {
    extent as i64
}
