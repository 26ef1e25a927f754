//! Which values of a graph lie between two, and which of them everything goes through.

use crate::graph::{Graph, Number, ValueId};

/// The ways from one value to another.
pub struct Flow {
    from: Vec<u64>,
    to: Vec<u64>,
    whole: u64,
}

/// A prime, so that products of numbers below it are zero for none but zero.
const PRIME: u128 = (1 << 61) - 1;

impl Flow {
    /// Of all ways from `source` to `sink`.
    ///
    /// Each way counts as the product of random weights of its steps. The ways through a value are the product of
    /// those to it and those from it; a value that all ways go through has as many as there are in all, and one that
    /// some avoid has not, but for a chance of 2⁻⁶⁰.
    pub fn new<T: Number>(graph: &Graph<T>, source: ValueId, sink: ValueId) -> Self {
        let count = graph.values().len();
        let (mut from, mut to) = (vec![0u64; count], vec![0u64; count]);
        let steps: Vec<_> = graph
            .nodes()
            .iter()
            .flat_map(|node| node.inputs.iter().map(move |&input| (input.index(), node.output.index())))
            .zip(weights())
            .collect();
        from[source.index()] = 1;
        for &((input, output), weight) in &steps {
            from[output] = sum(from[output], product(from[input], weight));
        }
        to[sink.index()] = 1;
        for &((input, output), weight) in steps.iter().rev() {
            to[input] = sum(to[input], product(to[output], weight));
        }
        let whole = from[sink.index()];
        Self { from, to, whole }
    }

    /// Whether the sink depends on the source through this value.
    pub fn passes(&self, value: ValueId) -> bool {
        self.from[value.index()] != 0 && self.to[value.index()] != 0
    }

    /// Whether the sink depends on this value.
    pub fn reaches_sink(&self, value: ValueId) -> bool {
        self.to[value.index()] != 0
    }

    /// Whether the sink depends on the source through this value alone.
    pub fn is_cut(&self, value: ValueId) -> bool {
        self.passes(value) && product(self.from[value.index()], self.to[value.index()]) == self.whole
    }
}

/// Weights that look random, and are the same each time (splitmix64).
fn weights() -> impl Iterator<Item = u64> {
    (1u64..).map(|step| {
        let mut z = step.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % (PRIME as u64 - 1) + 1
    })
}

fn product(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % PRIME) as u64
}

fn sum(a: u64, b: u64) -> u64 {
    ((u128::from(a) + u128::from(b)) % PRIME) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;
    use crate::graph::{Binary, Unary};

    #[test]
    fn a_residual_branch_is_no_cut() -> Result<()> {
        let mut graph = Graph::<f64>::default();
        let input = graph.add_input(vec![2]);
        let first = graph.unary(Unary::Relu, input)?;
        let branch = graph.unary(Unary::Exp, first)?;
        let sum = graph.binary(Binary::Add, first, branch)?;
        let aside = graph.unary(Unary::Sin, first)?;
        let last = graph.unary(Unary::Tanh, sum)?;
        let flow = Flow::new(&graph, input, last);
        assert!([input, first, sum, last].iter().all(|&value| flow.is_cut(value)));
        assert!(flow.passes(branch) && !flow.is_cut(branch));
        assert!(!flow.passes(aside));
        Ok(())
    }
}
