//! Every operator by itself.

use std::rc::Rc;

use super::support::{Case, Random, convolution, window};
use crate::Result;
use crate::graph::{Binary, Convolution, Graph, Op, Part, Reduction, Unary, Window};

/// One operator on inputs of these shapes.
fn check(op: Op<f32>, shapes: &[&[usize]]) -> Result<()> {
    let mut graph = Graph::default();
    let inputs: Vec<_> = shapes.iter().map(|shape| graph.add_input(shape.to_vec())).collect();
    let output = graph.add(op, &inputs)?;
    for seed in 0..3 {
        Case { graph: &graph, outputs: &[output] }.check(seed)?;
    }
    Ok(())
}

/// One operator on an input and constants of these shapes.
fn check_weights(op: Op<f32>, shape: &[usize], constants: &[&[usize]]) -> Result<()> {
    let mut graph = Graph::default();
    let mut inputs = vec![graph.add_input(shape.to_vec())];
    inputs.extend(constants.iter().map(|shape| Random(5).constant(&mut graph, shape)));
    let output = graph.add(op, &inputs)?;
    assert_eq!(Case { graph: &graph, outputs: &[output] }.check(7)?, 1);
    Ok(())
}

#[test]
fn functions_of_two_tensors_broadcast() -> Result<()> {
    let shapes: [[&[usize]; 2]; 9] = [
        [&[2, 3, 5], &[2, 3, 5]],
        [&[2, 3, 5], &[5]],
        [&[2, 1, 5], &[3, 1]],
        [&[], &[2, 9]],
        [&[1, 7, 9, 8], &[1, 1, 1, 8]],
        [&[4, 1], &[1, 300]],
        [&[300], &[]],
        [&[1], &[1, 1]],
        [&[0, 3], &[1, 3]],
    ];
    for shapes in shapes {
        for binary in [Binary::Add, Binary::Subtract, Binary::Divide, Binary::Less, Binary::Maximum] {
            check(Op::Binary(binary), &shapes)?;
        }
        check(Op::Select, &[shapes[0], shapes[1], shapes[0]])?;
    }
    Ok(())
}

#[test]
fn functions_of_single_values() -> Result<()> {
    for unary in
        [Unary::Exp, Unary::Erf, Unary::Tanh, Unary::Sin, Unary::Clamp(-0.5, 0.25), Unary::Round, Unary::Log]
    {
        check(Op::Unary(unary), &[&[3, 7, 31]])?;
    }
    Ok(())
}

#[test]
fn reductions_over_any_axes() -> Result<()> {
    for reduction in
        [Reduction::Sum, Reduction::Mean, Reduction::Maximum, Reduction::Minimum, Reduction::Product]
    {
        for axes in [vec![], vec![0], vec![3], vec![1, 2], vec![1, 3], vec![0, 1, 2, 3], vec![0, 2]] {
            check(Op::Reduce(reduction, axes), &[&[2, 5, 3, 9]])?;
        }
        check(Op::Reduce(reduction, vec![1, 2]), &[&[1, 13, 11, 300]])?;
        check(Op::Reduce(reduction, vec![0]), &[&[0, 3]])?;
    }
    Ok(())
}

#[test]
fn softmax_and_normalisation() -> Result<()> {
    for axis in 0..3 {
        check(Op::Softmax { axis }, &[&[3, 300, 7]])?;
    }
    for axes in [vec![2], vec![1, 2], vec![0, 1], vec![0, 2], vec![1], vec![0, 1, 2], vec![]] {
        check(Op::Normalise { axes, epsilon: 1e-5 }, &[&[3, 300, 7]])?;
    }
    check(Op::Normalise { axes: vec![1, 2, 4], epsilon: 1e-5 }, &[&[2, 4, 5, 3, 6]])
}

#[test]
fn moves() -> Result<()> {
    for order in [[0, 3, 1, 2], [0, 2, 3, 1], [0, 2, 1, 3], [3, 2, 1, 0], [0, 1, 2, 3]] {
        check(Op::Permute(order.to_vec()), &[&[2, 5, 7, 9]])?;
    }
    let part = |start, extent, step| Part { start, extent, step };
    for parts in [
        [part(0, 4, 1), part(0, 5, 1)],
        [part(1, 2, 2), part(2, 2, 1)],
        [part(0, 2, 1), part(0, 5, 1)],
        [part(0, 1, 1), part(0, 0, 1)],
        [part(4, 0, 1), part(0, 5, 1)],
    ] {
        let shape: Vec<_> = parts.iter().map(|part| part.extent).collect();
        check(Op::Slice(parts.to_vec()), &[&[4, 5]])?;
        check(Op::Unslice { parts: parts.to_vec(), shape: vec![4, 5] }, &[&shape])?;
    }
    check(Op::Concat { axis: 1 }, &[&[2, 3, 4], &[2, 1, 4], &[2, 0, 4]])?;
    check(Op::Concat { axis: 0 }, &[&[2, 3]])?;
    check(Op::Pad { amounts: vec![(1, 0), (0, 2), (0, 0)], value: 0.5 }, &[&[2, 3, 4]])?;
    check(Op::Pad { amounts: vec![(1, 1)], value: 0.5 }, &[&[0]])?;
    for shape in [vec![2, 3, 4], vec![5, 2, 3, 4]] {
        check(Op::Broadcast(shape.clone()), &[&[3, 1]])?;
        check(Op::Broadcast(shape), &[&[]])?;
    }
    check(Op::Reshape(vec![6, 2]), &[&[3, 4]])
}

