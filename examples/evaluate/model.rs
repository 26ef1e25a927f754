//! The network that is measured.

use std::env;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use gradlens::contract::{Channels, Meaning, Normalisation, Parts, Resize};
use gradlens::device::Device;
use gradlens::explainer::Explainer;
use gradlens::onnx::{Model, Source};

use crate::folder;

/// Which network, and what its file does not say.
#[derive(clap::Args)]
#[command(next_help_heading = "Network")]
pub struct ModelOptions {
    /// An ONNX file in place of the built-in network; the files of its weights lie beside it
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Use the f32 weights of the built-in network instead of the ones that are shipped
    #[arg(long, conflicts_with = "model")]
    f32: bool,
    /// The input's size, WIDTHxHEIGHT
    #[arg(long, value_name = "SIZE", value_parser = sides)]
    input: Option<(usize, usize)>,
    /// How 8-bit values become the input's numbers, such as "(u8 - 127) / 128" or "(u8 - [R, G, B]) / [R, G, B]"
    #[arg(long, value_name = "FORMULA")]
    normalisation: Option<Normalisation>,
    /// The channels: rgb, bgr or gray
    #[arg(long)]
    channels: Option<Channels>,
    /// How pictures come to the input's size: squash, letterbox, "crop SHARE" or "fit MULTIPLE"
    #[arg(long)]
    resize: Option<Resize>,
    /// What scores mean: softmax, sigmoid or regression
    #[arg(long)]
    scores: Option<Meaning>,
    /// The classes' names, one a line
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
}

fn sides(text: &str) -> Result<(usize, usize)> {
    let (width, height) = text.split_once('x').context("a size is WIDTHxHEIGHT")?;
    Ok((width.parse()?, height.parse()?))
}

/// The network, on the CPU.
pub fn load(options: &ModelOptions) -> Result<Explainer> {
    let path = match &options.model {
        Some(path) => path.clone(),
        None => built_in(options.f32)?,
    };
    let loaded = read(&path).and_then(|model| options.explainer(model));
    loaded.with_context(|| path.display().to_string())
}

impl ModelOptions {
    /// A model that is taken as the one that is measured.
    pub fn explainer(&self, model: Model) -> Result<Explainer> {
        Ok(pollster::block_on(Explainer::new(model, Parts::default(), self.contract()?, Device::cpu()))?)
    }

    fn contract(&self) -> Result<Parts> {
        let names = self.names.as_ref().map(|file| {
            let names = fs::read_to_string(file).with_context(|| file.display().to_string())?;
            anyhow::Ok(names.lines().map(str::to_owned).collect())
        });
        Ok(Parts {
            size: self.input,
            layout: None,
            channels: self.channels,
            normalisation: self.normalisation,
            resize: self.resize,
            labels: names.transpose()?,
            meaning: self.scores,
        })
    }
}

fn built_in(f32: bool) -> Result<PathBuf> {
    let variable = if f32 { "GRADLENS_MODEL_F32" } else { "GRADLENS_MODEL" };
    let path = env::var_os(variable).with_context(|| {
        format!("{variable} does not name a model file; start this with `cargo xtask evaluate`")
    })?;
    Ok(path.into())
}

/// A file, with those around it at hand: weights may lie in one of them.
fn read(path: &Path) -> Result<Model> {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut external: Vec<(String, Rc<dyn Source>)> = Vec::new();
    for file in folder::files(beside)? {
        external.push((folder::name(&file), Rc::new(OnDisk::new(file)?)));
    }
    Ok(Model::read(Rc::new(OnDisk::new(path.to_owned())?), &external)?)
}

/// A file that is read where it is asked for.
struct OnDisk {
    path: PathBuf,
    length: u64,
}

impl OnDisk {
    fn new(path: PathBuf) -> Result<Self> {
        let length = fs::metadata(&path)?.len();
        Ok(Self { path, length })
    }
}

impl Source for OnDisk {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> gradlens::Result<()> {
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(into)
        });
        read.map_err(|error| gradlens::Error::InvalidModel(format!("{}: {error}", self.path.display())))
    }
}
