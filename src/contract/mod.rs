//! What a network expects of a picture and means by its outputs, and from where that is known.
//!
//! A file says little of it, and a wrong guess still gives plausible answers: each part has a source, which is shown,
//! and can be given.

mod beginning;
mod guess;
mod metadata;
mod normalisation;

use std::fmt;
use std::str::FromStr;

use crate::lower::{Input, Layout};
use crate::onnx::Model;
use crate::{Error, Result};

pub use metadata::{LAYERS, Metadata, NamedLayer};
pub use normalisation::Normalisation;

/// What a network expects and means.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The file's name of the picture's input.
    pub input: String,
    /// How the axes of that input lie.
    pub layout: Layout,
    /// Width in pixels of the network's input.
    pub width: usize,
    /// Height in pixels of the network's input.
    pub height: usize,
    /// Which channels it has, in which order.
    pub channels: Channels,
    /// How 8-bit values become numbers.
    pub normalisation: Normalisation,
    /// How a picture is brought to the input's size.
    pub resize: Resize,
    /// What the classes are called, by index; as many as there are scores, or none.
    pub labels: Vec<String>,
    /// What the scores mean.
    pub meaning: Meaning,
    /// From where each part is known.
    pub sources: Sources,
}

/// Channels of the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
    /// Luminance, 0.299 R + 0.587 G + 0.114 B.
    Gray,
}

/// How a picture is brought to the input's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resize {
    /// The whole picture, in its own aspect: the network takes any size whose sides are multiples of this.
    Fit {
        /// In pixels.
        multiple: usize,
    },
    /// The whole picture, squeezed or stretched.
    Squash,
    /// The middle of the picture: this share of its short side, and as much of the long one as the input's aspect
    /// wants.
    Crop {
        /// In (0, 1]; torchvision's 224 of 256 are 0.875.
        share: f32,
    },
    /// The whole picture in its own aspect, and an even gray beside it.
    Letterbox,
}

/// What scores mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Classes that exclude each other: probabilities by softmax.
    Softmax,
    /// Labels that do not: probabilities by sigmoid.
    Sigmoid,
    /// Plain numbers.
    Regression,
}

/// From where a part of a contract is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// By custom, for want of anything better.
    Guessed,
    /// The file, or files beside it, say it.
    Read,
    /// The caller says it.
    Given,
}

/// The sources of a contract's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// Of the input's size.
    pub size: Source,
    /// Of the layout.
    pub layout: Source,
    /// Of the channels.
    pub channels: Source,
    /// Of the normalisation.
    pub normalisation: Source,
    /// Of the way to resize.
    pub resize: Source,
    /// Of the labels.
    pub labels: Source,
    /// Of the scores' meaning.
    pub meaning: Source,
}

/// Parts of a contract that somebody says; the others stay as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// Width and height.
    pub size: Option<(usize, usize)>,
    /// How the input's axes lie.
    pub layout: Option<Layout>,
    /// Channels of the input.
    pub channels: Option<Channels>,
    /// How 8-bit values become numbers.
    pub normalisation: Option<Normalisation>,
    /// How a picture is resized.
    pub resize: Option<Resize>,
    /// Names of the classes.
    pub labels: Option<Vec<String>>,
    /// What scores mean.
    pub meaning: Option<Meaning>,
}

impl Contract {
    /// The contract of a file: what its metadata and its first nodes say, and guesses for the rest.
    ///
    /// # Errors
    /// [`Error::InvalidModel`] if no input of it, or more than one, can be a picture.
    pub fn of(model: &Model) -> Result<Self> {
        let mut contract = guess::contract(model)?;
        contract.take(Metadata::of(model)?.parts, Source::Read);
        Ok(contract)
    }

