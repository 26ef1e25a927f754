//! What a lowered network means: where its scores come from, and which of its values can be targets.

mod blocks;
mod flow;
mod head;
mod layers;
mod score;

pub use blocks::Blocks;
pub use flow::Flow;
pub use head::Head;
pub use layers::{Layer, LayerKind, default_layer, layers};
pub use score::{Activation, Score, scores};
