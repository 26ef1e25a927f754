//! The engine of gradlens, compiled for speed where all else is compiled for size: a network as a [`graph`] of few
//! operators, the [`plain`] executor that says what they mean, the [`cpu`] that runs them fast, and the arithmetic of
//! class activation maps ([`cam`]) and of what is imputed where they take pixels away ([`impute`]).

pub mod cam;
pub mod cpu;
pub mod error;
pub mod graph;
pub mod impute;
pub mod pixels;
pub mod plain;

pub use error::{Error, Result};
