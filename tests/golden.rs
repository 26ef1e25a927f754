//! The network and every map against float64 references, on the CPU backend.

#![cfg(not(target_family = "wasm"))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use burn::tensor::Tensor;
use golden::{Golden, largest_difference, normalised};
use native::Precision;
use gradlens::cam::Method;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options};
use gradlens::gradient::gradients;
use gradlens::model::Model;
use gradlens::network::{EfficientNetLite0, Layer};
use gradlens::preprocess::{InputSize, NetworkInput};

/// The golden files, by the picture they hold.
const GOLDEN: [&str; 6] = [
    "chelsea_224x224",
    "lemur_224x224",
    "chelsea_320x480",
    "chicken_320x480",
    "coffee_320x320",
    "mosaic_448x448",
];

fn open(name: &str) -> Golden {
    let path = native::root().join(format!("tests/golden/{name}.safetensors"));
    Golden::parse(&std::fs::read(path).expect("a golden file"))
}

fn exact(golden: &Golden) -> InputSize {
    InputSize::Exact { width: golden.width, height: golden.height }
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("f32 values")
}

/// ‖a - b‖ / ‖b‖
fn relative_norm(actual: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(actual.len(), expected.len());
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let difference = square(&mut actual.iter().zip(expected).map(|(a, b)| f64::from(a - b)));
    (difference / square(&mut expected.iter().map(|&b| f64::from(b)))).sqrt()
}

#[test]
fn network_and_gradients_match_the_reference() {
    let bytes = native::model(Precision::F32);
    let model = Model::read(&bytes).expect("the model reads");
    let device = Device::cpu();
    let network = EfficientNetLite0::load(&model, device.burn()).expect("the model loads");
    for name in GOLDEN {
        let golden = open(name);
        let input = NetworkInput::new(&golden.picture(), exact(&golden)).expect("a valid input");
        let features = network.features(input.tensor(device.burn()));
        let head = network.head(features.clone());
        let logits = values(network.classify(head.clone()));
        let difference = largest_difference(&logits, golden.tensor("logits"));
        assert!(difference < 1e-3, "{name}: logits differ by {difference}");

        let error = relative_norm(&values(features.clone()), golden.tensor("features"));
        assert!(error < 1e-4, "{name}: features differ by {error}");

        let classes = golden.classes("gradient.features");
        assert!(!classes.is_empty());
        let all = values(gradients(&network, Layer::Features, features, &classes));
        for (gradient, class) in all.chunks_exact(all.len() / classes.len()).zip(&classes) {
            let error = relative_norm(gradient, golden.tensor(&format!("gradient.features.{class}")));
            assert!(error < 1e-3, "{name}: the gradient of class {class} differs by {error}");
        }
    }
}

/// Closed form at "head": behind global average pooling and a linear layer, g = W\[c,k\] / Z.
#[test]
fn the_gradient_at_head_is_the_classifiers_row() {
    let bytes = native::model(Precision::F32);
    let model = Model::read(&bytes).expect("the model reads");
    let device = Device::cpu();
    let network = EfficientNetLite0::load(&model, device.burn()).expect("the model loads");
    let golden = open("lemur_224x224");
    let input = NetworkInput::new(&golden.picture(), exact(&golden)).expect("a valid input");
    let head = network.head(network.features(input.tensor(device.burn())));
    let [_, _, height, width] = head.dims();
    let positions = height * width;
    let gradient = values(gradients(&network, Layer::Head, head, &[383]));
    let row = values(network.classifier_row(383));
    for (gradient, weight) in gradient.chunks_exact(positions).zip(&row) {
        for value in gradient {
            assert!((value * positions as f32 - weight).abs() < 1e-6);
        }
    }
}

/// Every map of every golden file through the explainer, as (name, difference after normalisation).
fn map_differences(explainer: &Explainer) -> Vec<(String, f32)> {
    let mut differences = Vec::new();
    for name in GOLDEN {
        let golden = open(name);
        let picture = golden.picture();
        for &method in Method::ALL {
            for &layer in Layer::ALL {
                let classes = golden.classes(&format!("{method}.{layer}"));
                assert_eq!(classes.is_empty(), method == Method::Cam && layer == Layer::Features);
                if classes.is_empty() {
                    continue;
                }
                let options = Options { method, layer: Some(layer), input_size: exact(&golden) };
                let explanations = pollster::block_on(explainer.explain_many(&picture, &classes, options))
                    .expect("an explanation");
                for explanation in explanations {
                    let tensor = format!("{method}.{layer}.{}", explanation.class);
                    let expected = normalised(golden.tensor(&tensor));
                    let difference = largest_difference(&normalised(&explanation.raw), &expected);
                    differences.push((format!("{name} {tensor}"), difference));
                }
            }
        }
    }
    differences
}

/// xgrad-cam at "features" divides by sums near zero: its difference is reported and not limited.
fn is_unstable(map: &str) -> bool {
    map.contains("xgrad-cam.features")
}

fn assert_maps_within(tolerance: f32, explainer: &Explainer) {
    let differences = map_differences(explainer);
    let (unstable, stable): (Vec<_>, Vec<_>) = differences.into_iter().partition(|(map, _)| is_unstable(map));
    let worst = |maps: &[(String, f32)]| maps.iter().map(|(_, d)| *d).fold(0.0, f32::max);
    println!("{} maps differ by at most {:.1e}", stable.len(), worst(&stable));
    println!("{} maps of xgrad-cam at features by at most {:.1e}", unstable.len(), worst(&unstable));
    for (map, difference) in stable {
        assert!(difference < tolerance, "{map} differs by {difference}");
    }
}

#[test]
fn maps_match_the_reference() {
    assert_maps_within(1e-3, &native::explainer(Precision::F32));
}

#[test]
fn the_shipped_model_gives_the_same_maps_and_the_same_class() {
    let explainer = native::explainer(Precision::F16);
    assert_maps_within(0.03, &explainer);
    for name in ["chelsea_224x224", "lemur_224x224"] {
        let golden = open(name);
        let logits = golden.tensor("logits");
        let expected = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).expect("a class");
        let predictions = pollster::block_on(explainer.classify(&golden.picture(), 1)).expect("a class");
        assert_eq!(predictions[0].class, expected, "{name}");
    }
}
