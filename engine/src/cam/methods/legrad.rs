//! LeGrad, Bousselham et al. 2024: the mean over blocks, heads and queries of relu(∂s / ∂A), A a block's attention and s the score
//! that the network's head gives the tokens behind that block. For each block a run of the head, and a backward pass of it and
//! of the block.

use std::iter::zip;

use crate::cam::recipe::Attention;
use crate::cam::sums::relu;

pub(super) const ATTENTION: Attention = Attention { has_gradient: true, relevance };

fn relevance(blocks: &[&[f32]], tokens: usize) -> Vec<f64> {
    let mut sums = vec![0.0; tokens];
    for block in blocks {
        let share = tokens as f64 / (block.len() * blocks.len()) as f64;
        for row in block.chunks_exact(tokens) {
            zip(&mut sums, row).for_each(|(sum, &g)| *sum += share * relu(g.into()));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::relevance;

    #[test]
    fn negative_gradients_are_cut_and_the_others_averaged() {
        let (first, second) = ([2.0, -1.0, 4.0, 0.0], [0.0, 3.0, -6.0, 1.0]);
        assert_eq!(relevance(&[&first, &second], 2), [1.5, 1.0]);
    }
}
