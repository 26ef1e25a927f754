//! Input gradients, Simonyan et al. 2013: max_k |g_k|, how much the score changes with each pixel. One backward pass to the
//! picture. It says where the score is sensitive, not what speaks for it: it is never negative.

use crate::cam::sums::{Field, Sums};

pub(super) fn map(field: &Field) -> Sums {
    let mut most = vec![0.0; field.positions];
    for (_, g) in field.channels() {
        most.iter_mut().zip(g).for_each(|(most, &g)| *most = f64::max(*most, f64::from(g).abs()));
    }
    Sums::of(most)
}
