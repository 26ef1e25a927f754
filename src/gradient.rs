//! The gradient of class scores with respect to a target layer.

use burn::tensor::{Tensor, TensorData};

use crate::network::{EfficientNetLite0, Layer};

/// g = ∂y_c / ∂A of several classes in one backward pass, `[classes, channels, h, w]`.
///
/// `linear` is what [`EfficientNetLite0::head_convolution`] made of the features, `[1, 1280, h, w]`; its
/// ReLU6 is the activation at "head". Behind it the network is linear: the gradient of a logit at the pooled
/// head is the classifier's row, of which the pooling gives every position the same share.
pub fn gradients(
    network: &EfficientNetLite0,
    layer: Layer,
    linear: Tensor<4>,
    classes: &[usize],
) -> Tensor<4> {
    let [_, channels, height, width] = linear.dims();
    let rows = classes.iter().flat_map(|&class| network.classifier_row(class));
    let shares = rows.map(|weight| weight / (height * width) as f32).collect();
    let shares = Tensor::from_data(TensorData::new(shares, [classes.len(), channels]), &linear.device());
    match layer {
        Layer::Head => shares.unsqueeze_dims::<4>(&[-1, -1]).expand([classes.len(), channels, height, width]),
        Layer::Features => network.head_backward(shares, linear),
    }
}
