//! gradlens: class activation maps of an image classifier, computed where the picture is.
//!
//! Data flows one way: [`picture`] (RGBA in) → [`preprocess`] (network input) → [`network`]
//! (activations, logits) → [`gradient`] → [`cam`] (maps) → [`objects`], [`faithfulness`] and
//! [`localisation`] (what is built on maps). [`explainer`] drives it, [`device`] is the only module that knows backends, and
//! `js` the only one that knows JavaScript.

pub mod cam;
pub mod device;
pub mod error;
pub mod explainer;
pub mod faithfulness;
pub mod gradient;
#[cfg(target_family = "wasm")]
mod js;
pub mod localisation;
pub mod model;
pub mod network;
pub mod normalisation;
pub mod objects;
pub mod picture;
pub mod preprocess;
pub mod regions;
pub mod saliency;

pub use error::{Error, Result};
