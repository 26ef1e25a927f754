//! Nodes of functions of single values as a formula.

use super::{Fusion, Group};
use crate::cpu::elementwise::{Function, Operand, Source, Term};
use crate::graph::{Op, ValueId};

/// Terms, and the tensors that they read.
pub(in crate::cpu) struct Formula {
    pub(in crate::cpu) terms: Vec<Term>,
    pub(in crate::cpu) operands: Vec<ValueId>,
}

impl Fusion<'_> {
    /// Of some nodes in their order; `given` is the value that lies in the output's place before.
    pub(in crate::cpu) fn formula(&self, nodes: &[usize], given: Option<ValueId>) -> Formula {
        let mut formula = Formula { terms: Vec::new(), operands: Vec::new() };
        for &node in nodes {
            let function = match self.graph.nodes()[node].op {
                Op::Unary(unary) => Function::Unary(unary),
                Op::Binary(binary) => Function::Binary(binary),
                _ => Function::Select,
            };
            let source = |&input: &ValueId| {
                let term = nodes.iter().position(|&term| self.graph.nodes()[term].output == input);
                match term {
                    _ if given == Some(input) => Source::Given,
                    Some(term) => Source::Term(term),
                    None => Source::Operand(formula.operand(input)),
                }
            };
            let of = self.inputs(node).iter().map(source).collect();
            formula.terms.push(Term { function, of });
        }
        formula
    }

    /// The values that a group reads while it runs.
    pub(in crate::cpu) fn reads(&self, group: &Group) -> Vec<ValueId> {
        let first = group.products().next();
        let mut reads = first.map(|node| self.inputs(node)[0]).into_iter().collect::<Vec<_>>();
        reads.extend(group.other.iter().flat_map(|&other| self.inputs(other)));
        let given = group.product.as_ref().map(|product| product.output);
        reads.extend(self.formula(&group.terms, given).operands);
        for link in &group.before {
            reads.extend(self.formula(&link.terms, Some(link.product.output)).operands);
        }
        reads
    }

    /// How tensors are read for an output of this shape.
    pub(in crate::cpu) fn operands(&self, formula: &Formula, shape: &[usize]) -> Vec<Operand> {
        formula.operands.iter().map(|&operand| Operand::new(self.graph.shape(operand), shape)).collect()
    }
}

impl Formula {
    fn operand(&mut self, value: ValueId) -> usize {
        self.operands.iter().position(|operand| *operand == value).unwrap_or_else(|| {
            self.operands.push(value);
            self.operands.len() - 1
        })
    }
}
