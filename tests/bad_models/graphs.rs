//! Graphs that do not hang together, and nodes that nobody can run.

use gradlens::onnx::{Attribute, Graph, Model};

use crate::onnx_build::{classifier, floats, ints, model, node, value};
use crate::{assert_refused, outcome, reread};

/// The small network with other nodes between "features" and "pooled", the last of which gives "inner".
fn with(nodes: Vec<gradlens::onnx::Node>, initializers: Vec<gradlens::onnx::Tensor>) -> Model {
    let mut model = classifier();
    model.graph.nodes[2].inputs = vec!["inner".into()];
    model.graph.nodes.splice(2..2, nodes);
    model.graph.initializers.extend(initializers);
    model
}

#[test]
fn a_graph_that_runs_in_a_circle_is_refused() {
    let nodes = vec![
        node("Add", &["features", "second"], &["first"], &[]),
        node("Relu", &["first"], &["second"], &[]),
        node("Relu", &["second"], &["inner"], &[]),
    ];
    assert_refused(reread(&with(nodes, Vec::new())), "invalid-model", &["first", "circle"]);
}

#[test]
fn a_value_that_nothing_computes_is_named() {
    let nodes = vec![node("Add", &["features", "nowhere"], &["inner"], &[])];
    assert_refused(reread(&with(nodes, Vec::new())), "invalid-model", &["\"nowhere\"", "inner"]);
}

#[test]
fn a_value_that_is_computed_twice_is_named() {
    let nodes =
        vec![node("Relu", &["features"], &["inner"], &[]), node("Sigmoid", &["features"], &["inner"], &[])];
    assert_refused(reread(&with(nodes, Vec::new())), "invalid-model", &["\"inner\""]);
}

#[test]
fn an_operator_that_is_not_known_is_named_with_its_node_and_opset() {
    let nodes = vec![node("Wavelet", &["features"], &["inner"], &[])];
    let words = ["\"inner\"", "Wavelet", "opset 21", "README.md lists those that are"];
    assert_refused(outcome(with(nodes, Vec::new())), "unsupported-model", &words);

    let mut nodes = vec![node("Wavelet", &["features"], &["inner"], &[])];
    nodes[0].domain = "org.example".into();
    assert_refused(outcome(with(nodes, Vec::new())), "unsupported-model", &["org.example.Wavelet"]);
}

#[test]
fn a_batch_norm_that_is_still_trained_is_refused() {
    let parameters = ["scale", "shift", "mean", "variance"];
    let inputs = [&["features"], &parameters[..]].concat();
    let training = [("training_mode", Attribute::Int(1))];
    let nodes = vec![node("BatchNormalization", &inputs, &["inner"], &training)];
    let tensors = parameters.map(|name| floats(name, &[4], &[1.0])).to_vec();
    let words = ["\"inner\"", "BatchNormalization", "training mode", "model.eval()"];
    assert_refused(outcome(with(nodes, tensors)), "unsupported-model", &words);
}

#[test]
fn inputs_that_do_not_fit_an_operator_are_shown() {
    let nodes = vec![node("Add", &["features", "five"], &["inner"], &[])];
    let model = with(nodes, vec![floats("five", &[1, 5, 1, 1], &[1.0])]);
    assert_refused(outcome(model), "invalid-model", &["\"inner\"", "Add", "5"]);
}

#[test]
fn a_course_that_depends_on_the_picture_is_refused() {
    let branch = || Graph { outputs: vec![value("features", &[])], ..Graph::default() };
    let branches = [("then_branch", Attribute::Graph(branch())), ("else_branch", Attribute::Graph(branch()))];
    let nodes = vec![
        node("ReduceMax", &["features"], &["most"], &[("keepdims", Attribute::Int(0))]),
        node("Greater", &["most", "bound"], &["is bright"], &[]),
        node("If", &["is bright"], &["inner"], &branches),
    ];
    let model = with(nodes, vec![floats("bound", &[], &[1.0])]);
    assert_refused(outcome(model), "unsupported-model", &["\"inner\"", "If", "depends on the picture"]);
}

