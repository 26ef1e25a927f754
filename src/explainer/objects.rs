//! The objects of a picture, each with its map.
//!
//! Where the head is pooling and one linear layer, each window of what is pooled is classified like a picture of its
//! own, for nothing but the products of the classifier. Elsewhere windows of the picture itself run through the
//! network, one after the other.

use std::rc::Rc;

use super::maps::{LayerMap, Manner};
use super::pass::{Pass, SEEDS_AT_ONCE};
use super::target::Target;
use super::{Explainer, Explanation};
use crate::cam::{Entry, Method, Needs, Recipe};
use crate::classifier::Head;
use crate::contract::{Meaning, Resize};
use crate::localisation::Box;
use crate::objects::{Candidate, Place, SAME_SHAPE, WindowGrid, WindowScores, overlap, shape};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::regions::{Region, regions};
use crate::saliency::SaliencyMap;
use crate::session::Session;
use crate::{Error, Result};

/// The side of a window as a share of the standard input's: 160 of 224 pixels.
const WINDOW: f64 = 160.0 / 224.0;
/// Windows of the picture itself are this share of its short side, and half of that apart.
const CROP: f64 = 0.5;
/// The most windows of a picture itself along a side.
const MOST_CROPS: usize = 8;
/// On how many pixels of the network's input regions are resolved: an eighth of a cell.
const REGION_CELL: usize = 4;

/// What is asked of [`Explainer::explain_objects`].
#[derive(Debug, Clone)]
pub struct ObjectsOptions {
    /// How the maps are made.
    pub method: Method,
    /// Where they are taken; the method's own default if `None`.
    pub layer: Option<String>,
    /// At which size the network sees the picture; `None` for twice the standard where the network takes it.
    pub input_size: Option<InputSize>,
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
            input_size: None,
            max_objects: 8,
            min_score: 0.25,
            threshold: 0.5,
        }
    }
}

/// One object of a picture.
#[derive(Debug, Clone)]
pub struct Object {
    /// The class that names it, and its score.
    pub best: Candidate,
    /// Other names of the same thing, best first.
    pub alternatives: Vec<Candidate>,
    /// Its map, smoothed ([`crate::saliency::SaliencyMap::smoothed`]).
    pub explanation: Explanation,
    /// The smallest box around all regions; none if the map is empty.
    pub bounds: Option<Box>,
    /// The connected parts of the map, the one with the highest peak first.
    pub regions: Vec<Region>,
}

impl Object {
    /// Takes in a place that is the same object.
    fn join(&mut self, place: Place) {
        self.alternatives.push(place.best);
        self.alternatives.extend(place.alternatives);
        self.alternatives.sort_by(|a, b| b.score.total_cmp(&a.score));
    }
}

impl Explainer {
    /// The objects of a picture, surest first.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`].
    pub async fn explain_objects(&self, picture: &Picture, options: &ObjectsOptions) -> Result<Vec<Object>> {
        if self.contract.meaning == Meaning::Regression {
            return Err(Error::InvalidTarget(
                "objects are named by classes, and this network has none".into(),
            ));
        }
        let map = match options.method.entry() {
            Entry { needs: Needs::Picture, .. } => None,
            Entry { recipe: Recipe::Gradient(map), .. } => Some(*map),
            _ => None,
        };
        let map = map.ok_or_else(|| Error::MethodUndefined {
            method: options.method.to_string(),
            reason: "for objects, which take a method of one backward pass to a layer, such as grad-cam++"
                .into(),
        })?;
        let (input, session) = self.objects_input(picture, options)?;
        let layer = self.layer(options.method, options.layer.as_deref(), &session)?;
        let pass = self.pass(input, &[layer]).await?;
        let scores = match session.head() {
            Some(head) => self.window_scores(&pass, head).await?,
            None => self.crop_scores(picture).await?,
        };
        let places = scores.places(&scores.candidates(options.min_score), options.max_objects);
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let probabilities = self.standard_probabilities(picture, &pass).await?;
        let classes: Vec<_> = places.iter().map(|place| place.best.class).collect();
        let pooling: Vec<_> = classes.iter().map(|&class| scores.pooling_weights(class)).collect();
        let maps = match session.head() {
            Some(head) => self.pooled_maps(&pass, head, map, layer, &classes, &pooling).await?,
            None => self.weighed_maps(&pass, options.method, layer, &classes, &pooling, &scores.grid).await?,
        };

        let area = pass.input.area();
        let (columns, rows) = (pass.input.width() / REGION_CELL, pass.input.height() / REGION_CELL);
        let size = (picture.width(), picture.height());
        let evidence = scores.evidence();
        let mut objects: Vec<Object> = Vec::new();
        let mut shapes: Vec<Vec<bool>> = Vec::new();
        for (place, map) in places.into_iter().zip(maps) {
            let map = map.smoothed();
            let placed = map.placed(&area, size, (columns.max(1), rows.max(1)));
            let shape = shape(&placed);
            let is_same = |(other, object): (&Vec<bool>, &Object)| {
                overlap(other, &shape) > SAME_SHAPE && evidence.is_same(object.best.class, place.best.class)
            };
            if let Some(same) = shapes.iter().zip(&objects).position(is_same) {
                objects[same].join(place);
                continue;
            }
            let Place { best, alternatives } = place;
            let explanation = Explanation {
                class: Some(best.class),
                probability: probabilities[best.class],
                logit: self.value(&Target::Class(best.class), &pass)?,
                method: options.method,
                layer: self.layer_name(&session, layer),
                map,
                area,
            };
            let regions = regions(&placed, options.threshold, picture.width(), picture.height());
            let bounds = regions.iter().map(|region| region.bounds).reduce(Box::around);
            objects.push(Object { best, alternatives, explanation, bounds, regions });
            shapes.push(shape);
        }
        Ok(objects)
    }

