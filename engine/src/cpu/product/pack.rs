//! Weights in the order in which the kernel reads them.

use wide::f32x4;

use super::tile::{LANES, Lanes};

/// Appends the panel of the first rows of a weight `[outputs, covered]`.
// A function of its own, small, for browsers' compilers.
#[inline(never)]
pub fn rows(weight: &[f32], covered: usize, panel: &mut Vec<Lanes>) {
    let zeros = vec![0.0; covered];
    let row = |lane: usize| weight.get(lane * covered..).and_then(|rows| rows.get(..covered));
    let rows: [&[f32]; LANES] = std::array::from_fn(|lane| row(lane).unwrap_or(&zeros));
    let (fours, rest) = (covered - covered % 4, covered % 4);
    for at in (0..fours).step_by(4) {
        let columns = |first: usize| {
            f32x4::transpose(std::array::from_fn(|lane| f32x4::from(&rows[first + lane][at..][..4])))
        };
        let [low, high] = [0, 4].map(columns);
        panel.extend((0..4).map(|column| [low[column], high[column]]));
    }
    panel.extend((0..rest).map(|at| from_array(rows.map(|row| row[fours + at]))));
}

/// Appends the panel of the columns from the `first` on of a weight `[covered, outputs]`.
#[inline(never)]
pub fn columns(weight: &[f32], outputs: usize, first: usize, panel: &mut Vec<Lanes>) {
    panel.extend(weight.chunks_exact(outputs).map(|row| lanes(&row[first..])));
}

/// The first values, or zeros where there are fewer.
#[inline(always)]
pub fn lanes(values: &[f32]) -> Lanes {
    if let Some(values) = values.first_chunk() {
        return from_array(*values);
    }
    let mut padded = [0.0; LANES];
    padded[..values.len()].copy_from_slice(values);
    from_array(padded)
}

#[inline(always)]
fn from_array(values: [f32; LANES]) -> Lanes {
    let [a, b, c, d, e, f, g, h] = values;
    [f32x4::new([a, b, c, d]), f32x4::new([e, f, g, h])]
}
