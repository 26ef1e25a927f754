//! The order of nodes: each after those that it needs, and otherwise as in the file.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::{Graph, Node, invalid};
use crate::Result;

/// Values that a graph reads and does not have, with a word about who reads them.
type Wanted = BTreeMap<String, String>;

/// What a value comes from: a node's index, or `None` for an input or initialiser.
type Origins<'g> = HashMap<&'g str, Option<usize>>;

/// Sorts the nodes of a graph and of its subgraphs.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if nodes wait for each other, a value is computed twice, or one is not computed at all.
pub(super) fn sort(graph: &mut Graph) -> Result<()> {
    match sort_within(graph)?.pop_first() {
        None => Ok(()),
        Some((value, reader)) => {
            Err(invalid(format!("{reader} needs the value \"{value}\", which nothing in the model computes")))
        }
    }
}

/// Sorts, and says what the graph takes from those around it.
fn sort_within(graph: &mut Graph) -> Result<Wanted> {
    let captured = graph.nodes.iter_mut().map(captured).collect::<Result<Vec<_>>>()?;
    let origins = origins(graph)?;
    let mut wanted = Wanted::new();
    let mut needs: Vec<Vec<usize>> = Vec::with_capacity(graph.nodes.len());
    for (node, captured) in graph.nodes.iter().zip(&captured) {
        let mut needed = Vec::new();
        let inputs = node.inputs.iter().filter(|name| !name.is_empty());
        for name in inputs.chain(captured.keys()) {
            match origins.get(name.as_str()) {
                Some(origin) => needed.extend(origin),
                None => {
                    let reader = || captured.get(name).cloned().unwrap_or_else(|| describe(node));
                    wanted.entry(name.clone()).or_insert_with(reader);
                }
            }
        }
        needs.push(needed);
    }
    for output in graph.outputs.iter().filter(|output| !origins.contains_key(output.name.as_str())) {
        wanted.insert(output.name.clone(), format!("the output of the graph \"{}\"", graph.name));
    }
    let ranks = ranks(&needs).map_err(|index| {
        let node = graph.nodes.get(index).map_or_else(String::new, describe);
        invalid(format!("{node} needs its own output, through others or directly: the graph is a circle"))
    })?;
    if !ranks.is_sorted() {
        let mut ranked: Vec<_> = ranks.into_iter().zip(graph.nodes.drain(..)).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        graph.nodes.extend(ranked.into_iter().map(|(_, node)| node));
    }
    Ok(wanted)
}

/// What the subgraphs of a node take from around them.
fn captured(node: &mut Node) -> Result<Wanted> {
    node.graphs_mut().try_fold(Wanted::new(), |mut wanted, graph| {
        wanted.append(&mut sort_within(graph)?);
        Ok(wanted)
    })
}

#[inline(never)]
fn origins(graph: &Graph) -> Result<Origins<'_>> {
    let inputs = graph.inputs.iter().map(|input| (&input.name, None));
    let tensors = graph.initializers.iter().map(|tensor| (&tensor.name, None));
    let nodes = graph.nodes.iter().enumerate();
    let computed = nodes.flat_map(|(index, node)| node.outputs.iter().map(move |name| (name, Some(index))));
    let mut origins = Origins::new();
    for (name, origin) in inputs.chain(tensors).chain(computed.filter(|(name, _)| !name.is_empty())) {
        match origins.entry(name.as_str()) {
            Entry::Vacant(entry) => entry.insert(origin),
            Entry::Occupied(_) => {
                return Err(invalid(format!("there are two values of the name \"{name}\"")));
            }
        };
    }
    Ok(origins)
}

