use std::cell::RefCell;

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
        convolution.forward(x, dims, &mut out, epilogue);
        (out, dims_out)
    }
}

const BOTH: [Half; 2] = [Half::First, Half::Second];
const RANGES: [(f32, f32); 2] = [(0.0, 1.0), (-0.5, 2.0)];

/// A sum of two halves is rounded in another order.
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
    let layers = |halves: &[Half]| {
        let [first, last] = [first, last].map(|values| values.map(|values| values.layer(RANGES[0])));
        Chain::pack(first, filter.layer(RANGES[1]), last, halves)
    };
    let inner: [Activation; 2] = [Some(&halve), Some(&halve)];
    let whole = layers(&BOTH);
    let seen = RefCell::new(vec![0; expected.len() / outputs]);
    let counted = |first: usize, values: &mut [f32]| {
        seen.borrow_mut()[first..][..values.len() / outputs].iter_mut().for_each(|seen| *seen += 1);
        residual(first, values);
    };
    let mut out = vec![f32::NAN; expected.len()];
    whole.forward(&x, dims, &mut out, inner, &Epilogue { then: Some(&counted), ..epilogue });
    assert_near(&out, &expected);
    assert!(seen.take().iter().all(|&seen| seen == 1));
    // One thread's half, and the other's.
    let mut others = vec![f32::NAN; expected.len()];
    whole.sums(&x, dims, &mut out, inner, 1);
    layers(&[Half::Second]).sums(&x, dims, &mut others, inner, usize::MAX);
    out.iter_mut().zip(&others).for_each(|(sum, other)| *sum += other);
    epilogue.apply(outputs, &mut out);
    assert_near(&out, &expected);
}

#[test]
fn a_chain_is_its_layers_in_turn() {
    for (channels, inner, outputs) in [(8, 32, 8), (5, 18, 7), (3, 7, 12), (16, 9, 1)] {
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
