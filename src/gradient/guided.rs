//! Guided backpropagation, Springenberg et al. 2014: at which values negative gradients are cut.
//!
//! The paper knows ReLU. Its generalisation here: an activation is a function of single values of one tensor that bends, such as
//! SiLU, x σ(x), and the cut is at its output, as it is at a ReLU's.

use crate::graph::{Graph, Node, Number, Op, Unary, ValueId};

/// For each value whether it is what an activation makes.
pub fn activations<T: Number>(graph: &Graph<T>) -> Vec<bool> {
    let mut functions: Vec<_> = graph.ids().map(|id| Function { of: id, bend: None }).collect();
    let mut cut = vec![false; graph.values().len()];
    for node in graph.nodes() {
        let live: Vec<_> =
            node.inputs.iter().copied().filter(|&input| graph.constant(input).is_none()).collect();
        let function = function(graph, node, &live, &functions);
        for input in live {
            let Function { of, bend } = functions[input.index()];
            // The function ends where others come in.
            if let Some(bend) = bend.filter(|_| function.of != of) {
                cut[bend.index()] = true;
            }
        }
        cut[node.output.index()] |= matches!(node.op, Op::Unary(Unary::Relu));
        functions[node.output.index()] = function;
    }
    cut
}

/// What a value is a function of, value by value, and where it last bends.
#[derive(Clone, Copy)]
struct Function {
    of: ValueId,
    bend: Option<ValueId>,
}

fn function<T: Number>(
    graph: &Graph<T>,
    node: &Node<T>,
    live: &[ValueId],
    functions: &[Function],
) -> Function {
    let own = Function { of: node.output, bend: None };
    let Some((first, others)) = live.split_first() else { return own };
    let Function { of, bend } = functions[first.index()];
    let is_one = matches!(node.op, Op::Unary(_) | Op::Binary(_) | Op::Select)
        && graph.shape(of) == graph.shape(node.output)
        && others.iter().all(|other| functions[other.index()].of == of);
    if !is_one {
        return own;
    }
    let bends = match node.op {
        Op::Unary(Unary::Relu | Unary::Sigmoid | Unary::Tanh | Unary::Erf | Unary::Softplus) => true,
        // As in ReLU6; other bounds are those of numbers.
        Op::Unary(Unary::Clamp(low, _)) => low == T::ZERO,
        // A square is no activation.
        _ => others.iter().any(|other| other != first),
    };
    Function { of, bend: if bends { Some(node.output) } else { bend } }
}
