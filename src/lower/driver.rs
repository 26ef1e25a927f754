//! The walk through the file's nodes.

use std::collections::HashMap;

use super::fold::{Budget, fold, live};
use super::moves::MOVES;
use super::positions::Positions;
use super::table::operator;
use super::value::{Ints, Item, Located};
use super::{Call, Lowering, undone};
use crate::graph::{Graph, Number, ValueId};
use crate::onnx::{self, ElementType};
use crate::{Error, Result};

/// The picture's way into the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The name of the file's input.
    pub name: String,
    /// How its axes lie.
    pub layout: Layout,
    /// Channels of the picture.
    pub channels: usize,
    /// Rows of the picture.
    pub height: usize,
    /// Columns of the picture.
    pub width: usize,
}

/// How the axes of a file's picture lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `[N, C, H, W]`
    ChannelsFirst,
    /// `[N, H, W, C]`
    ChannelsLast,
}

/// A lowered network.
#[derive(Debug, Clone)]
pub struct Network<T> {
    /// Its graph, at one size of the picture.
    pub graph: Graph<T>,
    /// The picture, stored as `[1, H, W, C]` whatever the file's layout is.
    pub input: ValueId,
    /// The file's outputs that depend on the picture.
    pub outputs: Vec<NamedValue>,
    /// Everything that depends on the picture, in the order in which it is computed.
    pub values: Vec<NamedValue>,
    /// Why outputs of the file are missing, if some are.
    pub failures: Vec<(String, Error)>,
}

/// A value under the file's name for it.
#[derive(Debug, Clone)]
pub struct NamedValue {
    /// The file's name.
    pub name: String,
    /// The operator of the file that makes it.
    pub operator: String,
    /// Where it is in the graph.
    pub located: Located,
}

/// A graph that was lowered whatever its inputs are.
#[derive(Clone)]
pub struct Fragment<T> {
    /// Its graph.
    pub graph: Graph<T>,
    /// What comes from outside, in the order in which it was named.
    pub inputs: Vec<ValueId>,
    /// What the file's outputs stand for, known ones included.
    pub outputs: Vec<(String, Item<T>)>,
}

/// A tensor that comes from outside.
#[derive(Debug, Clone)]
pub struct Given {
    /// The file's name for it.
    pub name: String,
    /// The extents in which it is stored.
    pub stored: Vec<usize>,
    /// For each stored axis, the axis of the file's tensor that it is.
    pub order: Vec<usize>,
    /// Where positions are among the file's axes.
    pub positions: Option<Positions>,
}

/// Lowers a file for a picture of one size.
///
/// # Errors
/// [`Error::Unsupported`] or [`Error::InvalidModel`] that names the node which stands between the picture and every
/// output; [`Error::MissingData`] where weights lie in a file that was not given.
pub fn lower<T: Number>(model: &onnx::Model, input: &Input) -> Result<Network<T>> {
    let (order, positions) = match input.layout {
        Layout::ChannelsFirst => (vec![0, 2, 3, 1], Positions::CHANNELS_FIRST),
        Layout::ChannelsLast => (vec![0, 1, 2, 3], Positions::CHANNELS_LAST),
    };
    let stored = vec![1, input.height, input.width, input.channels];
    let mut driver = Driver::new(model);
    let picture =
        driver.give(Given { name: input.name.clone(), stored, order, positions: Some(positions) })?;
    for other in model.graph.inputs.iter().map(|info| &info.name) {
        if driver.find(other).is_err() {
            let reason =
                format!("the model has another input, \"{other}\", and no value for it: give it a constant");
            driver.define(other.clone(), Item::Failed(Error::InvalidModel(reason)))?;
        }
    }
    driver.run(&model.graph)?;

    let (mut outputs, mut failures) = (Vec::new(), Vec::new());
    for (name, item) in driver.outputs()? {
        match item {
            Item::Live(located) => {
                let operator = driver.operator_of(&name);
                outputs.push(NamedValue { name, operator, located });
            }
            Item::Failed(error) => failures.push((name, error)),
            _ => {}
        }
    }
    if outputs.is_empty() && failures.is_empty() {
        return Err(Error::InvalidModel("no output of the model depends on the picture".into()));
    }
    let Driver { lowering, values, .. } = driver;
    Ok(Network { graph: lowering.graph, input: picture, outputs, values, failures })
}

