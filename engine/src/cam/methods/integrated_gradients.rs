//! Integrated gradients, Sundararajan et al. 2017: Σ_k (x − x')_k ∘ mean g_k over the straight way from x' to the picture x.
//! x' is black. A run and a backward pass to the picture a step.
//!
//! Over all pixels they sum to what the score gains from black to the picture, as far as the steps are enough: the path's
//! integral is taken by the midpoint rule.

use super::hires_cam;
use crate::cam::recipe::{Copies, Kind};

pub(super) const COPIES: Copies =
    Copies { kind: Kind::Path, count: 32, powers: 1, map: |field, _| hires_cam::map(field) };
