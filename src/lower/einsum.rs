//! Einsum: sums of products, written with a letter for each axis.

use std::collections::HashMap;

use super::matmul::without;
use super::norm::stored_axes;
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Number, Op, Reduction};

/// Einsum, of any number of tensors; no letter may stand twice for one of them.
pub fn einsum<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut operands = Vec::new();
    for at in 0..call.inputs.len() {
        operands.push(lowering.located(call, at)?);
    }
    let equation = Equation::read(call, &operands)?;
    let mut terms =
        operands.into_iter().zip(equation.inputs).map(|(located, labels)| Term { located, labels });
    let mut result = terms.next().ok_or_else(|| call.invalid("it has no input"))?;
    let mut others: Vec<_> = terms.rev().collect();
    while let Some(next) = others.pop() {
        let later = |label: &char| {
            equation.output.contains(label) || others.iter().any(|other: &Term| other.labels.contains(label))
        };
        result = contracted(lowering, call, result, next, later)?;
    }
    result = summed(lowering, call, result, |label| equation.output.contains(label))?;
    let order: Option<Vec<_>> = (result.located.order.iter())
        .map(|&axis| equation.output.iter().position(|label| *label == result.labels[axis]))
        .collect();
    let order = order.filter(|order| order.len() == equation.output.len());
    let order = order.ok_or_else(|| call.invalid("its result has an axis that no input has"))?;
    Ok(lowering.output(result.located.value, order))
}

/// A tensor, and a letter for each of its axes.
struct Term {
    located: Located,
    labels: Vec<char>,
}

struct Equation {
    inputs: Vec<Vec<char>>,
    output: Vec<char>,
}

impl Equation {
    /// The node's equation, where the axes that an ellipsis stands for have letters of their own.
    fn read<T: Number>(call: &Call<T>, operands: &[Located]) -> Result<Self> {
        let text: String =
            call.text("equation", "").chars().filter(|letter| !letter.is_whitespace()).collect();
        let wrong = || call.invalid(format!("its equation is \"{text}\""));
        let (left, right) = match text.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (text.as_str(), None),
        };
        let terms: Vec<_> = left.split(',').collect();
        if terms.len() != operands.len() {
            return Err(wrong());
        }
        let mut inputs = Vec::new();
        for (term, operand) in terms.iter().zip(operands) {
            let hidden = (operand.order.len() + 3).checked_sub(term.len()).filter(|_| term.contains("..."));
            let labels = labels(term, hidden.unwrap_or(0)).ok_or_else(wrong)?;
            if labels.len() != operand.order.len() {
                return Err(wrong());
            }
            if (1..labels.len()).any(|at| labels[..at].contains(&labels[at])) {
                return Err(
                    call.unsupported("a letter stands twice for the same input, which means its diagonal")
                );
            }
            inputs.push(labels);
        }
        let of_inputs = || inputs.iter().flatten().copied();
        let hidden = of_inputs().filter(|label| !label.is_ascii()).max();
        let hidden = hidden.map_or(0, |most| most as usize - HIDDEN as usize + 1);
        let output = match right {
            Some(right) => labels(right, hidden).ok_or_else(wrong)?,
            None => {
                // What stands once, in alphabetical order, behind what an ellipsis stands for.
                let mut once: Vec<_> = of_inputs().filter(char::is_ascii).collect();
                once.retain(|label| of_inputs().filter(|other| other == label).count() == 1);
                once.sort_unstable();
                let hidden = labels("...", hidden).unwrap_or_default();
                [hidden, once].concat()
            }
        };
        let twice = (1..output.len()).any(|at| output[..at].contains(&output[at]));
        if twice { Err(wrong()) } else { Ok(Self { inputs, output }) }
    }
}

/// The letter of the last axis that an ellipsis stands for; those before have the next ones.
const HIDDEN: char = '\u{e000}';

/// The letters of a term, whose ellipsis stands for so many axes.
fn labels(term: &str, hidden: usize) -> Option<Vec<char>> {
    let (before, after) = term.split_once("...").unwrap_or((term, ""));
    let is_word = |part: &str| part.chars().all(|letter| letter.is_ascii_alphabetic());
    if !is_word(before) || !is_word(after) {
        return None;
    }
    let ellipsis = (0..if term.contains("...") { hidden } else { 0 }).rev();
    let ellipsis = ellipsis.map(|at| char::from_u32(HIDDEN as u32 + u32::try_from(at).ok()?));
    before.chars().map(Some).chain(ellipsis).chain(after.chars().map(Some)).collect()
}

/// Without the axes that nobody needs.
fn summed<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    term: Term,
    needed: impl Fn(&char) -> bool,
) -> Result<Term> {
    let Term { mut located, labels } = term;
    let axes = stored_axes(&located, |axis| !needed(&labels[axis]));
    if axes.is_empty() {
        return Ok(Term { located, labels });
    }
    located.value = lowering.add(call, Op::Reduce(Reduction::Sum, axes), &[located.value])?;
    for axis in (0..labels.len()).rev().filter(|&axis| !needed(&labels[axis])) {
        located = without(lowering, &located, axis)?;
    }
    Ok(Term { located, labels: labels.into_iter().filter(needed).collect() })
}

