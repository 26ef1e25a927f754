//! 1x1 convolutions: matrix products over the channels of each position.

use wide::f32x4;

use super::{Four, clamp};

/// How many vectors of outputs are summed side by side.
const VECTORS: usize = 2;
/// How many outputs that is; the last ones of a product are filled up with zeros.
const LANES: usize = 4 * VECTORS;
/// How many positions are summed side by side: a browser's compiler keeps eight sums in registers, but
/// writes some of twelve to memory and back at each step.
const ROWS: usize = 4;
/// How many positions go through all outputs before the next: few enough to stay in the cache.
const ROWS_AT_ONCE: usize = 28 * ROWS;

/// How many inputs are summed up before they are added to the others: what rounding loses grows with the
/// length of a sum, and a unit of the head may lie within 3e-6 of its ReLU6's edge.
const INPUTS_AT_ONCE: usize = 64;

type Lanes = [f32x4; VECTORS];

/// A biased 1x1 convolution.
#[derive(Debug)]
pub(super) struct Pointwise {
    /// One a [`LANES`] outputs: their weights for each input.
    panels: Vec<Vec<Lanes>>,
    bias: Vec<Lanes>,
    inputs: usize,
}

/// Where sums are written to.
pub(super) struct Output<'a, P> {
    pub(super) values: &'a mut [Four],
    /// Where the first outputs of a position are.
    pub(super) place: P,
    /// From there to the next four outputs.
    pub(super) step: usize,
}

impl Pointwise {
    /// `weight` is `[outputs, inputs]`.
    pub(super) fn new(weight: &[f32], bias: &[f32], inputs: usize) -> Self {
        let panels = weight.chunks(LANES * inputs).map(|rows| panel(rows, inputs)).collect();
        let or_zero = |bias: &[f32], lane: usize| bias.get(lane).copied().unwrap_or(0.0);
        let bias = bias.chunks(LANES).map(|bias| lanes(|lane| or_zero(bias, lane))).collect();
        Self { panels, bias, inputs }
    }

    /// How many fours of outputs there are.
    pub(super) fn fours(&self) -> usize {
        self.panels.len() * VECTORS
    }

    /// The weights of one output for each input.
    pub(super) fn weights_of(&self, output: usize) -> impl Iterator<Item = f32> {
        let lane = output % LANES;
        self.panels[output / LANES].iter().map(move |weights| weights[lane / 4].to_array()[lane % 4])
    }

    /// `[positions, inputs]` → `[positions, outputs]`, linear.
    pub(super) fn forward(&self, input: &[f32]) -> Vec<f32> {
        let fours = self.fours();
        let mut values = vec![[0.0; 4]; input.len() / self.inputs * fours];
        let output = Output { values: &mut values, place: |position| position * fours, step: 1 };
        self.forward_into(input, super::LINEAR, output);
        values.into_flattened()
    }

    /// `[positions, inputs]` → the sums, within a range, wherever they are wanted.
    pub(super) fn forward_into(
        &self,
        input: &[f32],
        range: (f32, f32),
        output: Output<impl Fn(usize) -> usize>,
    ) {
        let Output { values, place, step } = output;
        for (block, input) in input.chunks(ROWS_AT_ONCE * self.inputs).enumerate() {
            let places: [usize; ROWS_AT_ONCE] = std::array::from_fn(|row| place(block * ROWS_AT_ONCE + row));
            for (at, (panel, bias)) in self.panels.iter().zip(&self.bias).enumerate() {
                let values = &mut values[at * VECTORS * step..];
                for (input, places) in input.chunks(ROWS * self.inputs).zip(places.chunks_exact(ROWS)) {
                    if input.len() == ROWS * self.inputs {
                        tile::<ROWS>(input, panel, bias, range, values, places, step);
                    } else {
                        for (input, place) in input.chunks_exact(self.inputs).zip(places.chunks_exact(1)) {
                            tile::<1>(input, panel, bias, range, values, place, step);
                        }
                    }
                }
            }
        }
    }

