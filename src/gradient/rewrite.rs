//! The way back through a graph.

use super::builder::Builder;
use super::guided::activations;
use super::rules::rule;
use crate::Result;
use crate::graph::{Graph, Number, Unary, ValueId};

/// The graph of a gradient.
#[derive(Debug, Clone)]
pub struct Gradient<T> {
    /// Its inputs are those of the seeds and what is kept.
    pub graph: Graph<T>,
    /// The seeds, `[seeds, …the output's shape]`: an input, unless they are made of others.
    pub seed: ValueId,
    /// Values of the forward graph that are needed, and the inputs that take them. They have no axis of seeds.
    pub kept: Vec<(ValueId, ValueId)>,
    /// ∂(seed · output) / ∂target, `[seeds, …the target's shape]`.
    pub result: ValueId,
}

/// The graph of ∂(seed · output) / ∂target for that many seeds at once; `None` if the output does not depend on the
/// target, or only through operators without derivative (comparisons, rounding).
///
/// # Errors
/// [`Error::InvalidModel`](crate::Error::InvalidModel) if the graph is not one that rules are made for: a
/// convolution's weight has to be known; what reading the model's file leads to.
pub fn gradient<T: Number>(
    forward: &Graph<T>,
    target: ValueId,
    output: ValueId,
    seeds: usize,
) -> Result<Option<Gradient<T>>> {
    let shape = [&[seeds], forward.shape(output)].concat();
    gradient_of(forward, target, output, false, |graph| Ok(graph.add_input(shape)))
}

/// The same, of seeds that are computed in the gradient's graph. Where it is guided, negative gradients are cut at every
/// activation on the way, which is no gradient then but guided backpropagation.
///
/// # Errors
/// Those of [`gradient`] and of the seeds.
pub fn gradient_of<T: Number>(
    forward: &Graph<T>,
    target: ValueId,
    output: ValueId,
    is_guided: bool,
    seeds: impl FnOnce(&mut Graph<T>) -> Result<ValueId>,
) -> Result<Option<Gradient<T>>> {
    let mut builder = Builder::new(forward);
    let seed = seeds(&mut builder.graph)?;
    let follows = following(forward, target);
    let cut = if is_guided { activations(forward) } else { Vec::new() };
    let mut gradients = vec![None; forward.values().len()];
    gradients[output.index()] = Some(seed);
    for node in forward.nodes().iter().rev() {
        let Some(mut g) = gradients[node.output.index()] else { continue };
        if cut.get(node.output.index()) == Some(&true) {
            g = builder.unary(Unary::Relu, g)?;
        }
        for (place, input) in node.inputs.iter().enumerate() {
            if !follows[input.index()] {
                continue;
            }
            if let Some(part) = rule(&mut builder, node, place, g)? {
                let sum = &mut gradients[input.index()];
                *sum = Some(match *sum {
                    Some(others) => builder.plus(others, part)?,
                    None => part,
                });
            }
        }
    }
    let Some(g) = gradients[target.index()] else { return Ok(None) };
    let result = builder.full(g, forward.shape(target))?;
    let (graph, kept) = builder.finish(result);
    Ok(Some(Gradient { graph, seed, kept, result }))
}

/// For each value whether it depends on the target.
fn following<T: Number>(graph: &Graph<T>, target: ValueId) -> Vec<bool> {
    let mut follows = vec![false; graph.values().len()];
    follows[target.index()] = true;
    for node in graph.nodes() {
        follows[node.output.index()] |= node.inputs.iter().any(|input| follows[input.index()]);
    }
    follows
}