/// Lowers a file some of whose inputs are known, whatever they and the others are.
///
/// # Errors
/// [`Error::InvalidModel`] if the file's nodes do not hang together. What a node leads to is its outputs'.
pub fn lower_fragment<T: Number>(
    model: &onnx::Model,
    given: Vec<Given>,
    known: Vec<(String, Item<T>)>,
) -> Result<Fragment<T>> {
    let mut driver = Driver::new(model);
    let inputs = given.into_iter().map(|given| driver.give(given)).collect::<Result<_>>()?;
    known.into_iter().try_for_each(|(name, item)| driver.define(name, item))?;
    driver.run(&model.graph)?;
    let outputs = driver.outputs()?;
    Ok(Fragment { graph: driver.lowering.graph, inputs, outputs })
}

/// The state of the walk.
pub(super) struct Driver<'m, T> {
    pub(super) lowering: Lowering<T>,
    model: &'m onnx::Model,
    /// What names stand for: the graph's own, then those of each subgraph that is being run.
    scopes: Vec<HashMap<String, Item<T>>>,
    values: Vec<NamedValue>,
    budget: Budget,
}

impl<'m, T: Number> Driver<'m, T> {
    fn new(model: &'m onnx::Model) -> Self {
        Self {
            lowering: Lowering { graph: Graph::default() },
            model,
            scopes: vec![HashMap::new()],
            values: Vec::new(),
            budget: Budget::default(),
        }
    }

    /// Begins with a tensor from outside.
    fn give(&mut self, given: Given) -> Result<ValueId> {
        let Given { name, stored, order, positions } = given;
        let value = self.lowering.graph.add_input(stored);
        let item = Item::Live(Located { value, order, positions });
        self.name(&name, "Input", &item);
        self.define(name, item)?;
        Ok(value)
    }

    /// What the file's outputs stand for.
    fn outputs(&self) -> Result<Vec<(String, Item<T>)>> {
        let outputs = self.model.graph.outputs.iter();
        outputs.map(|output| Ok((output.name.clone(), self.find(&output.name)?))).collect()
    }

    /// Runs all nodes of a graph. A node that cannot be lowered fails who needs it, and nobody else.
    pub(super) fn run(&mut self, graph: &'m onnx::Graph) -> Result<()> {
        for tensor in &graph.initializers {
            let item = Item::of(tensor).unwrap_or_else(Item::Failed);
            self.define(tensor.name.clone(), item)?;
        }
        for node in &graph.nodes {
            let outputs =
                self.node(node).unwrap_or_else(|error| vec![Item::Failed(error); node.outputs.len()]);
            let missing = || Item::Failed(Error::InvalidModel(format!("{} gives no such output", node.op)));
            let outputs = outputs.into_iter().chain(std::iter::repeat_with(missing));
            for (name, item) in node.outputs.iter().zip(outputs).filter(|(name, _)| !name.is_empty()) {
                self.name(name, &node.op, &item);
                self.define(name.clone(), item)?;
            }
        }
        Ok(())
    }

    // Neither this nor what it calls is inlined: engines compile a function whole once its loop ran often.
    #[inline(never)]
    fn node(&mut self, node: &'m onnx::Node) -> Result<Vec<Item<T>>> {
        let input = |name: &String| if name.is_empty() { Ok(None) } else { self.find(name).map(Some) };
        let inputs = node.inputs.iter().map(input).collect::<Result<Vec<_>>>()?;
        let call = Call { node, inputs, opset: self.model.opset(&node.domain) };
        // A list may hold what failed: then whoever takes it out fails.
        if let Some(Item::Failed(error)) =
            call.inputs.iter().flatten().find(|item| matches!(item, Item::Failed(_)))
        {
            return Err(error.clone());
        }
        match (node.domain.as_str(), node.op.as_str()) {
            ("", "If") => return self.branch(&call),
            ("", "Loop") => return self.rounds(&call),
            _ => {}
        }
        let is_live = |item: &Item<T>| matches!(item, Item::Live(_) | Item::Sequence(_));
        if !call.inputs.iter().flatten().any(is_live) {
            return fold(&call, &mut self.budget);
        }
        let mut outputs = operator(&call)?(&mut self.lowering, &call)?;
        // What moves values about says itself where the positions are: the same shape does not mean the same places.
        if !MOVES.contains(&node.op.as_str()) {
            self.place(&call, &mut outputs);
        } else if node.op == "Reshape" {
            for output in live(&mut outputs).filter(|output| output.positions.is_none()) {
                output.positions = undone::positions(&self.lowering.graph, &self.values, output);
            }
        }
        Ok(outputs)
    }

