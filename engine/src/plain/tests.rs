//! Each operator against the sentence that defines it, on small tensors.

use std::rc::Rc;

use super::run;
use crate::Result;
use crate::graph::{Convolution, Graph, Number, Op, Part, Reduction, ValueId, Window, elements};

/// What an operator makes of tensors.
fn apply<T: Number>(op: Op<T>, inputs: &[(&[usize], &[T])]) -> Result<(Vec<usize>, Rc<[T]>)> {
    let mut graph = Graph::default();
    let ids: Vec<ValueId> = inputs.iter().map(|(shape, _)| graph.add_input(shape.to_vec())).collect();
    let y = graph.add(op, &ids)?;
    let values: Vec<_> =
        ids.into_iter().zip(inputs).map(|(id, (_, values))| (id, Rc::from(*values))).collect();
    Ok((graph.shape(y).to_vec(), run(&graph, &values, &[y])?[0].clone()))
}

/// Numbers that are all different and of no order.
fn numbers(shape: &[usize]) -> Vec<f64> {
    (0..elements(shape).unwrap_or(0)).map(|at| ((at * 7919 + 13) % 1009) as f64 / 100.0 - 5.0).collect()
}

#[test]
fn a_convolution_is_its_sum() -> Result<()> {
    for (groups, channels, outputs) in [(1, 3, 5), (2, 4, 6), (6, 6, 6), (3, 3, 9)] {
        let window =
            Window { kernel: [3, 2], stride: [2, 1], dilation: [1, 3], before: [2, -1], after: [1, 2] };
        let convolution = Convolution { window: window.clone(), input_dilation: [1, 2], groups };
        let depth = channels / groups;
        let (x_shape, weight_shape) = ([2, 7, 5, channels], [outputs, depth, 3, 2]);
        let (x, weight, bias) = (numbers(&x_shape), numbers(&weight_shape), numbers(&[outputs]));
        let inputs = [(&x_shape[..], &x[..]), (&weight_shape[..], &weight[..]), (&[outputs][..], &bias[..])];
        let (shape, y) = apply(Op::Convolution(convolution), &inputs)?;
        assert_eq!(shape, [2, window.steps(0, 7, 1), window.steps(1, 5, 2), outputs]);
        for (at, &y) in y.iter().enumerate() {
            let (output, column) = (at % outputs, at / outputs % shape[2]);
            let (row, image) = (at / outputs / shape[2] % shape[1], at / outputs / shape[2] / shape[1]);
            let mut expected = bias[output];
            for (tap_row, tap_column) in (0..3).flat_map(|row| [(row, 0isize), (row, 1)]) {
                let row = row as isize * 2 + tap_row - 2;
                let column = column as isize + tap_column * 3 + 1;
                if !(0..7).contains(&row) || !(0..9).contains(&column) || column % 2 == 1 {
                    continue;
                }
                for place in 0..depth {
                    let channel = output / (outputs / groups) * depth + place;
                    let x = x[((image * 7 + row as usize) * 5 + column as usize / 2) * channels + channel];
                    let weight = ((output * depth + place) * 3 + tap_row as usize) * 2 + tap_column as usize;
                    expected += x * self::numbers(&weight_shape)[weight];
                }
            }
            assert!((y - expected).abs() < 1e-9, "{y} for {expected}");
        }
    }
    Ok(())
}

#[test]
fn a_product_broadcasts_and_transposes() -> Result<()> {
    for (transpose_a, transpose_b) in [(false, false), (true, false), (false, true), (true, true)] {
        for (batch_a, batch_b, batch) in
            [(&[2, 1][..], &[3][..], [2, 3]), (&[2, 3], &[], [2, 3]), (&[], &[2, 3], [2, 3])]
        {
            let (m, n, k) = (5, 6, 3);
            let a_shape = [batch_a, &if transpose_a { [k, m] } else { [m, k] }].concat();
            let b_shape = [batch_b, &if transpose_b { [n, k] } else { [k, n] }].concat();
            let (a, b) = (numbers(&a_shape), numbers(&b_shape));
            let op = Op::MatMul { transpose_a, transpose_b };
            let (shape, y) = apply(op, &[(&a_shape, &a), (&b_shape, &b)])?;
            assert_eq!(shape, [batch[0], batch[1], m, n]);
            for (at, &y) in y.iter().enumerate() {
                let (column, row, image) = (at % n, at / n % m, at / n / m);
                let of = |batch: &[usize]| match *batch {
                    [] => 0,
                    [2, 1] => image / 3,
                    [3] => image % 3,
                    _ => image,
                };
                let (a, b) = (&a[of(batch_a) * m * k..], &b[of(batch_b) * n * k..]);
                let term = |place: usize| {
                    a[if transpose_a { place * m + row } else { row * k + place }]
                        * b[if transpose_b { column * k + place } else { place * n + column }]
                };
                assert!((y - (0..k).map(term).sum::<f64>()).abs() < 1e-9);
            }
        }
    }
    Ok(())
}

#[test]
fn axes_are_reduced() -> Result<()> {
    let x = [3.0f64, -1.0, 2.0, 5.0, 0.5, -4.0];
    for (reduction, over_rows, over_all) in [
        (Reduction::Sum, [8.0, -0.5, -2.0], 5.5),
        (Reduction::Mean, [4.0, -0.25, -1.0], 5.5 / 6.0),
        (Reduction::Maximum, [5.0, 0.5, 2.0], 5.0),
        (Reduction::Minimum, [3.0, -1.0, -4.0], -4.0),
        (Reduction::Product, [15.0, -0.5, -8.0], 60.0),
    ] {
        assert_eq!(*apply(Op::Reduce(reduction, vec![0]), &[(&[2, 3], &x)])?.1, over_rows);
        let (shape, y) = apply(Op::Reduce(reduction, vec![0, 1]), &[(&[2, 3], &x)])?;
        assert_eq!(shape, [1, 1]);
        assert!((y[0] - over_all).abs() < 1e-12);
    }
    Ok(())
}

