//! The core in a browser, on both backends. Needs the model that `cargo xtask model` makes.
#![cfg(target_family = "wasm")]

#[path = "common/golden.rs"]
mod golden;

use golden::{Golden, largest_difference, normalised};
use gradlens::Error;
use gradlens::cam::Method;
use gradlens::device::{Backend, Device};
use gradlens::explainer::{Explainer, Options};
use gradlens::network::Layer;
use gradlens::preprocess::InputSize;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MODEL: &[u8] = include_bytes!("../pkg/model/efficientnet-lite0.safetensors");
const LEMUR: &[u8] = include_bytes!("golden/lemur_224x224.safetensors");
const LEMUR_CLASS: usize = 383;
/// What rounding the weights to 16 bits may change of a normalised map.
const SHIPPED_TOLERANCE: f32 = 0.03;

async fn assert_maps_match(explainer: &Explainer) {
    let golden = Golden::parse(LEMUR);
    for &method in Method::ALL {
        for &layer in Layer::ALL {
            let unstable = method == Method::XGradCam && layer == Layer::Features;
            if method.layer(Some(layer)).is_err() || unstable {
                continue;
            }
            let options = Options { method, layer: Some(layer), input_size: InputSize::default() };
            let explanations =
                explainer.explain_many(&golden.picture(), &[LEMUR_CLASS], options).await.expect("a map");
            let expected = normalised(golden.tensor(&format!("{method}.{layer}.{LEMUR_CLASS}")));
            let difference = largest_difference(&normalised(&explanations[0].map.values), &expected);
            assert!(difference < SHIPPED_TOLERANCE, "{method} at {layer} differs by {difference}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_cpu_matches_the_reference() {
    let explainer = Explainer::load(MODEL, Device::cpu()).await.expect("the model loads");
    assert_eq!(explainer.backend(), Backend::Cpu);
    assert_maps_match(&explainer).await;
}

#[cfg(feature = "webgpu")]
#[wasm_bindgen_test]
async fn webgpu_matches_the_reference() {
    let device = Device::webgpu().await.expect("an adapter, of software at least");
    let explainer = Explainer::load(MODEL, device).await.expect("the model loads and the check holds");
    assert_eq!(explainer.backend(), Backend::WebGpu);
    assert_maps_match(&explainer).await;

    // A shader that does not compile is only logged, and what is read is what the buffer held.
    log::error!("the shader does not compile");
    let options = Options { method: Method::GradCam, layer: None, input_size: InputSize::ShortSide(96) };
    let picture = Golden::parse(LEMUR).picture();
    let refused = explainer.explain_many(&picture, &[LEMUR_CLASS], options).await.expect_err("an error");
    assert_eq!(refused, Error::Device { reason: "the shader does not compile".into() });
}

#[wasm_bindgen_test]
async fn a_damaged_model_is_refused() {
    let mut bytes = MODEL.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let refused = Explainer::load(&bytes, Device::cpu()).await.err().expect("an error");
    assert!(matches!(refused, Error::InvalidModel(_)), "{refused}");
}

#[wasm_bindgen_test]
async fn a_class_that_is_not_there_is_refused() {
    let explainer = Explainer::load(MODEL, Device::cpu()).await.expect("the model loads");
    let options = Options { method: Method::GradCamPlusPlus, layer: None, input_size: InputSize::default() };
    let picture = Golden::parse(LEMUR).picture();
    let refused = explainer.explain_many(&picture, &[1000], options).await.expect_err("an error");
    assert_eq!(refused.code(), "invalid-class");
}
