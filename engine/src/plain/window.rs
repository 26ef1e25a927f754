//! What looks through windows: convolutions and maximum poolings, `[N, H, W, C]`.

use super::Tensor;
use super::product::Weights;
use crate::graph::{Convolution, Number, Window, permute};

/// Which places of an input the windows of its outputs see.
struct Sight<'a> {
    window: &'a Window,
    input_dilation: [usize; 2],
    /// Rows, columns and channels of the input.
    input: [usize; 3],
    /// Rows and columns of the output.
    output: [usize; 2],
}

impl<'a> Sight<'a> {
    fn new(window: &'a Window, input_dilation: [usize; 2], input: &[usize], output: &[usize]) -> Self {
        Self { window, input_dilation, input: [input[1], input[2], input[3]], output: [output[1], output[2]] }
    }

    fn taps(&self) -> usize {
        self.window.kernel[0] * self.window.kernel[1]
    }

    /// Where the channels begin that a tap of an output's window sees, if it is not in the padding.
    #[inline(never)] // Four times in the module for no gain otherwise.
    fn at(&self, position: usize, tap: usize) -> Option<usize> {
        let ([height, width, channels], columns) = (self.input, self.output[1]);
        let (image, row, column) =
            (position / (columns * self.output[0]), position / columns % self.output[0], position % columns);
        let row = self.along(0, row, tap / self.window.kernel[1])?;
        let column = self.along(1, column, tap % self.window.kernel[1])?;
        Some(((image * height + row) * width + column) * channels)
    }

    fn along(&self, axis: usize, position: usize, tap: usize) -> Option<usize> {
        let Window { stride, dilation, before, .. } = self.window;
        let place = (position * stride[axis] + tap * dilation[axis]).checked_add_signed(-before[axis])?;
        let (place, between) = (place / self.input_dilation[axis], place % self.input_dilation[axis]);
        (between == 0 && place < self.input[axis]).then_some(place)
    }

    /// Tells each output, of that many, and the place of the first largest value of x that its window sees. Where
    /// there are more outputs than x has windows, it is the same x again, though places go on.
    fn first_largest<T: Number>(&self, x: &[T], outputs: usize, found: &mut dyn FnMut(usize, usize)) {
        let channels = self.input[2];
        let mut seen = Vec::with_capacity(self.taps());
        for position in 0..outputs / channels {
            seen.clear();
            seen.extend((0..self.taps()).filter_map(|tap| self.at(position, tap)));
            let repeated = seen.first().map_or(0, |at| at - at % x.len());
            for channel in 0..channels {
                let mut places = seen.iter().map(|at| at + channel);
                let Some(mut first) = places.next() else { continue };
                for place in places {
                    if x[place - repeated] > x[first - repeated] {
                        first = place;
                    }
                }
                found(position * channels + channel, first);
            }
        }
    }
}

pub fn convolution<T: Number>(
    convolution: &Convolution,
    x: Tensor<T>,
    weight: Tensor<T>,
    bias: Option<&[T]>,
    shape: &[usize],
) -> Vec<T> {
    let sight = Sight::new(&convolution.window, convolution.input_dilation, x.shape, shape);
    let (channels, depth, taps) = (shape[3], weight.shape[1], sight.taps());
    let positions = shape[..3].iter().product();
    let mut y = match bias {
        Some(bias) => bias.repeat(positions),
        None => vec![T::ZERO; positions * channels],
    };
    if depth == 1 && convolution.groups == channels {
        depthwise(&sight, x.values, weight.values, &mut y);
        return y;
    }
    let outputs = channels / convolution.groups;
    for group in 0..convolution.groups {
        let weight = &weight.values[group * outputs * depth * taps..];
        let weights = Weights::new(weight, (taps, 1), (depth, taps), (outputs, depth * taps));
        let row = |position, tap| sight.at(position, tap).map(|at| &x.values[at + group * depth..][..depth]);
        weights.accumulate(positions, &row, &mut y[group * outputs..], channels);
    }
    y
}

/// Each channel by itself: all of them go side by side.
fn depthwise<T: Number>(sight: &Sight, x: &[T], weight: &[T], y: &mut [T]) {
    let (channels, taps) = (sight.input[2], sight.taps());
    let weights = permute(weight, &[channels, taps], &[1, 0]);
    for (position, y) in y.chunks_exact_mut(channels).enumerate() {
        for (tap, weights) in weights.chunks_exact(channels).enumerate() {
            if let Some(at) = sight.at(position, tap) {
                let x = &x[at..][..channels];
                y.iter_mut().zip(x).zip(weights).for_each(|((y, &x), &weight)| *y += x * weight);
            }
        }
    }
}

pub fn max_pool<T: Number>(window: &Window, x: Tensor<T>, shape: &[usize]) -> Vec<T> {
    let mut y = vec![T::of(f64::NEG_INFINITY); shape.iter().product()];
    let sight = Sight::new(window, [1, 1], x.shape, shape);
    sight.first_largest(x.values, y.len(), &mut |output, place| y[output] = x.values[place]);
    y
}

pub fn max_pool_backward<T: Number>(window: &Window, g: Tensor<T>, x: Tensor<T>, shape: &[usize]) -> Vec<T> {
    let mut y = vec![T::ZERO; shape.iter().product()];
    let sight = Sight::new(window, [1, 1], x.shape, g.shape);
    sight.first_largest(x.values, g.values.len(), &mut |output, place| y[place] += g.values[output]);
    y
}
