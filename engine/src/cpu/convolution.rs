//! Convolutions of every kind: a product, several of them, or a filter a channel.

mod part;
mod phase;
mod sliding;
mod winograd;

use super::epilogue::{Epilogue, LINEAR};
use super::product::Product;
use super::team::Team;
use crate::graph;
pub(super) use part::Done;
use part::{Part, Task};
use phase::{Phase, phases};
pub(super) use sliding::{Image, Sliding, by_tap};
pub(super) use winograd::Winograd;

/// A convolution with its weights packed.
#[derive(Debug)]
pub struct Convolution {
    kind: Kind,
    window: graph::Window,
    input_dilation: [usize; 2],
    outputs: usize,
}

#[derive(Debug)]
enum Kind {
    /// A product at each position.
    Dense { product: Product, sparse: bool },
    /// What gives some rows and columns of the output each.
    Parts(Vec<Part>),
}

impl Kind {
    fn of_parts(op: &graph::Convolution, pack: impl Fn([Phase; 2]) -> Part) -> Self {
        let [rows, columns] = [0, 1].map(|axis| phases(&op.window, axis, op.input_dilation[axis]));
        let pairs = rows.iter().flat_map(|row| columns.iter().map(move |column| [row, column]));
        Self::Parts(pairs.map(|phases| pack(phases.map(Clone::clone))).collect())
    }
}

impl Convolution {
    /// Packs a weight `[outputs, channels / groups, rows, columns]`, which is its `shape`, and a bias `[outputs]` or
    /// zeros.
    pub fn pack(op: &graph::Convolution, weight: &[f32], shape: [usize; 4], bias: Option<&[f32]>) -> Self {
        let graph::Convolution { window, input_dilation, groups } = op;
        let [outputs, channels, ..] = shape;
        let kind = if is_pointwise(op) {
            Kind::Dense { product: Product::pack(weight, bias, [outputs, channels]), sparse: false }
        } else {
            Kind::of_parts(op, |phases| Part::pack(phases, weight, shape, bias, *groups))
        };
        Self { kind, window: window.clone(), input_dilation: *input_dilation, outputs }
    }

    /// As [`Self::pack`], of one that [suits](Winograd::suits): four times as many weights, a quarter of the products.
    pub fn pack_winograd(
        op: &graph::Convolution,
        weight: &[f32],
        shape: [usize; 4],
        bias: Option<&[f32]>,
    ) -> Self {
        let kind = Kind::of_parts(op, |phases| Part::pack_winograd(phases, op, weight, shape, bias));
        Self { kind, window: op.window.clone(), input_dilation: op.input_dilation, outputs: shape[0] }
    }

    /// Says that many inputs may be zero, as those of a gradient behind a ReLU are.
    pub fn expecting_zeros(mut self) -> Self {
        if let Kind::Dense { sparse, .. } = &mut self.kind {
            *sparse = true;
        }
        self
    }

    /// `[n, h, w, c]` → `[n, h', w', outputs]`.
    pub fn forward(
        &self,
        x: &[f32],
        [_, height, width, channels]: [usize; 4],
        out: &mut [f32],
        epilogue: &Epilogue,
        team: &Team,
    ) {
        let parts = match &self.kind {
            Kind::Dense { product, sparse: false } => return product.forward(x, out, epilogue, team),
            Kind::Dense { product, sparse: true } => {
                return product.forward_sparse(x, out, epilogue, 1, team);
            }
            Kind::Parts(parts) => parts,
        };
        let size = [height, width];
        let steps = [0, 1].map(|axis| self.window.steps(axis, size[axis], self.input_dilation[axis]));
        let positions = steps[0] * steps[1];
        let images = x.chunks_exact((height * width * channels).max(1));
        for (at, (x, out)) in images.zip(out.chunks_exact_mut((positions * self.outputs).max(1))).enumerate()
        {
            let complete = |first: usize, out: &mut [f32]| epilogue.complete(at * positions + first, out);
            let image = Image { values: x, size };
            if let [part] = &parts[..] {
                part.forward(&Task { image, steps, range: epilogue.range, done: &complete, team }, out);
            } else {
                for part in parts {
                    part.forward(&Task { image, steps, range: epilogue.range, done: &|_, _| (), team }, out);
                }
                Epilogue { range: LINEAR, then: Some(&complete) }.apply(self.outputs, out);
            }
        }
    }
}

