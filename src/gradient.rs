//! The gradient of class scores with respect to a target layer.

use burn::tensor::activation::relu6;
use burn::tensor::{Tensor, TensorData};

use crate::network::{EfficientNetLite0, Layer};

/// g = ∂y_c / ∂A of several classes in one backward pass, `[classes, channels, h, w]`.
///
/// `linear` is what [`EfficientNetLite0::head_convolution`] made of the features, `[1, 1280, h, w]`; its
/// ReLU6 is the activation at "head". Only the classifier tells classes apart: autodiff goes back through
/// it, and what lies before is stepped through once for all of them. The pooling gives every position the
/// same share; the ReLU6 lets it through at the same places for every class.
pub fn gradients(
    network: &EfficientNetLite0,
    layer: Layer,
    linear: Tensor<4>,
    classes: &[usize],
) -> Tensor<4> {
    let [_, channels, height, width] = linear.dims();
    let pooled = network.pool(relu6(linear.clone()));
    let share = backward(pooled, classes, |pooled| network.classifier(pooled)) / (height * width) as f32;
    match layer {
        Layer::Head => {
            share.reshape([classes.len(), channels, 1, 1]).expand([classes.len(), channels, height, width])
        }
        Layer::Features => network.head_backward(share, linear),
    }
}

/// The gradient of each class's logit with respect to `input`, by autodiff.
///
/// The input is repeated once a class along the batch and becomes the leaf of a graph; the gradient
/// of Σ_i y\[i, c_i\] is then each class's own gradient in its own row.
fn backward(input: Tensor<2>, classes: &[usize], tail: impl Fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
    let leaf = input.repeat_dim(0, classes.len()).detach().autodiff().require_grad();
    let logits = tail(leaf.clone());
    let chosen = one_hot(classes, &logits);
    let mut gradients = (logits * chosen).sum().backward();
    match leaf.grad_remove(&mut gradients) {
        Some(gradient) => gradient,
        None => unreachable!("a leaf that requires a gradient has one after the backward pass"),
    }
}

/// Rows that are 1 at their class and 0 elsewhere, of the logits' shape.
fn one_hot(classes: &[usize], logits: &Tensor<2>) -> Tensor<2> {
    let [rows, columns] = logits.dims();
    let mut values = vec![0.0f32; rows * columns];
    for (row, &class) in values.chunks_exact_mut(columns).zip(classes) {
        row[class] = 1.0;
    }
    Tensor::from_data(TensorData::new(values, [rows, columns]), &logits.device().without_autodiff())
}
