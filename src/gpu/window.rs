//! Windows that are looked at one by one: maximum pooling, padding, and rare convolutions of each channel by itself.

use super::formula::Formula;
use super::group::First;
use super::kernel::Kernel;
use super::launch::{Launch, Launcher, names, words};
use super::product::places;
use crate::Result;
use crate::graph::{Convolution, Op, ValueId, Window};

impl Launcher<'_> {
    /// What windows see, and what follows that.
    pub(super) fn windows(
        &mut self,
        first: &First,
        mut formula: Formula,
        output: ValueId,
    ) -> Result<Option<Launch>> {
        let (graph, node) = (self.graph, &self.graph.nodes()[first.node]);
        let mut arrays = vec![("x", "vec4f")];
        let mut reads = vec![self.source(node.inputs[0])?];
        let (window, start, step) = match &node.op {
            Op::MaxPool(window) => (window.clone(), "vec4f(-0x1.fffffep+127f)", "sum = max(sum, value);"),
            Op::Convolution(Convolution { window, .. }) => {
                arrays.extend([("weight", "vec4f"), ("bias", "vec4f")]);
                reads.extend(self.filters(first)?);
                (window.clone(), "bias[c]", "sum += weight[tap] * value;")
            }
            // A window of one place: what it does not see is the value around the picture.
            Op::Pad { amounts, value } => {
                let &[_, rows, columns, _] = &amounts[..] else { return Ok(None) };
                formula.numbers.push(value.clamp(f32::MIN, f32::MAX));
                (one_place(rows.0, columns.0), "vec4f(shape.p0)", "sum = value;")
            }
            _ => return Ok(None),
        };
        let to = self.layout(output);
        let names = names(&formula);
        arrays.extend(names.iter().map(|name| (name.as_str(), "vec4f")));
        reads.extend(self.operands(&formula)?);
        let parameters = [&[to.vectors(), to.depth()][..], &places(graph, node, &window)].concat();
        let parts = [
            ("parameters", &*formula.members()),
            ("finish", &formula.text),
            ("start", start),
            ("step", step),
        ];
        Ok(Some(Launch {
            kernel: Kernel::new(include_str!("window.wgsl"), &arrays, "vec4f", &parts),
            invocations: to.vectors(),
            reads,
            writes: self.places[output.index()],
            parameters: words(&parameters, &formula),
        }))
    }
}

/// A window of one place, the first of which lies so far off the picture.
fn one_place(top: usize, left: usize) -> Window {
    let before = [top, left].map(|places| places as isize);
    Window { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], before, after: [0, 0] }
}
