//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use std::borrow::Cow;
use std::ops::Range;

use super::convolution::Convolution;
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
                expand: expand.to_outputs(&part),
                depthwise: Depthwise::new(weight, bias, kernel, stride),
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
