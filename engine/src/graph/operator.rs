//! The core operators: few, free of what is peculiar to a file format, and enough to differentiate each of them.
//!
//! Tensors are row-major. Operators on images have channels innermost, `[N, H, W, C]`. Where an operator takes
//! an axis, it counts from 0.

use std::rc::Rc;

/// What a node computes of its inputs.
#[derive(Debug, Clone, PartialEq)]
pub enum Op<T> {
    /// Inputs x `[N, H, W, Cin]`, a constant weight `[Cout, Cin / groups, kh, kw]`, perhaps a constant bias `[Cout]`
    /// → `[N, H', W', Cout]`.
    Convolution(Convolution),
    /// Inputs a `[…, m, k]` and b `[…, k, n]`, each perhaps with its last two axes swapped → `[…, m, n]`. The leading
    /// axes broadcast.
    MatMul {
        /// Whether a is `[…, k, m]`.
        transpose_a: bool,
        /// Whether b is `[…, n, k]`.
        transpose_b: bool,
    },
    /// One function of each value.
    Unary(Unary<T>),
    /// Two values make one; extents of 1 and missing leading axes broadcast (numpy's rule).
    Binary(Binary),
    /// Inputs c, a, b: a where c is not 0, else b; all three broadcast.
    Select,
    /// Over some axes, which stay with an extent of 1.
    Reduce(Reduction, Vec<usize>),
    /// exp(x - max) / Σ exp(x - max) along an axis.
    Softmax {
        /// Along which the results sum up to 1.
        axis: usize,
    },
    /// (x - mean) / sqrt(variance + epsilon) over some axes together.
    Normalise {
        /// Over which mean and variance are taken.
        axes: Vec<usize>,
        /// Keeps the root from 0.
        epsilon: f64,
    },
    /// The largest value that a window sees, `[N, H, W, C]` → `[N, H', W', C]`; padding is never the largest.
    MaxPool(Window),
    /// Inputs g `[…N, H', W', C]` and x `[N, H, W, C]`: g goes to the first largest value of each window of x, in the
    /// order rows, columns. g may have another leading extent than x, of which x is then the same for each.
    MaxPoolBackward(Window),
    /// A sparse matrix along one axis: `y[i] = Σ_j rows[i][j].1 · x[rows[i][j].0]`. Resizes, picks, repeats, mirrors.
    Linear {
        /// The axis.
        axis: usize,
        /// A list of places and factors for each place of the output.
        rows: Rc<SparseRows<T>>,
    },
    /// Axis `i` of the output is axis `order[i]` of the input.
    Permute(Vec<usize>),
    /// The same values in other extents.
    Reshape(Vec<usize>),
    /// Part of each axis: from `start`, `extent` places, `step` apart.
    Slice(Vec<Part>),
    /// Behind each other along an axis; any number of inputs.
    Concat {
        /// The axis.
        axis: usize,
    },
    /// A value before and after each axis.
    Pad {
        /// Places before and after, for each axis.
        amounts: Vec<(usize, usize)>,
        /// What they hold.
        value: T,
    },
    /// The inverse of a slice: zeros but where the slice of the output would be.
    Unslice {
        /// The parts, as [`Op::Slice`] has them.
        parts: Vec<Part>,
        /// The extents of the output.
        shape: Vec<usize>,
    },
    /// Repeats extents of 1, and adds leading axes, up to this shape.
    Broadcast(Vec<usize>),
}

/// A sparse matrix: places and factors for each row.
pub type SparseRows<T> = Vec<Vec<(usize, T)>>;

/// How a convolution meets its input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Convolution {
    /// The window; its kernel is that of the weight. Padding holds zeros.
    pub window: Window,
    /// Zeros between neighbouring values of the input, plus one: the stride of a convolution whose gradient this is.
    pub input_dilation: [usize; 2],
    /// In how many groups of channels.
    pub groups: usize,
}

/// A window that steps over rows and columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window {
    /// Rows and columns of the window.
    pub kernel: [usize; 2],
    /// From one window to the next.
    pub stride: [usize; 2],
    /// From one place of a window to the next.
    pub dilation: [usize; 2],
    /// Places before the first row, column. Negative: that many are left out.
    pub before: [isize; 2],
    /// Places behind the last row, column.
    pub after: [isize; 2],
}

impl Window {
    /// How many windows fit along an axis (0: rows, 1: columns) of this extent, whose neighbours have
    /// `input_dilation - 1` zeros between them.
    pub fn steps(&self, axis: usize, extent: usize, input_dilation: usize) -> usize {
        let dilated = (extent.max(1) - 1) * input_dilation + 1;
        let padded = dilated as isize + self.before[axis] + self.after[axis];
        let covered = ((self.kernel[axis] - 1) * self.dilation[axis] + 1) as isize;
        if padded < covered { 0 } else { (padded - covered) as usize / self.stride[axis] + 1 }
    }
}

