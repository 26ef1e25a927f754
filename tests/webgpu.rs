//! The features of a GPU against those of the CPU, where there is an adapter: one of software will do
//! (Debian's `mesa-vulkan-drivers`).
#![cfg(all(feature = "webgpu", not(target_family = "wasm")))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use burn::tensor::Tensor;
use golden::{Golden, largest_difference};
use gradlens::device::Device;
use gradlens::model::Model;
use gradlens::network::EfficientNetLite0;
use gradlens::preprocess::{InputSize, NetworkInput};
use native::Precision;

/// Width and height of inputs: the smallest, the standard one, a fine one, and oblong ones.
const SIZES: [(usize, usize); 5] = [(32, 32), (224, 224), (448, 448), (320, 256), (96, 160)];

/// The most by which features may differ, relative to the largest.
const TOLERANCE: f32 = 1e-5;

#[test]
fn a_gpu_gives_the_features_of_the_cpu() {
    let cpu = Device::cpu();
    let gpu = match pollster::block_on(Device::webgpu()) {
        Ok(gpu) => gpu,
        Err(reason) => return println!("webgpu is left out: {reason}"),
    };
    let bytes = native::model(Precision::Shipped);
    let model = Model::read(&bytes).expect("the model reads");
    let networks = [&cpu, &gpu].map(|device| EfficientNetLite0::load(&model, device).expect("it loads"));
    let features = |input: &Tensor<4>| {
        networks.each_ref().map(|network| {
            let features = pollster::block_on(network.activations(input.clone())).expect("features").features;
            (features.dims(), features.into_data().try_into_vec::<f32>().expect("f32 values"))
        })
    };
    let file = std::fs::read(native::root().join("tests/golden/mosaic_448x448.safetensors"));
    let picture = Golden::parse(&file.expect("a golden file")).picture();
    let assert_equal = |input: &Tensor<4>| {
        let [(shape, expected), (gpu_shape, actual)] = features(input);
        gpu.check().expect("no fault is reported");
        assert_eq!(gpu_shape, shape);
        let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let difference = largest_difference(&actual, &expected) / largest;
        println!("{:?}: features differ by {difference:.1e} of the largest", input.dims());
        assert!(difference < TOLERANCE, "{:?}: features differ by {difference}", input.dims());
    };
    for (width, height) in SIZES {
        let input = NetworkInput::new(&picture, InputSize::Exact { width, height }).expect("a valid size");
        let input = input.tensor(model.normalisation(), cpu.burn());
        assert_equal(&input);
        // Pictures of a batch are not mixed up.
        if width < 224 {
            assert_equal(&Tensor::cat(vec![input.clone(), input.clone() * 0.5, input.flip([3])], 0));
        }
    }
}
