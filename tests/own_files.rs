//! Files as exporters, quantisers and optimisers write them, reduced (`tests/own_files`): what is explained, where, and
//! what is known of the pictures.
#![cfg(not(target_family = "wasm"))]

use std::rc::Rc;

use gradlens::cam::Method;
use gradlens::classifier::{Activation, scores};
use gradlens::contract::{Channels, Normalisation, Parts, Source};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::lower::lower;
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use gradlens::{Error, Result};

fn model(file: &str) -> Result<Model> {
    let path = format!("{}/tests/own_files/{file}.onnx", env!("CARGO_MANIFEST_DIR"));
    Model::read(Rc::new(std::fs::read(path).expect("a file")), &[])
}

fn load(file: &str) -> Result<Explainer> {
    pollster::block_on(Explainer::new(model(file)?, Parts::default(), Parts::default(), Device::cpu()))
}

#[track_caller]
fn assert_score(file: &str, name: &str, activation: Activation, classes: usize) -> Result<()> {
    let (model, explainer) = (model(file)?, load(file)?);
    let contract = explainer.contract();
    let input = contract.network_input(contract.width, contract.height);
    let score = scores(&model.graph, &lower::<f32>(&model, &input)?)?;
    assert_eq!((&*score.value.name, score.activation, score.count), (name, activation, classes), "{file}");
    assert_eq!(explainer.labels().len(), classes, "{file}");
    Ok(())
}

#[test]
fn a_class_that_was_decided_is_explained_by_the_scores_it_was_decided_from() -> Result<()> {
    for file in ["argmax_first", "conf_and_label", "topk_tail"] {
        assert_score(file, "logits", Activation::Softmax, 10)?;
    }
    assert_score("argmax_only", "logits", Activation::None, 10)?;
    assert_score("customvision", "matmul_8", Activation::Softmax, 4)?;
    assert_eq!(load("customvision")?.labels(), ["a", "b", "c", "d"]);
    Ok(())
}

#[test]
fn features_are_no_scores() -> Result<()> {
    assert_score("embed_first", "logits", Activation::None, 10)
}

#[test]
fn a_softmax_is_known_however_it_is_written() -> Result<()> {
    for file in ["softmax_by_hand", "softmax_clip", "log_of_softmax"] {
        assert_score(file, "logits", Activation::Softmax, 10)?;
    }
    assert_score("softmax_transposed", "transpose_7", Activation::Softmax, 10)
}

/// The map of the most probable class: where it is taken, and whether it shows anything.
#[track_caller]
fn assert_default_layer(file: &str, layer: &str, grid: (usize, usize)) -> Result<()> {
    let explainer = load(file)?;
    let rgba = (0..64 * 64 * 4).map(|at| (at * 37 % 251) as u8).collect();
    let options = Options { method: Method::GradCam, ..Options::default() };
    let found =
        pollster::block_on(explainer.explain_many(&Picture::new(rgba, 64, 64)?, &[], &options))?.remove(0);
    assert_eq!((&*found.layer, (found.map.width, found.map.height)), (layer, grid), "{file}");
    assert!(found.map.maximum() > 0.0, "{file}");
    Ok(())
}

#[test]
fn positions_are_followed_through_merged_patches() -> Result<()> {
    assert_default_layer("timm_swin_patch_merging", "/norm/LayerNormalization_output_0", (7, 7))
}

#[test]
fn what_reaches_the_scores_by_its_range_alone_is_no_default() -> Result<()> {
    assert_default_layer("vit_quantize_dynamic", "/blocks/blocks.4/Add_1_output_0", (10, 10))
}

#[test]
fn patches_behind_which_only_the_class_token_counts_are_no_default() -> Result<()> {
    assert_default_layer("xcit_zero_gradient", "/cls_attn_blocks.0/Add_1_output_0", (4, 4))
}

/// Mean and deviation of red, and that the file tells them.
#[track_caller]
fn assert_normalisation(file: &str, mean: f32, deviation: f32) -> Result<()> {
    let explainer = load(file)?;
    let contract = explainer.contract();
    let normalisation = contract.normalisation;
    let known = (normalisation.mean()[0], normalisation.deviation()[0], contract.sources.normalisation);
    assert_eq!(known, (mean, deviation, Source::Read), "{file}");
    Ok(())
}

#[test]
fn a_network_that_normalises_its_pictures_gets_plain_ones() -> Result<()> {
    for file in ["norm_caffe_flip", "norm_slice_rev", "norm_bn_first", "norm_pad_div", "int32_input"] {
        assert_normalisation(file, 0.0, 1.0)?;
    }
    assert_normalisation("norm_chain_const", 0.0, 255.0)
}

#[test]
fn the_range_that_a_picture_is_quantised_to_tells_its_normalisation() -> Result<()> {
    assert_normalisation("qdq_input_255", 0.0, 255.0)?;
    assert_normalisation("qdq_input_range", 127.5, 127.5)
}

#[test]
fn the_first_weight_tells_the_channels_that_the_input_leaves_open() -> Result<()> {
    assert_eq!(load("gray_dynamic")?.contract().channels, Channels::Gray);
    Ok(())
}

#[test]
fn what_a_file_wants_beside_one_picture_is_said() {
    for (file, words) in
        [("batch2_fixed", "takes 2 pictures at a time"), ("extra_scalar_input", "\"keep_prob\"")]
    {
        let Err(Error::InvalidModel(reason)) = load(file).map(drop) else { panic!("{file} is taken") };
        assert!(reason.contains(words), "{reason}");
    }
}

/// Operators that onnxruntime's optimiser makes of quantised ones, and its own logits for a picture.
#[test]
fn fused_products_of_quantised_tensors_are_onnxruntimes() -> Result<()> {
    let dynamic = [-3.217_566_3, 8.719_803, -9.053_205, -7.064_934, 11.126_225];
    let fixed = [-1.882_094_4, 5.273_971_6, -5.586_039, -4.144_274_7, 7.432_688];
    for (file, expected) in [("dynamic_quantize_matmul", dynamic), ("matmul_integer_to_float", fixed)] {
        let given = Parts { normalisation: Some(Normalisation::raw()), ..Parts::default() };
        let explainer =
            pollster::block_on(Explainer::new(model(file)?, Parts::default(), given, Device::cpu()))?;
        let rgba = (0..64).map(|at| if at % 4 == 3 { 255 } else { (at * 37 % 251) as u8 }).collect();
        let options = Options { method: Method::GradCam, ..Options::default() };
        let targets: Vec<_> = (0..5).map(Target::Class).collect();
        let picture = Picture::new(rgba, 4, 4)?;
        for (found, expected) in
            pollster::block_on(explainer.explain_many(&picture, &targets, &options))?.iter().zip(expected)
        {
            assert!((found.logit - expected).abs() < 1e-4, "{file}: {} is not {expected}", found.logit);
        }
    }
    Ok(())
}
