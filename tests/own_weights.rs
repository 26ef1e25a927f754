//! Own weights of a few classes, from timm's names to maps: a class's map is that of the thousand
//! classes' network, since its logit depends on its own row of the classifier alone.
#![cfg(not(target_family = "wasm"))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::LazyLock;

use golden::{Golden, largest_difference, normalised};
use gradlens::cam::{Method, Recipe};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Explanation, FaithfulnessOptions, ObjectsOptions, Options, Target};
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use native::Precision;
use safetensors::tensor::{Dtype, TensorView};

/// The classes that are kept, in another order than ImageNet's: the golden picture is the first's.
const CLASSES: [usize; 3] = [383, 281, 8];
const LABELS: &str = "lemur\ncat\nhen\n";

/// How many blocks timm counts to each stage.
const STAGES: [usize; 7] = [1, 2, 2, 3, 3, 4, 1];

static MODEL: LazyLock<Vec<u8>> =
    LazyLock::new(|| converted(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("own_weights")));

/// A tensor's name, shape and bytes.
type Named = (String, Vec<usize>, Vec<u8>);

/// What timm calls a layer's convolution and its batch norm.
fn timm_names(layer: &str) -> (String, String) {
    let Some((block, part)) = layer.strip_prefix("blocks.").and_then(|rest| rest.split_once('.')) else {
        return (format!("conv_{layer}"), if layer == "stem" { "bn1" } else { "bn2" }.into());
    };
    let (mut stage, mut repeat): (usize, usize) = (0, block.parse().expect("a block's number"));
    while repeat >= STAGES[stage] {
        repeat -= STAGES[stage];
        stage += 1;
    }
    let (convolution, norm) = match (part, stage) {
        ("depthwise", 0) => ("conv_dw", "bn1"),
        ("project", 0) => ("conv_pw", "bn2"),
        ("expand", _) => ("conv_pw", "bn1"),
        ("depthwise", _) => ("conv_dw", "bn2"),
        _ => ("conv_pwl", "bn3"),
    };
    (format!("blocks.{stage}.{repeat}.{convolution}"), format!("blocks.{stage}.{repeat}.{norm}"))
}

/// The shipped network with a classifier of the kept classes, as timm would save it. The batch norms
/// are folded already; ones that add the bias and change nothing else take their place.
fn checkpoint() -> Vec<Named> {
    let model = Model::read(Rc::new(native::model(Precision::F32)), &[]).expect("the model reads");
    let constant = |value: f32, count: usize| value.to_le_bytes().repeat(count);
    let mut tensors: Vec<Named> = Vec::new();
    for tensor in &model.graph.initializers {
        // The bounds of ReLU6 are no layer's.
        let Some((layer, part)) = tensor.name.rsplit_once('.') else { continue };
        let values = tensor.to_f32().expect("the weights are there");
        let data: Vec<_> = values.into_iter().flat_map(f32::to_le_bytes).collect();
        let (name, shape) = (&tensor.name, tensor.shape.clone());
        if layer == "classifier" {
            let rows = CLASSES.map(|class| data.chunks_exact(data.len() / shape[0]).nth(class));
            let rows = rows.iter().flat_map(|row| row.expect("a row").to_vec()).collect();
            tensors.push((name.clone(), [&[CLASSES.len()], &shape[1..]].concat(), rows));
            continue;
        }
        let (convolution, norm) = timm_names(layer);
        if part == "weight" {
            tensors.push((format!("{convolution}.weight"), shape, data));
            continue;
        }
        for (part, data) in [
            ("weight", constant(1.0, shape[0])),
            ("bias", data),
            ("running_mean", constant(0.0, shape[0])),
            ("running_var", constant(1.0 - 1e-3, shape[0])),
        ] {
            tensors.push((format!("{norm}.{part}"), shape.clone(), data));
        }
    }
    tensors
}

