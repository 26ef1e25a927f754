//! Model-local functions: a call is replaced by the nodes of the function's body.

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::iter;

use super::file::File;
use super::model::opset;
use super::parse::Parser;
use super::rename::Names;
use super::wire::Message;
use super::{Attribute, Node, TensorData, domain, invalid};
use crate::{Error, Result};

/// What a node names a function by: domain, operator, overload.
type Key = (String, String, String);

/// The functions of a model.
#[derive(Default)]
pub(super) struct Functions<'f> {
    by_key: HashMap<Key, Function<'f>>,
    /// How many calls have been replaced.
    calls: Cell<usize>,
}

/// A `FunctionProto`; its body is read anew for each call.
#[derive(Default)]
pub(super) struct Function<'f> {
    key: Key,
    inputs: Vec<String>,
    outputs: Vec<String>,
    /// Attributes that a call may leave out.
    defaults: Vec<Message<'f>>,
    nodes: Vec<Message<'f>>,
    opsets: Vec<(String, i64)>,
}

impl<'f> Functions<'f> {
    /// Adds a `FunctionProto`.
    pub(super) fn add(&mut self, message: Message<'f>) -> Result<()> {
        let mut function = Function::default();
        for field in message {
            let field = field?;
            match field.number {
                1 => function.key.1 = field.text()?,
                4 => function.inputs.push(field.text()?),
                5 => function.outputs.push(field.text()?),
                7 => function.nodes.push(field.message()?),
                9 => function.opsets.push(opset(field.message()?)?),
                10 => function.key.0 = domain(field.text()?),
                11 => function.defaults.push(field.message()?),
                13 => function.key.2 = field.text()?,
                _ => {}
            }
        }
        match self.by_key.entry(function.key.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(function);
                Ok(())
            }
            Entry::Occupied(_) => Err(invalid(format!("there are two functions \"{}\"", function.key.1))),
        }
    }

    /// The function that a node calls, if it calls one.
    pub(super) fn find(&self, node: &Node, overload: String) -> Option<&Function<'f>> {
        if self.by_key.is_empty() {
            return None;
        }
        self.by_key.get(&(node.domain.clone(), node.op.clone(), overload))
    }

    /// The opsets that function bodies are written in.
    pub(super) fn opsets(&self) -> impl Iterator<Item = &(String, i64)> {
        self.by_key.values().flat_map(|function| &function.opsets)
    }
}

/// A call that is being replaced.
pub(super) struct Call<'c> {
    function: &'c Key,
    attributes: HashMap<String, Attribute>,
    /// The call whose function's body this one is in.
    outer: Option<&'c Call<'c>>,
}

impl Call<'_> {
    /// The attribute that the caller gives under this name.
    pub(super) fn attribute(&self, name: &str, file: &File) -> Result<Option<Attribute>> {
        let attribute = self.attributes.get(name);
        file.spend(attribute.map_or(Ok(0), size)?)?;
        Ok(attribute.cloned())
    }

    fn is_of(&self, function: &Key) -> bool {
        iter::successors(Some(self), |call| call.outer).any(|call| call.function == function)
    }
}

/// The memory that a copy takes, about.
fn size(attribute: &Attribute) -> Result<u64> {
    let numbers = match attribute {
        Attribute::Ints(values) => values.len(),
        Attribute::Floats(values) => values.len(),
        Attribute::String(text) => text.len(),
        Attribute::Tensor(tensor) => match &tensor.data {
            TensorData::Stored(_) | TensorData::Absent => tensor.shape.len(),
            _ => tensor.elements(),
        },
        Attribute::Int(_) | Attribute::Float(_) | Attribute::Other => 1,
        Attribute::Strings(_) | Attribute::Tensors(_) | Attribute::Graph(_) | Attribute::Graphs(_) => {
            return Err(Error::Unsupported(
                "a model-local function has a parameter that is no number".into(),
            ));
        }
    };
    Ok((numbers as u64).saturating_mul(8))
}

