//! Objects in natural photos of which boxes and outlines are known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, Object, ObjectsOptions};
use gradlens::localisation::Truth;
use serde_json::Value;

use crate::folder;

/// COCO's classes, by the numbers that its label files use.
const COCO: &str = "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,\
    parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,\
    suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,\
    bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,\
    chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,\
    toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush";
/// The numbers, of COCO's own from 1 on, that name no class: its outlines are written with them.
const UNUSED: [usize; 10] = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83];
/// A thing that covers less of its photo need not be found.
const LEAST_AREA: f64 = 0.02;
/// The widths of the bands of scores for which it is said how many are right.
const BAND: f32 = 0.1;

/// What a COCO class is for ImageNet's classes.
struct Names {
    coco: Vec<&'static str>,
    /// The COCO class of each of ImageNet's, where it has one.
    of: BTreeMap<usize, usize>,
}

/// A thing in a photo; everything in shares of the photo's sides.
struct Thing {
    coco: usize,
    /// Left, top, right, bottom.
    edges: [f64; 4],
}

/// Counts over photos.
#[derive(Default)]
struct Counts {
    photos: usize,
    truths: usize,
    named: usize,
    hidden: usize,
    reported: usize,
    right: usize,
    /// Objects of classes that COCO has no name for.
    unknown: usize,
    peaks_in_box: usize,
    outline_iou: f64,
    box_iou: f64,
    several: usize,
    all_named: usize,
    /// Objects with a COCO name, and those of them that are there, by their scores.
    bands: [(usize, usize); 10],
}

/// Measures every photo with each method; prints the photos with even numbers, those with odd ones, and all.
///
/// # Errors
/// For what is no such folder, and those of [`Explainer::explain_objects`].
pub fn run(explainer: &Explainer, folder: &Path, methods: &[Method], layer: Option<&str>) -> Result<()> {
    let names = Names::read(&folder.join("coco-imagenet.json"))?;
    for &method in methods {
        println!("\n{method}");
        let options = ObjectsOptions { method, layer: layer.map(str::to_owned), ..Default::default() };
        let mut halves = [Counts::default(), Counts::default()];
        for file in folder::files(&folder.join("images/train2017"))? {
            let name = folder::name(&file).trim_end_matches(".jpg").to_owned();
            let number: usize = name.parse().with_context(|| file.display().to_string())?;
            let lines = |kind: &str| lines(&folder.join(kind).join("train2017").join(format!("{name}.txt")));
            let things: Vec<_> =
                lines("labels")?.iter().map(|line| Thing::of(line)).collect::<Result<_>>()?;
            let photo = Photo { file: &file, name: &name, things, outlines: lines("polygons")? };
            photo
                .measure(explainer, &names, &options, &mut halves[number % 2])
                .with_context(|| name.clone())?;
        }
        let [even, odd] = halves;
        Counts::print_head();
        even.print("even");
        odd.print("odd");
        let all = even.plus(odd);
        all.print("all");
        all.print_bands();
    }
    Ok(())
}

/// The numbers of each line; none where there is no such file.
fn lines(path: &Path) -> Result<Vec<Vec<f64>>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    let numbers = |line: &str| line.split_whitespace().map(|word| Ok(word.parse()?)).collect();
    text.lines().map(numbers).collect::<Result<_>>().with_context(|| path.display().to_string())
}

impl Names {
    /// `{"NAME": [CLASS, "FIRST-LAST", ...]}`; a class that two names claim is the first one's.
    fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let lists: serde_json::Map<String, Value> = serde_json::from_str(&text)?;
        let coco: Vec<_> = COCO.split(',').collect();
        let mut of = BTreeMap::new();
        // In COCO's order: a JSON object's is not kept.
        for (at, name) in coco.iter().enumerate() {
            for entry in lists.get(*name).and_then(Value::as_array).into_iter().flatten() {
                let words = entry.as_str().map_or_else(|| entry.to_string(), str::to_owned);
                let (first, last) = words.split_once('-').unwrap_or((&words, &words));
                for class in first.parse::<usize>()?..=last.parse()? {
                    of.entry(class).or_insert(at);
                }
            }
        }
        Ok(Self { coco, of })
    }

    fn of(&self, class: usize) -> Option<usize> {
        self.of.get(&class).copied()
    }
}

