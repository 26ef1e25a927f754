use crate::kind::Kind;

/// Why there are no pixels.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are those of something else.
    #[error("{}", .0.refusal())]
    Other(Kind),
    /// A picture whose bytes are not as its format says.
    #[error("the {kind} file is damaged or cut off: {reason}")]
    Damaged {
        /// Its format.
        kind: Kind,
        /// What the decoder says.
        reason: String,
    },
    /// More pixels than are wished for.
    #[error(
        "the picture claims {width} x {height} pixels; at most {most} are decoded: make it smaller first"
    )]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// The most pixels.
        most: u64,
    },
    /// A frame behind the last one.
    #[error("there is no frame {frame}: the picture has {frames}, from 0 on")]
    NoFrame {
        /// The one asked for.
        frame: u32,
        /// How many there are.
        frames: u32,
    },
    /// Less memory than the pixels take.
    #[error("there is no memory for a picture of this size: make it smaller first")]
    NoMemory,
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The package's code for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Other(_) | Self::Damaged { .. } => "invalid-image",
            Self::TooLarge { .. } => "image-too-large",
            Self::NoFrame { .. } => "invalid-argument",
            Self::NoMemory => "out-of-memory",
        }
    }
}