/// The place of each node in the order, or a node that waits for itself.
#[inline(never)]
fn ranks(needs: &[Vec<usize>]) -> std::result::Result<Vec<usize>, usize> {
    let mut readers = vec![Vec::new(); needs.len()];
    let mut waiting: Vec<_> = needs.iter().map(Vec::len).collect();
    for (node, needed) in needs.iter().enumerate() {
        for &origin in needed {
            readers[origin].push(node);
        }
    }
    let mut ready: BinaryHeap<_> = (0..needs.len()).filter(|node| waiting[*node] == 0).map(Reverse).collect();
    let mut ranks = vec![None; needs.len()];
    let mut next = 0..;
    // The first in the file of those that can run.
    while let Some(Reverse(node)) = ready.pop() {
        ranks[node] = next.next();
        for &reader in &readers[node] {
            waiting[reader] -= 1;
            if waiting[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    ranks.iter().copied().collect::<Option<_>>().ok_or_else(|| on_a_circle(needs, &ranks))
}

/// Walks from a node that was not reached to one that it waits for, until it has to be on a circle.
fn on_a_circle(needs: &[Vec<usize>], ranks: &[Option<usize>]) -> usize {
    let unreached = |node: &usize| ranks[*node].is_none();
    let mut node = (0..needs.len()).find(unreached).unwrap_or_default();
    for _ in needs {
        node = needs[node].iter().copied().find(unreached).unwrap_or(node);
    }
    node
}

fn describe(node: &Node) -> String {
    let name = [&node.name].into_iter().chain(&node.outputs).find(|name| !name.is_empty());
    format!("the node \"{}\" ({})", name.map_or("", String::as_str), node.op)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{attribute, bytes, model, node, read_model, text, value};

    fn order(graph: &[Vec<u8>]) -> Vec<String> {
        let model = read_model(model(graph, &[])).expect("a model");
        model.graph.nodes.into_iter().map(|node| node.op).collect()
    }

    fn complaint(graph: &[Vec<u8>]) -> String {
        read_model(model(graph, &[])).expect_err("no model").to_string()
    }

    #[test]
    fn nodes_follow_what_they_need_and_else_the_file() {
        let graph = [
            value(11, "x"),
            node("D", &["b", "c"], &["d"], &[]),
            node("C", &["a", ""], &["c"], &[]),
            node("A", &["x"], &["a"], &[]),
            node("B", &["a"], &["b", ""], &[]),
            value(12, "d"),
        ];
        assert_eq!(order(&graph), ["A", "C", "B", "D"]);
    }

    #[test]
    fn a_node_needs_what_its_subgraphs_take_from_outside() {
        let inner = [node("Inner", &["a"], &["i"], &[]), value(12, "i")].concat();
        let branch = [node("Mid", &["x"], &["m"], &[attribute("body", &[bytes(6, &inner)])]), value(12, "m")];
        let outer = node("If", &["x"], &["y"], &[attribute("then_branch", &[bytes(6, &branch.concat())])]);
        let graph = [value(11, "x"), outer.clone(), node("A", &["x"], &["a"], &[]), value(12, "y")];
        assert_eq!(order(&graph), ["A", "If"]);
        let error = complaint(&[value(11, "x"), outer, value(12, "y")]);
        assert!(error.contains("(Inner)") && error.contains("\"a\""), "{error}");
    }

    #[test]
    fn what_cannot_run_is_named() {
        let circle = [
            value(11, "x"),
            node("After", &["b"], &["y"], &[]),
            node("A", &["x", "b"], &["a"], &[text(3, "first")]),
            node("B", &["a"], &["b"], &[text(3, "second")]),
            value(12, "y"),
        ];
        let error = complaint(&circle);
        assert!(error.contains("first") || error.contains("second"), "{error}");
        let twice = [value(11, "x"), node("A", &["x"], &["a"], &[]), node("B", &["x"], &["a"], &[])];
        assert!(complaint(&twice).contains("two values of the name \"a\""));
        let error = complaint(&[node("A", &["x"], &["a"], &[text(3, "lost")])]);
        assert!(error.contains("\"lost\"") && error.contains("\"x\""), "{error}");
        let error = complaint(&[value(11, "x"), value(12, "y")]);
        assert!(error.contains("output") && error.contains("\"y\""), "{error}");
    }
}
