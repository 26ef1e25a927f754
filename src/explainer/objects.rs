//! The objects of a picture, each with its map.

use burn::tensor::Transaction;

use super::pass::Pass;
use super::{Explainer, Explanation, softmax};
use crate::Result;
use crate::cam::Method;
use crate::localisation::Box;
use crate::network::Layer;
use crate::objects::{Candidate, Place, SAME_SHAPE, WindowGrid, WindowScores, overlap};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::regions::{Region, regions};
use crate::saliency::SaliencyMap;

/// On how many pixels of the network's input regions are resolved: an eighth of a cell.
const REGION_CELL: usize = 4;

/// What is asked of [`Explainer::explain_objects`].
#[derive(Debug, Clone, Copy)]
pub struct ObjectsOptions {
    /// How the maps are made.
    pub method: Method,
    /// Where they are taken; the method's own default if `None`.
    pub layer: Option<Layer>,
    /// At which size the network sees the picture.
    pub input_size: InputSize,
    /// The most objects to report.
    pub max_objects: usize,
    /// The least score of an object and of its alternatives.
    pub min_score: f32,
    /// Share of a map's maximum from which on a place belongs to a region.
    pub threshold: f32,
}

impl Default for ObjectsOptions {
    fn default() -> Self {
        Self {
            method: Method::GradCamPlusPlus,
            layer: None,
            input_size: InputSize::LongSide(448),
            max_objects: 8,
            min_score: 0.2,
            threshold: 0.5,
        }
    }
}

/// One object of a picture.
#[derive(Debug, Clone)]
pub struct Object {
    /// The class that names it, and its score.
    pub best: Candidate,
    /// Other classes that explain the same place, best first.
    pub alternatives: Vec<Candidate>,
    /// Its map, smoothed ([`crate::saliency::SaliencyMap::smoothed`]).
    pub explanation: Explanation,
    /// The smallest box around all regions; none if the map is empty.
    pub bounds: Option<Box>,
    /// The connected parts of the map, the one with the highest peak first.
    pub regions: Vec<Region>,
}

impl Object {
    /// Takes in a place that explains the same.
    fn join(&mut self, place: Place) {
        self.alternatives.push(place.best);
        self.alternatives.extend(place.alternatives);
        self.alternatives.sort_by(|a, b| b.score.total_cmp(&a.score));
    }
}

impl Explainer {
    /// The objects of a picture, surest first: one run through the network's features, one
    /// classification of every window, and one batched backward pass.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`].
    pub async fn explain_objects(&self, picture: &Picture, options: &ObjectsOptions) -> Result<Vec<Object>> {
        let layer = options.method.layer(options.layer)?;
        let pass = self.pass(NetworkInput::new(picture, options.input_size)?).await?;
        let scores = self.window_scores(&pass).await?;
        let places = scores.places(&scores.candidates(options.min_score), options.max_objects);
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let standard = self.pass(NetworkInput::new(picture, InputSize::default())?).await?;
        let probabilities = softmax(&standard.logits);
        let classes: Vec<_> = places.iter().map(|place| place.best.class).collect();
        let pooling: Vec<_> = classes.iter().map(|&class| scores.pooling_weights(class)).collect();
        let maps = self.maps(&pass, options.method, layer, &classes, Some(&pooling)).await?;

        let (columns, rows) = (pass.input.width() / REGION_CELL, pass.input.height() / REGION_CELL);
        let mut objects: Vec<Object> = Vec::new();
        let mut shapes: Vec<SaliencyMap> = Vec::new();
        for (place, map) in places.into_iter().zip(maps) {
            let map = map.smoothed();
            let shape = map.scaled(columns, rows);
            if let Some(same) = shapes.iter().position(|other| overlap(other, &shape) > SAME_SHAPE) {
                objects[same].join(place);
                continue;
            }
            let Place { best, alternatives } = place;
            let explanation = Explanation {
                class: best.class,
                probability: probabilities[best.class],
                logit: pass.logits[best.class],
                method: options.method,
                layer,
                map,
            };
            let regions = regions(&shape, options.threshold, picture.width(), picture.height());
            let bounds = regions.iter().map(|region| region.bounds).reduce(Box::around);
            objects.push(Object { best, alternatives, explanation, bounds, regions });
            shapes.push(shape);
        }
        Ok(objects)
    }

    async fn window_scores(&self, pass: &Pass) -> Result<WindowScores> {
        let [_, _, height, width] = pass.head.dims();
        let grid = WindowGrid::new(width, height);
        let logits = self.network.classify_windows(pass.head.clone(), grid.windows());
        let [logits] = self.read(Transaction::default().register(logits)).await?;
        let classes = self.labels.len();
        Ok(WindowScores { scores: logits.chunks_exact(classes).flat_map(softmax).collect(), grid, classes })
    }
}
