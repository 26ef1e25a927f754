//! Products of many rows of inputs with constant weights: what 1x1 convolutions, linear layers and, over patches
//! of an image, all other convolutions are.

mod pack;
mod places;
mod sparse;
#[cfg(test)]
pub(super) mod testing;
mod tile;

use std::ops::Range;

use wide::f32x4;

use super::epilogue::Epilogue;
use super::memory;
use super::team::Team;
use crate::Result;
use crate::graph::Constant;
pub(super) use places::{Input, Output, Places};
use sparse::Columns;
use tile::{LANES, Lanes, Panel, Runs, Target};
pub(super) use tile::{ROWS, add_product};

/// How many positions go through all outputs before the next: few enough to stay in the cache.
const ROWS_AT_ONCE: usize = 28 * ROWS;
/// How many weights are read at once.
const READ_AT_ONCE: usize = 1 << 16;
/// As many, where the inputs of each four are listed.
const SPARSE_ROWS_AT_ONCE: usize = 8 * ROWS;
/// How many sums of a gradient, of all rows together, go through all outputs before the next: few enough to stay in
/// the cache.
const SUMS_AT_ONCE: usize = 2048;

/// Weights `[outputs, covered]` and a bias, packed for the kernel: panels of eight outputs, their weights for each
/// input. The last panel is filled up with zeros.
#[derive(Debug, Default)]
pub struct Product {
    weights: Vec<Lanes>,
    bias: Vec<Lanes>,
    covered: usize,
    outputs: usize,
}

impl Product {
    /// Packs a weight `[outputs, covered]`, and a bias `[outputs]` or zeros.
    pub fn pack(weight: &[f32], bias: Option<&[f32]>, [outputs, covered]: [usize; 2]) -> Self {
        let mut product = Self::default();
        product.repack(weight, [outputs, covered], false);
        product.set_bias(bias.unwrap_or_default());
        product
    }

    /// Packs a weight `[outputs, covered]` or, transposed, `[covered, outputs]`, each output times a factor if there are
    /// any, without a bias. The weight is read in parts.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory), and what reading the model's file leads to.
    pub(super) fn read(
        weight: &Constant<f32>,
        transposed: bool,
        [outputs, covered]: [usize; 2],
        scale: Option<&[f64]>,
    ) -> Result<Self> {
        let panels = outputs.div_ceil(LANES);
        let mut weights: Vec<Lanes> = memory::allocate(panels * covered)?;
        if transposed {
            weights.resize(panels * covered, Lanes::default());
        }
        let length = if transposed { outputs } else { covered }.max(1);
        let at_once = READ_AT_ONCE.div_ceil(length).next_multiple_of(LANES) * length;
        let mut row = 0;
        weight.read_in_parts(at_once, |values| {
            for values in values.chunks(if transposed { length } else { LANES * length }) {
                if transposed {
                    let panels = values.chunks(LANES);
                    for (lanes, panel) in panels.zip(weights.chunks_exact_mut(covered)) {
                        panel[row] = pack::lanes(lanes);
                    }
                } else {
                    pack::rows(values, covered, &mut weights);
                }
                row += values.len() / length;
            }
        })?;
        let scales = scale.unwrap_or_default().chunks(LANES);
        for (panel, scales) in weights.chunks_exact_mut(covered.max(1)).zip(scales) {
            let scale = |at: usize, weight: f32| {
                scales.get(at).map_or(weight, |scale| (f64::from(weight) * scale) as f32)
            };
            for fours in panel.iter_mut() {
                for (first, four) in (0..).step_by(4).zip(fours) {
                    let weights = four.to_array();
                    *four = f32x4::new(std::array::from_fn(|at| scale(first + at, weights[at])));
                }
            }
        }
        Ok(Self { weights, bias: vec![Lanes::default(); panels], covered, outputs })
    }

    /// The bias of each output.
    pub(super) fn set_bias(&mut self, bias: &[f32]) {
        for (to, bias) in self.bias.iter_mut().zip(bias.chunks(LANES)) {
            *to = pack::lanes(bias);
        }
    }

