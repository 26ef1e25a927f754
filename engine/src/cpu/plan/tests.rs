//! Plans against plain loops in f64.

mod chains;
mod fusions;
mod operators;
mod random;
mod support;
mod team;
