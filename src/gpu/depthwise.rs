//! Convolutions of each channel by itself that slide along rows.

use super::fold::Affine;
use super::formula::Formula;
use super::group::First;
use super::kernel::Kernel;
use super::launch::{Launch, Launcher, Source, words};
use crate::Result;
use crate::graph::{Op, ValueId, Window};

/// How many neighbours in a row an invocation computes at once.
const TILE: usize = 4;
/// How many rows it slides down.
const STRIP: usize = 28;

impl Launcher<'_> {
    /// A convolution of each channel by itself, and functions of the results.
    pub(super) fn sliding(
        &mut self,
        first: &First,
        formula: &Formula,
        output: ValueId,
    ) -> Result<Option<Launch>> {
        let (graph, node) = (self.graph, &self.graph.nodes()[first.node]);
        let Op::Convolution(convolution) = &node.op else { return Ok(None) };
        let (x, y) = (graph.shape(node.inputs[0]), graph.shape(output));
        let channels = 4 * self.layout(output).depth();
        let [top, left] = convolution.window.before.map(|places| places as usize);
        let [weight, bias] = self.filters(first)?;
        let parameters = [x[1], x[2], channels, y[1], y[2], top, left, STRIP];
        let parts = parts(&convolution.window);
        let mut parts: Vec<_> = parts.iter().map(|(name, part)| (*name, part.as_str())).collect();
        let members = formula.members();
        parts.extend([("parameters", members.as_str()), ("finish", &formula.text)]);
        let arrays = [("x", "f32"), ("weight", "f32"), ("bias", "f32")];
        Ok(Some(Launch {
            kernel: Kernel::new(include_str!("depthwise.wgsl"), &arrays, "f32", &parts),
            invocations: channels * y[2].div_ceil(TILE) * y[1].div_ceil(STRIP),
            reads: vec![self.source(node.inputs[0])?, weight, bias],
            writes: self.places[output.index()],
            parameters: words(&parameters, formula),
        }))
    }

    /// The weights `[taps, channels]` of such a convolution, and its bias.
    pub(super) fn filters(&mut self, first: &First) -> Result<[Source; 2]> {
        let (graph, node) = (self.graph, &self.graph.nodes()[first.node]);
        let layout = self.layout(first.output);
        let channels = layout.channels;
        let affine = || Affine::new(graph, channels, node.inputs.get(2).copied(), &first.folds);
        let weight = || {
            let Some(weight) = graph.constant(node.inputs[1]) else { return Ok(Vec::new()) };
            let (weight, scale) = (weight.read()?, affine()?.scale);
            let taps = weight.len() / channels;
            let scaled = |tap: usize| {
                let values = weight.iter().skip(tap).step_by(taps).zip(&scale);
                values.map(|(weight, scale)| (f64::from(*weight) * scale) as f32).collect::<Vec<_>>()
            };
            Ok(layout.filled(&(0..taps).flat_map(scaled).collect::<Vec<_>>()))
        };
        let bias =
            || Ok(layout.filled(&affine()?.shift.into_iter().map(|shift| shift as f32).collect::<Vec<_>>()));
        let taps = graph.shape(node.inputs[1])[2..].to_vec();
        let extents = [vec![channels], taps].concat();
        Ok([
            self.packed(first, "filters", extents.clone(), weight)?,
            self.packed(first, "filters' bias", extents, bias)?,
        ])
    }
}

/// What is written out for a kernel and a stride. Sums, weights and values are variables of their own: arrays of them would
/// not lie in registers.
fn parts(window: &Window) -> Vec<(&'static str, String)> {
    let ([rows, columns], [row_stride, column_stride]) = (window.kernel, window.stride);
    // How many columns of the input a tile sees, and how many rows of the output see a line of the input.
    let seen = (TILE - 1) * column_stride + columns;
    let pending = (rows - 1) / row_stride + 1;
    let joined = |lines: &mut dyn Iterator<Item = String>| lines.collect::<Vec<_>>().join("\n");

    let taps = (0..seen)
        .map(|i| {
            format!("let in{i} = column + {i}u < width; let at{i} = min(column + {i}u, width - 1u) * channels + c;")
        })
        .chain((0..rows * columns).map(|i| format!("let w{i} = weight[{i}u * channels + c];")));
    let lines = joined(&mut (0..row_stride).map(|m| {
        let start = format!(
            "let ok{m} = line + {m}u < height; let base{m} = min(line + {m}u, height - 1u) * width * channels;"
        );
        let values =
            (0..seen).map(|i| format!("let x{m}_{i} = select(0.0, x[base{m} + at{i}], ok{m} && in{i});"));
        let vectors = (0..columns).map(|i| {
            let [a, b, c, d]: [_; TILE] = std::array::from_fn(|at| format!("x{m}_{}", at * column_stride + i));
            format!("let v{m}_{i} = vec4f({a}, {b}, {c}, {d});")
        });
        joined(&mut [start].into_iter().chain(values).chain(vectors))
    }));
    let sums = joined(&mut (0..pending).flat_map(|row| {
        (0..row_stride).filter_map(move |m| {
            let line = (rows + m).checked_sub((row + 1) * row_stride)?;
            let products = (0..columns).map(|i| format!("w{} * v{m}_{i}", line * columns + i));
            Some(format!("a{row} += {};", products.collect::<Vec<_>>().join(" + ")))
        })
    }));
    let next = joined(&mut (0..pending).map(|row| match row + 1 {
        after if after < pending => format!("a{row} = a{after};"),
        _ => format!("a{row} = b;"),
    }));
    vec![
        ("taps", joined(&mut taps.into_iter())),
        ("pending", joined(&mut (0..pending).map(|row| format!("var a{row} = b;")))),
        ("lines", lines),
        ("sums", sums),
        ("next", next),
        ("before", format!("{}u", pending - 1)),
        ("kernel_rows", format!("{rows}u")),
        ("row_stride", format!("{row_stride}u")),
        ("column_stride", format!("{column_stride}u")),
    ]
}