    /// Packs another weight into the same memory, `[outputs, covered]` or transposed, `[covered, outputs]`; the
    /// bias is zero.
    pub(super) fn repack(&mut self, weight: &[f32], [outputs, covered]: [usize; 2], transposed: bool) {
        (self.outputs, self.covered) = (outputs, covered);
        self.weights.clear();
        self.weights.reserve_exact(outputs.div_ceil(LANES) * covered);
        for first in (0..outputs).step_by(LANES) {
            if transposed {
                pack::columns(weight, outputs, first, &mut self.weights);
            } else {
                pack::rows(&weight[first * covered..], covered, &mut self.weights);
            }
        }
        self.bias.clear();
        self.bias.resize(outputs.div_ceil(LANES), Lanes::default());
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// `[positions, covered]` → `[positions, outputs]`.
    pub fn forward(&self, rows: &[f32], out: &mut [f32], epilogue: &Epilogue, team: &Team) {
        let done = |first: usize, out: &mut [f32]| epilogue.complete(first, out);
        self.forward_dense(&Input::dense(rows, self.covered), out, epilogue.range, team, &done);
    }

    /// The outputs of all positions of a dense output, within a range. `done` is told of those that are: the first
    /// position, and the values.
    pub(super) fn forward_dense(
        &self,
        input: &Input,
        out: &mut [f32],
        range: (f32, f32),
        team: &Team,
        done: &(dyn Fn(usize, &mut [f32]) + Sync),
    ) {
        let outputs = self.outputs.max(1);
        let positions = out.len() / outputs;
        if team.is_large_for(positions) && self.bias.len() > 1 {
            self.forward_by_panels(input, positions, range, Output::dense(out, outputs), team);
            return done(0, out);
        }
        let at_once = team.piece(positions, ROWS).min(ROWS_AT_ONCE);
        team.share(out.chunks_mut(at_once * outputs).enumerate(), |(block, out)| {
            let first = block * at_once;
            let rows = first..first + out.len() / outputs;
            self.forward_into(input, rows, range, Output::dense(out, outputs));
            done(first, out);
        });
    }

    /// As [`Self::forward_into`], each thread with some of the outputs of all positions: the fewer these are, the more of
    /// the time it takes to read the weights.
    pub(super) fn forward_by_panels(
        &self,
        input: &Input,
        positions: usize,
        range: (f32, f32),
        output: Output,
        team: &Team,
    ) {
        if team.is_alone() {
            return self.forward_into(input, 0..positions, range, output);
        }
        let at_once = team.piece(self.bias.len(), 1);
        let width = at_once * LANES;
        let mut sums = vec![0.0; positions * self.bias.len().next_multiple_of(at_once) * LANES];
        team.share(sums.chunks_mut((positions * width).max(1)).enumerate(), |(piece, sums)| {
            let panels = piece * at_once..self.bias.len().min((piece + 1) * at_once);
            self.panels_into(panels, input, 0..positions, range, Output::dense(sums, width));
        });
        for (piece, sums) in sums.chunks((positions * width).max(1)).enumerate() {
            let outputs = width.min(self.outputs - piece * width);
            for (position, sums) in sums.chunks_exact(width).enumerate() {
                let to = output.places.of(position) + piece * width;
                output.values[to..][..outputs].copy_from_slice(&sums[..outputs]);
            }
        }
    }

    /// The same, `[copies, positions, …]`, where many inputs may be zero, the same ones of a position in all copies: the
    /// gradients of several classes behind a ReLU. Where it is so, they are left out.
    pub fn forward_sparse(
        &self,
        rows: &[f32],
        out: &mut [f32],
        epilogue: &Epilogue,
        copies: usize,
        team: &Team,
    ) {
        let (covered, outputs) = (self.covered.max(1), self.outputs.max(1));
        if copies > 1 {
            // Those of a position lie apart.
            self.forward_copies(rows, out, epilogue.range, copies);
            return epilogue.complete(0, out);
        }
        // Whether it is worth it is decided for as many rows, however many threads there are.
        let at_once = team.piece(out.len() / outputs, SPARSE_ROWS_AT_ONCE);
        team.share(out.chunks_mut(at_once * outputs).enumerate(), |(block, out)| {
            let first = block * at_once;
            let rows = &rows[first * covered..][..out.len() / outputs * covered];
            self.forward_copies(rows, out, epilogue.range, copies);
            epilogue.complete(first, out);
        });
    }

    fn forward_copies(&self, rows: &[f32], out: &mut [f32], range: (f32, f32), copies: usize) {
        let (covered, outputs) = (self.covered.max(1), self.outputs.max(1));
        let count = out.len() / outputs;
        let each = count / copies;
        // Copies of a position follow each other, so that those of a tile have the same zeros.
        let at_once = (SPARSE_ROWS_AT_ONCE / copies).max(1) * copies;
        let place = |at: usize| at % copies * each + at / copies;
        let places = |first: usize, length: usize| Places {
            first: first / copies * length,
            width: copies,
            row: length,
            column: each * length,
        };
        let mut columns = Columns::default();
        for first in (0..count).step_by(at_once) {
            let here = at_once.min(count - first);
            let row = |at: usize| &rows[place(first + at) * covered..][..covered];
            if columns.collect(here, covered, row) {
                self.forward_present(&columns, out, range, |at| place(first + at));
            } else {
                let input =
                    Input { values: rows, places: places(first, covered), distances: &[0], length: covered };
                let output = Output { values: out, places: places(first, outputs), step: 4 };
                self.forward_into(&input, 0..here, range, output);
            }
        }
    }

    /// The outputs of some positions, within a range, wherever they are wanted: that of the first of them goes to
    /// position 0.
    pub(super) fn forward_into(
        &self,
        input: &Input,
        positions: Range<usize>,
        range: (f32, f32),
        output: Output,
    ) {
        self.panels_into(0..self.bias.len(), input, positions, range, output);
    }

    /// As [`Self::forward_into`], those of some panels, of which the first one's go to the places.
    fn panels_into(
        &self,
        panels: Range<usize>,
        input: &Input,
        positions: Range<usize>,
        range: (f32, f32),
        output: Output,
    ) {
        let Output { values, places, step } = output;
        let (mut from, mut to) = ([0; ROWS_AT_ONCE], [0; ROWS_AT_ONCE]);
        let runs = Runs { values: input.values, distances: input.distances, length: input.length };
        for first in (0..positions.len()).step_by(ROWS_AT_ONCE) {
            let count = ROWS_AT_ONCE.min(positions.len() - first);
            for (at, (from, to)) in from.iter_mut().zip(&mut to).take(count).enumerate() {
                *from = input.places.of(positions.start + first + at);
                *to = places.of(first + at);
            }
            let (from, to) = (&from[..count], &to[..count]);
            for (at, panel) in panels.clone().map(|at| self.panel(at)).enumerate() {
                let values = &mut values[2 * at * step..];
                let lanes = self.outputs - (panels.start + at) * LANES;
                if lanes >= LANES {
                    tile::block(&runs, from, panel, range, Target { values, places: to, step });
                } else {
                    ragged_block(&runs, from, panel, range, Target { values, places: to, step }, lanes);
                }
            }
        }
    }

    /// The outputs of positions of which the inputs that are not zero are collected; each goes to its place.
    fn forward_present(
        &self,
        columns: &Columns,
        out: &mut [f32],
        range: (f32, f32),
        place: impl Fn(usize) -> usize,
    ) {
        for (at, panel) in self.panels().enumerate() {
            let lanes = LANES.min(self.outputs - at * LANES);
            for (tile, present) in columns.of_tiles().enumerate() {
                let sums = tile::sparse_tile(present, panel, range);
                for (row, sums) in sums.iter().enumerate().take(columns.rows() - tile * ROWS) {
                    let first = place(tile * ROWS + row) * self.outputs + at * LANES;
                    out[first..][..lanes].copy_from_slice(&sums[..lanes]);
                }
            }
        }
    }

    /// The way back, `[rows, outputs]` → `[rows, covered]`: x[k] = Σ g[n] weight[n, k], without the bias. All rows
    /// share one reading of the weights, and those of outputs without gradient are not read.
    pub fn backward(&self, gradient: &[f32], out: &mut [f32], team: &Team) {
        let (outputs, covered) = (self.outputs.max(1), self.covered.max(1));
        let rows = out.len() / covered;
        let at_once = team.piece(self.covered, 1).min(SUMS_AT_ONCE.div_ceil(rows.max(1)));
        let mut sums = vec![Lanes::default(); rows * self.covered];
        let blocks = sums.chunks_mut((rows * at_once).max(1)).enumerate();
        team.share(blocks, |(block, sums)| {
            let (first, count) = (block * at_once, sums.len() / rows);
            for (at, panel) in self.panels().enumerate() {
                let weights = &panel.weights[first..][..count];
                for (sums, gradient) in sums.chunks_exact_mut(count).zip(gradient.chunks_exact(outputs)) {
                    add_scaled(sums, weights, pack::lanes(&gradient[at * LANES..]));
                }
            }
        });
        for (block, sums) in sums.chunks((rows * at_once).max(1)).enumerate() {
            for (sums, out) in sums.chunks_exact(sums.len() / rows).zip(out.chunks_exact_mut(covered)) {
                for (out, [a, b]) in out[block * at_once..].iter_mut().zip(sums) {
                    *out = (*a + *b).reduce_add();
                }
            }
        }
    }

    fn panels(&self) -> impl Iterator<Item = Panel<'_>> {
        (0..self.bias.len()).map(|at| self.panel(at))
    }