impl<'f> Parser<'f, '_> {
    /// Replaces a call, the node `message`, by the body of its function.
    pub(super) fn inline(
        &self,
        function: &Function<'f>,
        node: Node,
        message: &Message<'f>,
        outer: Option<&Call<'_>>,
        nodes: &mut Vec<Node>,
    ) -> Result<()> {
        let Function { key, inputs, outputs, .. } = function;
        if outer.is_some_and(|call| call.is_of(key)) {
            return Err(invalid(format!("the function \"{}\" calls itself", key.1)));
        }
        if node.inputs.len() > inputs.len() || node.outputs.len() > outputs.len() {
            return Err(invalid(format!(
                "the node \"{}\" calls the function \"{}\" with more inputs or outputs than it has",
                node.name, key.1
            )));
        }
        let mut attributes = HashMap::new();
        for default in &function.defaults {
            attributes.extend(self.attribute(default.within(message)?, None)?);
        }
        attributes.extend(node.attributes);
        let call = Call { function: key, attributes, outer };
        let number = self.functions.calls.get();
        self.functions.calls.set(number + 1);
        let mut body = Vec::new();
        for inner in &function.nodes {
            self.node(inner.within(message)?, Some(&call), &mut body)?;
        }
        let mut names = Names::new(format!("{}.{number}/", key.1), message.file());
        let left_out = iter::repeat(String::new());
        for (inner, outer) in inputs.iter().zip(node.inputs.into_iter().chain(left_out)) {
            names.insert(inner, outer);
        }
        // An output that is an input, or another output, is a copy of it.
        let mut copies = Vec::new();
        for (inner, outer) in outputs.iter().zip(node.outputs).filter(|(_, outer)| !outer.is_empty()) {
            match names.get(inner) {
                Some(source) => copies.push((source.clone(), outer)),
                None => names.insert(inner, outer),
            }
        }
        for inner in &mut body {
            names.rename(inner)?;
            inner.name = [node.name.as_str(), &inner.name].join("/").trim_matches('/').into();
            message.file().spend_text(inner.name.len() as u64)?;
        }
        nodes.append(&mut body);
        nodes.extend(copies.into_iter().map(|(source, copy)| Node {
            name: node.name.clone(),
            op: "Identity".into(),
            domain: String::new(),
            inputs: vec![source],
            outputs: vec![copy],
            attributes: Vec::new(),
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{attribute, bytes, int, model, node, node_fields, read_model, text, value};

    /// A function, as the field 25 of a model; `nodes` are field 7.
    fn function(name: &str, inputs: &[&str], outputs: &[&str], rest: &[Vec<u8>]) -> Vec<u8> {
        let inputs: Vec<_> = inputs.iter().flat_map(|name| text(4, name)).collect();
        let outputs: Vec<_> = outputs.iter().flat_map(|name| text(5, name)).collect();
        let opset = bytes(9, &int(2, 16));
        bytes(25, &[text(1, name), text(10, "local"), inputs, outputs, opset, rest.concat()].concat())
    }

    fn body(op: &str, inputs: &[&str], outputs: &[&str], rest: &[Vec<u8>]) -> Vec<u8> {
        bytes(7, &node_fields(op, inputs, outputs, rest))
    }

    fn local() -> Vec<u8> {
        text(7, "local")
    }

    /// A reference to the caller's attribute `a`, as an attribute `b`.
    fn reference() -> Vec<u8> {
        attribute("b", &[text(21, "a")])
    }

    #[test]
    fn calls_are_replaced_by_bodies() {
        let inner = function(
            "Inner",
            &["p", "q"],
            &["r"],
            &[body("Mul", &["p", "p"], &["t"], &[reference()]), body("Add", &["t", "q"], &["r"], &[])],
        );
        let outer = function(
            "Outer",
            &["p"],
            &["r", "p"],
            &[
                body("Inner", &["p"], &["t"], &[local(), attribute("a", &[int(3, 5)])]),
                body("Inner", &["t", "t"], &["r"], &[local(), reference()]),
            ],
        );
        let graph = [
            value(11, "x"),
            node("Outer", &["x"], &["y", "copy"], &[local(), text(3, "n")]),
            node("Outer", &["y"], &["z"], &[local()]),
            value(12, "z"),
            value(12, "copy"),
        ];
        let model = read_model(model(&graph, &[inner, outer])).expect("a model");
        let nodes = &model.graph.nodes;
        assert_eq!(
            nodes.iter().map(|node| node.op.as_str()).collect::<Vec<_>>(),
            ["Mul", "Add", "Mul", "Add", "Identity", "Mul", "Add", "Mul", "Add"]
        );
        assert_eq!((nodes[0].int("b"), nodes[2].attributes.len()), (Some(5), 0));
        assert_eq!(nodes[0].inputs, ["x", "x"]);
        assert_eq!(nodes[1].inputs, [nodes[0].outputs[0].as_str(), ""]);
        assert_eq!((nodes[3].outputs[0].as_str(), nodes[8].outputs[0].as_str()), ("y", "z"));
        assert_eq!((nodes[4].inputs[0].as_str(), nodes[4].outputs[0].as_str()), ("x", "copy"));
        assert!(model.warnings.iter().any(|warning| warning.contains("16")), "{:?}", model.warnings);
    }

    #[test]
    fn defaults_stand_for_attributes_left_out() {
        let default = bytes(11, &[text(1, "a"), int(3, 7)].concat());
        let function =
            function("F", &["p"], &["r"], &[default, body("Relu", &["p"], &["r"], &[reference()])]);
        let graph = [
            value(11, "x"),
            node("F", &["x"], &["y"], &[local()]),
            node("F", &["y"], &["z"], &[local(), attribute("a", &[int(3, 8)])]),
            value(12, "z"),
        ];
        let model = read_model(model(&graph, &[function])).expect("a model");
        let found: Vec<_> = model.graph.nodes.iter().map(|node| node.int("b")).collect();
        assert_eq!(found, [Some(7), Some(8)]);
    }

    #[test]
    fn subgraphs_in_bodies_see_the_names_of_the_call() {
        let branch = [node("Relu", &["p"], &["t"], &[]), value(12, "t")].concat();
        let branch = attribute("then_branch", &[bytes(6, &branch)]);
        let function = function("F", &["p"], &["r"], &[body("If", &["p"], &["r"], &[branch])]);
        let graph = [value(11, "x"), node("F", &["x"], &["y"], &[local()]), value(12, "y")];
        let model = read_model(model(&graph, &[function])).expect("a model");
        let branch = model.graph.nodes[0].graph("then_branch").expect("a branch");
        assert_eq!(branch.nodes[0].inputs, ["x"]);
        assert_eq!(branch.nodes[0].outputs[0], branch.outputs[0].name);
        assert_ne!(branch.outputs[0].name, "t");
    }

    #[test]
    fn recursion_is_refused_and_so_is_growth_without_end() {
        let call = |name: &str| body(name, &["p"], &["r"], &[local()]);
        let graph = [value(11, "x"), node("F0", &["x"], &["y"], &[local()]), value(12, "y")];
        let ring =
            [function("F0", &["p"], &["r"], &[call("F1")]), function("F1", &["p"], &["r"], &[call("F0")])];
        let error = read_model(model(&graph, &ring)).expect_err("a ring").to_string();
        assert!(error.contains("calls itself"), "{error}");
        let doubling: Vec<_> = (0..60)
            .map(|level| {
                let next = format!("F{}", level + 1);
                let twice =
                    [body(&next, &["p"], &["t"], &[local()]), body(&next, &["t"], &["r"], &[local()])];
                function(&format!("F{level}"), &["p"], &["r"], &twice)
            })
            .collect();
        let error = read_model(model(&graph, &doubling)).expect_err("2^60 nodes").to_string();
        assert!(error.contains("too many parts"), "{error}");
        let long: Vec<_> = (0..5000)
            .map(|level| function(&format!("F{level}"), &["p"], &["r"], &[call(&format!("F{}", level + 1))]))
            .collect();
        let error = read_model(model(&graph, &long)).expect_err("a long chain").to_string();
        assert!(error.contains("nested deeper"), "{error}");
    }
}
