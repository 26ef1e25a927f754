//! Sanity checks (Adebayo et al. 2018): how alike maps stay while a network's layers are made random.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use gradlens::Error;
use gradlens::bootstrap::interval;
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use gradlens::saliency::SaliencyMap;
use gradlens::sanity::{self, rank_correlation, structural_similarity};

use crate::folder;
use crate::model::ModelOptions;

/// What is asked of sanity checks alone.
#[derive(clap::Args)]
#[command(next_help_heading = "Sanity checks")]
pub struct SanityOptions {
    /// In how many steps the layers are made random
    #[arg(long, default_value_t = 6)]
    stages: usize,
    /// How many times, each with a seed of its own
    #[arg(long, default_value_t = 3)]
    seeds: u64,
    /// The most photos, spread evenly over the folder
    #[arg(long, default_value_t = 50)]
    photos: usize,
}

/// A photo and what the trained network makes of it.
struct Photo {
    picture: Picture,
    class: usize,
    /// One a method, on the network's input.
    maps: Vec<SaliencyMap>,
}

/// What became of the maps of one method at one stage.
#[derive(Default, Clone)]
struct Found {
    /// Of each photo, the similarities by seed.
    ranks: Vec<Vec<f64>>,
    similarities: Vec<Vec<f64>>,
    /// Maps that are zero or the same everywhere, and have no ranks.
    empty: usize,
    not_finite: usize,
}

/// Makes the network random step by step, and prints each method's curve.
pub fn run(
    explainer: &Explainer,
    model: &ModelOptions,
    folder: &Path,
    methods: &[Method],
    layer: Option<&str>,
    asked: &SanityOptions,
) -> Result<()> {
    ensure!(
        asked.stages > 0 && asked.seeds > 0 && asked.photos > 0,
        "stages, seeds and photos are at least 1"
    );
    let layers = sanity::count(explainer.model());
    ensure!(layers > 0, "the network has no weights that could be made random");
    let questions: Vec<_> = methods.iter().map(|&method| question(explainer, method, layer)).collect();
    let photos = photos(explainer, folder, &questions, asked.photos)?;
    println!(
        "{} photos, {} seeds, {layers} layers made random from the last to the first; means over photos and their 95 % \
         intervals (bootstrap)",
        photos.len(),
        asked.seeds
    );
    println!(
        "\n{:16} {:>6} {:>24} {:>24} {:>6} {:>10}",
        "method", "random", "rank correlation", "SSIM", "empty", "not finite"
    );
    for stage in 1..=asked.stages {
        let random = (layers * stage).div_ceil(asked.stages);
        let mut found = vec![Found::of(photos.len()); methods.len()];
        for seed in 0..asked.seeds {
            let network = model.explainer(sanity::randomised(explainer.model(), random, seed)?)?;
            for (at, photo) in photos.iter().enumerate() {
                for ((options, own), found) in questions.iter().zip(&photo.maps).zip(&mut found) {
                    found.add(at, own, map(&network, photo, options))?;
                }
            }
        }
        for (method, found) in methods.iter().zip(&found) {
            println!("{:16} {random:6} {found}", method.to_string());
        }
    }
    Ok(())
}

fn question(explainer: &Explainer, method: Method, layer: Option<&str>) -> Options {
    let contract = explainer.contract();
    let input_size = InputSize::Exact { width: contract.width, height: contract.height };
    Options { method, layer: layer.map(str::to_owned), input_size, ..Options::default() }
}

/// The map of the photo's class, with a maximum of 1, on the network's input.
fn map(network: &Explainer, photo: &Photo, options: &Options) -> gradlens::Result<SaliencyMap> {
    let targets = [Target::Class(photo.class)];
    let mut found = pollster::block_on(network.explain_many(&photo.picture, &targets, options))?;
    let map = found.pop().expect("one target is one map").map.normalised();
    let contract = network.contract();
    Ok(map.scaled(contract.width, contract.height))
}

fn photos(explainer: &Explainer, folder: &Path, questions: &[Options], most: usize) -> Result<Vec<Photo>> {
    let files = folder::files(folder)?;
    let mut pictures: Vec<_> = files.iter().filter_map(|path| folder::open(path).ok()).collect();
    ensure!(!pictures.is_empty(), "there is no photo in {}", folder.display());
    let (all, taken) = (pictures.len(), most.min(pictures.len()));
    let mut at = 0;
    pictures.retain(|_| {
        at += 1;
        at * taken / all > (at - 1) * taken / all
    });
    let photo = |picture: Picture| {
        let class = pollster::block_on(explainer.classify(&picture, 1))?[0].class;
        let mut photo = Photo { picture, class, maps: Vec::new() };
        for options in questions {
            photo.maps.push(map(explainer, &photo, options).with_context(|| options.method.to_string())?);
        }
        Ok(photo)
    };
    pictures.into_iter().map(photo).collect()
}

impl Found {
    fn of(photos: usize) -> Self {
        Self { ranks: vec![Vec::new(); photos], similarities: vec![Vec::new(); photos], ..Self::default() }
    }

    fn add(&mut self, photo: usize, own: &SaliencyMap, random: gradlens::Result<SaliencyMap>) -> Result<()> {
        match random {
            Err(Error::NotFinite) => self.not_finite += 1,
            Err(error) => return Err(error.into()),
            Ok(map) => match rank_correlation(own, &map) {
                None => self.empty += 1,
                Some(correlation) => {
                    self.ranks[photo].push(correlation);
                    self.similarities[photo].push(structural_similarity(own, &map));
                }
            },
        }
        Ok(())
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for values in [&self.ranks, &self.similarities] {
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let photos: Vec<_> =
                values.iter().filter(|seeds| !seeds.is_empty()).map(|seeds| mean(seeds)).collect();
            let text = interval(&photos, 0).map_or_else(
                || "none".into(),
                |(least, most)| format!("{:.3} ({least:.3} to {most:.3})", mean(&photos)),
            );
            write!(f, "{text:>24} ")?;
        }
        write!(f, "{:6} {:10}", self.empty, self.not_finite)
    }
}
