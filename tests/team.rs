//! Two threads at one network: the same activations as one thread's, and an answer where the second one is lost.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use burn::tensor::{Tensor, TensorData};
use gradlens::device::Device;
use gradlens::model::Model;
use gradlens::network::{Activations, Assistant, EfficientNetLite0, Partner, PartnerLost};
use native::Precision;

/// One end of a pair of threads.
#[derive(Debug)]
struct End {
    inputs: Sender<(Vec<f32>, [usize; 4])>,
    sums: Sender<Vec<f32>>,
    others: Receiver<Vec<f32>>,
}

impl Partner for End {
    fn start(&self, input: &[f32], dims: [usize; 4]) -> Result<(), PartnerLost> {
        self.inputs.send((input.to_vec(), dims)).map_err(|_| PartnerLost)
    }

    fn swap(&self, own: &[f32], others: &mut [f32]) -> Result<(), PartnerLost> {
        self.sums.send(own.to_vec()).map_err(|_| PartnerLost)?;
        others.copy_from_slice(&self.others.recv().map_err(|_| PartnerLost)?);
        Ok(())
    }
}

/// A partner in a thread of its own, which leaves after so many pictures.
fn partner(pictures: usize) -> End {
    let ((to_assistant, own), (to_network, others)) = (channel(), channel());
    let (inputs, queue) = channel();
    let end = End { inputs: inputs.clone(), sums: to_assistant, others };
    thread::spawn(move || {
        let bytes = native::model(Precision::F32);
        let assistant = Assistant::load(&Model::read(&bytes).expect("a model")).expect("the second half");
        let end = End { inputs, sums: to_network, others: own };
        for (input, dims) in queue.iter().take(pictures) {
            assistant.assist(&end, &input, dims).expect("the network answers");
        }
    });
    end
}

/// Two pictures of noise.
fn input(size: usize) -> Tensor<4> {
    let mut state = 1_u32;
    let values: Vec<f32> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    })
    .take(2 * 3 * size * size)
    .collect();
    Tensor::from_data(TensorData::new(values, [2, 3, size, size]), Device::cpu().burn())
}

/// The values at both layers.
fn activations(network: &EfficientNetLite0, input: Tensor<4>) -> [Vec<f32>; 2] {
    let Activations { features, linear } =
        pollster::block_on(network.activations(input)).expect("the CPU does not fail");
    [features, linear].map(|tensor| tensor.into_data().try_to_vec().expect("floats"))
}

fn network() -> EfficientNetLite0 {
    let bytes = native::model(Precision::F32);
    EfficientNetLite0::load(&Model::read(&bytes).expect("a model"), &Device::cpu()).expect("a network")
}

#[test]
fn two_threads_find_what_one_does() {
    let network = network();
    let sizes = [32, 96, 224];
    let alone = sizes.map(|size| activations(&network, input(size)));
    network.share_with(Box::new(partner(usize::MAX)));
    for (size, alone) in sizes.into_iter().zip(alone) {
        assert!(activations(&network, input(size)) == alone, "{size} x {size} is another one");
    }
}

#[test]
fn a_partner_that_is_lost_is_done_without() {
    let network = network();
    let alone = activations(&network, input(64));
    network.share_with(Box::new(partner(1)));
    for picture in 1..=3 {
        assert!(activations(&network, input(64)) == alone, "picture {picture} is another one's");
    }
}
