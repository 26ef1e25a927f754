//! Attention rollout, Abnar and Zuidema 2020: what the class token sees of each token, Ã_L … Ã_1 with Ã = (Ā + 1) / 2, Ā a
//! block's attention, the mean of its heads, and 1 the way around it. One run; the same for every class.
//!
//! The class token's row of the product is a row times each matrix in turn, from the last block to the first.

use std::iter::zip;

use crate::cam::recipe::Attention;

pub(super) const ATTENTION: Attention = Attention { has_gradient: false, relevance };

fn relevance(blocks: &[&[f32]], tokens: usize) -> Vec<f64> {
    let mut seen = vec![0.0; tokens];
    seen[0] = 1.0;
    for block in blocks.iter().rev() {
        let share = 0.5 * (tokens * tokens) as f64 / block.len() as f64;
        let mut next: Vec<_> = seen.iter().map(|seen| 0.5 * seen).collect();
        for (row, seen) in zip(block.chunks_exact(tokens), seen.iter().cycle()) {
            zip(&mut next, row).for_each(|(next, &weight)| *next += share * seen * f64::from(weight));
        }
        seen = next;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::relevance;

    #[test]
    fn it_is_the_class_tokens_row_of_the_product() {
        // Two heads whose mean is ((0, 1), (1, 0)), and a block that looks at itself alone.
        let (first, second) = ([0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(relevance(&[&first, &second], 2), [0.5, 0.5]);
        assert_eq!(relevance(&[&second, &second], 2), [1.0, 0.0]);
    }
}
