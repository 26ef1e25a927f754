//! Operators on small tensors, for tests.

use std::rc::Rc;

use super::table::operator;
use super::{Call, Item, Located, Lowering, Positions};
use crate::graph::{Graph, Op, ValueId, elements, permute};
use crate::onnx::{Attribute, Node};
use crate::{Error, Result, plain};

/// A graph that grows operator by operator.
pub struct Trial {
    pub lowering: Lowering<f64>,
    given: Vec<(ValueId, Rc<[f64]>)>,
}

impl Trial {
    pub fn new() -> Self {
        Self { lowering: Lowering { graph: Graph::default() }, given: Vec::new() }
    }

    /// A tensor that only the run knows, of this shape in the file and stored in this order. Its values tell where
    /// they are from.
    pub fn live(&mut self, shape: &[usize], order: &[usize], positions: Option<Positions>) -> Item<f64> {
        let values: Vec<_> = (0..elements(shape).unwrap_or(0)).map(|at| at as f64).collect();
        let stored = order.iter().map(|&axis| shape[axis]).collect();
        let value = self.lowering.graph.add_input(stored);
        self.given.push((value, permute(&values, shape, order).into()));
        Item::Live(Located { value, order: order.to_vec(), positions })
    }

    /// What an operator gives.
    pub fn all(
        &mut self,
        (op, opset): (&str, i64),
        attributes: &[(&str, Attribute)],
        inputs: &[Item<f64>],
    ) -> Result<Vec<Item<f64>>> {
        let node = Node {
            name: String::new(),
            op: op.into(),
            domain: String::new(),
            inputs: vec!["x".into(); inputs.len()],
            outputs: vec!["y".into()],
            attributes: attributes.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        };
        let call = Call { node: &node, inputs: inputs.iter().cloned().map(Some).collect(), opset };
        operator(&call)?(&mut self.lowering, &call)
    }

    /// What an operator gives, of which only the first is wanted.
    pub fn one(
        &mut self,
        operator: (&str, i64),
        attributes: &[(&str, Attribute)],
        inputs: &[Item<f64>],
    ) -> Result<Item<f64>> {
        let first = self.all(operator, attributes, inputs)?.into_iter().next();
        first.ok_or_else(|| Error::InvalidModel("no outputs".into()))
    }

    /// The shape in the file, and the values in its order.
    pub fn values(&mut self, item: &Item<f64>) -> Result<(Vec<usize>, Vec<f64>)> {
        let located = self.located(item)?;
        let value = self.lowering.plain(&located)?;
        let graph = &self.lowering.graph;
        let values = plain::run(graph, &self.given, &[value])?;
        Ok((graph.shape(value).to_vec(), values[0].to_vec()))
    }

    /// How the axes of a live value lie, and where its positions are.
    pub fn located(&self, item: &Item<f64>) -> Result<Located> {
        match item {
            Item::Live(located) => Ok(located.clone()),
            _ => Err(Error::InvalidModel("the value is known".into())),
        }
    }

    /// How often the graph moves values to give axes another order.
    pub fn permutations(&self) -> usize {
        self.lowering.graph.nodes().iter().filter(|node| matches!(node.op, Op::Permute(_))).count()
    }
}