/// The product of two tensors, summed over what both have and nobody needs later, as a matrix product.
fn contracted<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    a: Term,
    b: Term,
    later: impl Fn(&char) -> bool,
) -> Result<Term> {
    let a = summed(lowering, call, a, |label| b.labels.contains(label) || later(label))?;
    let b = summed(lowering, call, b, |label| a.labels.contains(label) || later(label))?;
    // In the order in which they are stored, so that little moves.
    let stored = |term: &Term| term.located.order.iter().map(|&axis| term.labels[axis]).collect::<Vec<_>>();
    let pick = |labels: Vec<char>, wanted: &dyn Fn(&char) -> bool| -> Vec<char> {
        labels.into_iter().filter(|label| wanted(label)).collect()
    };
    let batch = pick(stored(&a), &|label| b.labels.contains(label) && later(label));
    let inner = pick(stored(&a), &|label| b.labels.contains(label) && !later(label));
    let rows = pick(stored(&a), &|label| !b.labels.contains(label));
    let columns = pick(stored(&b), &|label| !a.labels.contains(label));

    let mut extents = HashMap::new();
    for term in [&a, &b] {
        for (&label, extent) in term.labels.iter().zip(term.located.shape(&lowering.graph)) {
            let known = extents.entry(label).or_insert(extent);
            if *known != extent && *known != 1 && extent != 1 {
                return Err(call.invalid(format!("an axis of its equation has {known} places, and {extent}")));
            }
            *known = extent.max(*known);
        }
    }
    let (a, transpose_a) = matrix(lowering, &a, &batch, [&rows, &inner])?;
    let (b, transpose_b) = matrix(lowering, &b, &batch, [&inner, &columns])?;
    let value = lowering.add(call, Op::MatMul { transpose_a, transpose_b }, &[a, b])?;
    let labels = [batch, rows, columns].concat();
    let shape: Vec<_> = labels.iter().map(|label| extents[label]).collect();
    let value = lowering.graph.reshape(value, &shape).map_err(|error| call.invalid(error.to_string()))?;
    Ok(Term { located: Located::plain(&lowering.graph, value), labels })
}

/// A term as matrices, one for each place of the batch; and whether they are transposed.
fn matrix<T: Number>(
    lowering: &mut Lowering<T>,
    term: &Term,
    batch: &[char],
    [rows, columns]: [&[char]; 2],
) -> Result<(crate::graph::ValueId, bool)> {
    let axis = |label: &char| term.labels.iter().position(|own| own == label);
    let axes = |labels: &[char]| labels.iter().filter_map(axis).collect::<Vec<_>>();
    let orders =
        [[batch, rows, columns].concat(), [batch, columns, rows].concat()].map(|labels| axes(&labels));
    let (value, transposed) = lowering.either(&term.located, &orders)?;
    let shape = term.located.shape(&lowering.graph);
    let product = |labels: &[char]| axes(labels).iter().map(|&axis| shape[axis]).product::<usize>();
    let mut extents: Vec<_> = axes(batch).iter().map(|&axis| shape[axis]).collect();
    let (first, second) = if transposed { (columns, rows) } else { (rows, columns) };
    extents.extend([product(first), product(second)]);
    Ok((lowering.graph.reshape(value, &extents)?, transposed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn einsum(equation: &str, operands: &[(&[usize], &[usize])]) -> Result<(Vec<usize>, Vec<f64>)> {
        let mut trial = Trial::new();
        let inputs: Vec<_> = operands.iter().map(|(shape, order)| trial.live(shape, order, None)).collect();
        let y = trial.one(("Einsum", 12), &[("equation", Attribute::String(equation.into()))], &inputs)?;
        trial.values(&y)
    }

    #[test]
    fn axes_are_found_by_their_letters() -> Result<()> {
        let expected = (vec![2, 2], vec![1.0, 3.0, 3.0, 13.0]);
        for order in [[0, 1], [1, 0]] {
            assert_eq!(einsum("ij, kj -> ik", &[(&[2, 2], &order), (&[2, 2], &[0, 1])])?, expected);
            assert_eq!(einsum("ij->ji", &[(&[2, 2], &order)])?, (vec![2, 2], vec![0.0, 2.0, 1.0, 3.0]));
            assert_eq!(einsum("ba", &[(&[2, 2], &order)])?, einsum("ij->ji", &[(&[2, 2], &order)])?);
            assert_eq!(einsum("ij->", &[(&[2, 2], &order)])?, (vec![], vec![6.0]));
        }
        Ok(())
    }

    #[test]
    fn an_ellipsis_stands_for_what_is_not_named() -> Result<()> {
        let row = (&[2][..], &[0][..]);
        assert_eq!(
            einsum("...i,...i->...", &[(&[2, 2], &[1, 0]), (&[1, 2], &[0, 1])])?,
            (vec![2], vec![1.0, 3.0])
        );
        assert_eq!(
            einsum("...i,j->j...i", &[(&[1, 2], &[0, 1]), row])?,
            (vec![2, 1, 2], vec![0.0, 0.0, 0.0, 1.0])
        );
        Ok(())
    }

    #[test]
    fn more_than_two_factors_are_multiplied_in_turn() -> Result<()> {
        let square = (&[2, 2][..], &[0, 1][..]);
        assert_eq!(einsum("ij,jk,kl->il", &[square, square, square])?.1, [6.0, 11.0, 22.0, 39.0]);
        Ok(())
    }

    #[test]
    fn equations_that_do_not_fit_are_errors() {
        let square = (&[2, 2][..], &[0, 1][..]);
        for equation in ["ij,jk->ik", "ijk->i", "ij->ii", "ij->k", "i1->i", ""] {
            let result = einsum(equation, &[square]);
            assert!(matches!(result, Err(Error::InvalidModel(_))), "{equation}");
        }
        assert!(matches!(einsum("ii->i", &[square]), Err(Error::Unsupported(_))));
    }
}
