//! The one error type of the core: each failure has a stable code and a sentence a person can act on.

/// Everything that can go wrong between a picture and its map.
///
/// The message says what was wrong and what would be right. [`Error::code`] is the stable name by
/// which programs tell the failures apart; the JavaScript package throws it as `GradlensError.code`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A picture without pixels, or whose data does not hold width × height × 4 bytes.
    #[error("{0}")]
    InvalidImage(String),
    /// More pixels than a picture may have, in all or along a side.
    #[error(
        "the picture has {width} x {height} pixels; the most is {most} million, and {side} along a side: scale it down first",
        most = most / 1_000_000
    )]
    ImageTooLarge {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// The most pixels in all.
        most: usize,
        /// The most pixels along a side.
        side: usize,
    },
    /// A class index outside the model's classes.
    #[error("there is no class {index}; a class index is a whole number from 0 to {last}")]
    InvalidClass {
        /// The index that was asked for, as JavaScript gave it.
        index: f64,
        /// The last valid index.
        last: usize,
    },
    /// The name of no method.
    #[error("there is no method \"{name}\"; the methods are {known}")]
    UnknownMethod {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A layer name that the network does not have.
    #[error("there is no layer \"{name}\"; {known}")]
    UnknownLayer {
        /// The name that was asked for.
        name: String,
        /// The nearest names, or all.
        known: String,
    },
    /// A value of the network that cannot be a target.
    #[error("\"{name}\" cannot be a target layer: {reason}")]
    InvalidLayer {
        /// The name that was asked for.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A method that is not defined for this network or at the layer asked for.
    #[error("\"{method}\" is not defined {reason}")]
    MethodNeedsHead {
        /// The method that was asked for.
        method: String,
        /// Where it is not, and where it is.
        reason: String,
    },
    /// A method that is not defined for what is asked.
    #[error("\"{method}\" is not defined {reason}")]
    MethodUndefined {
        /// The method that was asked for.
        method: String,
        /// Where it is not, and what is.
        reason: String,
    },
    /// A contract that contradicts itself or the model.
    #[error("{0}")]
    InvalidContract(String),
    /// A target that is no linear function of the scores.
    #[error("{0}")]
    InvalidTarget(String),
    /// Weights that lie in a file which was not given, or nowhere.
    #[error("{0}")]
    MissingData(String),
    /// A model that is read rightly and asks for what gradlens cannot do.
    #[error("{0}")]
    Unsupported(String),
    /// A backend that this build or this machine does not have.
    #[error("{0}")]
    BackendUnavailable(String),
    /// A network input size outside what is allowed.
    #[error("{0}")]
    InvalidInputSize(String),
    /// A box or mask that does not say where the object is.
    #[error("{0}")]
    InvalidTruth(String),
    /// No background of masked pictures.
    #[error("{0}")]
    InvalidBackground(String),
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
    /// Bytes that are not an ONNX file, are damaged, or describe no classifier of pictures.
    #[error("{0}")]
    InvalidModel(String),
    /// The device failed, or gave numbers that are not numbers.
    #[error("the webgpu device failed: {reason}")]
    Device {
        /// What the device, its driver or the check against the CPU said.
        reason: String,
    },
    /// The memory of the WebAssembly module does not suffice.
    #[error(
        "there is no memory for {megabytes} MB more, of the 4 GB that WebAssembly has: use a smaller picture or network"
    )]
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
            Self::InvalidLayer { .. } => "invalid-layer",
            Self::MethodNeedsHead { .. } => "method-needs-head",
            Self::MethodUndefined { .. } => "method-undefined",
            Self::InvalidContract(_) => "invalid-contract",
            Self::InvalidTarget(_) => "invalid-target",
            Self::MissingData(_) => "missing-data",
            Self::Unsupported(_) => "unsupported-model",
            Self::BackendUnavailable(_) => "webgpu-unavailable",
            Self::InvalidInputSize(_) => "invalid-input-size",
            Self::InvalidTruth(_) => "invalid-argument",
            Self::InvalidBackground(_) => "invalid-argument",
            Self::InvalidLabels { .. } => "invalid-argument",
            Self::Aborted => "aborted",
            Self::InvalidModel(_) => "invalid-model",
            Self::Device { .. } => "device-error",
            Self::OutOfMemory { .. } => "out-of-memory",
            Self::NotFinite => "not-finite",
        }
    }
}
