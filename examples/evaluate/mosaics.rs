//! The share of each map's energy in its own quarter, on mosaics of four photos.

use std::path::Path;

use anyhow::{Result, bail};
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, Options};
use gradlens::localisation::{Box, Truth};
use gradlens::network::Layer;
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use image::imageops::FilterType;
use image::{DynamicImage, RgbImage};

use crate::folder::{self, Labels};

/// The side of a photo in a mosaic, and of what the network is shown to name it.
const TILE: u32 = 224;

/// The side of a mosaic.
const SIDE: usize = 2 * TILE as usize;

/// The least probability with which the network has to be right about a photo alone.
const LEAST_PROBABILITY: f32 = 0.8;

/// A photo that the network is right about.
struct Tile {
    image: RgbImage,
    class: usize,
}

/// Builds the mosaics, measures every method at every layer, and prints the table.
pub fn run(explainer: &Explainer, folder: &Path, labels: &Labels) -> Result<()> {
    let tiles = tiles(explainer, folder, labels)?;
    // Photos of far classes side by side: neighbours by class are often alike.
    let stride = tiles.len() / 4;
    if stride == 0 {
        bail!("a mosaic takes four photos that the network is right about; there are {}", tiles.len());
    }
    println!("{stride} mosaics of four photos each, {SIDE} x {SIDE}");
    println!("\n{:12} {:8} {:>8} {:>8}", "method", "layer", "energy", "hits");
    let mosaics: Vec<_> = (0..stride).map(|at| [0, 1, 2, 3].map(|part| &tiles[at + part * stride])).collect();
    for &layer in Layer::ALL {
        for &method in Method::ALL {
            if method.layer(Some(layer)).is_err() {
                continue;
            }
            let (mut energy, mut hits, mut maps) = (0.0, 0, 0);
            for mosaic in &mosaics {
                let picture = draw(mosaic)?;
                let classes = mosaic.map(|tile| tile.class);
                let options = Options {
                    method,
                    layer: Some(layer),
                    input_size: InputSize::Exact { width: SIDE, height: SIDE },
                };
                let explanations = pollster::block_on(explainer.explain_many(&picture, &classes, options))?;
                for (quarter, explanation) in explanations.into_iter().enumerate() {
                    let map = explanation.map.scaled(SIDE, SIDE);
                    let found = own_quarter(quarter).measure(&map, SIDE, SIDE, 0.5)?;
                    energy += found.energy;
                    hits += u32::from(found.hit);
                    maps += 1;
                }
            }
            let (energy, hits) = (energy / f64::from(maps), f64::from(hits) / f64::from(maps));
            println!("{:12} {:8} {energy:8.3} {hits:8.3}", method.to_string(), layer.to_string());
        }
    }
    Ok(())
}

fn own_quarter(quarter: usize) -> Truth {
    let side = f64::from(TILE);
    let (x, y) = ((quarter % 2) as f64 * side, (quarter / 2) as f64 * side);
    Truth::Box(Box { x, y, width: side, height: side })
}

fn tiles(explainer: &Explainer, folder: &Path, labels: &Labels) -> Result<Vec<Tile>> {
    let mut tiles = Vec::new();
    for path in folder::files(folder)? {
        let Some(&class) = labels.get(&folder::name(&path)) else {
            continue;
        };
        let image = folder::image(&path)?.resize_exact(TILE, TILE, FilterType::CatmullRom).into_rgb8();
        let picture = folder::picture(image.clone().into())?;
        let predictions = pollster::block_on(explainer.classify(&picture, 1))?;
        if predictions[0].class == class && predictions[0].probability > LEAST_PROBABILITY {
            tiles.push(Tile { image, class });
        }
    }
    Ok(tiles)
}

fn draw(mosaic: &[&Tile; 4]) -> Result<Picture> {
    let mut image = RgbImage::new(2 * TILE, 2 * TILE);
    for (quarter, tile) in mosaic.iter().enumerate() {
        let (x, y) = ((quarter % 2) as i64, (quarter / 2) as i64);
        image::imageops::replace(&mut image, &tile.image, x * i64::from(TILE), y * i64::from(TILE));
    }
    folder::picture(DynamicImage::from(image))
}
