//! What needs no weights and no windows: functions of single values, means, channels beside each other, other extents.

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

    /// The same values in other extents.
    pub(super) fn reshaped(&mut self, node: &Node<f32>) -> Result<Launch> {
        let (from, to) = (self.layout(node.inputs[0]), self.layout(node.output));
        let parameters = [to.vectors(), to.depth(), to.channels, from.channels, 4 * from.depth()];
        Ok(Launch {
            kernel: Kernel::new(include_str!("reshape.wgsl"), &[("x", "f32")], "vec4f", &[]),
            invocations: to.vectors(),
            reads: vec![self.source(node.inputs[0])?],
            writes: self.places[node.output.index()],
            parameters: parameters.map(|extent| extent as u32).to_vec(),
        })
    }

    /// Channels beside each other: a launch for several tensors.
    pub(super) fn concat(&mut self, node: &Node<f32>) -> Result<Vec<Launch>> {
        /// WebGPU promises eight arrays, of which one is written and one holds the parameters.
        const MOST: usize = 6;
        let to = self.layout(node.output);
        let mut first = 0;
        let mut launches = Vec::new();
        for inputs in node.inputs.chunks(MOST) {
            let depths: Vec<_> = inputs.iter().map(|&input| self.layout(input).depth()).collect();
            let width = depths.iter().sum::<usize>();
            let mut parameters = vec![to.positions * width, width, to.depth(), first];
            let mut before = 0;
            for depth in depths {
                parameters.extend([depth, before]);
                before += depth;
            }
            launches.push(Launch {
                kernel: concat(inputs.len()),
                invocations: to.positions * width,
                reads: inputs.iter().map(|&input| self.source(input)).collect::<Result<_>>()?,
                writes: self.places[node.output.index()],
                parameters: parameters.into_iter().map(|extent| extent as u32).collect(),
            });
            first += width;
        }
        Ok(launches)
    }
}

/// The program for so many tensors.
fn concat(count: usize) -> Kernel {
    let names: Vec<_> = (0..count).map(|k| format!("x{k}")).collect();
    let arrays: Vec<_> = names.iter().map(|name| (name.as_str(), "vec4f")).collect();
    let extents: String = (0..count).map(|k| format!("d{k}: u32, f{k}: u32, ")).collect();
    let moves = (0..count).rev().map(|k| {
        let place = format!("x{k}[position * shape.d{k} + c - shape.f{k}]");
        format!("  if (c >= shape.f{k}) {{ y[at] = {place}; return; }}\n")
    });
    let parts = [("extents", extents), ("moves", moves.collect())];
    let parts = parts.each_ref().map(|(name, part)| (*name, part.as_str()));
    Kernel::new(include_str!("concat.wgsl"), &arrays, "vec4f", &parts)
}
