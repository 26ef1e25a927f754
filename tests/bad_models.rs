//! What cannot be explained, and the error that says so: of the right kind, and with the name of the thing.
#![cfg(not(target_family = "wasm"))]

#[path = "common/onnx_build.rs"]
mod onnx_build;
#[path = "common/onnx_write.rs"]
mod onnx_write;

#[path = "bad_models/contract.rs"]
mod contract;
#[path = "bad_models/files.rs"]
mod files;
#[path = "bad_models/graphs.rs"]
mod graphs;
#[path = "bad_models/questions.rs"]
mod questions;
#[path = "bad_models/weights.rs"]
mod weights;

use std::rc::Rc;

use gradlens::cam::Method;
use gradlens::contract::Parts;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Explanation, Options, Target};
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use gradlens::{Error, Result};

/// What is made of a file.
fn read(bytes: Vec<u8>) -> Result<Model> {
    Model::read(Rc::new(bytes), &[])
}

/// A model as if it came from a file.
fn reread(model: &Model) -> Result<Model> {
    read(onnx_write::encode(model))
}

/// A model on the CPU.
fn load(model: Model) -> Result<Explainer> {
    pollster::block_on(Explainer::new(model, Parts::default(), Parts::default(), Device::cpu()))
}

/// The map of a class of a picture.
fn explain(explainer: &Explainer, target: Target, options: &Options) -> Result<Explanation> {
    let rgba = (0..9 * 7 * 4).map(|at| (at * 37 % 251) as u8).collect();
    let picture = Picture::new(rgba, 9, 7)?;
    let explanations = pollster::block_on(explainer.explain_many(&picture, &[target], options))?;
    Ok(explanations.into_iter().next().expect("one target is one explanation"))
}

/// The default of everything.
fn plain() -> Options {
    Options { method: Method::GradCam, ..Options::default() }
}

/// What a model comes to: a map of class 0, or why there is none.
fn outcome(model: Model) -> Result<Explanation> {
    explain(&load(model)?, Target::Class(0), &plain())
}

/// Asserts that something is refused by this error, in these words.
#[track_caller]
fn assert_refused<T>(outcome: Result<T>, code: &str, words: &[&str]) -> Error {
    let Err(error) = outcome else { panic!("it is taken; expected was {code}: {words:?}") };
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    for word in words {
        assert!(message.contains(word), "\"{word}\" is not in: {message}");
    }
    error
}

#[test]
fn the_model_that_all_others_are_made_of_is_explained() {
    let explanation = outcome(onnx_build::classifier()).expect("an explanation");
    assert_eq!((explanation.layer.as_str(), explanation.map.width), ("features", 8));
    assert!(explanation.map.maximum() > 0.0);
    let reread = reread(&onnx_build::classifier()).expect("the file is whole");
    assert_eq!(outcome(reread).expect("an explanation"), explanation);
}
