//! From the graph of a network to the graph of its gradient, made of the same operators.
//!
//! Only the gradient of outputs with respect to one value, along the paths between them; weights have none. The
//! rules are a table ([`rules`]), an entry an operator. Three things keep the graph small:
//!
//! - Several seeds are a leading axis, so that one graph serves many classes.
//! - A gradient has its value's shape *or one that broadcasts to it*: behind a mean over positions it is the same
//!   at all of them, and stays one value until a rule needs more.
//! - Only values that a rule names are kept from the forward run.

mod builder;
mod guided;
mod moves;
mod rewrite;
mod rules;
#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
mod windows;

pub use rewrite::{Gradient, gradient, gradient_of};