/// Whether each position of the output is a product of the same position of the input.
pub(super) fn is_pointwise(op: &graph::Convolution) -> bool {
    let graph::Convolution { window, input_dilation, groups } = op;
    [window.kernel, window.stride, *input_dilation] == [[1; 2]; 3]
        && [window.before, window.after] == [[0; 2]; 2]
        && *groups == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::product::testing::{assert_close, random};
    use crate::graph::Window;

    /// Of one image at a time, `[height, width, channels]`.
    fn naive(
        op: &graph::Convolution,
        x: &[f32],
        [n, height, width, channels]: [usize; 4],
        weight: &[f32],
        bias: &[f32],
    ) -> Vec<f64> {
        let graph::Convolution { window, input_dilation, groups } = op;
        let (outputs, covered) = (bias.len(), channels / groups);
        let size = [height, width];
        let steps = [0, 1].map(|axis| window.steps(axis, size[axis], input_dilation[axis]));
        let place = |axis: usize, step: usize, tap: usize| {
            let place =
                (step * window.stride[axis] + tap * window.dilation[axis]) as isize - window.before[axis];
            let place =
                usize::try_from(place).ok().filter(|place| place.is_multiple_of(input_dilation[axis]))?;
            Some(place / input_dilation[axis]).filter(|&place| place < size[axis])
        };
        let mut out = Vec::new();
        for (image, row, column, output) in (0..n).flat_map(|image| {
            (0..steps[0]).flat_map(move |row| {
                (0..steps[1])
                    .flat_map(move |column| (0..outputs).map(move |output| (image, row, column, output)))
            })
        }) {
            let mut sum = f64::from(bias[output]);
            for (ky, kx) in (0..window.kernel[0]).flat_map(|ky| (0..window.kernel[1]).map(move |kx| (ky, kx)))
            {
                let (Some(y), Some(x_)) = (place(0, row, ky), place(1, column, kx)) else { continue };
                for c in 0..covered {
                    let channel = output / (outputs / groups) * covered + c;
                    let value = x[((image * height + y) * width + x_) * channels + channel];
                    let weight =
                        weight[((output * covered + c) * window.kernel[0] + ky) * window.kernel[1] + kx];
                    sum += f64::from(value) * f64::from(weight);
                }
            }
            out.push(sum);
        }
        out
    }

    fn check(op: &graph::Convolution, dims: [usize; 4], outputs: usize) {
        let (out, expected, _) = run(op, dims, outputs, Convolution::pack);
        assert_close(&out, &expected);
    }

    type Pack = fn(&graph::Convolution, &[f32], [usize; 4], Option<&[f32]>) -> Convolution;

    /// What a convolution and an epilogue give, what they should, and the largest sum before its range.
    fn run(
        op: &graph::Convolution,
        dims: [usize; 4],
        outputs: usize,
        pack: Pack,
    ) -> (Vec<f32>, Vec<f64>, f64) {
        let shape = [outputs, dims[3] / op.groups, op.window.kernel[0], op.window.kernel[1]];
        let (x, weight, bias) =
            (random(dims.iter().product()), random(shape.iter().product()), random(outputs));
        let expected = naive(op, &x, dims, &weight, &bias);
        let convolution = pack(op, &weight, shape, Some(&bias)).expecting_zeros();
        let mut out = vec![f32::NAN; expected.len()];
        let seen = std::sync::Mutex::new(vec![0; expected.len() / outputs]);
        let then = |first: usize, values: &mut [f32]| {
            seen.lock().expect("no panic")[first..][..values.len() / outputs]
                .iter_mut()
                .for_each(|seen| *seen += 1);
            values.iter_mut().for_each(|value| *value *= 2.0);
        };
        convolution.forward(
            &x,
            dims,
            &mut out,
            &Epilogue { range: (-1.0, 0.75), then: Some(&then) },
            &Team::ALONE,
        );
        let largest = expected.iter().fold(0.0, |largest: f64, sum| largest.max(sum.abs()));
        let expected = expected.iter().map(|value| 2.0 * value.clamp(-1.0, 0.75)).collect();
        assert!(
            seen.into_inner().expect("no panic").iter().all(|&seen| seen == 1),
            "positions are completed once: {op:?}"
        );
        (out, expected, largest)
    }

    fn convolution(kernel: usize, stride: usize, pads: [isize; 4], groups: usize) -> graph::Convolution {
        let [top, left, bottom, right] = pads;
        let window = Window {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [top, left],
            after: [bottom, right],
        };
        graph::Convolution { window, input_dilation: [1; 2], groups }
    }

    #[test]
    fn kernels_strides_and_paddings() {
        for (kernel, stride, pads) in [
            (1, 1, [0; 4]),
            (1, 2, [0; 4]),
            (1, 1, [1, 0, 0, 2]),
            (3, 1, [1; 4]),
            (3, 2, [0, 1, 1, 0]),
            (3, 2, [0; 4]),
            (5, 1, [4, 5, 6, 7]),
            (3, 1, [-1, -2, 1, 3]),
            (2, 3, [1, 0, 1, 2]),
            (7, 2, [3; 4]),
        ] {
            for (channels, outputs, groups) in
                [(3, 16, 1), (12, 10, 1), (36, 8, 1), (6, 9, 3), (8, 40, 2), (32, 24, 4)]
            {
                check(&convolution(kernel, stride, pads, groups), [2, 9, 8, channels], outputs);
            }
            // A filter a channel, and more.
            for (channels, repeats) in [(8, 1), (5, 1), (1, 1), (3, 2), (4, 3)] {
                check(&convolution(kernel, stride, pads, channels), [2, 9, 8, channels], repeats * channels);
            }
        }
    }

    #[test]
    fn rows_and_columns_may_differ() {
        for (channels, outputs, groups) in [(5, 9, 1), (8, 8, 8), (6, 12, 6), (40, 16, 2)] {
            let window =
                Window { kernel: [2, 5], stride: [3, 1], dilation: [4, 2], before: [2, -1], after: [0, 7] };
            check(
                &graph::Convolution { window, input_dilation: [1; 2], groups },
                [1, 13, 11, channels],
                outputs,
            );
        }
    }

    #[test]
    fn inputs_with_zeros_between_them() {
        for (kernel, stride, dilation, input_dilation) in [
            ([3, 3], [1, 1], [1, 1], [2, 2]),
            ([1, 1], [1, 1], [1, 1], [2, 2]),
            ([4, 5], [1, 1], [1, 1], [2, 3]),
            ([3, 2], [2, 3], [1, 2], [3, 2]),
            ([3, 3], [2, 1], [2, 3], [2, 6]),
        ] {
            for pads in [[1, 1], [0, 2], [-1, 4]] {
                for (channels, outputs, groups) in [(4, 9, 1), (8, 8, 8), (3, 6, 3), (40, 16, 2)] {
                    let window = Window { kernel, stride, dilation, before: pads, after: [3, 3] };
                    check(
                        &graph::Convolution { window, input_dilation, groups },
                        [2, 5, 4, channels],
                        outputs,
                    );
                }
            }
        }
    }

    #[test]
    fn fewer_products_give_the_same() {
        for pads in [[1; 4], [0; 4], [0, 1, 2, 0], [2, 3, 0, 1], [-1, 1, 0, -2]] {
            for [height, width] in [[9, 8], [3, 3], [5, 16], [33, 30]] {
                for [channels, outputs] in [[16, 16], [20, 36]] {
                    let op = convolution(3, 1, pads, 1);
                    assert!(Winograd::suits(&op, [outputs, channels, 3, 3]));
                    let dims = [2, height, width, channels];
                    let (out, expected, largest) = run(&op, dims, outputs, Convolution::pack_winograd);
                    for (value, expected) in out.iter().zip(expected) {
                        assert!((f64::from(*value) - expected).abs() <= 1e-5 * largest, "{op:?} of {dims:?}");
                    }
                }
            }
        }
        for (op, shape) in [
            (convolution(3, 2, [1; 4], 1), [16, 16, 3, 3]),
            (convolution(5, 1, [1; 4], 1), [16, 16, 5, 5]),
            (convolution(3, 1, [1; 4], 2), [32, 16, 3, 3]),
            (convolution(3, 1, [1; 4], 1), [18, 16, 3, 3]),
            (convolution(3, 1, [1; 4], 1), [16, 3, 3, 3]),
        ] {
            assert!(!Winograd::suits(&op, shape));
        }
    }

    #[test]
    fn larger_images_go_through_in_bands() {
        check(&convolution(3, 1, [1; 4], 1), [1, 17, 31, 16], 16);
        check(&convolution(3, 2, [0, 0, 1, 1], 1), [1, 34, 62, 3], 32);
        check(&convolution(3, 1, [1; 4], 12), [1, 30, 20, 12], 12);
        check(&convolution(5, 2, [1, 2, 2, 1], 12), [1, 50, 20, 12], 12);
        check(&convolution(1, 1, [0; 4], 1), [3, 15, 16, 65], 12);
    }
}
