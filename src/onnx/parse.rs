//! `GraphProto` and what lies in it → [`Graph`].

use std::collections::HashSet;

use super::external::Files;
use super::functions::{Call, Functions};
use super::value_info::value_info;
use super::wire::{Field, Message};
use super::{Attribute, Graph, Node, domain, invalid, sparse, weights};
use crate::Result;

/// What graphs are read with.
pub(super) struct Parser<'f, 'a> {
    /// The files beside the model.
    pub(super) files: Files<'a>,
    /// The functions that nodes may call.
    pub(super) functions: Functions<'f>,
}

impl<'f> Parser<'f, '_> {
    /// Reads a `GraphProto`: the model's or, in the body of a function, one of a `call`.
    pub(super) fn graph(&self, message: Message<'f>, call: Option<&Call<'_>>) -> Result<Graph> {
        let mut graph = Graph::default();
        for field in message {
            let field = field?;
            match field.number {
                1 => self.node(field.message()?, call, &mut graph.nodes)?,
                2 => graph.name = field.text()?,
                5 => graph.initializers.push(weights::tensor(field.message()?, self.files)?),
                11 => graph.inputs.push(value_info(field.message()?)?),
                12 => graph.outputs.push(value_info(field.message()?)?),
                13 => graph.values.push(value_info(field.message()?)?),
                15 => graph.initializers.push(sparse::tensor(field.message()?, self.files)?),
                _ => {}
            }
        }
        // Up to IR version 3, initialisers are inputs as well.
        let given: HashSet<_> = graph.initializers.iter().map(|tensor| tensor.name.as_str()).collect();
        graph.inputs.retain(|input| !given.contains(input.name.as_str()));
        Ok(graph)
    }

    /// Reads a `NodeProto` into `nodes`: as several, if it calls a function.
    pub(super) fn node(
        &self,
        message: Message<'f>,
        call: Option<&Call<'_>>,
        nodes: &mut Vec<Node>,
    ) -> Result<()> {
        let mut node = Node {
            name: String::new(),
            op: String::new(),
            domain: String::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            attributes: Vec::new(),
        };
        let mut overload = String::new();
        for field in message.clone() {
            let field = field?;
            match field.number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                3 => node.name = field.text()?,
                4 => node.op = field.text()?,
                5 => node.attributes.extend(self.attribute(field.message()?, call)?),
                7 => node.domain = domain(field.text()?),
                8 => overload = field.text()?,
                _ => {}
            }
        }
        match self.functions.find(&node, overload) {
            Some(function) => self.inline(function, node, &message, call, nodes),
            None => {
                nodes.push(node);
                Ok(())
            }
        }
    }

    /// Reads an `AttributeProto`; there is none if it is the caller's, who leaves it out.
    pub(super) fn attribute(
        &self,
        message: Message<'f>,
        call: Option<&Call<'_>>,
    ) -> Result<Option<(String, Attribute)>> {
        let (mut name, mut reference) = (String::new(), String::new());
        let (mut kind, mut first) = (0, 0);
        for field in message.clone() {
            let field = field?;
            match field.number {
                1 => name = field.text()?,
                20 => kind = field.int()?,
                21 => reference = field.text()?,
                number @ (2..=11 | 22) if first == 0 => first = number,
                _ => {}
            }
        }
        if !reference.is_empty() {
            return match call {
                Some(call) => Ok(call.attribute(&reference, message.file())?.map(|value| (name, value))),
                None => Err(invalid(format!(
                    "the attribute \"{name}\" refers to \"{reference}\" of a function, and is in none"
                ))),
            };
        }
        // The field of a type is the next one; old files have fields only.
        let number = match kind {
            0 => first,
            1..=10 => kind.cast_unsigned() + 1,
            11 => 22,
            _ => 0,
        };
        let fields = message.filter(|field| field.as_ref().map_or(true, |field| field.number == number));
        let value = self.attribute_value(&name, number, fields, call)?;
        Ok(Some((name, value)))
    }

    /// The value that these fields of this number are; a missing number is 0, as protobuf has it.
    fn attribute_value(
        &self,
        name: &str,
        number: u64,
        mut fields: impl Iterator<Item = Result<Field<'f>>>,
        call: Option<&Call<'_>>,
    ) -> Result<Attribute> {
        let tensor = |field: Field<'f>| weights::tensor(field.message()?, self.files);
        let graph = |field: Field<'f>| self.graph(field.message()?, call);
        let missing = || invalid(format!("the attribute \"{name}\" has no value"));
        let mut last = || fields.by_ref().last().transpose();
        Ok(match number {
            2 => Attribute::Float(last()?.map_or(Ok(0.0), |field| field.float())?),
            3 => Attribute::Int(last()?.map_or(Ok(0), |field| field.int())?),
            4 => Attribute::String(last()?.map_or(Ok(String::new()), |field| field.text())?),
            5 => Attribute::Tensor(tensor(last()?.ok_or_else(missing)?)?),
            6 => Attribute::Graph(graph(last()?.ok_or_else(missing)?)?),
            7 => {
                let mut values = Vec::new();
                fields.try_for_each(|field| field?.floats(&mut values))?;
                Attribute::Floats(values)
            }
            8 => {
                let mut values = Vec::new();
                fields.try_for_each(|field| field?.ints(&mut values))?;
                Attribute::Ints(values)
            }
            9 => Attribute::Strings(fields.map(|field| field?.text()).collect::<Result<_>>()?),
            10 => Attribute::Tensors(fields.map(|field| tensor(field?)).collect::<Result<_>>()?),
            11 => Attribute::Graphs(fields.map(|field| graph(field?)).collect::<Result<_>>()?),
            22 => {
                let field = last()?.ok_or_else(missing)?;
                Attribute::Tensor(sparse::tensor(field.message()?, self.files)?)
            }
            _ => Attribute::Other,
        })
    }
}
