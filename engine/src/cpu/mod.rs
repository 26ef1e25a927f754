//! Graphs on the CPU: planned once, then run step by step.
//!
//! A [`Plan`] decides which nodes are computed together, packs weights and knows when a buffer is free again; a [`Run`]
//! is one computation of it. Channels lie innermost, so that a convolution is a matrix product over the channels of
//! each position, and what follows a sum is done while it is in the cache.

mod chain;
mod convolution;
mod depthwise;
mod elementwise;
mod epilogue;
mod fuse;
mod linear;
mod matmul;
mod memory;
mod moves;
mod plan;
mod pool;
mod product;
mod rows;
mod run;
mod team;
mod window;

pub use elementwise::all_finite;
pub use moves::permuted;
pub use plan::{Plan, StepDescription, Weights};
pub use run::Run;
pub use team::Team;
