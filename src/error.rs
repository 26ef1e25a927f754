//! The one error type of the core: each failure has a stable code and a sentence a person can act on.

use std::fmt::Display;

/// Everything that can go wrong between a picture and its map.
///
/// The message says what was wrong and what would be right. [`Error::code`] is the stable name by
/// which programs tell the failures apart; the JavaScript package throws it as `GradlensError.code`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A picture without pixels, or whose data does not hold width × height × 4 bytes.
    #[error("{0}")]
    InvalidImage(String),
    /// More pixels than [`crate::picture::MAX_PIXELS`], or [`crate::picture::MAX_SIDE`] along a side.
    #[error(
        "the picture has {width} x {height} pixels; the most is {max} million, and {side} along a side: scale it down first",
        max = crate::picture::MAX_PIXELS / 1_000_000,
        side = crate::picture::MAX_SIDE
    )]
    ImageTooLarge {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// A class index outside the model's classes.
    #[error("there is no class {index}; a class index is a whole number from 0 to {last}")]
    InvalidClass {
        /// The index that was asked for, as JavaScript gave it.
        index: f64,
        /// The last valid index.
        last: usize,
    },
    /// A method name that is not one of [`crate::cam::Method::ALL`].
    #[error("there is no method \"{name}\"; the methods are {known}", known = list(crate::cam::Method::ALL))]
    UnknownMethod {
        /// The name that was asked for.
        name: String,
    },
    /// A layer name that is not one of [`crate::network::Layer::ALL`].
    #[error("there is no layer \"{name}\"; the layers are {known}", known = list(crate::network::Layer::ALL))]
    UnknownLayer {
        /// The name that was asked for.
        name: String,
    },
    /// A method that is not defined at the layer asked for.
    #[error(
        "\"{method}\" is defined at layer \"head\" only: its weights are those of the classifier behind the global average pooling"
    )]
    MethodNeedsHead {
        /// The method that was asked for.
        method: crate::cam::Method,
    },
    /// A backend that this build or this machine does not have.
    #[error("{0}")]
    BackendUnavailable(String),
    /// A network input size outside what is allowed.
    #[error("{0}")]
    InvalidInputSize(String),
    /// A box or mask that does not say where the object is.
    #[error("{0}")]
    InvalidTruth(String),
    /// Another number of labels than the model has classes.
    #[error("there are {found} labels; this model has {classes} classes, and each needs one")]
    InvalidLabels {
        /// How many labels there are.
        found: usize,
        /// How many classes the model has.
        classes: usize,
    },
    /// The call's caller does not want its answer any more.
    #[error("the call was aborted")]
    Aborted,
    /// Bytes that are not a model file of this architecture, or are damaged.
    #[error("{0}")]
    InvalidModel(String),
    /// The device failed, or gave numbers that are not numbers.
    #[error("the {backend} device failed: {reason}", backend = crate::device::Backend::WebGpu)]
    Device {
        /// What the device, its driver or the check against the CPU said.
        reason: String,
    },
    /// The memory of the WebAssembly module does not suffice.
    #[error("there is no memory for {megabytes} MB more: use a smaller picture")]
    OutOfMemory {
        /// What was needed.
        megabytes: usize,
    },
    /// The network's arithmetic left the range of f32.
    #[error("the network gave values that are not finite; the weights do not fit this picture")]
    NotFinite,
}

/// The result of every fallible call of the core.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The stable name of this kind of failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidImage(_) => "invalid-image",
            Self::ImageTooLarge { .. } => "image-too-large",
            Self::InvalidClass { .. } => "invalid-class",
            Self::UnknownMethod { .. } => "unknown-method",
            Self::UnknownLayer { .. } => "unknown-layer",
            Self::MethodNeedsHead { .. } => "method-needs-head",
            Self::BackendUnavailable(_) => "webgpu-unavailable",
            Self::InvalidInputSize(_) => "invalid-input-size",
            Self::InvalidTruth(_) => "invalid-argument",
            Self::InvalidLabels { .. } => "invalid-argument",
            Self::Aborted => "aborted",
            Self::InvalidModel(_) => "invalid-model",
            Self::Device { .. } => "device-error",
            Self::OutOfMemory { .. } => "out-of-memory",
            Self::NotFinite => "not-finite",
        }
    }
}

fn list<T: Display>(items: &[T]) -> String {
    let names: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    names.join(", ")
}
