//! SmoothGrad, Smilkov et al. 2017: the mean gradient over noisy copies of the picture, as input gradients are shown:
//! max_k |mean g_k|. A run and a backward pass to the picture a copy.

use super::input_gradients;
use crate::cam::recipe::{Copies, Kind};

pub(super) const COPIES: Copies =
    Copies { kind: Kind::Noisy, count: 32, powers: 1, map: |field, _| input_gradients::map(field) };
