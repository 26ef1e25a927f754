//! Objects and their maps on scenes whose objects are known by masks.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, ObjectsOptions};
use gradlens::localisation::Truth;

use crate::folder;

/// What is asked of scenes alone.
#[derive(clap::Args)]
#[command(next_help_heading = "Scenes")]
pub struct SceneOptions {
    /// The least score of an object
    #[arg(long, default_value_t = ObjectsOptions::default().min_score)]
    min_score: f32,
}

/// Counts over scenes.
#[derive(Default)]
struct Counts {
    scenes: usize,
    truths: usize,
    reported: usize,
    found: usize,
    hits: usize,
    energy: f64,
    iou: f64,
}

/// Measures every scene with each method; prints one half of the scenes, the other, and all.
pub fn run(
    explainer: &Explainer,
    folder: &Path,
    methods: &[Method],
    layer: Option<&str>,
    asked: &SceneOptions,
) -> Result<()> {
    let path = folder.join("classes.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let scenes: BTreeMap<String, Vec<usize>> =
        serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    for &method in methods {
        println!("\n{method}");
        let options = ObjectsOptions {
            method,
            layer: layer.map(str::to_owned),
            min_score: asked.min_score,
            ..Default::default()
        };
        run_method(explainer, folder, &scenes, &options)?;
    }
    Ok(())
}

fn run_method(
    explainer: &Explainer,
    folder: &Path,
    scenes: &BTreeMap<String, Vec<usize>>,
    options: &ObjectsOptions,
) -> Result<()> {
    let mut halves = [Counts::default(), Counts::default()];
    for (at, (scene, classes)) in scenes.iter().enumerate() {
        measure(explainer, folder, scene, classes, options, &mut halves[at % 2])
            .with_context(|| format!("scene {scene}"))?;
    }
    println!(
        "\n{:8} {:>6} {:>7} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "scenes", "number", "recall", "precision", "objects", "hottest", "energy", "IoU"
    );
    let [even, odd] = &halves;
    even.print("1st, 3rd");
    odd.print("2nd, 4th");
    even.plus(odd).print("all");
    Ok(())
}

fn measure(
    explainer: &Explainer,
    folder: &Path,
    scene: &str,
    classes: &[usize],
    options: &ObjectsOptions,
    counts: &mut Counts,
) -> Result<()> {
    let picture = folder::open(&folder.join(format!("{scene}.jpg")))?;
    let mask = folder::image(&folder.join(format!("{scene}.mask.png")))?.into_luma8();
    if (mask.width() as usize, mask.height() as usize) != (picture.width(), picture.height()) {
        bail!("the mask is not of the photo's size");
    }
    let objects = pollster::block_on(explainer.explain_objects(&picture, options))?;
    counts.scenes += 1;
    counts.truths += classes.len();
    counts.reported += objects.len();
    for object in &objects {
        let label = &explainer.labels()[object.best.class];
        let Some(at) = classes.iter().position(|&class| class == object.best.class) else {
            println!("{scene}: {label} {:.2} is not there", object.best.score);
            continue;
        };
        let value = at as u8 + 1;
        let inside = mask.pixels().map(|pixel| u8::from(pixel[0] == value)).collect();
        let truth = Truth::Mask { inside, width: picture.width(), height: picture.height() };
        let size = (picture.width(), picture.height());
        let map = object.explanation.map.placed(&object.explanation.area, size, size);
        let found = truth.measure(&map, picture.width(), picture.height(), options.threshold)?;
        counts.found += 1;
        counts.hits += usize::from(found.hit);
        counts.energy += found.energy;
        counts.iou += found.loc;
        if !found.hit {
            println!("{scene}: the hottest point of {label} is not on it (IoU {:.2})", found.loc);
        }
    }
    for class in classes.iter().filter(|&&class| objects.iter().all(|object| object.best.class != class)) {
        println!("{scene}: {} was not found", explainer.labels()[*class]);
    }
    Ok(())
}

impl Counts {
    fn plus(&self, other: &Self) -> Self {
        Self {
            scenes: self.scenes + other.scenes,
            truths: self.truths + other.truths,
            reported: self.reported + other.reported,
            found: self.found + other.found,
            hits: self.hits + other.hits,
            energy: self.energy + other.energy,
            iou: self.iou + other.iou,
        }
    }

    fn print(&self, name: &str) {
        let share = |part: f64, whole: usize| part / whole as f64;
        println!(
            "{name:8} {:6} {:7.3} {:9.3} {:9.2} {:9.3} {:7.3} {:7.3}",
            self.scenes,
            share(self.found as f64, self.truths),
            share(self.found as f64, self.reported),
            share(self.reported as f64, self.scenes),
            share(self.hits as f64, self.found),
            share(self.energy, self.found),
            share(self.iou, self.found)
        );
    }
}