impl Thing {
    /// YOLO's line: class, the box's middle, width and height.
    fn of(line: &[f64]) -> Result<Self> {
        let &[coco, x, y, width, height] = line else { bail!("a label has five numbers") };
        let (half_width, half_height) = (width / 2.0, height / 2.0);
        Ok(Self {
            coco: coco as usize,
            edges: [x - half_width, y - half_height, x + half_width, y + half_height],
        })
    }

    fn area(&self) -> f64 {
        let [left, top, right, bottom] = self.edges;
        (right - left) * (bottom - top)
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let [left, top, right, bottom] = self.edges;
        (left..=right).contains(&x) && (top..=bottom).contains(&y)
    }
}

/// A photo and what is known of it.
struct Photo<'a> {
    file: &'a Path,
    name: &'a str,
    things: Vec<Thing>,
    /// Each COCO's own number of a class, and the corners of a polygon.
    outlines: Vec<Vec<f64>>,
}

impl Photo<'_> {
    fn measure(
        &self,
        explainer: &Explainer,
        names: &Names,
        options: &ObjectsOptions,
        counts: &mut Counts,
    ) -> Result<()> {
        let large = self.things.iter().filter(|thing| thing.area() >= LEAST_AREA);
        let nameable: BTreeSet<_> = names.of.values().copied().collect();
        let truths: BTreeSet<_> =
            large.map(|thing| thing.coco).filter(|coco| nameable.contains(coco)).collect();
        if truths.is_empty() {
            return Ok(());
        }
        let picture = folder::open(self.file)?;
        let (width, height) = (picture.width(), picture.height());
        let objects = pollster::block_on(explainer.explain_objects(&picture, options))?;
        let named: BTreeSet<_> = objects.iter().filter_map(|object| names.of(object.best.class)).collect();
        let alternatives = objects.iter().flat_map(|object| &object.alternatives);
        let alternatives: BTreeSet<_> = alternatives.filter_map(|found| names.of(found.class)).collect();
        counts.photos += 1;
        counts.truths += truths.len();
        counts.named += truths.intersection(&named).count();
        counts.hidden += truths.difference(&named).filter(|coco| alternatives.contains(coco)).count();
        counts.several += usize::from(truths.len() > 1);
        counts.all_named += usize::from(truths.len() > 1 && truths.is_subset(&named));
        counts.reported += objects.len();
        for object in &objects {
            let Some(coco) = names.of(object.best.class) else {
                counts.unknown += 1;
                continue;
            };
            let is_there = self.things.iter().any(|thing| thing.coco == coco);
            let (band, right) = &mut counts.bands[((object.best.score / BAND) as usize).min(9)];
            *band += 1;
            *right += usize::from(is_there);
            if is_there {
                self.measure_place(object, coco, (width, height), options.threshold, counts)?;
            }
        }
        self.print(explainer, names, &truths, &objects);
        Ok(())
    }

    /// How an object lies on what its class is known to be.
    fn measure_place(
        &self,
        object: &Object,
        coco: usize,
        (width, height): (usize, usize),
        threshold: f32,
        counts: &mut Counts,
    ) -> Result<()> {
        counts.right += 1;
        let map = object.explanation.map.placed(&object.explanation.area, (width, height), (width, height));
        let share = |at: usize, side: usize| (at as f64 + 0.5) / side as f64;
        let peak = (share(map.hottest() % width, width), share(map.hottest() / width, height));
        let things = || self.things.iter().filter(|thing| thing.coco == coco);
        counts.peaks_in_box += usize::from(things().any(|thing| thing.holds(peak)));
        if let Some(found) = object.bounds {
            let (width, height) = (width as f64, height as f64);
            let right = (found.x + found.width) / width;
            let found = [found.x / width, found.y / height, right, (found.y + found.height) / height];
            counts.box_iou += things().map(|thing| iou(found, thing.edges)).fold(0.0, f64::max);
        }
        let number = (1..).filter(|number| !UNUSED.contains(number)).nth(coco).unwrap_or_default();
        let mut inside = vec![0; width * height];
        for outline in self.outlines.iter().filter(|outline| outline[0] as usize == number) {
            fill(&mut inside, width, height, &outline[1..]);
        }
        if inside.contains(&1) {
            let truth = Truth::Mask { inside, width, height };
            counts.outline_iou += truth.measure(&map, width, height, threshold)?.loc;
        }
        Ok(())
    }

    fn print(&self, explainer: &Explainer, names: &Names, truths: &BTreeSet<usize>, objects: &[Object]) {
        let label = |class: usize| &explainer.labels()[class];
        let truths: Vec<_> = truths.iter().map(|&coco| names.coco[coco]).collect();
        let said = |object: &Object| {
            let others: Vec<_> =
                object.alternatives.iter().map(|found| label(found.class).as_str()).collect();
            let others =
                if others.is_empty() { String::new() } else { format!(" (or {})", others.join(", ")) };
            format!("{} {:.2}{others}", label(object.best.class), object.best.score)
        };
        let found: Vec<_> = objects.iter().map(said).collect();
        println!("{} has {}: {}", self.name, truths.join(", "), found.join("; "));
    }
}

