//! The innermost loops of every product: a few positions by a few outputs, with all sums in registers.

use std::ops::Range;

use wide::f32x4;

use crate::cpu::epilogue::clamp;

/// How many vectors of outputs are summed side by side.
const VECTORS: usize = 2;
/// How many outputs that is.
pub const LANES: usize = 4 * VECTORS;
/// How many positions are summed side by side: a browser's compiler keeps eight sums in registers, but
/// writes some of twelve to memory and back at each step.
pub const ROWS: usize = 4;

/// How many inputs are summed up before they are added to the others: what rounding loses grows with the
/// length of a sum, and a unit may lie within 3e-6 of its activation's edge. Where product and sum are one instruction,
/// more of the additions are affordable.
const INPUTS_AT_ONCE: usize = if cfg!(target_feature = "relaxed-simd") { 16 } else { 64 };

/// Sums of so few inputs are one part, whatever runs they are of.
const SHORT: usize = 32;

/// One value of each of some outputs.
pub type Lanes = [f32x4; VECTORS];

/// The weights of [`LANES`] outputs for each input, and their biases.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    pub weights: &'a [Lanes],
    pub bias: &'a Lanes,
}

/// Where the inputs of a position are: runs of equal length, at distances from the position's place.
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    pub values: &'a [f32],
    pub distances: &'a [usize],
    pub length: usize,
}

/// Where sums go: for each position a place, and from one four of outputs to the next a step.
pub struct Target<'a> {
    pub values: &'a mut [f32],
    pub places: &'a [usize],
    pub step: usize,
}

/// All positions of a block and one panel.
pub fn block(input: &Runs, places: &[usize], panel: Panel, range: (f32, f32), target: Target) {
    let Target { values, places: to, step } = target;
    let (tiles, from_rest) = places.as_chunks::<ROWS>();
    let (tiles_to, to_rest) = to.as_chunks::<ROWS>();
    for (from, to) in tiles.iter().zip(tiles_to) {
        tile(input, from, panel, range, values, to, step);
    }
    // The last ones are faster together, even if some are summed twice.
    if let (2.., Some(from), Some(to)) = (from_rest.len(), places.last_chunk(), to.last_chunk()) {
        tile::<ROWS>(input, from, panel, range, values, to, step);
    } else {
        for (from, to) in from_rest.iter().zip(to_rest) {
            tile(input, &[*from], panel, range, values, &[*to], step);
        }
    }
}

/// The sums of some positions and one panel, written to the positions' places.
// A function of its own: a browser optimises code between calls, so that small ones are fast sooner.
#[inline(never)]
fn tile<const N: usize>(
    input: &Runs,
    from: &[usize; N],
    panel: Panel,
    range: (f32, f32),
    output: &mut [f32],
    to: &[usize; N],
    step: usize,
) {
    let (mut sums, mut rest) = ([*panel.bias; N], panel.weights);
    // Of the part that is being summed; those before it are in `sums`.
    let (mut part, mut count, mut first) = (sums, 0, true);
    let is_short = panel.weights.len() <= SHORT;
    for distance in input.distances {
        if count > 0 && !is_short {
            // A run begins a part: the shorter the parts, the less is lost.
            count = INPUTS_AT_ONCE;
        }
        let (weights, others) = rest.split_at(input.length);
        let rows = from.map(|from| &input.values[from + distance..][..weights.len()]);
        let mut done = 0;
        while done < weights.len() {
            if count == INPUTS_AT_ONCE {
                sums = if first { part } else { add(sums, part) };
                (part, count, first) = ([[f32x4::ZERO; VECTORS]; N], 0, false);
            }
            let end = weights.len().min(done + INPUTS_AT_ONCE - count);
            part = sum_part(rows, weights, done..end, part);
            (count, done) = (count + end - done, end);
        }
        rest = others;
    }
    sums = if first { part } else { add(sums, part) };
    for (sum, place) in sums.into_iter().zip(to) {
        for (vector, sum) in sum.into_iter().enumerate() {
            output[place + vector * step..][..4].copy_from_slice(&clamp(sum, range).to_array());
        }
    }
}

/// The sums of some positions and one panel, of those inputs alone that are present, with their values at each position.
// A function of its own, as [`tile`] is.
#[inline(never)]
pub fn sparse_tile(
    present: &[(usize, [f32; ROWS])],
    panel: Panel,
    range: (f32, f32),
) -> [[f32; LANES]; ROWS] {
    let mut done = present.len().min(INPUTS_AT_ONCE);
    let mut sums = sum_present(present, panel.weights, 0..done, [*panel.bias; ROWS]);
    while done < present.len() {
        let end = present.len().min(done + INPUTS_AT_ONCE);
        sums = add(sums, sum_present(present, panel.weights, done..end, [[f32x4::ZERO; VECTORS]; ROWS]));
        done = end;
    }
    sums.map(|sums| bytemuck::cast(sums.map(|sum| clamp(sum, range))))
}

// Sums are given and returned by value, so that the compiler keeps them in registers. A part is a range of the whole
// run: with slices of it, or closures between here and there, a browser's code takes a third longer. Measure any change
// in a browser.

#[inline(always)]
fn add<const N: usize>(sums: [Lanes; N], others: [Lanes; N]) -> [Lanes; N] {
    std::array::from_fn(|row| std::array::from_fn(|vector| sums[row][vector] + others[row][vector]))
}

/// Sums, with some of the inputs added.
#[inline(always)]
fn sum_part<const N: usize>(
    rows: [&[f32]; N],
    weights: &[Lanes],
    inputs: Range<usize>,
    mut sums: [Lanes; N],
) -> [Lanes; N] {
    for at in inputs {
        add_products(&mut sums, &rows.map(|row| row[at]), &weights[at]);
    }
    sums
}

/// The same, with some of those that are present.
#[inline(always)]
fn sum_present(
    present: &[(usize, [f32; ROWS])],
    weights: &[Lanes],
    places: Range<usize>,
    mut sums: [Lanes; ROWS],
) -> [Lanes; ROWS] {
    for place in places {
        let (at, column) = &present[place];
        add_products(&mut sums, column, &weights[*at]);
    }
    sums
}

/// Adds what one input, with its value at each position, gives to the outputs.
#[inline(always)]
fn add_products<const N: usize>(sums: &mut [Lanes; N], values: &[f32; N], weights: &Lanes) {
    for (sum, value) in sums.iter_mut().zip(values) {
        let value = f32x4::splat(*value);
        for (sum, weight) in sum.iter_mut().zip(weights) {
            *sum = add_product(*sum, value, *weight);
        }
    }
}

/// `sum + value * weight`; with relaxed SIMD one instruction, and one rounding, on machines that have it.
#[inline(always)]
pub fn add_product(sum: f32x4, value: f32x4, weight: f32x4) -> f32x4 {
    #[cfg(not(target_feature = "relaxed-simd"))]
    {
        sum + value * weight
    }
    #[cfg(target_feature = "relaxed-simd")]
    {
        let [value, weight, sum] = [value, weight, sum].map(bytemuck::cast);
        bytemuck::cast(std::arch::wasm32::f32x4_relaxed_madd(value, weight, sum))
    }
}
