//! The share of each map's energy in its own quarter, on mosaics of four photos.

use std::path::Path;

use anyhow::{Result, bail};
use gradlens::Error;
use gradlens::cam::{Method, Needs, Recipe};
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::localisation::{Box, Truth};
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};

use crate::folder::{self, Labels};

/// The least probability with which the network has to be right about a photo alone.
const LEAST_PROBABILITY: f32 = 0.8;

/// Width and height of a photo in a mosaic, and of what the network is shown to name it: the network's own.
type Side = (u32, u32);

/// A photo that the network is right about.
struct Tile {
    image: RgbImage,
    class: usize,
}

/// Four photos, one a quarter.
type Mosaic<'a> = [&'a Tile; 4];

/// How a method's maps lie on the quarters of their classes.
struct Found {
    energy: f64,
    hits: f64,
}

/// Builds the mosaics, measures every method at every layer, and prints the table.
pub fn run(explainer: &Explainer, folder: &Path, layer: Option<&str>, labels: &Labels) -> Result<()> {
    let side = (explainer.contract().width as u32, explainer.contract().height as u32);
    let tiles = tiles(explainer, folder, labels, side)?;
    // Photos of far classes side by side: neighbours by class are often alike.
    let stride = tiles.len() / 4;
    if stride == 0 {
        bail!("a mosaic takes four photos that the network is right about; there are {}", tiles.len());
    }
    let mosaics: Vec<_> = (0..stride).map(|at| [0, 1, 2, 3].map(|part| &tiles[at + part * stride])).collect();
    let size = size(explainer, &draw(&mosaics[0], side)?, side)?;
    println!("{stride} mosaics of four photos each, {} x {}, seen at {size:?}", 2 * side.0, 2 * side.1);
    println!("\n{:12} {:24} {:>8} {:>8}", "method", "layer", "energy", "hits");
    for layer in layers(explainer, layer)? {
        for &method in
            Method::ALL.iter().filter(|method| matches!(method.entry().recipe, Recipe::Gradient(_)))
        {
            let options =
                Options { method, layer: Some(layer.clone()), input_size: size, ..Options::default() };
            if let Some(Found { energy, hits }) = measure(explainer, &mosaics, side, &options)? {
                println!("{:12} {layer:24} {energy:8.3} {hits:8.3}", method.to_string());
            }
        }
    }
    Ok(())
}

/// The whole mosaic, each photo at the network's own size; a network that takes no other sees it scaled to that.
fn size(explainer: &Explainer, mosaic: &Picture, (width, height): Side) -> Result<InputSize> {
    let whole = InputSize::Exact { width: 2 * width as usize, height: 2 * height as usize };
    let options = Options { method: Method::GradCam, input_size: whole, ..Options::default() };
    match pollster::block_on(explainer.explain_many(mosaic, &[], &options)) {
        Ok(_) => Ok(whole),
        Err(Error::InvalidInputSize(_)) => Ok(InputSize::Standard),
        Err(error) => Err(error.into()),
    }
}

/// The layer asked for, or each that is a method's own, in the network's order.
fn layers(explainer: &Explainer, asked: Option<&str>) -> Result<Vec<String>> {
    if let Some(layer) = asked {
        return Ok(vec![layer.into()]);
    }
    let summary = explainer.summary()?;
    let is_default = |name: &String| {
        let mut methods = summary.methods.iter().filter(|known| known.method.entry().needs != Needs::Picture);
        methods.any(|known| known.layer.as_ref() == Some(name))
    };
    Ok(summary.layers.into_iter().map(|layer| layer.name).filter(is_default).collect())
}

/// The means over all mosaics; nothing of a method that is not defined at the layer.
fn measure(
    explainer: &Explainer,
    mosaics: &[Mosaic],
    side: Side,
    options: &Options,
) -> Result<Option<Found>> {
    let (mut energy, mut hits, mut maps) = (0.0, 0, 0);
    for mosaic in mosaics {
        let picture = draw(mosaic, side)?;
        let size = (picture.width(), picture.height());
        let targets = mosaic.map(|tile| Target::Class(tile.class));
        let explanations = match pollster::block_on(explainer.explain_many(&picture, &targets, options)) {
            Err(Error::MethodNeedsHead { .. }) => return Ok(None),
            explanations => explanations?,
        };
        for (quarter, explanation) in explanations.into_iter().enumerate() {
            let map = explanation.map.placed(&explanation.area, size, size);
            let found = own_quarter(quarter, side).measure(&map, size.0, size.1, 0.5)?;
            energy += found.energy;
            hits += u32::from(found.hit);
            maps += 1;
        }
    }
    Ok(Some(Found { energy: energy / f64::from(maps), hits: f64::from(hits) / f64::from(maps) }))
}

fn own_quarter(quarter: usize, side: Side) -> Truth {
    let (width, height) = (f64::from(side.0), f64::from(side.1));
    let (x, y) = ((quarter % 2) as f64 * width, (quarter / 2) as f64 * height);
    Truth::Box(Box { x, y, width, height })
}

fn tiles(explainer: &Explainer, folder: &Path, labels: &Labels, side: Side) -> Result<Vec<Tile>> {
    let mut tiles = Vec::new();
    for path in folder::files(folder)? {
        let Some(&class) = labels.get(&folder::name(&path)) else {
            continue;
        };
        let image = folder::image(&path)?.resize_exact(side.0, side.1, FilterType::CatmullRom).into_rgb8();
        let picture = folder::picture(image.clone().into())?;
        let predictions = pollster::block_on(explainer.classify(&picture, 1))?;
        if predictions[0].class == class && predictions[0].probability > LEAST_PROBABILITY {
            tiles.push(Tile { image, class });
        }
    }
    Ok(tiles)
}

fn draw(mosaic: &Mosaic, (width, height): Side) -> Result<Picture> {
    let mut image = RgbImage::new(2 * width, 2 * height);
    for (quarter, tile) in mosaic.iter().enumerate() {
        let (x, y) = ((quarter % 2) as i64, (quarter / 2) as i64);
        image::imageops::replace(&mut image, &tile.image, x * i64::from(width), y * i64::from(height));
    }
    folder::picture(DynamicImage::from(image))
}
