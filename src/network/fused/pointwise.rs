//! 1x1 convolutions: matrix products over the channels of each position.

/// How many outputs are summed side by side; every layer's number of channels is a multiple of it.
const LANES: usize = 8;
/// How many positions are summed side by side: with the lanes they fill the registers of WebAssembly.
const ROWS: usize = 4;
/// How many positions go through all outputs before the next: few enough to stay in the cache.
const ROWS_AT_ONCE: usize = 64;

type Lanes = [f32; LANES];

/// A biased 1x1 convolution.
#[derive(Debug)]
pub(super) struct Pointwise {
    /// One a [`LANES`] outputs: their weights for each input.
    panels: Vec<Vec<Lanes>>,
    bias: Vec<Lanes>,
    inputs: usize,
}

impl Pointwise {
    /// `weight` is `[outputs, inputs]`.
    pub(super) fn new(weight: &[f32], bias: &[f32], inputs: usize) -> Self {
        let (bias, rest) = bias.as_chunks::<LANES>();
        debug_assert!(rest.is_empty(), "the outputs are no multiple of {LANES}");
        let panel = |rows: &[f32]| {
            (0..inputs).map(|input| std::array::from_fn(|lane| rows[lane * inputs + input])).collect()
        };
        let panels = weight.chunks_exact(LANES * inputs).map(panel).collect();
        Self { panels, bias: bias.to_vec(), inputs }
    }

    /// `[positions, inputs]` → `[positions, outputs]`: the sums plus the residual, within a range.
    pub(super) fn forward(&self, input: &[f32], range: (f32, f32), residual: Option<&[f32]>) -> Vec<f32> {
        let positions = input.len() / self.inputs;
        let width = self.panels.len();
        let mut output = vec![[0.0; LANES]; positions * width];
        let inputs = input.chunks(ROWS_AT_ONCE * self.inputs);
        for (input, output) in inputs.zip(output.chunks_mut(ROWS_AT_ONCE * width)) {
            for (at, (panel, bias)) in self.panels.iter().zip(&self.bias).enumerate() {
                let mut rows = input.chunks_exact(ROWS * self.inputs);
                let mut row = 0;
                for four in rows.by_ref() {
                    self.tile::<ROWS>(four, panel, bias, range, &mut output[row * width + at..], width);
                    row += ROWS;
                }
                for one in rows.remainder().chunks_exact(self.inputs) {
                    self.tile::<1>(one, panel, bias, range, &mut output[row * width + at..], width);
                    row += 1;
                }
            }
        }
        let mut output = output.into_flattened();
        if let Some(residual) = residual {
            output.iter_mut().zip(residual).for_each(|(sum, value)| *sum += value);
        }
        output
    }

    /// The sums of some positions and one panel. The output's rows lie `stride` apart.
    #[inline(always)]
    fn tile<const N: usize>(
        &self,
        input: &[f32],
        panel: &[Lanes],
        bias: &Lanes,
        (least, most): (f32, f32),
        output: &mut [Lanes],
        stride: usize,
    ) {
        let rows: [&[f32]; N] = std::array::from_fn(|row| &input[row * panel.len()..][..panel.len()]);
        let mut sums = [*bias; N];
        for (at, weights) in panel.iter().enumerate() {
            for (sum, row) in sums.iter_mut().zip(&rows) {
                let value = row[at];
                for (sum, weight) in sum.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        for (row, sum) in sums.iter().enumerate() {
            output[row * stride] = sum.map(|value| value.clamp(least, most));
        }
    }
}