    /// The network's input and the network at its size: as asked, or finer than standard where the network takes it.
    fn objects_input(
        &self,
        picture: &Picture,
        options: &ObjectsOptions,
    ) -> Result<(NetworkInput, Rc<Session>)> {
        let at = |size: InputSize| {
            let input = NetworkInput::new(picture, size, &self.contract)?;
            let session = self.session((input.width(), input.height()))?;
            Ok((input, session))
        };
        if let Some(size) = options.input_size {
            return at(size);
        }
        let standard = self.session((self.contract.width, self.contract.height))?;
        let is_fine = standard.head().is_some() && !matches!(self.contract.resize, Resize::Letterbox);
        let finer = InputSize::LongSide(2 * self.contract.width.max(self.contract.height));
        match is_fine.then(|| at(finer)) {
            Some(Ok(found)) => Ok(found),
            Some(Err(Error::InvalidInputSize(_))) | None => at(InputSize::Standard),
            Some(Err(error)) => Err(error),
        }
    }

    /// The probabilities of each window of what the head pools.
    async fn window_scores(&self, pass: &Pass, head: &Head<f32>) -> Result<WindowScores> {
        let layer = &pass.session.layers()[head.layer];
        let cell = pass.input.width() as f64 / layer.width as f64;
        let side = (WINDOW * self.contract.width as f64 / cell).round().max(1.0) as usize;
        let grid = WindowGrid::new(layer.width, layer.height, side);
        let pooled = pass.value(pass.session.value_of(head.layer))?;
        let logits = pass.session.window_scores(head, pooled, grid.window())?;
        let classes = self.labels().len();
        let count = logits.len() / (grid.columns * grid.rows);
        let scores = logits.chunks_exact(count).flat_map(|logits| self.probabilities(logits)).collect();
        crate::session::ask(self.go_on.as_deref()).await?;
        Ok(WindowScores { scores, grid, classes })
    }

    /// The probabilities of windows of the picture itself.
    async fn crop_scores(&self, picture: &Picture) -> Result<WindowScores> {
        let (width, height) = (picture.width() as f64, picture.height() as f64);
        let step = (width.min(height) * CROP / 2.0).max(1.0);
        let cells = |side: f64| ((side / step).round() as usize).clamp(2, MOST_CROPS);
        let (columns, rows) = (cells(width), cells(height));
        let grid = WindowGrid::new(columns, rows, 2);
        let (cell_width, cell_height) = (width / columns as f64, height / rows as f64);
        let standard = self.session((self.contract.width, self.contract.height))?;
        let mut scores = Vec::new();
        for window in 0..grid.columns * grid.rows {
            let (column, row) = (window % grid.columns, window / grid.columns);
            let area = Box {
                x: column as f64 * cell_width,
                y: row as f64 * cell_height,
                width: 2.0 * cell_width,
                height: 2.0 * cell_height,
            };
            let input = NetworkInput::part(picture, area, self.contract.width, self.contract.height)?;
            let logits = self.scores(&standard, input.values(&self.contract)).await?;
            scores.extend(self.probabilities(&logits));
        }
        Ok(WindowScores { scores, grid, classes: self.labels().len() })
    }

    /// The map of each class whose score is pooled over the cells by weights that are 1 in the mean.
    async fn pooled_maps(
        &self,
        pass: &Pass,
        head: &Head<f32>,
        map: LayerMap,
        layer: usize,
        classes: &[usize],
        pooling: &[Vec<f32>],
    ) -> Result<Vec<SaliencyMap>> {
        let session = &pass.session;
        let (score, pooled) = (session.score_value(), session.value_of(head.layer));
        let positions = session.layers()[head.layer].width * session.layers()[head.layer].height;
        let mut maps = Vec::new();
        for (classes, pooling) in classes.chunks(SEEDS_AT_ONCE).zip(pooling.chunks(SEEDS_AT_ONCE)) {
            let seeds = classes.iter().map(|&class| self.seed(&Target::Class(class), session));
            let seeds = session.seeds(score, seeds.collect::<Result<Vec<_>>>()?.concat());
            // Behind the mean all is linear: it needs nothing of the run, and each position has its share of it.
            let gains =
                session.gradient(&pass.values(), head.mean, score, seeds, self.go_on.as_deref()).await?;
            let shares: Vec<_> = pooling.iter().flatten().map(|weight| weight / positions as f32).collect();
            let seeds = session.outer_seeds(head.layer, &gains, &shares);
            let gradients = self.gradient_planes(pass, layer, pooled, seeds).await?;
            maps.extend(self.maps_of(pass, &map, layer, &gradients, false)?);
        }
        Ok(maps)
    }

    /// The map of each class, weighed by how sure the windows around each place are of it.
    async fn weighed_maps(
        &self,
        pass: &Pass,
        method: Method,
        layer: usize,
        classes: &[usize],
        pooling: &[Vec<f32>],
        grid: &WindowGrid,
    ) -> Result<Vec<SaliencyMap>> {
        let targets: Vec<_> = classes.iter().map(|&class| Target::Class(class)).collect();
        let maps = self.maps(pass, method, layer, &targets, Manner::default()).await?;
        let weighed = |(mut map, weights): (SaliencyMap, &Vec<f32>)| {
            let weights = SaliencyMap { values: weights.clone(), width: grid.width(), height: grid.height() };
            let weights = weights.scaled(map.width, map.height);
            map.values.iter_mut().zip(weights.values).for_each(|(value, weight)| *value *= weight);
            map
        };
        Ok(maps.into_iter().zip(pooling).map(weighed).collect())
    }
}
