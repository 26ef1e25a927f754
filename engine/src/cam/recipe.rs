//! What a method asks of the network, and what it makes of the answers.

use super::sums::{Field, Sums};

/// What a method asks of the network, and what it makes of the answers.
#[derive(Debug, Clone, Copy)]
pub enum Recipe {
    /// A map of a layer's activation alone: one run, and the same for every class.
    Activation(fn(&Field) -> Sums),
    /// A map of activation and gradient: one run and one backward pass.
    Gradient(fn(&Field) -> Sums),
    /// A map of A, the class's g, and the means of g, g² and g³ over the classes, by their probabilities: one run, and a backward
    /// pass a class.
    Classes(fn(&Field, &[Vec<f64>]) -> Sums),
    /// A map of the attention of a transformer's blocks: one run, and where it is of gradients, a run of what is behind the
    /// blocks and two backward passes a block.
    Attention(Attention),
    /// A map of guided backpropagation to the picture: one run, and a backward pass, or two if a layer weighs it.
    Guided(Guided),
    /// A map of gradients on many copies of the picture: a run and a backward pass a copy.
    Copies(Copies),
    /// A map of the scores of many masked pictures: a run a mask.
    Masks(Masks),
    /// A map of A, the score y, and y_k without each channel: a run of what is behind the layer a channel.
    Channels(fn(&Field, f64, &[f64]) -> Sums),
}

/// Attention, and what is made of it.
#[derive(Debug, Clone, Copy)]
pub struct Attention {
    /// Whether the gradients of the score are asked for in place of the attention itself.
    pub has_gradient: bool,
    /// How much each token matters, the class token first: of each block's `[heads, tokens, tokens]`, first to last, and how many
    /// tokens there are.
    pub relevance: fn(&[&[f32]], usize) -> Vec<f64>,
}

/// Guided backpropagation, and what weighs it.
#[derive(Debug, Clone, Copy)]
pub struct Guided {
    /// The map of a layer that weighs each pixel.
    pub weight: Option<fn(&Field) -> Sums>,
}

/// Copies of a picture, and what is made of their gradients.
#[derive(Debug, Clone, Copy)]
pub struct Copies {
    /// Which they are.
    pub kind: Kind,
    /// How many there are where nobody says it.
    pub count: usize,
    /// Up to which power gradients are averaged.
    pub powers: usize,
    /// The map of A and the mean g, with the means of g, g², … in f64.
    pub map: fn(&Field, &[Vec<f64>]) -> Sums,
}

/// What copies of a picture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The picture with noise. A is the clean picture's.
    Noisy,
    /// Between black and the picture, in the middles of equal steps. A is how far the picture is from black.
    Path,
}

/// Masks, and what is made of the scores behind them.
#[derive(Debug, Clone, Copy)]
pub struct Masks {
    /// How many there are.
    pub count: fn(&Scene) -> usize,
    /// Each of them; `None` leaves nothing of the picture.
    pub mask: fn(&Scene, usize) -> Option<Mask>,
    /// Columns and rows of the map.
    pub grid: fn(&Scene) -> (usize, usize),
    /// The map of the whole picture's score and the score behind each mask.
    pub map: fn(&Scene, f64, &[f64]) -> Sums,
}

/// What masks are made of.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// A of the layer.
    pub field: Field<'a>,
    /// Columns and rows of the layer.
    pub layer: (usize, usize),
    /// Width and height of the network's input.
    pub input: (usize, usize),
    /// How chance is dealt with.
    pub sampling: Sampling,
}

/// How much of each place of a picture is left, in \[0, 1\].
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// Row-major.
    pub values: Vec<f32>,
    /// Columns and rows.
    pub size: (usize, usize),
}

/// What methods of many runs leave to choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// How many copies or random masks there are; the method's own number if `None`.
    pub samples: Option<usize>,
    /// The deviation of noise, as a share of the range of the network's input.
    pub noise: f64,
    /// What fixes all that is random.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { samples: None, noise: 0.15, seed: 0 }
    }
}

impl Recipe {
    /// How many runs, and backward passes, a map of one class costs at most: at a layer of so many channels, of a network with so
    /// many classes that exclude each other and so many blocks of attention. A run of what is behind the layer counts as one.
    pub fn cost(
        &self,
        channels: usize,
        classes: usize,
        blocks: usize,
        input: (usize, usize),
        sampling: Sampling,
    ) -> (usize, usize) {
        match self {
            Self::Activation(_) => (1, 0),
            Self::Gradient(_) => (1, 1),
            Self::Classes(_) => (1, 1 + classes),
            Self::Attention(Attention { has_gradient: true, .. }) => (1 + blocks, 2 * blocks),
            Self::Attention(_) => (1, 0),
            Self::Guided(guided) => (1, 1 + usize::from(guided.weight.is_some())),
            Self::Copies(copies) => {
                let count = sampling.samples.unwrap_or(copies.count);
                (1 + count, count)
            }
            Self::Masks(masks) => {
                let activation = vec![0.0; channels];
                let field = Field { activation: &activation, gradient: &[], positions: 1 };
                (1 + (masks.count)(&Scene { field, layer: (1, 1), input, sampling }), 0)
            }
            Self::Channels(_) => (1 + channels, 0),
        }
    }
}
