//! `cargo xtask model`: weights as the one ONNX file that the page and the package load.

mod architecture;
mod bias;
mod checkpoint;
mod file;
mod fold;
mod labels;
mod licence;
mod own;
mod precision;
mod preprocessing;
mod protobuf;
mod published;
mod stored;
mod wheel;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf, absolute},
};

use anyhow::{Context, Result};

use crate::{console::say, project::Project};
use architecture::Size;
use checkpoint::Checkpoint;
pub use precision::Precision;
use preprocessing::Preprocessing;
pub use published::{class_names, ensure, examples, file};

/// Options of `cargo xtask model`.
#[derive(clap::Args)]
pub struct Args {
    /// Keep the weights in 32 bits (for tests; twice the size)
    #[arg(long)]
    f32: bool,
    /// Where to write the file; the published weights' LICENSE and NOTICE are put beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Convert own weights of EfficientNet-Lite0, with any classes, in place of the published ones: a
    /// state dict as .safetensors, .pth or .pt, named as in timm's tf_efficientnet_lite0 (not
    /// efficientnet_lite0, which pads otherwise) or in efficientnet_lite_pytorch
    #[arg(long, value_name = "CHECKPOINT", requires = "out")]
    from: Option<PathBuf>,
    #[command(flatten)]
    own: own::Options,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let precision = if args.f32 { Precision::F32 } else { Precision::I16 };
    match (&args.from, &args.out) {
        (Some(from), Some(file)) => own::write(from, &args.own, precision, &absolute(file)?),
        (_, Some(file)) => published::write(project, precision, &absolute(file)?),
        (_, None) => ensure(project, precision),
    }
}

/// What every file says of itself, but for the labels.
fn metadata(
    size: &Size,
    precision: Precision,
    preprocessing: &Preprocessing,
) -> BTreeMap<&'static str, String> {
    let Size { name, side, .. } = size;
    let rounding = match precision {
        Precision::I16 => "16 bits and a scale a channel, biases corrected",
        Precision::F32 => "none",
    };
    BTreeMap::from([
        ("gradlens.rounding", rounding.into()),
        ("gradlens.name", (*name).into()),
        ("gradlens.normalisation", preprocessing.to_string()),
        ("gradlens.channels", "rgb".into()),
        ("gradlens.size", format!("{side}x{side}")),
        ("gradlens.resize", format!("fit {}", size.multiple())),
        ("gradlens.scores", "softmax".into()),
        ("gradlens.layers", LAYERS.into()),
    ])
}

/// The layers that have a name, and the methods that take them unless another is asked for.
const LAYERS: &str = "features=features grad-cam grad-cam++ hires-cam layer-cam\nhead=head cam xgrad-cam";

/// Writes a network as a model file, into a folder that exists.
fn write(
    checkpoint: &Checkpoint,
    precision: Precision,
    labels: &[String],
    mut metadata: BTreeMap<&'static str, String>,
    file: &Path,
) -> Result<Vec<u8>> {
    metadata.insert("gradlens.labels", labels.join("\n"));
    let mut tensors = fold::network(checkpoint)?;
    if precision == Precision::I16 {
        bias::correct(&mut tensors, checkpoint)?;
    }
    let bytes = file::encode(checkpoint.size, &tensors, precision, &metadata)?;
    // Renamed into place, so that a cut-off run leaves no half of a file.
    let partial = file.with_extension("partial");
    fs::write(&partial, &bytes)
        .and_then(|()| fs::rename(&partial, file))
        .with_context(|| format!("cannot write {}", file.display()))?;
    say(format!("wrote {} ({:.2} MB)", file.display(), bytes.len() as f64 / 1e6));
    Ok(bytes)
}
