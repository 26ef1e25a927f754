//! The network and every map against float64 references, on the CPU backend.

#![cfg(not(target_family = "wasm"))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use golden::{Golden, largest_difference, normalised};
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, FaithfulnessOptions, Options, Target};
use gradlens::preprocess::InputSize;
use native::Precision;

/// The methods that the golden files know; `methods.rs` has the others'.
const METHODS: [Method; 6] = [
    Method::Cam,
    Method::GradCam,
    Method::GradCamPlusPlus,
    Method::HiResCam,
    Method::LayerCam,
    Method::XGradCam,
];

/// The layers of the network that the golden files know.
const LAYERS: [&str; 2] = ["features", "head"];

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

fn options(method: Method, layer: &str, golden: &Golden) -> Options {
    Options { method, layer: Some(layer.into()), input_size: exact(golden), ..Options::default() }
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
    let explainer = native::explainer(Precision::F32);
    for name in GOLDEN {
        let golden = open(name);
        let picture = golden.picture();
        let features = pollster::block_on(explainer.activations(&picture, "features", exact(&golden)));
        let features = features.expect("the CPU does not fail");
        assert_eq!(features.shape, [1, 320, golden.height / 32, golden.width / 32]);
        let error = relative_norm(&features.values, golden.tensor("features"));
        assert!(error < 1e-4, "{name}: features differ by {error}");

        let expected = golden.tensor("logits");
        let classes: Vec<_> = (0..expected.len()).map(Target::Class).collect();
        let options = options(Method::GradCam, "head", &golden);
        for (class, logit) in expected.iter().enumerate().step_by(97) {
            let found =
                pollster::block_on(explainer.explain_many(&picture, &classes[class..=class], &options));
            let found = found.expect("an explanation")[0].logit;
            assert!((found - logit).abs() < 1e-3, "{name}: the logit of {class} is {found} and not {logit}");
        }

        let classes = golden.classes("gradient.features");
        assert!(!classes.is_empty());
        for class in classes {
            let options = Options { layer: Some("features".into()), ..options.clone() };
            let target = Target::Class(class);
            let gradient = pollster::block_on(explainer.gradients_at(&picture, &target, &options));
            let gradient = gradient.expect("the CPU does not fail");
            let expected = golden.tensor(&format!("gradient.features.{class}"));
            let error = relative_norm(&gradient.values, expected);
            assert!(error < 1e-3, "{name}: the gradient of class {class} differs by {error}");
        }
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
        for method in METHODS {
            for layer in LAYERS {
                let classes = golden.classes(&format!("{method}.{layer}"));
                assert_eq!(classes.is_empty(), method == Method::Cam && layer == "features");
                if classes.is_empty() {
                    continue;
                }
                let targets: Vec<_> = classes.into_iter().map(Target::Class).collect();
                let options = options(method, layer, &golden);
                let explanations = pollster::block_on(explainer.explain_many(&picture, &targets, &options))
                    .expect("an explanation");
                for explanation in explanations {
                    let class = explanation.class.expect("a class was asked for");
                    let tensor = format!("{method}.{layer}.{class}");
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
                let found = &entry.measures;
                let actual = [found.confidence, found.masked_confidence, found.drop() as f32];
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