/// The intersection of two rectangles over their union.
fn iou(a: [f64; 4], b: [f64; 4]) -> f64 {
    let area = |[left, top, right, bottom]: [f64; 4]| (right - left).max(0.0) * (bottom - top).max(0.0);
    let shared = area([a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])]);
    shared / (area(a) + area(b) - shared)
}

/// Marks the pixels whose centres lie in a polygon, given by x and y of its corners in shares of the sides.
fn fill(inside: &mut [u8], width: usize, height: usize, corners: &[f64]) {
    let corners: Vec<_> =
        corners.chunks_exact(2).map(|at| (at[0] * width as f64, at[1] * height as f64)).collect();
    let edges = || corners.iter().zip(corners.iter().cycle().skip(1));
    for (row, pixels) in inside.chunks_exact_mut(width).enumerate() {
        let y = row as f64 + 0.5;
        let crossing = |(&(x1, y1), &(x2, y2)): (&(f64, f64), &(f64, f64))| {
            ((y1 > y) != (y2 > y)).then(|| x1 + (y - y1) / (y2 - y1) * (x2 - x1))
        };
        let mut crossings: Vec<_> = edges().filter_map(crossing).collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let pixel = |x: f64| ((x - 0.5).ceil().max(0.0) as usize).min(width);
            pixels[pixel(pair[0])..pixel(pair[1])].fill(1);
        }
    }
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        let mut bands = self.bands;
        for (band, other) in bands.iter_mut().zip(other.bands) {
            *band = (band.0 + other.0, band.1 + other.1);
        }
        Self {
            photos: self.photos + other.photos,
            truths: self.truths + other.truths,
            named: self.named + other.named,
            hidden: self.hidden + other.hidden,
            reported: self.reported + other.reported,
            right: self.right + other.right,
            unknown: self.unknown + other.unknown,
            peaks_in_box: self.peaks_in_box + other.peaks_in_box,
            outline_iou: self.outline_iou + other.outline_iou,
            box_iou: self.box_iou + other.box_iou,
            several: self.several + other.several,
            all_named: self.all_named + other.all_named,
            bands,
        }
    }

    fn print_head() {
        println!(
            "\n{:6} {:>6} {:>7} {:>9} {:>6} {:>7} {:>9} {:>9} {:>9} {:>7}",
            "photos",
            "number",
            "recall",
            "precision",
            "hidden",
            "objects",
            "hottest",
            "all named",
            "outlines",
            "boxes"
        );
    }

    fn print(&self, name: &str) {
        let share = |part: f64, whole: usize| part / whole as f64;
        println!(
            "{name:6} {:6} {:7.3} {:9.3} {:6} {:7.2} {:9.3} {:>9} {:9.3} {:7.3}",
            self.photos,
            share(self.named as f64, self.truths),
            share(self.right as f64, self.reported - self.unknown),
            self.hidden,
            share(self.reported as f64, self.photos),
            share(self.peaks_in_box as f64, self.right),
            format!("{}/{}", self.all_named, self.several),
            share(self.outline_iou, self.right),
            share(self.box_iou, self.right)
        );
    }

    fn print_bands(&self) {
        println!("\n{:>9} {:>7} {:>6}", "score", "objects", "right");
        for (at, (objects, right)) in self.bands.iter().enumerate().filter(|(_, (objects, _))| *objects > 0) {
            let from = at as f32 * BAND;
            println!(
                "{:>9} {objects:7} {:6.2}",
                format!("{from:.1}–{:.1}", from + BAND),
                *right as f64 / *objects as f64
            );
        }
    }
}
