//! How much there is to compute.

use super::{Graph, Node, Number, Op};

impl<T> Op<T> {
    /// Whether it is a product: what takes the time of most networks.
    pub fn is_product(&self) -> bool {
        matches!(self, Self::Convolution(_) | Self::MatMul { .. })
    }
}

impl<T: Number> Graph<T> {
    /// Multiply-adds of a product; other operations, about, of another node.
    pub fn work(&self, node: &Node<T>) -> usize {
        let product =
            |shape: &[usize]| shape.iter().fold(1usize, |product, &extent| product.saturating_mul(extent));
        let inputs: Vec<_> = node.inputs.iter().map(|&input| self.shape(input)).collect();
        let covered = match (&node.op, &inputs[..]) {
            (Op::Convolution(_), [_, weight, ..]) => product(&weight[1..]),
            (Op::MatMul { transpose_a, .. }, [a, _]) => {
                a.len().checked_sub(if *transpose_a { 2 } else { 1 }).map_or(1, |axis| a[axis])
            }
            (Op::MaxPool(window) | Op::MaxPoolBackward(window), _) => product(&window.kernel),
            (Op::Reduce(..), [x]) => return product(x),
            _ => 1,
        };
        product(self.shape(node.output)).saturating_mul(covered)
    }
}