/// `cargo xtask`
fn xtask() -> Command {
    if let Some(program) = env::var_os("GRADLENS_XTASK") {
        return Command::new(program);
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--profile", "xtask", "--package", "xtask", "--"]);
    cargo
}

/// The checkpoint as a model file.
fn converted(folder: &Path) -> Vec<u8> {
    fs::create_dir_all(folder).expect("a folder");
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let tensors = checkpoint();
    let views = tensors.iter().map(|(name, shape, data)| {
        (name, TensorView::new(Dtype::F32, shape.clone(), data).expect("a tensor"))
    });
    safetensors::serialize_to_file(views, None, &file("timm.safetensors")).expect("a checkpoint");
    fs::write(file("labels.txt"), LABELS).expect("labels");
    let status = xtask()
        .args(["model", "--f32", "--from"])
        .arg(file("timm.safetensors"))
        .arg("--labels")
        .arg(file("labels.txt"))
        // As the shipped weights were trained.
        .args(["--mean", "0.4980392156862745", "--std", "0.5019607843137255", "--out"])
        .arg(file("model.onnx"))
        .status();
    assert!(status.expect("xtask runs").success());
    fs::read(file("model.onnx")).expect("the converted model")
}

fn explain(explainer: &Explainer, picture: &Picture, classes: &[usize], method: Method) -> Vec<Explanation> {
    let options = Options { method, ..Options::default() };
    let targets: Vec<_> = classes.iter().map(|&class| Target::Class(class)).collect();
    pollster::block_on(explainer.explain_many(picture, &targets, &options)).expect("explanations")
}

#[test]
fn a_network_of_three_classes_explains_as_one_of_a_thousand() {
    let own = pollster::block_on(Explainer::load(MODEL.clone(), Device::cpu())).expect("the own model loads");
    assert_eq!(own.labels(), ["lemur", "cat", "hen"]);
    let shipped = native::explainer(Precision::F32);
    let golden = fs::read(native::root().join("tests/golden/lemur_224x224.safetensors"));
    let picture = Golden::parse(&golden.expect("a golden file")).picture();

    let top = pollster::block_on(own.classify(&picture, 10)).expect("classes");
    assert_eq!((top.len(), top[0].class), (3, 0));
    let total: f32 = top.iter().map(|prediction| prediction.probability).sum();
    assert!((total - 1.0).abs() < 1e-6);

    for &method in Method::ALL.iter().filter(|method| matches!(method.entry().recipe, Recipe::Gradient(_))) {
        let ours = explain(&own, &picture, &[0, 1, 2], method);
        for (ours, theirs) in ours.iter().zip(explain(&shipped, &picture, &CLASSES, method)) {
            assert!((ours.logit - theirs.logit).abs() < 1e-4);
            let [ours, theirs] = [&ours.map, &theirs.map].map(|map| normalised(&map.values));
            let difference = largest_difference(&ours, &theirs);
            assert!(difference < 1e-5, "{method} differs by {difference}");
        }
    }

    let objects = pollster::block_on(own.explain_objects(&picture, &ObjectsOptions::default()));
    assert_eq!(objects.expect("objects")[0].best.class, 0);
    let options = FaithfulnessOptions::default();
    let measured = pollster::block_on(own.faithfulness(&picture, None, &[Method::GradCam], &options));
    assert_eq!(measured.expect("measures").class, 0);
    let beyond = Options { method: Method::GradCam, ..Options::default() };
    assert!(pollster::block_on(own.explain_many(&picture, &[Target::Class(3)], &beyond)).is_err());
}

/// The model with other text of the same length in its metadata.
fn altered(from: &str, to: &str) -> Vec<u8> {
    let mut bytes = MODEL.clone();
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes());
    let at = at.expect("the text is there");
    assert_eq!(from.len(), to.len());
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn a_file_whose_metadata_does_not_fit_is_refused() {
    for (from, to, reason) in [
        ("lemur\ncat\nhen", "lemur cat\nhen", "there are 2 labels; this model has 3 classes"),
        ("lemur\ncat\nhen", "lemur\n\nca\nhen", "there are 4 labels; this model has 3 classes"),
        ("lemur\ncat\nhen", "lemur cat hen", "there are 1 labels; this model has 3 classes"),
        ("(u8 - 127) / 128", "(u8 - 127) / 000", "is no normalisation"),
        ("fit 32", "fit 00", "is no way to resize"),
    ] {
        let error = pollster::block_on(Explainer::load(altered(from, to), Device::cpu())).err();
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(reason), "{message}");
    }
}
