//! Class activation maps and their relatives: from what a network answers to a map.
//!
//! Notation, after Chattopadhay et al. (arXiv 1710.11063): A is the activation, `[channels, h, w]`;
//! g = ∂y_c / ∂A; S(·) sums over positions; Z = h·w.
//!
//! A method is a file in [`methods`] and a line of the table there, which says what it asks of the network ([`Recipe`]). What
//! it asks for is run by whoever holds the network; here are the equations alone.

mod methods;
mod random;
mod recipe;
mod sums;
mod table;

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};
pub use methods::Method;
pub use random::Random;
pub use recipe::{Attention, Copies, Guided, Kind, Mask, Masks, Recipe, Sampling, Scene};
pub use sums::{Field, Sums};
pub use table::{Entry, Family, Needs};

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.entry().name)
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|method| method.entry().name == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|method| format!("\"{method}\"")).collect();
            Error::UnknownMethod { name: name.into(), known: known.join(", ") }
        })
    }
}
