//! The core in a browser, on both backends. Needs the model that `cargo xtask model` makes.
#![cfg(target_family = "wasm")]

#[path = "common/golden.rs"]
mod golden;

use golden::{Golden, largest_difference, normalised};
use gradlens::Error;
use gradlens::cam::Method;
use gradlens::device::{Backend, Device};
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::preprocess::InputSize;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MODEL: &[u8] = include_bytes!("../pkg/model/efficientnet-lite0.onnx");
const LEMUR: &[u8] = include_bytes!("golden/lemur_224x224.safetensors");
const LEMUR_CLASS: usize = 383;
/// What rounding the weights to 16 bits may change of a normalised map.
const SHIPPED_TOLERANCE: f32 = 0.03;

async fn assert_maps_match(explainer: &Explainer) {
    let golden = Golden::parse(LEMUR);
    for &method in Method::ALL {
        for layer in ["features", "head"] {
            // XGrad-CAM divides by sums near zero at "features".
            let is_known = !golden.classes(&format!("{method}.{layer}")).is_empty();
            if !is_known || layer == "features" && method == Method::XGradCam {
                continue;
            }
            let options = Options { method, layer: Some(layer.into()), ..Options::default() };
            let explanations = explainer
                .explain_many(&golden.picture(), &[Target::Class(LEMUR_CLASS)], &options)
                .await
                .expect("a map");
            let expected = normalised(golden.tensor(&format!("{method}.{layer}.{LEMUR_CLASS}")));
            let difference = largest_difference(&normalised(&explanations[0].map.values), &expected);
            assert!(difference < SHIPPED_TOLERANCE, "{method} at {layer} differs by {difference}");
        }
    }
}

#[wasm_bindgen_test]
async fn the_cpu_matches_the_reference() {
    let explainer = Explainer::load(MODEL.to_vec(), Device::cpu()).await.expect("the model loads");
    assert_eq!(explainer.backend(), Backend::Cpu);
    assert_maps_match(&explainer).await;
}

#[cfg(feature = "webgpu")]
#[wasm_bindgen_test]
async fn webgpu_matches_the_reference() {
    let device = Device::webgpu().await.expect("an adapter, of software at least");
    let explainer =
        Explainer::load(MODEL.to_vec(), device).await.expect("the model loads and the check holds");
    assert_eq!(explainer.backend(), Backend::WebGpu);
    assert_maps_match(&explainer).await;

    // A shader that does not compile is only logged, and what is read is what the buffer held.
    log::error!("the shader does not compile");
    let options =
        Options { method: Method::GradCam, input_size: InputSize::ShortSide(96), ..Options::default() };
    let picture = Golden::parse(LEMUR).picture();
    let refused = explainer
        .explain_many(&picture, &[Target::Class(LEMUR_CLASS)], &options)
        .await
        .expect_err("an error");
    assert_eq!(refused, Error::Device { reason: "the shader does not compile".into() });
}

#[wasm_bindgen_test]
async fn a_model_that_is_cut_off_is_refused() {
    let bytes = MODEL[..MODEL.len() / 2].to_vec();
    let refused = Explainer::load(bytes, Device::cpu()).await.err().expect("an error");
    assert!(matches!(refused, Error::InvalidModel(_)), "{refused}");
}

#[wasm_bindgen_test]
async fn a_class_that_is_not_there_is_refused() {
    let explainer = Explainer::load(MODEL.to_vec(), Device::cpu()).await.expect("the model loads");
    let options = Options { method: Method::GradCamPlusPlus, ..Options::default() };
    let picture = Golden::parse(LEMUR).picture();
    let refused =
        explainer.explain_many(&picture, &[Target::Class(1000)], &options).await.expect_err("an error");
    assert_eq!(refused.code(), "invalid-class");
}
