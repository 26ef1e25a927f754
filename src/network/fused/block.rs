//! The inverted residual block (MBConv) of EfficientNet-Lite: no squeeze-and-excite, ReLU6.

use std::borrow::Cow;
use std::ops::Range;

use super::depthwise::Depthwise;
use super::pointwise::{Output, Pointwise};
use super::{Activation, LINEAR};
use crate::Result;
use crate::model::Weights;
use crate::network::{BlockShape, COLOURS, STEM};

/// About how many positions go through a block at once.
const POSITIONS_AT_ONCE: usize = 84;

/// Expand (1x1), filter each channel (depthwise), project (1x1, linear); added to its input where the
/// shapes agree.
#[derive(Debug)]
pub(super) struct Block {
    expand: Pointwise,
    depthwise: Depthwise,
    project: Pointwise,
    residual: bool,
}

impl Block {
    /// Takes the tensors `blocks.INDEX.*`. The first block expands nothing: the stem, a product of
    /// patches, takes that place.
    pub(super) fn load(weights: &mut Weights, shape: &BlockShape) -> Result<Self> {
        let BlockShape { index, inputs, inner, outputs, kernel, stride } = *shape;
        let name = |part| format!("blocks.{index}.{part}");
        let expand = if inner == inputs {
            pointwise(weights, "stem", [STEM.channels, COLOURS, STEM.kernel, STEM.kernel])?
        } else {
            pointwise(weights, &name("expand"), [inner, inputs, 1, 1])?
        };
        let project = pointwise(weights, &name("project"), [outputs, inner, 1, 1])?;
        let name = name("depthwise");
        let weight = weights.values(&format!("{name}.weight"), [inner, 1, kernel, kernel])?;
        let bias = weights.values(&format!("{name}.bias"), [inner])?;
        let depthwise = Depthwise::new(&weight, &bias, kernel, stride);
        Ok(Self { expand, depthwise, project, residual: shape.residual() })
    }

    /// From the block's input to its output.
    pub(super) fn forward(&self, input: &Activation) -> Activation {
        let values = input.values.as_flattened();
        let row = input.width * self.expand.inputs();
        let rows = |rows: Range<usize>| Cow::Borrowed(&values[rows.start * row..rows.end * row]);
        let mut output = self.forward_rows(input.height, input.width, rows);
        if self.residual {
            let sums = output.values.as_flattened_mut().iter_mut();
            sums.zip(values).for_each(|(sum, value)| *sum += value);
        }
        output
    }

    /// As [`Self::forward`], a few rows at a time and without the sum: `rows` gives those of the expansion's input.
    pub(super) fn forward_rows<'a>(
        &self,
        height: usize,
        width: usize,
        rows_of: impl Fn(Range<usize>) -> Cow<'a, [f32]>,
    ) -> Activation {
        let Self { expand, depthwise, project, .. } = self;
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

/// Takes `NAME.weight` of this shape and `NAME.bias`: a product over all that a kernel covers.
fn pointwise(weights: &mut Weights, name: &str, shape: [usize; 4]) -> Result<Pointwise> {
    let [outputs, covered @ ..] = shape;
    let weight = weights.values(&format!("{name}.weight"), shape)?;
    let bias = weights.values(&format!("{name}.bias"), [outputs])?;
    Ok(Pointwise::new(&weight, &bias, covered.iter().product()))
}
