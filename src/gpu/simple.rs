//! What needs no weights and no windows: functions of single values, means, channels beside each other.

use super::formula::Formula;
use super::kernel::Kernel;
use super::launch::{Launch, Launcher, names, words};
use crate::Result;
use crate::graph::{Node, ValueId};

impl Launcher<'_> {
    /// Functions of single values.
    pub(super) fn elementwise(&mut self, formula: &Formula, output: ValueId) -> Result<Launch> {
        let layout = self.layout(output);
        let names = names(formula);
        let arrays: Vec<_> = names.iter().map(|name| (name.as_str(), "vec4f")).collect();
        let parts = [("parameters", formula.members()), ("finish", formula.text.clone())];
        let parts = parts.each_ref().map(|(name, part)| (*name, part.as_str()));
        Ok(Launch {
            kernel: Kernel::new(include_str!("elementwise.wgsl"), &arrays, "vec4f", &parts),
            invocations: layout.vectors(),
            reads: self.operands(formula)?,
            writes: self.places[output.index()],
            parameters: words(&[layout.vectors(), layout.depth()], formula),
        })
    }

    /// The mean of all positions.
    pub(super) fn mean(&mut self, node: &Node<f32>) -> Result<Launch> {
        /// Invocations for each vector: a workgroup.
        const WIDTH: usize = 64;
        let layout = self.layout(node.inputs[0]);
        Ok(Launch {
            kernel: Kernel::new(include_str!("mean.wgsl"), &[("x", "vec4f")], "vec4f", &[]),
            invocations: WIDTH * layout.depth(),
            reads: vec![self.source(node.inputs[0])?],
            writes: self.places[node.output.index()],
            parameters: vec![layout.positions as u32, layout.depth() as u32],
        })
    }

    /// Channels beside each other: a launch for each tensor.
    pub(super) fn concat(&mut self, node: &Node<f32>) -> Result<Vec<Launch>> {
        let depth = self.layout(node.output).depth();
        let mut first = 0;
        let mut launches = Vec::with_capacity(node.inputs.len());
        for &input in &node.inputs {
            let layout = self.layout(input);
            let parameters = [layout.vectors(), layout.depth(), depth, first];
            launches.push(Launch {
                kernel: Kernel::new(include_str!("concat.wgsl"), &[("x", "vec4f")], "vec4f", &[]),
                invocations: layout.vectors(),
                reads: vec![self.source(input)?],
                writes: self.places[node.output.index()],
                parameters: parameters.map(|extent| extent as u32).to_vec(),
            });
            first += layout.depth();
        }
        Ok(launches)
    }
}