    /// Takes over what somebody says.
    pub fn take(&mut self, parts: Parts, source: Source) {
        fn set<T>(part: &mut T, known: &mut Source, value: Option<T>, source: Source) {
            if let Some(value) = value {
                (*part, *known) = (value, source);
            }
        }
        let sources = &mut self.sources;
        if let Some((width, height)) = parts.size {
            (self.width, self.height, sources.size) = (width, height, source);
        }
        set(&mut self.layout, &mut sources.layout, parts.layout, source);
        set(&mut self.channels, &mut sources.channels, parts.channels, source);
        set(&mut self.normalisation, &mut sources.normalisation, parts.normalisation, source);
        set(&mut self.resize, &mut sources.resize, parts.resize, source);
        set(&mut self.labels, &mut sources.labels, parts.labels, source);
        set(&mut self.meaning, &mut sources.meaning, parts.meaning, source);
    }

    /// The network's input at a size.
    pub fn network_input(&self, width: usize, height: usize) -> Input {
        Input { name: self.input.clone(), layout: self.layout, channels: self.depth(), height, width }
    }

    /// How many channels the input has.
    pub fn depth(&self) -> usize {
        if self.channels == Channels::Gray { 1 } else { 3 }
    }
}

/// The names by which files and callers say it.
macro_rules! named {
    ($type:ident, $what:literal, { $($variant:pat => $name:literal => $value:expr),+ $(,)? }) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(match self { $($variant => $name),+ })
            }
        }

        impl FromStr for $type {
            type Err = Error;

            fn from_str(name: &str) -> Result<Self> {
                match name {
                    $($name => Ok($value),)+
                    _ => Err(Error::InvalidContract(format!(
                        concat!("\"{}\" is no ", $what, "; it may be {}"), name, [$($name),+].join(", ")
                    ))),
                }
            }
        }
    };
}

named!(Channels, "order of channels", {
    Self::Rgb => "rgb" => Self::Rgb,
    Self::Bgr => "bgr" => Self::Bgr,
    Self::Gray => "gray" => Self::Gray,
});

named!(Meaning, "meaning of scores", {
    Self::Softmax => "softmax" => Self::Softmax,
    Self::Sigmoid => "sigmoid" => Self::Sigmoid,
    Self::Regression => "regression" => Self::Regression,
});

named!(Layout, "layout", {
    Self::ChannelsFirst => "nchw" => Self::ChannelsFirst,
    Self::ChannelsLast => "nhwc" => Self::ChannelsLast,
});

named!(Source, "source", {
    Self::Guessed => "guessed" => Self::Guessed,
    Self::Read => "read" => Self::Read,
    Self::Given => "given" => Self::Given,
});

impl fmt::Display for Resize {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Fit { multiple } => write!(f, "fit {multiple}"),
            Self::Squash => f.write_str("squash"),
            Self::Crop { share } => write!(f, "crop {share}"),
            Self::Letterbox => f.write_str("letterbox"),
        }
    }
}

impl FromStr for Resize {
    type Err = Error;

    /// Reads `squash`, `letterbox`, `crop SHARE` or `fit MULTIPLE`.
    fn from_str(text: &str) -> Result<Self> {
        let (name, number) = text.split_once(' ').unwrap_or((text, ""));
        let known = match name {
            "squash" if number.is_empty() => Some(Self::Squash),
            "letterbox" if number.is_empty() => Some(Self::Letterbox),
            "crop" => number
                .parse()
                .ok()
                .filter(|share| *share > 0.0 && *share <= 1.0)
                .map(|share| Self::Crop { share }),
            "fit" => number
                .parse()
                .ok()
                .filter(|multiple| (1..=1024).contains(multiple))
                .map(|multiple| Self::Fit { multiple }),
            _ => None,
        };
        known.ok_or_else(|| {
            Error::InvalidContract(format!(
                "\"{text}\" is no way to resize; it may be squash, letterbox, crop SHARE with a share of the short side \
                 up to 1, or fit MULTIPLE with a number of pixels"
            ))
        })
    }
}
