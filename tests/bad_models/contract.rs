//! What a network must take and give, and what is said of it.

use gradlens::contract::Parts;
use gradlens::device::Device;
use gradlens::explainer::Explainer;
use gradlens::onnx::Model;

use crate::onnx_build::{classifier, value};
use crate::{assert_refused, outcome};

#[test]
fn a_network_takes_a_picture() {
    for shape in [vec![1, 128], vec![1, 5, 8, 8], vec![1, 3, 8]] {
        let mut model = classifier();
        model.graph.inputs = vec![value("features of a word", &shape)];
        let words = ["no input of the model can be a picture", "\"features of a word\"", "1 or 3 channels"];
        assert_refused(outcome(model), "invalid-model", &words);
    }
    let mut model = classifier();
    model.graph.inputs = Vec::new();
    assert_refused(outcome(model), "invalid-model", &["can be a picture", "it has none"]);
}

#[test]
fn a_network_takes_one_picture() {
    let mut model = classifier();
    model.graph.inputs.push(value("before", &[1, 3, 8, 8]));
    assert_refused(outcome(model), "invalid-model", &["more than one picture", "\"image\"", "\"before\""]);
}

#[test]
fn an_input_that_nobody_gives_is_named() {
    let mut model = classifier();
    model.graph.inputs.push(value("age", &[1, 1]));
    model.graph.nodes[4].inputs[2] = "age".into();
    assert_refused(outcome(model), "invalid-model", &["\"age\""]);
}

#[test]
fn a_network_gives_scores() {
    let mut model = classifier();
    model.graph.outputs = vec![value("features", &[1, 4, 8, 8])];
    let words = ["no output of the model is a list of scores", "\"features\" [1, 4, 8, 8]"];
    assert_refused(outcome(model), "invalid-model", &words);
}

#[test]
fn labels_are_as_many_as_classes() {
    let given = Parts { labels: Some(vec!["cat".into(), "hen".into()]), ..Parts::default() };
    let loaded =
        pollster::block_on(Explainer::new(classifier(), Parts::default(), given, Device::cpu())).map(drop);
    assert_refused(loaded, "invalid-argument", &["2 labels", "3 classes"]);

    let mut model = classifier();
    model.metadata.push(("gradlens.labels".into(), "cat\nhen\nlemur\nowl".into()));
    assert_refused(outcome(model), "invalid-argument", &["4 labels", "3 classes"]);
}

#[test]
fn metadata_that_nobody_can_read_are_shown() {
    let with = |key: &str, value: &str| -> Model {
        let mut model = classifier();
        model.metadata.push((key.into(), value.into()));
        model
    };
    for (key, value, words) in [
        ("gradlens.normalisation", "(u8 - 1) / 0", "\"(u8 - 1) / 0\" is no normalisation"),
        ("gradlens.resize", "stretch", "\"stretch\" is no way to resize"),
        ("gradlens.channels", "grb", "\"grb\" is no order of channels"),
        ("gradlens.scores", "points", "\"points\" is no meaning of scores"),
    ] {
        assert_refused(outcome(with(key, value)), "invalid-contract", &[words]);
    }
}

#[test]
fn the_size_that_a_file_says_may_not_be_what_its_nodes_take() {
    let mut model = classifier();
    // All positions and no mean: the linear layer has four inputs.
    model.graph.nodes.remove(2);
    model.graph.nodes[2].inputs = vec!["features".into()];
    assert_refused(outcome(model), "invalid-model", &["\"logits\"", "Gemm"]);
}
