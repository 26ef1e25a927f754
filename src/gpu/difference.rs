//! How far values of a GPU may be from the CPU's.

use crate::graph::{Graph, Node, Op, Unary};

/// The most by which they may differ, relative to the largest value.
const TOLERANCE: f32 = 1e-3;
/// Where values are rounded on their way, a single one at the edge between two changes many: what there is least of is
/// likeness.
const LIKENESS: f64 = 0.98;

/// By how much values of a graph differ, relative to the largest one that is trusted, if that is more than two ways of adding
/// up make of it.
pub fn difference(graph: &Graph<f32>, found: &[f32], trusted: &[f32]) -> Option<f32> {
    let largest = relative_difference(found, trusted);
    let rounds = |node: &Node<f32>| matches!(node.op, Op::Unary(Unary::Round | Unary::RoundStraight));
    let is_alike =
        largest <= TOLERANCE || graph.nodes().iter().any(rounds) && likeness(found, trusted) >= LIKENESS;
    (!is_alike).then_some(largest)
}

/// The largest difference, relative to the largest expected value.
fn relative_difference(actual: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let differences = actual.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // `f32::max` would drop a NaN.
    let larger =
        |worst: f32, difference: f32| if worst.is_nan() || difference <= worst { worst } else { difference };
    let worst = differences.fold(0.0, larger);
    if worst == 0.0 { 0.0 } else { worst / largest }
}

/// The cosine between two tensors: 1 where one is a multiple of the other.
fn likeness(actual: &[f32], expected: &[f32]) -> f64 {
    let product =
        |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    product(actual, expected) / (product(actual, actual) * product(expected, expected)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_differs() {
        assert_eq!(relative_difference(&[1.0, -3.0], &[1.0, -4.0]), 0.25);
        assert_eq!(relative_difference(&[0.0], &[0.0]), 0.0);
        assert!(relative_difference(&[f32::NAN, 1.0], &[1.0, 1.0]).is_nan());
        assert_eq!(likeness(&[3.0, 4.0], &[4.0, 3.0]), 0.96);
        assert!(likeness(&[f32::NAN, 1.0], &[1.0, 1.0]).is_nan());
    }

    #[test]
    fn single_values_may_differ_only_where_values_are_rounded() {
        let mut graph = Graph::default();
        let x = graph.add_input(vec![4]);
        let (found, trusted) = ([1.0, 1.0, 1.0, 0.9], [1.0; 4]);
        assert_eq!(difference(&graph, &found, &trusted), Some(1.0 - 0.9));
        assert_eq!(difference(&graph, &[0.9995, 1.0, 1.0, 1.0], &trusted), None);
        assert!(difference(&graph, &[f32::NAN; 4], &trusted).is_some_and(f32::is_nan));
        graph.unary(Unary::Round, x).expect("a node");
        assert_eq!(difference(&graph, &found, &trusted), None);
        assert!(difference(&graph, &[0.0; 4], &trusted).is_some());
    }
}
