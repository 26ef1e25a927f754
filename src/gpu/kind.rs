//! Which nodes have kernels.

use super::formula::Mode;
use super::functions;
use super::layout::Layout;
use super::product::Shape;
use crate::graph::{Convolution, Graph, Node, Op, Reduction, ValueId, Window};

/// The most bytes of one array that WebGPU promises.
const LARGEST: usize = 128 << 20;

/// What computes a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A product with constant weights.
    Product,
    /// A convolution of each channel by itself that slides along rows.
    Sliding,
    /// One that looks at each window by itself.
    Windows,
    /// A function of single values.
    Elementwise,
    /// A maximum pooling.
    MaxPool,
    /// A value around a picture.
    Pad,
    /// The mean of all positions.
    Mean,
    /// Channels beside each other.
    Concat,
    /// The same values in other extents, and other places.
    Reshape,
    /// Nothing: the same values in other extents, and the same places.
    Alias,
}

impl Kind {
    /// Of a node, if there is one.
    pub(super) fn of(graph: &Graph<f32>, node: &Node<f32>) -> Option<Self> {
        let live = |at: usize| node.inputs.get(at).is_some_and(|&input| graph.constant(input).is_none());
        let shape = |value: ValueId| graph.shape(value);
        let fits = |value: ValueId| Layout::of(shape(value)).bytes() <= LARGEST && !shape(value).contains(&0);
        let mut given = (0..node.inputs.len()).filter(|&at| live(at)).map(|at| node.inputs[at]).peekable();
        if given.peek().is_none() || !given.chain([node.output]).all(fits) {
            return None;
        }
        let output = shape(node.output);
        let ragged = Layout::of(output).is_ragged();
        match &node.op {
            Op::Convolution(convolution) => {
                let known = live(0) && (1..node.inputs.len()).all(|at| !live(at));
                Self::of_convolution(graph, node, convolution).filter(|_| known)
            }
            Op::MatMul { transpose_a: false, .. } => {
                let [.., _, _] = shape(node.inputs[1]) else { return None };
                let single = shape(node.inputs[1]).iter().rev().skip(2).all(|extent| *extent == 1);
                (live(0) && !live(1) && single && fits_product(graph, node)).then_some(Self::Product)
            }
            Op::Unary(unary) => {
                functions::unary(*unary, "", &mut |_| String::new())?;
                (!(ragged && functions::is_wild(*unary))).then_some(Self::Elementwise)
            }
            Op::Binary(binary) => {
                let by_one = graph.constant(node.inputs[1]).is_some_and(|constant| constant.len() == 1);
                let wild = functions::is_wild_binary(*binary) && ragged && !by_one;
                functions::binary(*binary, "", "")?;
                (!wild && broadcasts(graph, node)).then_some(Self::Elementwise)
            }
            Op::Select => broadcasts(graph, node).then_some(Self::Elementwise),
            Op::MaxPool(window) => {
                (single(shape(node.inputs[0])) && is_plain(window)).then_some(Self::MaxPool)
            }
            Op::Reduce(Reduction::Mean, axes) => {
                let input = shape(node.inputs[0]);
                let last = input.len().checked_sub(1)?;
                let all = (0..last).all(|axis| input[axis] == 1 || axes.contains(&axis));
                (all && !axes.contains(&last)).then_some(Self::Mean)
            }
            Op::Pad { amounts, .. } => {
                const MOST: usize = 1 << 15;
                let small = amounts.iter().all(|(before, after)| before.max(after) < &MOST);
                let plane = matches!(amounts[..], [(0, 0), _, _, (0, 0)]);
                (single(shape(node.inputs[0])) && plane && small).then_some(Self::Pad)
            }
            Op::Concat { axis } => {
                let (_, first) = node.inputs.split_last()?;
                let whole = first.iter().all(|&input| !Layout::of(shape(input)).is_ragged());
                let all = (0..node.inputs.len()).all(live);
                (all && whole && axis + 1 == output.len()).then_some(Self::Concat)
            }
            Op::Reshape(_) => {
                let (from, to) = (Layout::of(shape(node.inputs[0])), Layout::of(output));
                let same = from == to || !from.is_ragged() && !to.is_ragged();
                Some(if same { Self::Alias } else { Self::Reshape })
            }
            _ => None,
        }
    }

    fn of_convolution(graph: &Graph<f32>, node: &Node<f32>, convolution: &Convolution) -> Option<Self> {
        /// Of a kernel that slides: its weights are in registers.
        const MOST_TAPS: usize = 7;
        let x = graph.shape(node.inputs[0]);
        let outputs = graph.shape(node.output)[3];
        let Convolution { window, input_dilation: [1, 1], groups } = convolution else { return None };
        if !single(x) || !is_plain(window) {
            return None;
        }
        if *groups == 1 || (*groups, *groups) != (x[3], outputs) {
            return fits_product(graph, node).then_some(Self::Product);
        }
        let near = window.kernel.iter().chain(&window.stride).all(|extent| *extent <= MOST_TAPS);
        Some(if near && window.dilation == [1, 1] { Self::Sliding } else { Self::Windows })
    }

    /// Whether the kernel's sums can be changed before they are stored.
    pub(super) fn is_product(self) -> bool {
        matches!(self, Self::Product | Self::Sliding | Self::Windows)
    }

    /// How many tensors such a change may read.
    pub(super) fn most_operands(self) -> usize {
        // WebGPU promises eight arrays.
        if self == Self::Sliding { 0 } else { 3 }
    }
}

/// Whether a node of a graph can be computed on a GPU, if what it is computed of is there.
pub fn has_kernel(graph: &Graph<f32>, node: &Node<f32>) -> bool {
    Kind::of(graph, node).is_some()
}

/// Whether this is one picture.
fn single(shape: &[usize]) -> bool {
    matches!(shape, [1, _, _, _])
}

/// Whether extents of a window are such as the kernels count with.
fn is_plain(window: &Window) -> bool {
    const MOST: usize = 1 << 15;
    let padding = window.before.iter().map(|places| places.unsigned_abs());
    window
        .kernel
        .iter()
        .chain(&window.stride)
        .chain(&window.dilation)
        .copied()
        .chain(padding)
        .all(|extent| extent < MOST)
}

fn fits_product(graph: &Graph<f32>, node: &Node<f32>) -> bool {
    Shape::of(graph, node).weights().is_some_and(|weights| weights <= LARGEST / size_of::<f32>())
}

fn broadcasts(graph: &Graph<f32>, node: &Node<f32>) -> bool {
    let output = graph.shape(node.output);
    node.inputs.iter().all(|&input| Mode::of(graph.shape(input), output).is_some())
}
