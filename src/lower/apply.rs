//! Operators that are made of others.

use super::table::operator;
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::Number;
use crate::onnx::Attribute;

impl<T: Number> Lowering<T> {
    /// What another of ONNX's operators would give in the node's place, with the node's attributes.
    ///
    /// # Errors
    /// Those of the operator.
    pub fn instead(&mut self, call: &Call<T>, op: &str, opset: i64, inputs: Vec<Located>) -> Result<Located> {
        self.applied(call, op, opset, call.node.attributes.clone(), inputs)
    }

    /// What another of ONNX's operators would give in the node's place.
    ///
    /// # Errors
    /// Those of the operator.
    pub fn applied(
        &mut self,
        call: &Call<T>,
        op: &str,
        opset: i64,
        attributes: Vec<(String, Attribute)>,
        inputs: Vec<Located>,
    ) -> Result<Located> {
        let mut node = call.node.clone();
        node.op = op.into();
        node.domain = String::new();
        node.attributes = attributes;
        node.outputs.truncate(1);
        let inputs = inputs.into_iter().map(|located| Some(Item::Live(located))).collect();
        let inner = Call { node: &node, inputs, opset };
        match operator(&inner)?(self, &inner)?.into_iter().next() {
            Some(Item::Live(located)) => Ok(located),
            Some(Item::Failed(error)) => Err(error),
            _ => Err(call.invalid("it gives nothing")),
        }
    }
}
