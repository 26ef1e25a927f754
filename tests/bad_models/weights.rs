//! Weights that are not there, or not numbers.

use gradlens::onnx::TensorData;

use crate::onnx_build::{classifier, floats};
use crate::onnx_write::{Message, encode, tensor};
use crate::{assert_refused, outcome, read, reread};

#[test]
fn a_skeleton_has_no_data() {
    let mut model = classifier();
    model.graph.initializers[0].data = TensorData::Absent;
    let model = reread(&model).expect("a skeleton is a file");
    assert_refused(outcome(model), "missing-data", &["\"conv.weight\"", "[4, 3, 3, 3]", "export"]);
}

#[test]
fn a_file_of_weights_that_was_not_given_is_named() {
    let mut model = classifier();
    let mut weight = model.graph.initializers.remove(0);
    weight.data = TensorData::Absent;
    let entry = Message::default().text(1, "location").text(2, "network.onnx.data");
    let weight = tensor(&weight).message(13, entry).int(14, 1);
    // Messages of one field are joined where they lie behind each other.
    let graph = Message::default().message(7, Message::default().message(5, weight));
    let file = [encode(&model), graph.0].concat();
    let words = ["\"conv.weight\"", "\"network.onnx.data\"", "give that file"];
    match read(file) {
        // A reader may as well take the last of two graphs.
        Ok(model) => panic!("{:?}", model.graph.nodes.len()),
        outcome => assert_refused(outcome, "missing-data", &words),
    };
}

#[test]
fn a_tensor_has_as_many_values_as_its_shape_says() {
    let mut model = classifier();
    model.graph.initializers[0].shape = vec![4, 3, 3, 4];
    assert_refused(reread(&model), "invalid-model", &["\"conv.weight\"", "108", "144"]);
}

#[test]
fn what_is_not_finite_is_no_answer() {
    for (at, name, shape) in [(0, "conv.weight", vec![4, 3, 3, 3]), (2, "linear.weight", vec![4, 3])] {
        for value in [f32::NAN, f32::INFINITY] {
            let mut model = classifier();
            model.graph.initializers[at] = floats(name, &shape, &[value]);
            assert_refused(outcome(model), "not-finite", &["not finite"]);
        }
    }
}
