//! Models and files on this machine.
#![allow(dead_code, reason = "each test program uses its share")]

use std::path::{Path, PathBuf};
use std::rc::Rc;

use gradlens::contract::Contract;
use gradlens::device::Device;
use gradlens::explainer::Explainer;
use gradlens::onnx::Model;

/// How exact a model's numbers are stored.
#[derive(Clone, Copy, PartialEq)]
pub enum Precision {
    /// As shipped.
    Shipped,
    /// As computed.
    F32,
}

/// The model file that `cargo xtask model` makes.
pub fn model(precision: Precision) -> Vec<u8> {
    let (variable, default) = match precision {
        Precision::Shipped => ("GRADLENS_MODEL", "pkg/model/efficientnet-lite0.onnx"),
        Precision::F32 => ("GRADLENS_MODEL_F32", "build/model/efficientnet-lite0.f32.onnx"),
    };
    let path = std::env::var_os(variable).map_or_else(|| root().join(default), PathBuf::from);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; make it with `cargo xtask model` and `cargo xtask model --f32`", path.display())
    })
}

/// An explainer on the CPU.
pub fn explainer(precision: Precision) -> Explainer {
    pollster::block_on(Explainer::load(model(precision), Device::cpu())).expect("the model loads")
}

/// What that model says that it expects of a picture.
pub fn contract(precision: Precision) -> Contract {
    let model = Model::read(Rc::new(model(precision)), &[]).expect("the model reads");
    Contract::of(&model).expect("the model takes a picture")
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
