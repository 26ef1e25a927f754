//! Depthwise convolutions: one filter a channel.

use cubecl::client::Client;
use cubecl::server::Handle;

use super::kernel::Kernel;
use super::{Activation, outputs_innermost, upload};
use crate::Result;
use crate::model::Weights;
use crate::network::padding::steps;

/// How many neighbours in a row an invocation computes at once.
const TILE: usize = 4;
/// How many rows it slides down.
const STRIP: usize = 28;

/// A biased depthwise convolution with TensorFlow's SAME padding, and its ReLU6.
pub(super) struct Depthwise {
    program: Kernel,
    weight: Handle,
    bias: Handle,
    channels: usize,
    kernel: usize,
    stride: usize,
}

impl Depthwise {
    /// Takes `NAME.weight` and `NAME.bias`.
    pub(super) fn load(
        weights: &mut Weights,
        client: &Client,
        name: &str,
        [channels, kernel, stride]: [usize; 3],
    ) -> Result<Self> {
        let weight = weights.values(&format!("{name}.weight"), [channels, 1, kernel, kernel])?;
        let weight = upload(client, outputs_innermost(&weight, kernel * kernel));
        let bias = upload(client, weights.values(&format!("{name}.bias"), [channels])?);
        Ok(Self { program: Kernel::new(source(kernel, stride)), weight, bias, channels, kernel, stride })
    }

    pub(super) fn forward(&self, client: &Client, input: &Activation) -> Activation {
        let (height, top) = steps(input.height, self.kernel, self.stride);
        let (width, left) = steps(input.width, self.kernel, self.stride);
        let output = Activation::empty(client, height, width, self.channels);
        self.program.launch(
            client,
            self.channels * width.div_ceil(TILE) * height.div_ceil(STRIP),
            &[&input.buffer, &self.weight, &self.bias],
            &output.buffer,
            &[input.height, input.width, self.channels, height, width, top, left, STRIP],
        );
        output
    }
}

/// The program of filters of this side and stride. Sums, weights and values are variables of their own:
/// arrays of them would not lie in registers.
fn source(kernel: usize, stride: usize) -> String {
    // How many columns of the input a tile sees, and how many rows of the output see a line of the input.
    let window = (TILE - 1) * stride + kernel;
    let pending = (kernel - 1) / stride + 1;
    let joined = |lines: &mut dyn Iterator<Item = String>| lines.collect::<Vec<_>>().join("\n");

    let columns = joined(&mut (0..window).map(|i| {
        format!(
            "let in{i} = column + {i}u < width; let at{i} = min(column + {i}u, width - 1u) * channels + c;"
        )
    }));
    let weights =
        joined(&mut (0..kernel * kernel).map(|i| format!("let w{i} = weight[{i}u * channels + c];")));
    let rows = joined(&mut (0..pending).map(|row| format!("var a{row} = b;")));
    let lines = joined(&mut (0..stride).map(|m| {
        let start = format!(
            "let ok{m} = line + {m}u < height; let base{m} = min(line + {m}u, height - 1u) * width * channels;"
        );
        let values = (0..window)
            .map(|i| format!("let x{m}_{i} = select(0.0, x[base{m} + at{i}], ok{m} && in{i});"));
        let vectors = (0..kernel).map(|i| {
            let [a, b, c, d]: [_; TILE] = std::array::from_fn(|at| format!("x{m}_{}", at * stride + i));
            format!("let v{m}_{i} = vec4f({a}, {b}, {c}, {d});")
        });
        joined(&mut [start].into_iter().chain(values).chain(vectors))
    }));
    let sums = joined(&mut (0..pending).flat_map(|row| {
        (0..stride).filter_map(move |m| {
            let line = (kernel - stride + m).checked_sub(row * stride)?;
            let products = (0..kernel).map(|i| format!("w{} * v{m}_{i}", line * kernel + i));
            Some(format!("a{row} += {};", products.collect::<Vec<_>>().join(" + ")))
        })
    }));
    let next = joined(&mut (0..pending).map(|row| match row + 1 {
        after if after < pending => format!("a{row} = a{after};"),
        _ => format!("a{row} = b;"),
    }));

    let parts = [
        ("columns", columns),
        ("weights", weights),
        ("pending", rows),
        ("lines", lines),
        ("sums", sums),
        ("next", next),
    ];
    let constants = format!("const KERNEL = {kernel}u;\nconst STRIDE = {stride}u;\n");
    parts.iter().fold(constants + include_str!("depthwise.wgsl"), |source, (name, part)| {
        source.replace(&format!("//# {name}\n"), &format!("{part}\n"))
    })
}