#[test]
fn a_softmax_sums_to_one_and_a_normalisation_to_nothing() -> Result<()> {
    let x = [1000.0f32, 1001.0, -1000.0, 3.0];
    let y = apply(Op::Softmax { axis: 0 }, &[(&[2, 2], &x)])?.1;
    assert_eq!(*y, [1.0, 1.0, 0.0, 0.0]);
    let x: Vec<_> = (0..64).map(|x| 10_000.0 + (x % 8) as f32).collect();
    let y = apply(Op::Normalise { axes: vec![0, 1], epsilon: 0.0 }, &[(&[8, 8], &x)])?.1;
    assert!(y.iter().sum::<f32>().abs() < 1e-4);
    assert!((y.iter().map(|y| y * y).sum::<f32>() - 64.0).abs() < 1e-3, "in f32, far from 0");
    Ok(())
}

#[test]
fn a_pooling_and_its_gradient_find_the_first_maximum() -> Result<()> {
    let window = Window { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], before: [1, 0], after: [0, 0] };
    let x = [-1.0, -2.0, -3.0, 7.0, 5.0, 7.0, 7.0, 7.0];
    let x_shape = [1, 2, 4, 1];
    let window = Window { after: [1, 0], ..window };
    let (shape, y) = apply(Op::MaxPool(window.clone()), &[(&x_shape, &x)])?;
    assert_eq!((&shape[..], &y[..]), (&[1, 2, 2, 1][..], &[-1.0, 7.0, 7.0, 7.0][..]));
    let g = [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0];
    let (shape, y) = apply(Op::MaxPoolBackward(window), &[(&[2, 2, 2, 1], &g), (&x_shape, &x)])?;
    assert_eq!(shape, [2, 2, 4, 1]);
    assert_eq!(y[..8], [1.0, 0.0, 0.0, 2.0, 0.0, 3.0, 4.0, 0.0]);
    assert_eq!(y[8..], [10.0, 0.0, 0.0, 20.0, 0.0, 30.0, 40.0, 0.0]);
    Ok(())
}

#[test]
fn values_move() -> Result<()> {
    let x: Vec<f64> = (0..6).map(f64::from).collect();
    let part = |start, extent, step| Part { start, extent, step };
    let parts = vec![part(1, 1, 1), part(0, 2, 2)];
    assert_eq!(*apply(Op::Slice(parts.clone()), &[(&[2, 3], &x)])?.1, [3.0, 5.0]);
    let unslice = Op::Unslice { parts, shape: vec![2, 3] };
    assert_eq!(*apply(unslice, &[(&[1, 2], &[8.0, 9.0])])?.1, [0.0, 0.0, 0.0, 8.0, 0.0, 9.0]);
    let concat = apply(Op::Concat { axis: 1 }, &[(&[2, 1], &[8.0, 9.0]), (&[2, 3], &x)])?.1;
    assert_eq!(*concat, [8.0, 0.0, 1.0, 2.0, 9.0, 3.0, 4.0, 5.0]);
    let pad = Op::Pad { amounts: vec![(0, 1), (1, 0)], value: -1.0 };
    assert_eq!(*apply(pad, &[(&[1, 2], &[8.0, 9.0])])?.1, [-1.0, 8.0, 9.0, -1.0, -1.0, -1.0]);
    let broadcast = apply(Op::Broadcast(vec![2, 2, 3]), &[(&[2, 1], &[8.0, 9.0])])?.1;
    assert_eq!(*broadcast, [8.0, 8.0, 8.0, 9.0, 9.0, 9.0, 8.0, 8.0, 8.0, 9.0, 9.0, 9.0]);
    let rows = Rc::new(vec![vec![(2, 1.0)], vec![], vec![(0, 0.5), (1, 0.5)]]);
    assert_eq!(*apply(Op::Linear { axis: 1, rows }, &[(&[2, 3], &x)])?.1, [2.0, 0.0, 0.5, 5.0, 0.0, 3.5]);
    let select = apply(Op::Select, &[(&[2, 1], &[0.0, 1.0]), (&[2, 3], &x), (&[], &[9.0])])?.1;
    assert_eq!(*select, [9.0, 9.0, 9.0, 3.0, 4.0, 5.0]);
    Ok(())
}

#[test]
fn a_graph_may_be_entered_in_its_middle() -> Result<()> {
    use crate::graph::{Binary, Unary};
    let mut graph = Graph::default();
    let x = graph.add_input(vec![2]);
    let middle = graph.unary(Unary::Exp, x)?;
    let two = graph.add_scalar(2.0);
    let y = graph.binary(Binary::Multiply, middle, two)?;
    assert_eq!(*run(&graph, &[(middle, Rc::from([1.0, 3.0]))], &[y, middle])?[0], [2.0, 6.0]);
    assert!(run(&graph, &[], &[y]).is_err(), "nothing is given");
    assert!(run(&graph, &[(x, Rc::from([1.0]))], &[y]).is_err(), "too little is given");
    Ok(())
}
