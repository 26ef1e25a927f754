//! New names for the values of a function's body.

use std::collections::HashMap;

use super::file::File;
use super::{Graph, Node};
use crate::Result;

/// What each value of a body is called outside.
pub(super) struct Names<'f> {
    /// Begins the name of a value that only the body knows.
    prefix: String,
    known: HashMap<String, String>,
    file: &'f File,
}

impl<'f> Names<'f> {
    pub(super) fn new(prefix: String, file: &'f File) -> Self {
        Self { prefix, known: HashMap::new(), file }
    }

    /// Says what an input or output of the function is called outside.
    pub(super) fn insert(&mut self, inner: &str, outer: String) {
        self.known.insert(inner.into(), outer);
    }

    pub(super) fn get(&self, inner: &str) -> Option<&String> {
        self.known.get(inner)
    }

    /// Renames the values of a node and of its subgraphs.
    pub(super) fn rename(&self, node: &mut Node) -> Result<()> {
        node.inputs.iter_mut().chain(&mut node.outputs).try_for_each(|name| self.apply(name))?;
        node.graphs_mut().try_for_each(|graph| self.rename_in(graph))
    }

    fn rename_in(&self, graph: &mut Graph) -> Result<()> {
        let Graph { nodes, initializers, inputs, outputs, values, .. } = graph;
        let values = inputs.iter_mut().chain(outputs).chain(values).map(|value| &mut value.name);
        let tensors = initializers.iter_mut().map(|tensor| &mut tensor.name);
        values.chain(tensors).try_for_each(|name| self.apply(name))?;
        nodes.iter_mut().try_for_each(|node| self.rename(node))
    }

    fn apply(&self, name: &mut String) -> Result<()> {
        // An empty name is no value.
        if !name.is_empty() {
            *name = match self.known.get(name) {
                Some(known) => known.clone(),
                None => format!("{}{name}", self.prefix),
            };
            self.file.spend_text(name.len() as u64)?;
        }
        Ok(())
    }
}
