use std::sync::Mutex;

use super::*;
use crate::cpu::convolution::Convolution;
use crate::cpu::product::testing::random;

struct Values {
    op: graph::Convolution,
    weight: Vec<f32>,
    shape: [usize; 4],
    bias: Vec<f32>,
}

impl Values {
    fn new(
        [outputs, channels]: [usize; 2],
        kernel: usize,
        stride: usize,
        pads: [isize; 2],
        groups: usize,
    ) -> Self {
        let window = Window {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            before: [pads[0]; 2],
            after: [pads[1]; 2],
        };
        let shape = [outputs, channels, kernel, kernel];
        Self {
            op: graph::Convolution { window, input_dilation: [1; 2], groups },
            weight: random(shape.iter().product()),
            shape,
            bias: random(outputs),
        }
    }

    fn layer(&self, range: (f32, f32)) -> Layer<'_> {
        Layer { op: &self.op, weight: &self.weight, shape: self.shape, bias: Some(&self.bias), range }
    }

    /// The layer alone.
    fn forward(&self, (x, dims): (&[f32], [usize; 4]), epilogue: &Epilogue) -> (Vec<f32>, [usize; 4]) {
        let [n, height, width, _] = dims;
        let steps = [self.op.window.steps(0, height, 1), self.op.window.steps(1, width, 1)];
        let dims_out = [n, steps[0], steps[1], self.shape[0]];
        let mut out = vec![f32::NAN; dims_out.iter().product()];
        let convolution = Convolution::pack(&self.op, &self.weight, self.shape, Some(&self.bias));
        convolution.forward(x, dims, &mut out, epilogue, &Team::ALONE);
        (out, dims_out)
    }
}

const RANGES: [(f32, f32); 2] = [(0.0, 1.0), (-0.5, 2.0)];

/// A sum over branches is rounded in another order.
fn assert_near(values: &[f32], expected: &[f32]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{value} in place of {expected}");
    }
}

fn check(first: Option<&Values>, filter: &Values, last: Option<&Values>, dims: [usize; 4]) {
    let x = random(dims.iter().product());
    let halve = |values: &mut [f32]| values.iter_mut().for_each(|value| *value = 0.5 * *value + 0.25);
    let residual = |_: usize, values: &mut [f32]| values.iter_mut().for_each(|value| *value += 1.0);
    let epilogue = Epilogue { range: (-0.25, 1.5), then: Some(&residual) };
    let activated = |_: usize, values: &mut [f32]| halve(values);
    let inner = |range| Epilogue { range, then: Some(&activated) };
    let mut expected = (x.clone(), dims);
    if let Some(first) = first {
        expected = first.forward((&expected.0, expected.1), &inner(RANGES[0]));
    }
    let of_filter = if last.is_some() { inner(RANGES[1]) } else { epilogue };
    expected = filter.forward((&expected.0, expected.1), &of_filter);
    if let Some(last) = last {
        expected = last.forward((&expected.0, expected.1), &epilogue);
    }
    let (expected, outputs) = (expected.0, expected.1[3]);
    let [first, last] = [first, last].map(|values| values.map(|values| values.layer(RANGES[0])));
    let chain = Chain::pack(first, filter.layer(RANGES[1]), last);
    // Those who do not come leave all to the others, who divide it as if they came.
    for threads in [1, 2, 8] {
        let seen = Mutex::new(vec![0; expected.len() / outputs]);
        let counted = |first: usize, values: &mut [f32]| {
            let mut seen = seen.lock().expect("no panic");
            seen[first..][..values.len() / outputs].iter_mut().for_each(|seen| *seen += 1);
            residual(first, values);
        };
        let epilogue = Epilogue { then: Some(&counted), ..epilogue };
        let mut out = vec![f32::NAN; expected.len()];
        chain.forward(&x, dims, &mut out, [Some(&halve), Some(&halve)], &epilogue, &Team::of(threads));
        assert_near(&out, &expected);
        assert!(seen.into_inner().expect("no panic").iter().all(|&seen| seen == 1));
    }
}

#[test]
fn a_chain_is_its_layers_in_turn() {
    for (channels, inner, outputs) in [(8, 64, 8), (5, 96, 7), (3, 7, 12), (16, 9, 1)] {
        for (kernel, stride, pads) in
            [(3, 1, [1, 1]), (5, 2, [1, 2]), (3, 2, [0, 1]), (2, 3, [-1, 2]), (7, 1, [3, 3])]
        {
            let expand = Values::new([inner, channels], 1, 1, [0, 0], 1);
            let stem = Values::new([inner, channels], 3, 2, [0, 1], 1);
            let filter = Values::new([inner, 1], kernel, stride, pads, inner);
            let project = Values::new([outputs, inner], 1, 1, [0, 0], 1);
            for (height, width) in [(9, 10), (40, 21)] {
                for first in [&expand, &stem] {
                    check(Some(first), &filter, Some(&project), [2, height, width, channels]);
                    check(Some(first), &filter, None, [2, height, width, channels]);
                }
                check(None, &filter, Some(&project), [2, height, width, inner]);
            }
        }
    }
}
