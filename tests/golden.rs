//! The network and every map against float64 references, on the CPU backend.

#![cfg(not(target_family = "wasm"))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use burn::tensor::Tensor;
use golden::{Golden, largest_difference, normalised};
use gradlens::cam::Method;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, FaithfulnessOptions, Options};
use gradlens::gradient::gradients;
use gradlens::model::Model;
use gradlens::network::{EfficientNetLite0, Layer};
use gradlens::normalisation::Normalisation;
use gradlens::objects::WindowGrid;
use gradlens::preprocess::{InputSize, NetworkInput};
use native::Precision;

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

/// The network in 32 bits on the CPU, and how its input is made.
fn network() -> (EfficientNetLite0, Normalisation) {
    let bytes = native::model(Precision::F32);
    let model = Model::read(&bytes).expect("the model reads");
    let network = EfficientNetLite0::load(&model, &Device::cpu()).expect("the model loads");
    (network, *model.normalisation())
}

/// The features of a golden file's picture.
fn features(network: &EfficientNetLite0, normalisation: &Normalisation, golden: &Golden) -> Tensor<4> {
    let input = NetworkInput::new(&golden.picture(), exact(golden)).expect("a valid input");
    let input = input.tensor(normalisation, Device::cpu().burn());
    pollster::block_on(network.activations(input)).expect("the CPU does not fail").features
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
    let (network, normalisation) = network();
    for name in GOLDEN {
        let golden = open(name);
        let features = features(&network, &normalisation, &golden);
        let linear = network.head_convolution(features.clone());
        let logits = values(network.classify(network.head(features.clone())));
        let difference = largest_difference(&logits, golden.tensor("logits"));
        assert!(difference < 1e-3, "{name}: logits differ by {difference}");

        let error = relative_norm(&values(features), golden.tensor("features"));
        assert!(error < 1e-4, "{name}: features differ by {error}");

        let classes = golden.classes("gradient.features");
        assert!(!classes.is_empty());
        let all = values(gradients(&network, Layer::Features, linear, &classes));
        for (gradient, class) in all.chunks_exact(all.len() / classes.len()).zip(&classes) {
            let error = relative_norm(gradient, golden.tensor(&format!("gradient.features.{class}")));
            assert!(error < 1e-3, "{name}: the gradient of class {class} differs by {error}");
        }
    }
}

/// What every window's logits are: those of its part of the head, as if it were a picture of its own.
#[test]
fn windows_are_classified_like_pictures_of_their_own() {
    let (network, normalisation) = network();
    let golden = open("chelsea_320x480");
    let head = network.head(features(&network, &normalisation, &golden));
    let [_, channels, height, width] = head.dims();
    let grid = WindowGrid::new(width, height);
    let (window_width, window_height) = (width + 1 - grid.columns, height + 1 - grid.rows);
    let all = values(network.classify_windows(head.clone(), grid.windows()));
    let classes = all.len() / (grid.columns * grid.rows);
    for (window, logits) in all.chunks_exact(classes).enumerate() {
        let (row, column) = (window / grid.columns, window % grid.columns);
        let part = [0..1, 0..channels, row..row + window_height, column..column + window_width];
        let difference = largest_difference(logits, &values(network.classify(head.clone().slice(part))));
        assert!(difference < 1e-4, "window {window}: logits differ by {difference}");
    }
}

/// From "head" on the network is linear: a step D changes a logit by Σ g ∘ D, however long it is.
#[test]
fn a_step_at_head_changes_the_logit_as_the_gradient_says() {
    let (network, normalisation) = network();
    let golden = open("lemur_224x224");
    let features = features(&network, &normalisation, &golden);
    let head = network.head(features.clone());
    let step = head.clone().flip([1, 3]);
    let [from, to] = [head.clone(), head + step.clone()].map(|head| values(network.classify(head)));
    let step = values(step);
    let classes = [383, 0, 999];
    let all = values(gradients(&network, Layer::Head, network.head_convolution(features), &classes));
    for (gradient, class) in all.chunks_exact(step.len()).zip(classes) {
        let change: f32 = gradient.iter().zip(&step).map(|(gradient, step)| gradient * step).sum();
        assert!(change.abs() > 0.1, "the step changes the logit of class {class} by {change} only");
        assert!((to[class] - from[class] - change).abs() < 1e-4 * change.abs().max(1.0));
    }
}

