//! Graphs on a GPU: the longest leading part of one whose nodes have kernels here.
//!
//! A [`Plan`] walks from the picture as far as it gets, decides which nodes are computed together, and packs weights;
//! whatever else is wanted is left to the CPU. Each launch is a WGSL program whose text depends on what is computed and
//! never on extents, so that few pipelines serve a network. As on the CPU, channels lie innermost, and what follows
//! a sum is done while it is in registers. A picture's launches are few submissions, and what leaves the GPU is read
//! back at once. What a GPU gives is not believed for good: a [`Spot`] of a run can be computed again.

mod depthwise;
mod difference;
mod fold;
mod formula;
mod functions;
mod group;
mod kernel;
mod kind;
mod launch;
mod layout;
mod measure;
mod plan;
mod prefix;
mod product;
mod simple;
mod spot;
mod weights;
mod window;

pub use difference::difference;
pub use kind::has_kernel;
pub use measure::{Ceilings, Measured};
pub use plan::{Outputs, Plan};
pub use spot::Spot;
pub use weights::Weights;
