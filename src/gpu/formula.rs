//! Functions of single values as a function `finish` in WGSL.

use super::functions::{self, ERF};
use crate::graph::{Graph, Op, Unary, ValueId};
use crate::{Error, Result};

/// How a tensor is read for each vector of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At the same place.
    Same,
    /// At the same channels, whatever the position is.
    Channel,
    /// One value for all channels of a position.
    Position,
    /// One value for everything.
    Single,
}

impl Mode {
    /// Of a tensor of this shape, for one of that; `None` if it is repeated in another way.
    pub(super) fn of(operand: &[usize], output: &[usize]) -> Option<Self> {
        let missing = output.len().checked_sub(operand.len())?;
        let full: Vec<_> = vec![1; missing].into_iter().chain(operand.iter().copied()).collect();
        let (Some((own, outer)), Some((channels, positions))) = (full.split_last(), output.split_last())
        else {
            return Some(Self::Same);
        };
        let once = outer.iter().all(|extent| *extent == 1);
        match own {
            own if own == channels && outer == positions => Some(Self::Same),
            own if own == channels && once => Some(Self::Channel),
            1 if once => Some(Self::Single),
            1 if outer == positions => Some(Self::Position),
            _ => None,
        }
    }
}

/// What is left to do with a sum, or instead of one.
pub(super) struct Formula {
    /// `fn finish(v: vec4f, at: u32, c: u32) -> vec4f`: v is the sum, at the place of the vector in y, c that among the
    /// channels.
    pub(super) text: String,
    /// The tensors that it reads, as o0, o1, …
    pub(super) operands: Vec<ValueId>,
    /// The numbers that it reads, as shape.p0, shape.p1, …
    pub(super) numbers: Vec<f32>,
}

impl Formula {
    /// Of nodes in their order; `given` is the sum.
    pub(super) fn new(graph: &Graph<f32>, nodes: &[usize], given: Option<ValueId>) -> Result<Self> {
        let operands = operands(graph, nodes, given);
        let nodes: Vec<_> = nodes.iter().map(|&node| &graph.nodes()[node]).collect();
        let mut numbers = Vec::new();
        let mut number = |value: f32| {
            // WGSL knows no infinity.
            numbers.push(value.clamp(f32::MIN, f32::MAX));
            format!("vec4f(shape.p{})", numbers.len() - 1)
        };
        let mut lines = String::new();
        let mut last = "v".to_owned();
        for (index, node) in nodes.iter().enumerate() {
            let mut inputs = Vec::new();
            for &input in &node.inputs {
                let term = nodes[..index].iter().position(|term| term.output == input);
                let operand = operands.iter().position(|operand| *operand == input);
                inputs.push(match (term, operand) {
                    _ if given == Some(input) => "v".to_owned(),
                    (Some(term), _) => format!("t{term}"),
                    (_, Some(operand)) => {
                        read(operand, Mode::of(graph.shape(input), graph.shape(node.output)))
                    }
                    (None, None) => number(single(graph, input)?),
                });
            }
            let value = match (&node.op, &inputs[..]) {
                (Op::Unary(unary), [x]) => functions::unary(*unary, x, &mut number),
                (Op::Binary(binary), [a, b]) => functions::binary(*binary, a, b),
                (Op::Select, [condition, a, b]) => Some(functions::select(condition, a, b)),
                _ => None,
            };
            let value =
                value.ok_or_else(|| Error::Unsupported(format!("{} has no kernel", node.op.name())))?;
            lines += &format!("  let t{index} = {value};\n");
            last = format!("t{index}");
        }
        let erf = if nodes.iter().any(|node| node.op == Op::Unary(Unary::Erf)) { ERF } else { "" };
        let text =
            format!("{erf}fn finish(v: vec4f, at: u32, c: u32) -> vec4f {{\n{lines}  return {last};\n}}");
        Ok(Self { text, operands, numbers })
    }

    /// The numbers as members of the parameters.
    pub(super) fn members(&self) -> String {
        (0..self.numbers.len()).map(|index| format!("p{index}: f32, ")).collect()
    }
}

/// A number that is known.
fn single(graph: &Graph<f32>, value: ValueId) -> Result<f32> {
    let values = graph.constant(value).map(|constant| constant.read()).transpose()?;
    Ok(values.and_then(|values| values.first().copied()).unwrap_or_default())
}

/// An operand in WGSL.
fn read(operand: usize, mode: Option<Mode>) -> String {
    match mode {
        Some(Mode::Channel) => format!("o{operand}[c]"),
        Some(Mode::Position) => format!("vec4f(o{operand}[at / shape.outputs].x)"),
        Some(Mode::Single) => format!("vec4f(o{operand}[0].x)"),
        _ => format!("o{operand}[at]"),
    }
}

/// The tensors that nodes read, beside each other and the one that is given. A known number is none.
pub(super) fn operands(graph: &Graph<f32>, nodes: &[usize], given: Option<ValueId>) -> Vec<ValueId> {
    let inside = |value: ValueId| {
        given == Some(value)
            || graph.constant(value).is_some_and(|constant| constant.len() == 1)
            || nodes.iter().any(|&node| graph.nodes()[node].output == value)
    };
    let mut operands = Vec::new();
    for &input in nodes.iter().flat_map(|&node| &graph.nodes()[node].inputs) {
        if !inside(input) && !operands.contains(&input) {
            operands.push(input);
        }
    }
    operands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tensor_is_read_as_it_is_repeated() {
        let output = [1, 4, 5, 6];
        for (operand, mode) in [
            (&[1, 4, 5, 6][..], Some(Mode::Same)),
            (&[4, 5, 6], Some(Mode::Same)),
            (&[6], Some(Mode::Channel)),
            (&[1, 1, 6], Some(Mode::Channel)),
            (&[1, 4, 5, 1], Some(Mode::Position)),
            (&[1], Some(Mode::Single)),
            (&[], Some(Mode::Single)),
            (&[1, 4, 1, 6], None),
            (&[5, 6], None),
        ] {
            assert_eq!(Mode::of(operand, &output), mode, "{operand:?}");
        }
        assert_eq!(Mode::of(&[1, 4, 5, 1], &[1, 4, 5, 1]), Some(Mode::Same));
    }
}