/// What rounding the weights to 16 bits may change of a map, as a share of its maximum.
const SHIPPED_TOLERANCE: f32 = 0.03;

/// How far a map lies from its reference, both divided by their maximum.
struct Distance {
    map: String,
    /// The largest difference at any position.
    largest: f32,
}

/// Every map of every golden file through the explainer.
fn distances(explainer: &Explainer) -> Vec<Distance> {
    let mut distances = Vec::new();
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
                    let (actual, expected) =
                        (normalised(&explanation.map.values), normalised(golden.tensor(&tensor)));
                    distances.push(Distance {
                        map: format!("{name} {tensor}"),
                        largest: largest_difference(&actual, &expected),
                    });
                }
            }
        }
    }
    distances
}

fn report<'a>(what: &str, distances: impl Iterator<Item = &'a Distance>) {
    let all: Vec<_> = distances.map(|distance| distance.largest).collect();
    let worst = all.iter().fold(0.0f32, |a, &b| a.max(b));
    let within = all.iter().filter(|&&largest| largest < SHIPPED_TOLERANCE).count();
    println!("{} {what}: {within} within {SHIPPED_TOLERANCE}, all within {worst:.1e}", all.len());
}

/// xgrad-cam at "features" divides by sums near zero: its difference is reported and not limited.
fn is_unstable(distance: &Distance) -> bool {
    distance.map.contains("xgrad-cam.features")
}

/// Methods that weigh each position by its own gradient: where a value of the head lies at the edge
/// of its ReLU6, the least change of a weight switches the gradient of that position on or off.
fn is_gated(distance: &Distance) -> bool {
    ["hires-cam.features", "layer-cam.features"].iter().any(|name| distance.map.contains(name))
}

#[test]
fn maps_match_the_reference() {
    let distances = distances(&native::explainer(Precision::F32));
    report("maps of xgrad-cam at features", distances.iter().filter(|d| is_unstable(d)));
    report("other maps", distances.iter().filter(|d| !is_unstable(d)));
    for Distance { map, largest } in distances.iter().filter(|d| !is_unstable(d)) {
        assert!(*largest < 1e-3, "{map} differs by {largest}");
    }
}

#[test]
fn the_shipped_model_gives_the_same_maps_and_the_same_class() {
    let explainer = native::explainer(Precision::Shipped);
    let distances = distances(&explainer);
    report("maps of xgrad-cam at features", distances.iter().filter(|d| is_unstable(d)));
    report("maps weighed at each position", distances.iter().filter(|d| is_gated(d)));
    report("other maps", distances.iter().filter(|d| !is_gated(d) && !is_unstable(d)));
    for Distance { map, largest } in distances.iter().filter(|d| !is_unstable(d)) {
        assert!(*largest < SHIPPED_TOLERANCE, "{map} differs by {largest}");
    }
    for name in GOLDEN {
        let golden = open(name);
        let logits = golden.tensor("logits");
        let expected = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        let options = FaithfulnessOptions { input_size: exact(&golden), ..Default::default() };
        // At the reference's own size, where `classify` always looks at the standard one.
        let found = pollster::block_on(explainer.faithfulness(&golden.picture(), None, &[], &options));
        assert_eq!(Some(found.expect("a class").class), expected, "{name}");
    }
}

/// Y, O and the relative drop of eq. 25.
#[test]
fn drops_match_the_reference() {
    let explainer = native::explainer(Precision::F32);
    let methods = [Method::GradCam, Method::GradCamPlusPlus];
    let mut compared = 0;
    for name in GOLDEN {
        let golden = open(name);
        let picture = golden.picture();
        let options = FaithfulnessOptions { input_size: exact(&golden), ..Default::default() };
        for class in golden.classes("drop.grad-cam.features") {
            let found = pollster::block_on(explainer.faithfulness(&picture, Some(class), &methods, &options))
                .expect("faithfulness");
            for entry in &found.methods {
                let expected = golden.tensor(&format!("drop.{}.features.{class}", entry.method));
                let actual = [entry.confidence, entry.masked_confidence, entry.drop() as f32];
                let difference = largest_difference(&actual, expected);
                assert!(
                    difference < 1e-3,
                    "{name}: the drop of {} {class} differs by {difference}",
                    entry.method
                );
                compared += 1;
            }
        }
    }
    println!("{compared} drops match");
    assert!(compared > 0);
}
