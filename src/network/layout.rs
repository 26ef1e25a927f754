//! Tensors as plain values, with channels outermost, as burn has them, or innermost, as the kernels do.

use burn::tensor::{Device, Tensor, TensorData};

/// A tensor's values, innermost axis first.
pub(super) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    match tensor.into_data().try_into_vec() {
        Ok(values) => values,
        Err(_) => unreachable!("the network's tensors are f32, and lie on the CPU"),
    }
}

/// How many channels are moved at once: a line of the cache.
const MOVED: usize = 16;

/// `[batch, channels, h, w]` → `[h, w, batch, channels]`, in which pictures of a batch lie side by side.
pub(super) fn channels_last(tensor: Tensor<4>) -> Vec<f32> {
    let [batch, channels, height, width] = tensor.dims();
    let positions = height * width;
    let first = values(tensor);
    let mut last = vec![0.0; first.len()];
    for (picture, planes) in first.chunks_exact(channels * positions).enumerate() {
        for (group, planes) in planes.chunks(MOVED * positions).enumerate() {
            for position in 0..positions {
                let to = &mut last[(position * batch + picture) * channels + group * MOVED..];
                for (value, plane) in to.iter_mut().zip(planes.chunks_exact(positions)) {
                    *value = plane[position];
                }
            }
        }
    }
    last
}

/// The way back: `[h, w, batch, channels]` → `[batch, channels, h, w]`.
pub(super) fn channels_first(last: &[f32], [batch, height, width]: [usize; 3], device: &Device) -> Tensor<4> {
    let positions = height * width;
    let channels = last.len() / (batch * positions);
    let mut first = vec![0.0; last.len()];
    for (picture, planes) in first.chunks_exact_mut(channels * positions).enumerate() {
        for (group, planes) in planes.chunks_mut(MOVED * positions).enumerate() {
            for position in 0..positions {
                let from = &last[(position * batch + picture) * channels + group * MOVED..];
                for (plane, value) in planes.chunks_exact_mut(positions).zip(from) {
                    plane[position] = *value;
                }
            }
        }
    }
    Tensor::from_data(TensorData::new(first, [batch, channels, height, width]), device)
}
