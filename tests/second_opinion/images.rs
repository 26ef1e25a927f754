//! What looks through windows. Channels are innermost here, and outermost in burn's tensors of four axes.

use burn::tensor::Tensor;
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use gradlens::graph::{Convolution, Window};

use crate::interpreter::{AXES, Value, aligned};

/// Channels first.
fn image(x: Value) -> Tensor<4> {
    let [.., n, height, width, channels] = x.dims();
    x.reshape([n, height, width, channels]).permute([0, 3, 1, 2])
}

/// Channels last, behind ones.
fn value(image: Tensor<4>) -> Value {
    let [n, channels, height, width] = image.dims();
    image.permute([0, 2, 3, 1]).reshape(aligned(&[n, height, width, channels]))
}

/// Places around an image, or fewer where an amount is negative.
fn padded(image: Tensor<4>, window: &Window, fill: f32) -> Tensor<4> {
    let mut image = image;
    for axis in [0, 1] {
        let (before, after) = (window.before[axis], window.after[axis]);
        let cut = |amount: isize| amount.min(0).unsigned_abs();
        let extent = image.dims()[axis + 2];
        image = image.narrow(axis + 2, cut(before), extent - cut(before) - cut(after));
    }
    let amounts =
        [0, 1].map(|axis| [window.before[axis], window.after[axis]].map(|amount| amount.max(0) as usize));
    let [rows, columns] = amounts.map(|[before, after]| (before, after));
    if [rows, columns] == [(0, 0); 2] { image } else { image.pad([rows, columns], fill) }
}

/// With zeros between neighbours.
fn dilated(image: Tensor<4>, dilation: [usize; 2]) -> Tensor<4> {
    if dilation == [1, 1] {
        return image;
    }
    let [n, channels, height, width] = image.dims();
    let apart = image.reshape([n, channels, height, 1, width, 1]);
    let zeros = [(0, dilation[0] - 1), (0, 0), (0, dilation[1] - 1)];
    let image = apart.pad(zeros, 0.0).reshape([n, channels, height * dilation[0], width * dilation[1]]);
    let extent = |axis: usize, extent: usize| (extent - 1) * dilation[axis] + 1;
    image.narrow(2, 0, extent(0, height)).narrow(3, 0, extent(1, width))
}

/// A convolution with a weight `[Cout, Cin / groups, kh, kw]`.
pub fn convolution(convolution: &Convolution, x: Value, weight: Value, bias: Option<Value>) -> Value {
    let Convolution { window, input_dilation, groups } = convolution;
    let [.., outputs, depth, rows, columns] = weight.dims();
    let image = padded(dilated(image(x), *input_dilation), window, 0.0);
    let options = ConvOptions::new(window.stride, [0, 0], window.dilation, *groups);
    let bias = bias.map(|bias| {
        let channels = bias.dims()[AXES - 1];
        bias.reshape([channels])
    });
    value(conv2d(image, weight.reshape([outputs, depth, rows, columns]), bias, options))
}

/// The largest value that a window sees.
pub fn max_pool(window: &Window, x: Value) -> Value {
    let image = padded(image(x), window, f32::MIN);
    let options = MaxPoolOptions { dilation: window.dilation, ..MaxPoolOptions::new(window.kernel) };
    value(max_pool2d(image, options.with_stride(window.stride)))
}
