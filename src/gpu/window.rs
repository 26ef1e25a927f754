//! Windows that are looked at one by one: maximum pooling, and rare convolutions of each channel by itself.

use super::formula::Formula;
use super::group::First;
use super::kernel::Kernel;
use super::launch::{Launch, Launcher, names, words};
use super::product::places;
use crate::Result;
use crate::graph::{Convolution, Op, ValueId};

impl Launcher<'_> {
    /// What windows see, and what follows that.
    pub(super) fn windows(
        &mut self,
        first: &First,
        formula: &Formula,
        output: ValueId,
    ) -> Result<Option<Launch>> {
        let (graph, node) = (self.graph, &self.graph.nodes()[first.node]);
        let mut arrays = vec![("x", "vec4f")];
        let mut reads = vec![self.source(node.inputs[0])?];
        let (window, start, step) = match &node.op {
            Op::MaxPool(window) => (window, "vec4f(-0x1.fffffep+127f)", "sum = max(sum, value);"),
            Op::Convolution(Convolution { window, .. }) => {
                arrays.extend([("weight", "vec4f"), ("bias", "vec4f")]);
                reads.extend(self.filters(first)?);
                (window, "bias[c]", "sum += weight[tap] * value;")
            }
            _ => return Ok(None),
        };
        let to = self.layout(output);
        let names = names(formula);
        arrays.extend(names.iter().map(|name| (name.as_str(), "vec4f")));
        reads.extend(self.operands(formula)?);
        let parameters = [&[to.vectors(), to.depth()][..], &places(graph, node, window)].concat();
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
            parameters: words(&parameters, formula),
        }))
    }
}