#[test]
fn windows_and_their_largest_values() -> Result<()> {
    let uneven = Window { before: [0, 1], after: [1, -1], dilation: [1, 2], ..window(2, 2, 0) };
    for window in [window(3, 2, 1), window(2, 2, 0), window(3, 1, 1), uneven] {
        check(Op::MaxPool(window.clone()), &[&[2, 9, 8, 5]])?;
        let [rows, columns] = [window.steps(0, 9, 1), window.steps(1, 8, 1)];
        for images in [2, 6] {
            check(Op::MaxPoolBackward(window.clone()), &[&[images, rows, columns, 5], &[2, 9, 8, 5]])?;
        }
    }
    Ok(())
}

#[test]
fn sparse_matrices_along_axes() -> Result<()> {
    let rows = Rc::new(vec![
        vec![(0, 0.5), (3, 0.5)],
        vec![],
        vec![(2, -1.0)],
        vec![(1, 2.0)],
        vec![(1, 1.0), (0, 3.0)],
    ]);
    for axis in 0..3 {
        let mut shape = vec![3, 6, 7];
        shape[axis] = 4;
        check(Op::Linear { axis, rows: rows.clone() }, &[&shape])?;
    }
    check(Op::Linear { axis: 0, rows: Rc::new(vec![vec![], vec![]]) }, &[&[0, 3]])
}

#[test]
fn matrix_products() -> Result<()> {
    for (transpose_a, transpose_b) in [(false, false), (false, true), (true, false), (true, true)] {
        let op = || Op::MatMul { transpose_a, transpose_b };
        let a: &[usize] = if transpose_a { &[2, 1, 9, 5] } else { &[2, 1, 5, 9] };
        let b: &[usize] = if transpose_b { &[3, 11, 9] } else { &[3, 9, 11] };
        check(op(), &[a, b])?;
        check(op(), &[&a[2..], &b[1..]])?;
        check_weights(op(), a, &[b])?;
        check_weights(op(), a, &[&b[1..]])?;
    }
    Ok(())
}

#[test]
fn convolutions() -> Result<()> {
    let plain = convolution(window(1, 1, 0), 1);
    check_weights(plain, &[2, 5, 6, 12], &[&[20, 12, 1, 1], &[20]])?;
    for (kernel, stride, padding) in [(3, 1, 1), (3, 2, 1), (7, 2, 3), (5, 1, 0)] {
        let op = |groups| convolution(window(kernel, stride, padding), groups);
        check_weights(op(1), &[1, 12, 11, 3], &[&[8, 3, kernel, kernel], &[8]])?;
        check_weights(op(8), &[2, 12, 11, 8], &[&[8, 1, kernel, kernel]])?;
        check_weights(op(2), &[1, 12, 11, 8], &[&[12, 4, kernel, kernel]])?;
    }
    let backward = Convolution { window: window(3, 1, 1), input_dilation: [2; 2], groups: 1 };
    check_weights(Op::Convolution(backward), &[1, 6, 5, 8], &[&[4, 8, 3, 3]])
}

#[test]
fn without_values_there_is_nothing_to_do() -> Result<()> {
    for shapes in [[&[3, 0], &[0, 4]], [&[0, 3], &[3, 4]], [&[2, 3], &[3, 0]]] {
        let op = || Op::MatMul { transpose_a: false, transpose_b: false };
        check(op(), &[shapes[0], shapes[1]])?;
        let mut graph = Graph::default();
        let inputs = [graph.add_input(shapes[0].to_vec()), Random(1).constant(&mut graph, shapes[1])];
        let sums = graph.add(op(), &inputs)?;
        let output = graph.unary(Unary::Relu, sums)?;
        Case { graph: &graph, outputs: &[output, sums] }.check(1)?;
    }
    check_weights(convolution(window(1, 1, 0), 1), &[1, 2, 2, 0], &[&[4, 0, 1, 1], &[4]])?;
    check(Op::MaxPool(window(2, 1, 0)), &[&[0, 4, 4, 2]])?;
    check(Op::Normalise { axes: vec![1], epsilon: 1e-5 }, &[&[2, 0, 3]])?;
    check(Op::Softmax { axis: 1 }, &[&[2, 0, 3]])
}
