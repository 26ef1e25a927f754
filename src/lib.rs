//! gradlens: class activation maps of any image classifier, computed where the picture is.
//!
//! A file is read ([`onnx`]), what does not depend on the picture is computed ([`evaluate`]), and the rest becomes a
//! graph of few operators ([`lower`], [`graph`]), which the CPU runs ([`cpu`]), its leading part a GPU if one is asked for
//! (`gpu`), and whose gradient is a graph too ([`gradient`]). A [`session`] is such a network at one size;
//! [`classifier`] knows its scores and layers, [`contract`] what it expects of a picture. From there data flows one
//! way: [`picture`] → [`preprocess`] → [`session`] → [`cam`] (maps) → [`objects`], [`faithfulness`] and
//! [`localisation`]; [`background`] is what lies behind a masked picture, [`sanity`]
//! makes networks random, and [`bootstrap`] says how sure means are. [`explainer`] drives it, [`device`] is the only module that knows backends, and `js` the only one
//! that knows JavaScript.

pub mod background;
pub mod bootstrap;
pub mod classifier;
pub mod contract;
pub mod device;
pub mod evaluate;
pub mod explainer;
pub mod faithfulness;
#[cfg(feature = "webgpu")]
pub mod gpu;
pub mod gradient;
#[cfg(target_family = "wasm")]
mod js;
pub mod localisation;
pub mod lower;
pub mod objects;
pub mod onnx;
pub mod picture;
pub mod preprocess;
mod recent;
pub mod regions;
pub mod saliency;
pub mod sanity;
pub mod session;

pub use gradlens_engine::{Error, Result, cam, cpu, graph, impute, plain};