    /// As [`Pointwise::forward`] for a batch of inputs, `[batch, inputs]`, that are the same at every
    /// position but where a gate, `[positions, inputs]`, does not let them pass: those are left out.
    /// `[positions, batch, outputs]`.
    pub(super) fn forward_where(
        &self,
        values: &[f32],
        gate: &[f32],
        passes: impl Fn(f32) -> bool,
    ) -> Vec<f32> {
        let outputs = self.panels.len() * LANES;
        let batch = values.len() / self.inputs;
        let rows = batch * gate.len() / self.inputs;
        let mut output = vec![0.0; rows * outputs];
        let mut present = Vec::with_capacity(self.inputs);
        for (tile, output) in output.chunks_mut(ROWS * outputs).enumerate() {
            // The last tile repeats its last row.
            let row = |row: usize| (tile * ROWS + row).min(rows - 1);
            let gates: [_; ROWS] =
                std::array::from_fn(|at| &gate[row(at) / batch * self.inputs..][..self.inputs]);
            let values: [_; ROWS] =
                std::array::from_fn(|at| &values[row(at) % batch * self.inputs..][..self.inputs]);
            let column = |at: usize| {
                std::array::from_fn(|row| if passes(gates[row][at]) { values[row][at] } else { 0.0 })
            };
            present.clear();
            present.extend(
                (0..self.inputs)
                    .filter(|&at| gates.iter().any(|gate| passes(gate[at])))
                    .map(|at| (at, column(at))),
            );
            for (at, (panel, bias)) in self.panels.iter().zip(&self.bias).enumerate() {
                let sums = sparse_sums(&present, panel, bias);
                for (output, sum) in output.chunks_exact_mut(outputs).zip(sums) {
                    for (output, sum) in output[at * LANES..].chunks_exact_mut(4).zip(sum) {
                        output.copy_from_slice(&sum.to_array());
                    }
                }
            }
        }
        output
    }
}

/// The sums of some positions and one panel, of the inputs that are present.
// A function of its own, as [`tile`] is.
#[inline(never)]
fn sparse_sums(present: &[(usize, [f32; ROWS])], panel: &[Lanes], bias: &Lanes) -> [Lanes; ROWS] {
    let mut sums = [*bias; ROWS];
    for (at, column) in present {
        add_products(&mut sums, column, &panel[*at]);
    }
    sums
}

/// The sums of some positions and one panel, written to the positions' places.
// A function of its own: a browser optimises code between calls, so that small ones are fast sooner.
#[inline(never)]
fn tile<const N: usize>(
    input: &[f32],
    panel: &[Lanes],
    bias: &Lanes,
    (least, most): (f32, f32),
    output: &mut [Four],
    places: &[usize],
    step: usize,
) {
    let rows: [&[f32]; N] = std::array::from_fn(|row| &input[row * panel.len()..][..panel.len()]);
    let sum = |from: usize, weights: &[Lanes], mut sums: [Lanes; N]| {
        let rows = rows.map(|row| &row[from..][..weights.len()]);
        for (at, weights) in weights.iter().enumerate() {
            add_products(&mut sums, &rows.map(|row| row[at]), weights);
        }
        sums
    };
    let (first, others) = panel.split_at(panel.len().min(INPUTS_AT_ONCE));
    let mut sums = sum(0, first, [*bias; N]);
    for (part, weights) in (1..).zip(others.chunks(INPUTS_AT_ONCE)) {
        let part = sum(part * INPUTS_AT_ONCE, weights, [[f32x4::ZERO; VECTORS]; N]);
        for (sum, part) in sums.iter_mut().flatten().zip(part.iter().flatten()) {
            *sum += *part;
        }
    }
    for (sum, place) in sums.into_iter().zip(places) {
        for (vector, sum) in sum.into_iter().enumerate() {
            output[place + vector * step] = clamp(sum, least, most).to_array();
        }
    }
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
fn add_product(sum: f32x4, value: f32x4, weight: f32x4) -> f32x4 {
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

/// The weights of some outputs, `[outputs, inputs]`, for each input.
// A function of its own, as [`tile`] is.
#[inline(never)]
fn panel(weight: &[f32], inputs: usize) -> Vec<Lanes> {
    let zeros = vec![0.0; inputs];
    let row = |lane: usize| weight.get(lane * inputs..).filter(|row| !row.is_empty());
    let rows: [_; LANES] = std::array::from_fn(|lane| row(lane).map_or(&zeros[..], |row| &row[..inputs]));
    (0..inputs).map(|at| lanes(|lane| rows[lane][at])).collect()
}

fn lanes(value: impl Fn(usize) -> f32) -> Lanes {
    std::array::from_fn(|vector| f32x4::new(std::array::from_fn(|lane| value(4 * vector + lane))))
}