    /// Notes where the positions are in a node's outputs, where its operator did not say it.
    #[inline(never)]
    fn place(&self, call: &Call<T>, outputs: &mut [Item<T>]) {
        let graph = &self.lowering.graph;
        let inputs: Vec<_> = call
            .inputs
            .iter()
            .flatten()
            .filter_map(|item| match item {
                Item::Live(located) => Some((located.positions?, located.shape(graph))),
                _ => None,
            })
            .collect();
        for output in live(outputs).filter(|output| output.positions.is_none()) {
            let shape = output.shape(graph);
            output.positions = inputs.iter().find_map(|(positions, from)| positions.kept(from, &shape));
        }
    }

    /// What a name stands for.
    pub(super) fn find(&self, name: &str) -> Result<Item<T>> {
        let found = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        found.cloned().ok_or_else(|| Error::InvalidModel(format!("nothing gives the value \"{name}\"")))
    }

    fn define(&mut self, name: String, item: Item<T>) -> Result<()> {
        match self.scopes.last_mut() {
            Some(scope) => drop(scope.insert(name, item)),
            None => return Err(Error::InvalidModel("a graph ended twice".into())),
        }
        Ok(())
    }

    /// Begins a subgraph with these names.
    pub(super) fn enter(&mut self, names: impl Iterator<Item = (String, Item<T>)>) -> Result<()> {
        const DEEPEST: usize = 32;
        if self.scopes.len() == DEEPEST {
            return Err(Error::InvalidModel(format!(
                "the model's graphs lie more than {DEEPEST} deep in each other"
            )));
        }
        self.scopes.push(names.collect());
        Ok(())
    }

    /// Ends a subgraph.
    pub(super) fn leave(&mut self) {
        self.scopes.pop();
    }

    /// The tensors of each round, along a new first axis.
    pub(super) fn stacked(&mut self, call: &Call<'m, T>, items: &[Item<T>]) -> Result<Item<T>> {
        let sequence = Item::Sequence(items.into());
        let mut node = call.node.clone();
        node.op = "ConcatFromSequence".into();
        node.attributes =
            vec![("axis".into(), onnx::Attribute::Int(0)), ("new_axis".into(), onnx::Attribute::Int(1))];
        let call = Call { node: &node, inputs: vec![Some(sequence)], opset: call.opset };
        let stacked = operator(&call)?(&mut self.lowering, &call)?;
        stacked.into_iter().next().ok_or_else(|| call.invalid("its rounds give nothing"))
    }

    fn name(&mut self, name: &str, operator: &str, item: &Item<T>) {
        if let Item::Live(located) = item {
            let (name, operator) = (name.to_owned(), operator.to_owned());
            self.values.push(NamedValue { name, operator, located: located.clone() });
        }
    }

    fn operator_of(&self, name: &str) -> String {
        let found = self.values.iter().rev().find(|value| value.name == name);
        found.map_or_else(String::new, |value| value.operator.clone())
    }
}

impl<T: Number> Item<T> {
    /// A whole number.
    pub fn number(value: i64) -> Self {
        Self::Ints(Ints::new(Vec::new(), ElementType::I64, [value]))
    }

    /// A truth value.
    pub fn truth(value: bool) -> Self {
        Self::Ints(Ints::new(Vec::new(), ElementType::Bool, [i64::from(value)]))
    }
}
