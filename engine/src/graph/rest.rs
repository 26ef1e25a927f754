//! What is left of a graph when some of its values are known.

use super::{Graph, Number, Origin, ValueId};
use crate::Result;

/// The nodes between some values and others, as a graph of their own.
#[derive(Debug, Clone)]
pub struct Rest<T> {
    /// Its inputs are the values that were given.
    pub graph: Graph<T>,
    values: Vec<Option<ValueId>>,
}

impl<T> Rest<T> {
    /// What a value of the whole graph is here, if it is needed.
    pub fn value(&self, of: ValueId) -> Option<ValueId> {
        self.values.get(of.0).copied().flatten()
    }
}

impl<T: Number> Graph<T> {
    /// What `outputs` still need when `given` are there, and what is given from outside.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn rest(&self, given: &[ValueId], outputs: &[ValueId]) -> Result<Rest<T>> {
        let mut is_given = vec![false; self.values.len()];
        given.iter().for_each(|value| is_given[value.0] = true);
        let mut is_needed = vec![false; self.values.len()];
        outputs.iter().for_each(|output| is_needed[output.0] = true);
        for node in self.nodes.iter().rev().filter(|node| !is_given[node.output.0]) {
            if is_needed[node.output.0] {
                node.inputs.iter().for_each(|input| is_needed[input.0] = true);
            }
        }
        let mut graph = Self::default();
        let mut values = vec![None; self.values.len()];
        // A value lies behind those that it is made of.
        for (index, value) in self.values.iter().enumerate().filter(|(index, _)| is_needed[*index]) {
            values[index] = Some(match &value.origin {
                Origin::Constant(constant) => graph.add_constant(constant.clone()),
                Origin::Node(node) if !is_given[index] => {
                    let node = &self.nodes[*node];
                    let inputs: Vec<_> = node.inputs.iter().filter_map(|input| values[input.0]).collect();
                    graph.add(node.op.clone(), &inputs)?
                }
                _ => graph.add_input(value.shape.clone()),
            });
        }
        Ok(Rest { graph, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Binary, Unary};

    #[test]
    fn what_is_given_is_not_computed() -> Result<()> {
        let mut graph = Graph::<f32>::default();
        let x = graph.add_input(vec![2]);
        let y = graph.unary(Unary::Exp, x)?;
        let z = graph.unary(Unary::Relu, y)?;
        let sum = graph.binary(Binary::Add, z, y)?;
        let rest = graph.rest(&[y], &[sum])?;
        assert_eq!((rest.graph.nodes().len(), rest.value(x)), (2, None));
        assert!(
            rest.value(y).is_some_and(|y| matches!(rest.graph.values()[y.index()].origin, Origin::Input))
        );
        assert_eq!(graph.rest(&[sum], &[sum])?.graph.nodes().len(), 0);
        Ok(())
    }
}