#[test]
fn a_loop_without_an_end_is_refused() {
    let body = Graph {
        inputs: vec![value("round", &[]), value("going", &[]), value("carried", &[])],
        nodes: vec![node("Relu", &["carried"], &["next"], &[])],
        outputs: vec![value("going", &[]), value("next", &[])],
        ..Graph::default()
    };
    let nodes = vec![node("Loop", &["", "", "features"], &["inner"], &[("body", Attribute::Graph(body))])];
    assert_refused(outcome(with(nodes, Vec::new())), "unsupported-model", &["\"inner\"", "Loop", "times"]);
}

#[test]
fn what_takes_too_much_to_fold_is_refused() {
    // 1.6 GB of zeros, made a tenth at a time.
    let zeros = ints("shape", &[4096, 4096]);
    let made: Vec<_> = (0..25).map(|at| format!("zeros {at}")).collect();
    let mut nodes: Vec<_> =
        made.iter().map(|name| node("ConstantOfShape", &["shape"], &[name], &[])).collect();
    let all: Vec<_> = made.iter().map(String::as_str).collect();
    nodes.push(node("Concat", &all, &["all"], &[("axis", Attribute::Int(0))]));
    nodes.push(node("ReduceSum", &["all"], &["sum"], &[("keepdims", Attribute::Int(0))]));
    nodes.push(node("Add", &["features", "sum"], &["inner"], &[]));
    assert_refused(outcome(with(nodes, vec![zeros])), "unsupported-model", &["1 GB or 10 seconds"]);

    // 70 thousand million multiply-adds.
    let nodes = vec![
        node("ConstantOfShape", &["shape"], &["zeros"], &[]),
        node("MatMul", &["zeros", "zeros"], &["product"], &[]),
        node("ReduceSum", &["product"], &["sum"], &[("keepdims", Attribute::Int(0))]),
        node("Add", &["features", "sum"], &["inner"], &[]),
    ];
    let model = with(nodes, vec![ints("shape", &[4096, 4096])]);
    assert_refused(outcome(model), "unsupported-model", &["1 GB or 10 seconds"]);

    let nodes = vec![
        node("ConstantOfShape", &["shape"], &["zeros"], &[]),
        node("Add", &["features", "zeros"], &["inner"], &[]),
    ];
    let model = with(nodes, vec![ints("shape", &[1 << 20, 1 << 20, 1 << 20])]);
    assert_refused(outcome(model), "unsupported-model", &["\"zeros\"", "too large"]);
}

#[test]
fn an_axis_of_any_length_in_a_tensor_without_values_does_no_harm() {
    for (op, inputs) in [
        ("Gather", &["empty", "first"][..]),
        ("GatherND", &["empty", "first"]),
        ("Transpose", &["empty"]),
        ("Slice", &["empty", "first", "first"]),
        ("Split", &["empty"]),
        ("Tile", &["empty", "twice"]),
        ("Expand", &["empty", "twice"]),
        ("Compress", &["empty", "first"]),
    ] {
        for shape in [vec![0, 1 << 40], vec![1 << 40, 0]] {
            let nodes = vec![
                node(op, inputs, &["picked"], &[]),
                node("ReduceSum", &["picked"], &["sum"], &[("keepdims", Attribute::Int(0))]),
                node("Add", &["features", "sum"], &["inner"], &[]),
            ];
            let tensors = vec![floats("empty", &shape, &[]), ints("first", &[0]), ints("twice", &[1, 1])];
            if let Err(error) = outcome(with(nodes, tensors)) {
                assert!(["invalid-model", "unsupported-model"].contains(&error.code()), "{op}: {error}");
            }
        }
    }
}

#[test]
fn a_tensor_that_no_browser_could_hold_is_refused() {
    let nodes = vec![node("Resize", &["features", "", "scales"], &["inner"], &[])];
    let model = with(nodes, vec![floats("scales", &[4], &[1.0, 1.0, 4096.0, 4096.0])]);
    assert_refused(outcome(model), "invalid-model", &["\"inner\"", "too large"]);
}

#[test]
fn outputs_that_do_not_look_at_the_picture_are_none() {
    let graph = Graph {
        nodes: vec![node("Relu", &["weight"], &["logits"], &[])],
        initializers: vec![floats("weight", &[1, 3], &[1.0])],
        inputs: vec![value("image", &[1, 3, 8, 8])],
        outputs: vec![value("logits", &[1, 3])],
        ..Graph::default()
    };
    assert_refused(outcome(model(graph)), "invalid-model", &["no output", "picture"]);
}
