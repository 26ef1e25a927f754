//! Measures maps and objects on folders of photos: `cargo xtask evaluate`.

mod folder;
mod model;
mod mosaics;
mod natural;
mod photos;
mod sanity;
mod scenes;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Parser;
use gradlens::cam::Method;

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
    /// Natural photos of COCO: their objects against boxes and outlines. A folder with images/train2017/N.jpg, N.txt
    /// beside it in labels and polygons, as YOLO writes them, and coco-imagenet.json ({"NAME": [CLASS, ...]})
    #[arg(long, value_name = "FOLDER")]
    natural: Option<PathBuf>,
    /// Labelled photos: the share of each map's energy in its own quarter, on mosaics of four, of
    /// every method at every method's own layer, or at --layer
    #[arg(long, value_name = "FOLDER", requires = "labels")]
    mosaics: Option<PathBuf>,
    /// Photos: how alike each method's maps stay while the network's layers are made random, from the last to the first
    #[arg(long, value_name = "FOLDER")]
    sanity: Option<PathBuf>,
    /// The classes of the photos as JSON, {"NAME": CLASS, ...}; without it, the class of a photo is
    /// the network's own top one
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// The methods to compare
    #[arg(long, value_delimiter = ',', default_values = ["grad-cam", "grad-cam++"])]
    methods: Vec<Method>,
    /// The target layer; each method's own if none is given
    #[arg(long)]
    layer: Option<String>,
    #[command(flatten)]
    model: model::ModelOptions,
    #[command(flatten)]
    photo_options: photos::PhotoOptions,
    #[command(flatten)]
    sanity_options: sanity::SanityOptions,
    #[command(flatten)]
    scene_options: scenes::SceneOptions,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let labels = cli.labels.as_deref().map(folder::labels).transpose()?;
    let explainer = model::load(&cli.model)?;
    let layer = cli.layer.as_deref();
    if let Some(folder) = &cli.folder {
        photos::run(&explainer, folder, &cli.methods, layer, labels.as_ref(), &cli.photo_options)?;
    }
    if let Some(folder) = &cli.scenes {
        scenes::run(&explainer, folder, &cli.methods, layer, &cli.scene_options)?;
    }
    if let Some(folder) = &cli.natural {
        natural::run(&explainer, folder, &cli.methods, layer)?;
    }
    if let (Some(folder), Some(labels)) = (&cli.mosaics, &labels) {
        mosaics::run(&explainer, folder, layer, labels)?;
    }
    if let Some(folder) = &cli.sanity {
        sanity::run(&explainer, &cli.model, folder, &cli.methods, layer, &cli.sanity_options)?;
    }
    let folders = [&cli.folder, &cli.scenes, &cli.natural, &cli.mosaics, &cli.sanity];
    if folders.iter().all(|folder| folder.is_none()) {
        bail!("name a folder of photos, --scenes, --natural, --mosaics or --sanity; --help says more");
    }
    Ok(())
}
