//! What goes into a product itself: constants behind it become part of its weights, and a range part of its sums.

use super::Fusion;
use crate::cpu::epilogue::LINEAR;
use crate::graph::{Binary, Op, Unary, ValueId};

/// A convolution or matrix product, and what it takes over from the nodes behind it.
#[derive(Debug)]
pub(in crate::cpu) struct Product {
    /// The product itself.
    pub(in crate::cpu) node: usize,
    /// What changes its weights and biases.
    pub(in crate::cpu) folds: Vec<Fold>,
    /// What its results are brought into.
    pub(in crate::cpu) range: (f32, f32),
    /// The nodes that are part of it for that.
    pub(in crate::cpu) behind: Vec<usize>,
    /// The result of the last of them.
    pub(in crate::cpu) output: ValueId,
}

/// A function of each result and a constant for all of them or for its channel: batch norms are two.
#[derive(Debug, Clone, Copy)]
pub(in crate::cpu) struct Fold {
    pub(in crate::cpu) binary: Binary,
    pub(in crate::cpu) constant: ValueId,
    /// Whether the constant is the function's first argument.
    pub(in crate::cpu) swapped: bool,
}

impl Fusion<'_> {
    /// For each node the product that begins there.
    pub(super) fn products(&self) -> Vec<Option<Product>> {
        let product = |node: usize| (self.needed[node] && self.is_product(node)).then(|| self.product(node));
        (0..self.needed.len()).map(product).collect()
    }

    /// Whether a node is a product with a constant weight: [`Op::MatMul`] of two that are computed is none.
    fn is_product(&self, node: usize) -> bool {
        let inputs = self.inputs(node);
        match self.graph.nodes()[node].op {
            Op::Convolution(_) => true,
            Op::MatMul { transpose_a: false, .. } => {
                let weight = self.graph.constant(inputs[1]).map(|weight| weight.shape());
                weight.is_some_and(|weight| weight[..weight.len() - 2].iter().all(|extent| *extent == 1))
            }
            _ => false,
        }
    }

    fn product(&self, node: usize) -> Product {
        let output = self.graph.nodes()[node].output;
        let mut product = Product { node, folds: Vec::new(), range: LINEAR, behind: Vec::new(), output };
        while let Some(next) = self.reader(product.output) {
            if let Some(fold) = self.fold(&product, next) {
                product.folds.push(fold);
            } else if let Some(range) = self.range(next) {
                product.range = within(product.range, range);
            } else {
                break;
            }
            product.behind.push(next);
            product.output = self.graph.nodes()[next].output;
        }
        product
    }

    /// A function of the product's results and a constant of each channel.
    fn fold(&self, product: &Product, next: usize) -> Option<Fold> {
        let Op::Binary(binary) = self.graph.nodes()[next].op else { return None };
        let &[a, b] = self.inputs(next) else { return None };
        let swapped = b == product.output;
        let constant = if swapped { a } else { b };
        let affine = match binary {
            Binary::Add | Binary::Subtract | Binary::Multiply => true,
            Binary::Divide => !swapped,
            _ => false,
        };
        let shape = self.graph.shape(product.output);
        let values = self.graph.constant(constant)?.shape();
        let same = self.graph.shape(self.graph.nodes()[next].output) == shape;
        let by_channel = values.iter().rev().skip(1).all(|extent| *extent == 1);
        (affine && same && by_channel && product.range == LINEAR).then_some(Fold {
            binary,
            constant,
            swapped,
        })
    }

    fn range(&self, next: usize) -> Option<(f32, f32)> {
        match self.graph.nodes()[next].op {
            Op::Unary(Unary::Relu) => Some((0.0, f32::INFINITY)),
            Op::Unary(Unary::Clamp(low, high)) if low <= high => Some((low, high)),
            _ => None,
        }
    }
}

/// What is left of a range within another.
fn within((low, high): (f32, f32), (least, most): (f32, f32)) -> (f32, f32) {
    (low.clamp(least, most), high.clamp(least, most))
}