    fn panel(&self, at: usize) -> Panel<'_> {
        Panel { weights: &self.weights[at * self.covered..][..self.covered], bias: &self.bias[at] }
    }
}

/// As [`tile::block`], of the last outputs, which are fewer than a panel has.
fn ragged_block(input: &Runs, from: &[usize], panel: Panel, range: (f32, f32), target: Target, lanes: usize) {
    let mut whole = [0.0; ROWS_AT_ONCE * LANES];
    let places: [usize; ROWS_AT_ONCE] = std::array::from_fn(|row| row * LANES);
    let all = Target { values: &mut whole, places: &places[..from.len()], step: 4 };
    tile::block(input, from, panel, range, all);
    for (whole, place) in whole.chunks_exact(LANES).zip(target.places) {
        for (four, values) in whole[..lanes].chunks(4).enumerate() {
            target.values[place + four * target.step..][..values.len()].copy_from_slice(values);
        }
    }
}

/// Adds the products of one panel with the gradients at its outputs, which stay apart.
// A function of its own, small, for browsers' compilers.
#[inline(never)]
fn add_scaled(sums: &mut [Lanes], weights: &[Lanes], gradient: Lanes) {
    if gradient == Lanes::default() {
        return;
    }
    for (sums, weights) in sums.iter_mut().zip(weights) {
        for ((sum, weight), gradient) in sums.iter_mut().zip(weights).zip(gradient) {
            *sum = add_product(*sum, gradient, *weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::epilogue::LINEAR;
    use crate::cpu::product::testing::{assert_close, random};

    fn naive(rows: &[f32], weight: &[f32], bias: &[f32], [outputs, covered]: [usize; 2]) -> Vec<f64> {
        let dot = |row: &[f32], weight: &[f32]| -> f64 {
            row.iter().zip(weight).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        let output = |row, output| dot(row, &weight[output * covered..][..covered]) + f64::from(bias[output]);
        rows.chunks(covered).flat_map(|row| (0..outputs).map(move |at| output(row, at))).collect()
    }

    #[test]
    fn any_counts_of_rows_inputs_and_outputs_give_the_product() {
        for (rows, covered, outputs) in [
            (1, 1, 1),
            (2, 3, 9),
            (3, 64, 8),
            (5, 65, 12),
            (7, 130, 17),
            (112, 16, 24),
            (115, 7, 3),
            (226, 40, 20),
        ] {
            let (x, weight, bias) = (random(rows * covered), random(outputs * covered), random(outputs));
            let product = Product::pack(&weight, Some(&bias), [outputs, covered]);
            let expected = naive(&x, &weight, &bias, [outputs, covered]);
            let mut out = vec![f32::NAN; rows * outputs];
            product.forward(&x, &mut out, &Epilogue::LINEAR, &Team::ALONE);
            assert_close(&out, &expected);
            for copies in (1..=rows).filter(|copies| rows.is_multiple_of(*copies)) {
                out.fill(f32::NAN);
                product.forward_sparse(&x, &mut out, &Epilogue::LINEAR, copies, &Team::ALONE);
                assert_close(&out, &expected);
            }
            let mut transposed = Product::default();
            let columns: Vec<_> =
                (0..covered).flat_map(|k| weight.iter().skip(k).step_by(covered).copied()).collect();
            transposed.repack(&columns, [outputs, covered], true);
            assert_eq!(transposed.weights, product.weights);
        }
    }

    #[test]
    fn a_weight_that_is_read_in_parts_is_packed_as_the_whole() -> Result<()> {
        for shape @ [outputs, covered] in [[20, 9000], [3, 5], [24, 1], [40, 3000]] {
            let weight = random(outputs * covered);
            let scale: Vec<_> = random(outputs).into_iter().map(f64::from).collect();
            let factor = |at: usize, scale: Option<&[f64]>| scale.map_or(1.0, |scale| scale[at / covered]);
            for scale in [None, Some(&scale[..])] {
                let expected: Vec<_> = (0..outputs * covered)
                    .map(|at| (f64::from(weight[at]) * factor(at, scale)) as f32)
                    .collect();
                let expected = Product::pack(&expected, None, shape);
                let columns = crate::graph::permute(&weight, &shape, &[1, 0]);
                let stored = Constant::new(vec![outputs, covered], weight.clone());
                let transposed =
                    Constant::stored(vec![covered, outputs], "w", move |part| Ok(columns[part].to_vec()));
                for (constant, is_transposed) in [(&stored, false), (&transposed, true)] {
                    let read = Product::read(constant, is_transposed, shape, scale)?;
                    assert_eq!((read.outputs, read.covered), (outputs, covered));
                    assert!(read.weights == expected.weights && read.bias == expected.bias);
                }
            }
        }
        Ok(())
    }

    #[test]
    fn zeros_are_left_out_without_a_difference() {
        let [rows, covered, outputs] = [45, 70, 13];
        let mut x = random(rows * covered);
        x.iter_mut().for_each(|x| *x = if *x > 0.7 { *x } else { 0.0 });
        let (weight, bias) = (random(outputs * covered), random(outputs));
        assert!(Columns::default().collect(rows, covered, |row| &x[row * covered..][..covered]));
        let product = Product::pack(&weight, Some(&bias), [outputs, covered]);
        let epilogue = Epilogue { range: (-0.5, 1.0), then: None };
        let expected = naive(&x, &weight, &bias, [outputs, covered]);
        for copies in [1, 3, 9] {
            let mut out = vec![f32::NAN; rows * outputs];
            product.forward_sparse(&x, &mut out, &epilogue, copies, &Team::ALONE);
            assert_close(&out, &expected.iter().map(|value| value.clamp(-0.5, 1.0)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_same_panels_serve_the_way_back() {
        for (rows, covered, outputs) in [(1, 5, 3), (2, 128, 16), (8, 300, 21)] {
            let (mut g, weight) = (random(rows * outputs), random(outputs * covered));
            g[..outputs / 2].fill(0.0);
            let mut out = vec![f32::NAN; rows * covered];
            Product::pack(&weight, None, [outputs, covered]).backward(&g, &mut out, &Team::ALONE);
            let transposed: Vec<_> =
                (0..covered).flat_map(|k| weight.iter().skip(k).step_by(covered).copied()).collect();
            assert_close(&out, &naive(&g, &transposed, &vec![0.0; covered], [covered, outputs]));
        }
    }

    #[test]
    fn without_inputs_the_bias_is_left() {
        let product = Product::pack(&[], Some(&[1.0, 2.0, -3.0]), [3, 0]);
        let mut out = [f32::NAN; 6];
        product.forward_into(&Input::dense(&[], 0), 0..2, LINEAR, Output::dense(&mut out, 3));
        assert_eq!(out, [1.0, 2.0, -3.0, 1.0, 2.0, -3.0]);
    }
}