/// A part of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    /// The first place.
    pub start: usize,
    /// How many places.
    pub extent: usize,
    /// From one to the next; 1 or more.
    pub step: usize,
}

/// Functions of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary<T> {
    /// -x
    Negate,
    /// |x|; derivative sign(x)
    Absolute,
    /// eˣ
    Exp,
    /// ln x
    Log,
    /// √x
    Sqrt,
    /// 1 / x
    Reciprocal,
    /// The error function.
    Erf,
    /// tanh x
    Tanh,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// ln(1 + eˣ)
    Softplus,
    /// sin x
    Sin,
    /// cos x
    Cos,
    /// max(x, 0); derivative 0 at 0
    Relu,
    /// min(max(x, low), high); derivative 1 inside and at the bounds. A bound may be infinite.
    Clamp(T, T),
    /// 1 where low ≤ x ≤ high, else 0: the derivative of [`Self::Clamp`]; its own is 0.
    Within(T, T),
    /// 1 where x > 0, else 0; derivative 0
    Step,
    /// -1, 0 or 1; derivative 0
    Sign,
    /// To the nearest whole number, halves to the even one; derivative 0
    Round,
    /// As [`Self::Round`] with derivative 1: the straight-through gradient of a quantiser.
    RoundStraight,
    /// The largest whole number that is not above x; derivative 0
    Floor,
    /// The smallest whole number that is not below x; derivative 0
    Ceil,
    /// 1 where x is 0, else 0: logical "not"; derivative 0
    Not,
}

/// Functions of two values. Comparisons give 1 or 0 and have no derivative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binary {
    /// a + b
    Add,
    /// a - b
    Subtract,
    /// a b
    Multiply,
    /// a / b
    Divide,
    /// aᵇ
    Power,
    /// The smaller; where they are equal, a has the gradient.
    Minimum,
    /// The larger; where they are equal, a has the gradient.
    Maximum,
    /// a mod b with the sign of b; the derivative with respect to a is 1.
    Modulo,
    /// a = b
    Equal,
    /// a < b
    Less,
    /// a ≤ b
    LessOrEqual,
}

/// How an axis becomes one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Σ x
    Sum,
    /// Σ x / n
    Mean,
    /// The largest; its gradient is divided among those that are equal.
    Maximum,
    /// The smallest; its gradient is divided among those that are equal.
    Minimum,
    /// Π x
    Product,
}

impl<T: super::Number> Unary<T> {
    /// f(x)
    pub fn apply(self, x: T) -> T {
        let truth = |condition| if condition { T::ONE } else { T::ZERO };
        match self {
            Self::Negate => -x,
            Self::Absolute => {
                if x < T::ZERO {
                    -x
                } else {
                    x
                }
            }
            Self::Exp => x.exp(),
            Self::Log => x.ln(),
            Self::Sqrt => x.sqrt(),
            Self::Reciprocal => T::ONE / x,
            Self::Erf => x.erf(),
            Self::Tanh => x.tanh(),
            Self::Sigmoid => T::ONE / (T::ONE + (-x).exp()),
            // The larger of x and 0, plus what is left: never infinite where the result is not.
            Self::Softplus => {
                let magnitude = Self::Absolute.apply(x);
                Self::Relu.apply(x) + T::of((-magnitude.to_f64()).exp().ln_1p())
            }
            Self::Sin => T::of(x.to_f64().sin()),
            Self::Cos => T::of(x.to_f64().cos()),
            // In this order, a value that is not a number stays it.
            Self::Relu => {
                if x < T::ZERO {
                    T::ZERO
                } else {
                    x
                }
            }
            Self::Clamp(low, high) => {
                if x < low {
                    low
                } else if x > high {
                    high
                } else {
                    x
                }
            }
            Self::Within(low, high) => truth(low <= x && x <= high),
            Self::Step => truth(x > T::ZERO),
            Self::Sign => {
                if x > T::ZERO {
                    T::ONE
                } else if x < T::ZERO {
                    -T::ONE
                } else {
                    x
                }
            }
            Self::Round | Self::RoundStraight => T::of(x.to_f64().round_ties_even()),
            Self::Floor => T::of(x.to_f64().floor()),
            Self::Ceil => T::of(x.to_f64().ceil()),
            Self::Not => truth(x == T::ZERO),
        }
    }
}

impl Binary {
    /// f(a, b)
    pub fn apply<T: super::Number>(self, a: T, b: T) -> T {
        let truth = |condition| if condition { T::ONE } else { T::ZERO };
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => a.powf(b),
            Self::Minimum => {
                if b < a {
                    b
                } else {
                    a
                }
            }
            Self::Maximum => {
                if b > a {
                    b
                } else {
                    a
                }
            }
            Self::Modulo => {
                let (a, b) = (a.to_f64(), b.to_f64());
                T::of(a - b * (a / b).floor())
            }
            Self::Equal => truth(a == b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
        }
    }
}
