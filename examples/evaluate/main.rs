//! Measures maps and objects on folders of photos: `cargo xtask evaluate`.

mod folder;
mod mosaics;
mod photos;
mod scenes;

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Parser;
use gradlens::cam::Method;
use gradlens::device::Device;
use gradlens::explainer::Explainer;
use gradlens::network::Layer;

#[derive(Parser)]
#[command(name = "cargo xtask evaluate", bin_name = "cargo xtask evaluate")]
#[command(about = "Measures maps and objects on folders of photos")]
struct Cli {
    /// Photos: Average Drop, Increase in Confidence and Win of the methods
    folder: Option<PathBuf>,
    /// Scenes: objects and their maps against masks. A folder with N.jpg, N.mask.png (value k where
    /// the k-th class is, from 1 on) and classes.json ({"N": [class, ...]})
    #[arg(long, value_name = "FOLDER")]
    scenes: Option<PathBuf>,
    /// Labelled photos: the share of each map's energy in its own quarter, on mosaics of four, of
    /// every method at every layer
    #[arg(long, value_name = "FOLDER", requires = "labels")]
    mosaics: Option<PathBuf>,
    /// The classes of the photos as JSON, {"NAME": CLASS, ...}; without it, the class of a photo is
    /// the network's own top one
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// The methods to compare
    #[arg(long, value_delimiter = ',', default_values = ["grad-cam", "grad-cam++"])]
    methods: Vec<Method>,
    /// The target layer; each method's own if none is given
    #[arg(long)]
    layer: Option<Layer>,
    /// Use the f32 weights instead of the ones that are shipped
    #[arg(long)]
    f32: bool,
    #[command(flatten)]
    photo_options: photos::PhotoOptions,
    #[command(flatten)]
    scene_options: scenes::SceneOptions,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let labels = cli.labels.as_deref().map(folder::labels).transpose()?;
    let explainer = load(cli.f32)?;
    if let Some(folder) = &cli.folder {
        photos::run(&explainer, folder, &cli.methods, cli.layer, labels.as_ref(), &cli.photo_options)?;
    }
    if let Some(folder) = &cli.scenes {
        scenes::run(&explainer, folder, &cli.methods, cli.layer, &cli.scene_options)?;
    }
    if let (Some(folder), Some(labels)) = (&cli.mosaics, &labels) {
        mosaics::run(&explainer, folder, labels)?;
    }
    if [&cli.folder, &cli.scenes, &cli.mosaics].iter().all(|folder| folder.is_none()) {
        bail!("name a folder of photos, --scenes or --mosaics; --help says more");
    }
    Ok(())
}

fn load(f32: bool) -> Result<Explainer> {
    let variable = if f32 { "GRADLENS_MODEL_F32" } else { "GRADLENS_MODEL" };
    let path = env::var_os(variable).with_context(|| {
        format!("{variable} does not name a model file; start this with `cargo xtask evaluate`")
    })?;
    let path = PathBuf::from(path);
    let model = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(pollster::block_on(Explainer::load(&model, Device::cpu()))?)
}
