//! Layers, methods, sizes and targets that a network does not have.

use gradlens::cam::Method;
use gradlens::explainer::{LinearTarget, Options, Target};
use gradlens::onnx::Attribute;
use gradlens::preprocess::InputSize;

use crate::onnx_build::{classifier, floats, node, value};
use crate::{assert_refused, explain, load, plain};

fn at(layer: &str) -> Options {
    Options { layer: Some(layer.into()), ..plain() }
}

#[test]
fn a_layer_that_is_not_there_brings_the_nearest_names() {
    let explainer = load(classifier()).expect("a network");
    let outcome = explain(&explainer, Target::Class(0), &at("feature"));
    assert_refused(outcome, "unknown-layer", &["\"feature\"", "the nearest are \"features\""]);
}

#[test]
fn a_layer_without_positions_is_no_target() {
    let explainer = load(classifier()).expect("a network");
    for layer in ["flat", "logits"] {
        let outcome = explain(&explainer, Target::Class(0), &at(layer));
        assert_refused(outcome, "invalid-layer", &[&format!("\"{layer}\""), "positions"]);
    }
}

#[test]
fn a_layer_that_the_scores_do_not_need_is_no_target() {
    let mut model = classifier();
    model.graph.nodes.push(node("Sigmoid", &["features"], &["beside"], &[]));
    model.graph.outputs.push(value("beside", &[1, 4, 8, 8]));
    let explainer = load(model).expect("a network");
    let outcome = explain(&explainer, Target::Class(0), &at("beside"));
    assert_refused(outcome, "invalid-layer", &["\"beside\"", "the scores do not depend on it"]);
}

#[test]
fn cam_needs_a_linear_head() {
    let mut model = classifier();
    model.graph.nodes.insert(4, node("Relu", &["flat"], &["hidden"], &[]));
    model.graph.nodes[5].inputs[0] = "hidden".into();
    let explainer = load(model).expect("a network");
    let outcome = explain(&explainer, Target::Class(0), &Options { method: Method::Cam, ..plain() });
    assert_refused(outcome, "method-needs-head", &["\"cam\"", "for this network", "one linear layer"]);

    let explainer = load(classifier()).expect("a network");
    let outcome = explain(&explainer, Target::Class(0), &Options { method: Method::Cam, ..at("conv") });
    assert_refused(outcome, "method-needs-head", &["\"cam\"", "at \"conv\"", "it is at \"features\""]);
}

#[test]
fn a_size_that_the_network_does_not_take_is_refused_by_the_node() {
    let mut model = classifier();
    // All positions go into the linear layer.
    model.graph.nodes.remove(2);
    model.graph.nodes[2].inputs = vec!["features".into()];
    model.graph.initializers[2] = floats("linear.weight", &[4 * 64, 3], &[0.1, -0.1, 0.2]);
    let explainer = load(model).expect("a network");
    explain(&explainer, Target::Class(0), &plain()).expect("its own size fits");
    let wide = Options { input_size: InputSize::Exact { width: 12, height: 8 }, ..plain() };
    let outcome = explain(&explainer, Target::Class(0), &wide);
    assert_refused(outcome, "invalid-input-size", &["12 x 8", "\"logits\"", "Gemm"]);
    let huge = Options { input_size: InputSize::Exact { width: 2000, height: 2000 }, ..plain() };
    assert_refused(explain(&explainer, Target::Class(0), &huge), "invalid-input-size", &["2000 x 2000"]);
    explain(&explainer, Target::Class(0), &plain()).expect("it lives on");
}

#[test]
fn a_size_may_be_too_small_for_the_network() {
    let mut model = classifier();
    model.graph.nodes[0].attributes = vec![("strides".into(), Attribute::Ints(vec![2, 2]))];
    let explainer = load(model).expect("a network");
    let small = Options { input_size: InputSize::Exact { width: 2, height: 8 }, ..plain() };
    let outcome = explain(&explainer, Target::Class(0), &small);
    assert_refused(outcome, "invalid-input-size", &["2 x 8", "\"conv\"", "Conv"]);
}

#[test]
fn targets_are_of_the_network() {
    let explainer = load(classifier()).expect("a network");
    let outcome = explain(&explainer, Target::Class(3), &plain());
    assert_refused(outcome, "invalid-class", &["no class 3", "0 to 2"]);
    let linear = |output: Option<&str>, weights: &[(usize, f32)]| {
        Target::Linear(LinearTarget { output: output.map(str::to_owned), weights: weights.to_vec() })
    };
    for (target, words) in [
        (linear(None, &[]), "at least one index"),
        (linear(None, &[(0, 1.0), (3, -1.0)]), "index 3"),
        (linear(None, &[(0, f32::NAN)]), "NaN"),
        (linear(Some("boxes"), &[(0, 1.0)]), "no output \"boxes\"; the outputs are \"logits\""),
    ] {
        assert_refused(explain(&explainer, target, &plain()), "invalid-target", &[words]);
    }
    explain(&explainer, linear(None, &[(0, 1.0), (2, -1.0)]), &plain()).expect("rather class 0 than 2");
}
