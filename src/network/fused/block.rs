//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use std::borrow::Cow;
use std::ops::Range;

use super::depthwise::Depthwise;
use super::pointwise::{Output, Pointwise};
use super::{Activation, LINEAR};
use crate::Result;
use crate::model::Weights;
use crate::network::team::Half;
use crate::network::{BlockShape, COLOURS, STEM};

/// About how many positions go through a block at once.
const POSITIONS_AT_ONCE: usize = 84;

/// Expand (1x1), filter each channel (depthwise), project (1x1, linear); added to its input where the
/// shapes agree.
#[derive(Debug)]
pub(super) struct Block {
    /// The halves of the inner channels: the block's output is the sum of theirs.
    branches: Vec<Branch>,
    /// Whether the input is added to the output.
    pub(super) residual: bool,
}

/// Some of a block's inner channels.
#[derive(Debug)]
struct Branch {
    expand: Pointwise,
    depthwise: Depthwise,
    project: Pointwise,
}

impl Block {
    /// Takes the tensors `blocks.INDEX.*`, for these halves. The first block expands nothing: the stem, a
    /// product of patches, takes that place.
    pub(super) fn load(weights: &mut Weights, shape: &BlockShape, halves: &[Half]) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let name = |part| format!("blocks.{index}.{part}");
        let expand = if inner == inputs {
            Convolution::take(weights, "stem", [STEM.channels, COLOURS, STEM.kernel, STEM.kernel])?
        } else {
            Convolution::take(weights, &name("expand"), [inner, inputs, 1, 1])?
        };
        let depthwise = Convolution::take(weights, &name("depthwise"), [inner, 1, kernel, kernel])?;
        let project = Convolution::take(weights, &name("project"), [outputs, inner, 1, 1])?;
        let branch = |half: &Half| {
            let part = half.of(inner);
            let (weight, bias) = depthwise.outputs(&part);
            Branch {
                depthwise: Depthwise::new(weight, bias, kernel, stride),
                expand: {
                    let (weight, bias) = expand.outputs(&part);
                    Pointwise::new(weight, bias, expand.covered)
                },
                project: project.of_inputs(&part, *half == Half::First),
            }
        };
        Ok(Self { branches: halves.iter().map(branch).collect(), residual: shape.residual() })
    }

    /// From the block's input to the output of the first `branches`, without the residual.
    pub(super) fn forward(&self, input: &Activation, branches: usize) -> Activation {
        let values = input.values.as_flattened();
        let row = values.len() / input.height;
        let rows = |rows: Range<usize>| Cow::Borrowed(&values[rows.start * row..rows.end * row]);
        self.forward_rows(input.height, input.width, rows, branches)
    }

    /// As [`Self::forward`], where `rows` gives the rows of the input.
    pub(super) fn forward_rows<'a>(
        &self,
        height: usize,
        width: usize,
        rows_of: impl Fn(Range<usize>) -> Cow<'a, [f32]>,
        branches: usize,
    ) -> Activation {
        let outputs =
            self.branches.iter().take(branches).map(|branch| branch.forward(height, width, &rows_of));
        let sum = outputs.reduce(|mut sum, output| {
            sum.add(output.values.as_flattened());
            sum
        });
        let Some(sum) = sum else { unreachable!("a block has branches") };
        sum
    }
}

impl Branch {
    /// A few rows at a time.
    fn forward<'a>(
        &self,
        height: usize,
        width: usize,
        rows_of: impl Fn(Range<usize>) -> Cow<'a, [f32]>,
    ) -> Activation {
        let Self { expand, depthwise, project } = self;
        let [rows, columns] = [height, width].map(|size| depthwise.steps(size));
        let fours = project.fours();
        let at_once = POSITIONS_AT_ONCE.div_ceil(columns).min(rows);
        let mut window = depthwise.window(width);
        let mut filtered = vec![[0.0; 4]; at_once * columns * expand.fours()];
        let mut values = vec![[0.0; 4]; rows * columns * fours];
        for (band, values) in values.chunks_mut(at_once * columns * fours).enumerate() {
            let first = band * at_once;
            let rows = first..first + values.len() / (columns * fours);
            let missing = window.advance(depthwise.covered(&rows, height));
            window.fill(missing.clone(), expand, &rows_of(missing));
            let filtered = &mut filtered[..rows.len() * columns * expand.fours()];
            depthwise.forward(&window, rows, height, filtered);
            let output = Output { values, place: |position| position * fours, step: 1 };
            project.forward_into(filtered.as_flattened(), LINEAR, output);
        }
        Activation { values, height: rows, width: columns }
    }
}

/// A convolution as the model file holds it.
struct Convolution {
    weight: Vec<f32>,
    bias: Vec<f32>,
    /// Weights of an output.
    covered: usize,
}

impl Convolution {
    /// Takes `NAME.weight` of this shape and `NAME.bias`.
    fn take(weights: &mut Weights, name: &str, shape: [usize; 4]) -> Result<Self> {
        let [outputs, covered @ ..] = shape;
        let weight = weights.values(&format!("{name}.weight"), shape)?;
        let bias = weights.values(&format!("{name}.bias"), [outputs])?;
        Ok(Self { weight, bias, covered: covered.iter().product() })
    }

    /// Weights and bias of some outputs.
    fn outputs(&self, outputs: &Range<usize>) -> (&[f32], &[f32]) {
        let weights = outputs.start * self.covered..outputs.end * self.covered;
        (&self.weight[weights], &self.bias[outputs.clone()])
    }

    /// What some of the inputs add to the outputs, with or without the bias.
    fn of_inputs(&self, inputs: &Range<usize>, biased: bool) -> Pointwise {
        let rows = self.weight.chunks_exact(self.covered);
        let weight: Vec<_> = rows.flat_map(|row| &row[inputs.clone()]).copied().collect();
        let zeros = vec![0.0; self.bias.len()];
        Pointwise::new(&weight, if biased { &self.bias } else { &zeros }, inputs.len())
    }
}
