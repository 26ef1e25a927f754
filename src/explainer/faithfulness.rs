//! Masked pictures through the network.

use super::maps::{Manner, has_gradient};
use super::pass::Pass;
use super::target::Target;
use super::{Explainer, argmax};
use crate::background::{Backdrop, Background};
use crate::cam::{Method, Random};
use crate::contract::Meaning;
use crate::faithfulness::{
    Curve, CurveMasks, Faithfulness, Measures, MethodFaithfulness, Road, Yardstick, YardstickFaithfulness,
    curve_masks, edges, gini, noisy, ones, shuffled, smooth_noise,
};
use crate::impute::imputed;
use crate::localisation::Truth;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::saliency::SaliencyMap;
use crate::{Error, Result};

/// What is asked of [`Explainer::faithfulness`] besides class and methods.
#[derive(Debug, Clone, Default)]
pub struct FaithfulnessOptions {
    /// Where the maps are taken; each method's own default if `None`.
    pub layer: Option<String>,
    /// At which size the network sees the picture, whole and masked.
    pub input_size: InputSize,
    /// What takes the place of what a map hides.
    pub background: Background,
    /// Whether maps that look at no evidence are measured beside the methods': one more run a method and two more, and
    /// as much again of curves and ROAD for each.
    pub yardsticks: bool,
    /// In how many steps pixels are taken away and put in for the curves, two runs each a map; none for 0.
    pub curve_steps: usize,
    /// Whether ROAD is measured: 18 runs a map, and imputing as many pictures.
    pub road: bool,
    /// What fixes chance: the order of pixels of one value, the yardsticks and ROAD's noise.
    pub seed: u64,
    /// Where the object is, and δ of equation 26.
    pub truth: Option<(Truth, f32)>,
}

/// What the maps of one class of one picture are measured by.
struct Scene<'a> {
    pass: &'a Pass,
    picture_size: (usize, usize),
    class: usize,
    confidence: f32,
    behind: Backdrop,
    options: &'a FaithfulnessOptions,
}

impl Explainer {
    /// How faithful each method's map of a class is; `None` stands for the most probable class at
    /// this size.
    ///
    /// The picture is what the network sees: scaled to the input size, blended there with the background
    /// (eq. 25 where that is black), and not rounded to 8 bits again.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`], [`crate::Error::InvalidTruth`], and [`crate::Error::InvalidTarget`] where scores are
    /// plain numbers, of which no share can be lost.
    pub async fn faithfulness(
        &self,
        picture: &Picture,
        class: Option<usize>,
        methods: &[Method],
        options: &FaithfulnessOptions,
    ) -> Result<Faithfulness> {
        if self.contract.meaning == Meaning::Regression {
            return Err(Error::InvalidTarget(
                "faithfulness is the share of a probability that is lost; the scores of this network are plain numbers \
                 (regression), not softmax or sigmoid"
                    .into(),
            ));
        }
        let input = NetworkInput::new(picture, options.input_size, &self.contract)?;
        let session = self.session((input.width(), input.height()))?;
        if let Some(class) = class {
            self.check(&Target::Class(class), &session)?;
        }
        let layer = |&method: &Method| self.layer(method, options.layer.as_deref(), &session);
        let layers = methods.iter().map(layer).collect::<Result<Vec<_>>>()?;
        let pairs = methods.iter().zip(&layers);
        let with_gradient: Vec<_> =
            pairs.filter(|(method, _)| has_gradient(**method)).map(|(_, layer)| *layer).collect();
        let pass = self.pass(input, &with_gradient).await?;
        let probabilities = self.probabilities(&pass.logits()?);
        let class = class.unwrap_or_else(|| argmax(&probabilities));
        let confidence = probabilities[class];
        let scene = Scene {
            pass: &pass,
            picture_size: (picture.width(), picture.height()),
            class,
            confidence,
            behind: pass.input.behind(options.background),
            options,
        };
        let (mut results, mut yardsticks) = (Vec::new(), Vec::new());
        for (&method, &layer) in methods.iter().zip(&layers) {
            let maps = self.maps(&pass, method, layer, &[Target::Class(class)], Manner::default()).await?;
            for map in maps.into_iter().map(SaliencyMap::normalised) {
                let layer = self.layer_name(&pass.session, layer);
                let measures = self.measures(&scene, &map).await?;
                results.push(MethodFaithfulness { method, layer, measures });
                if options.yardsticks {
                    if yardsticks.is_empty() {
                        let noise = smooth_noise(map.width, map.height, options.seed);
                        for (yardstick, map) in [
                            (Yardstick::Ones, ones()),
                            (Yardstick::Noise, noise),
                            (Yardstick::Edges, edges(&pass.input)),
                        ] {
                            yardsticks.push(self.yardstick(&scene, yardstick, &map).await?);
                        }
                    }
                    let map = shuffled(&map, options.seed);
                    yardsticks.push(self.yardstick(&scene, Yardstick::Shuffled(method), &map).await?);
                }
            }
        }
        let colour = scene.behind.colour();
        let background = options.background;
        Ok(Faithfulness { class, confidence, background, colour, methods: results, yardsticks })
    }

    async fn yardstick(
        &self,
        scene: &Scene<'_>,
        yardstick: Yardstick,
        map: &SaliencyMap,
    ) -> Result<YardstickFaithfulness> {
        Ok(YardstickFaithfulness { yardstick, measures: self.measures(scene, map).await? })
    }

    /// What is asked of one map, whose values lie in \[0, 1\].
    async fn measures(&self, scene: &Scene<'_>, map: &SaliencyMap) -> Result<Measures> {
        let (input, options) = (&scene.pass.input, scene.options);
        let mask = map.scaled(input.width(), input.height());
        let hides_nothing = mask.values.iter().all(|&value| value == 1.0);
        let masked_confidence =
            if hides_nothing { scene.confidence } else { self.masked_score(scene, &mask.values).await? };
        let (mut curves, mut road) = (None, None);
        if options.curve_steps > 0 || options.road {
            let order = curve_masks(&mask, options.seed);
            if options.curve_steps > 0 {
                curves = Some(self.curves(scene, &order).await?);
            }
            if options.road {
                road = Some(self.road(scene, &order).await?);
            }
        }
        let (deletion, insertion) = curves.unzip();
        let localise = |(truth, delta): &(Truth, f32)| {
            let (width, height) = scene.picture_size;
            let placed = map.placed(&input.area(), scene.picture_size, (mask.width, mask.height));
            truth.measure(&placed, width, height, *delta)
        };
        let total = mask.values.iter().map(|&value| f64::from(value)).sum::<f64>();
        Ok(Measures {
            confidence: scene.confidence,
            masked_confidence,
            visible: total / mask.values.len() as f64,
            sparseness: gini(&mask.values),
            is_empty: map.maximum() == 0.0,
            deletion,
            insertion,
            road,
            localisation: options.truth.as_ref().map(localise).transpose()?,
        })
    }

    /// The deletion and the insertion curve of a map.
    async fn curves(&self, scene: &Scene<'_>, order: &CurveMasks) -> Result<(Curve, Curve)> {
        let steps = scene.options.curve_steps;
        // The whole picture's score is known; that of the background ends the one curve and begins the other.
        let mut deletion = vec![scene.confidence];
        for step in 1..=steps {
            deletion.push(self.masked_score(scene, &order.deletion(step, steps)).await?);
        }
        let mut insertion = vec![deletion[steps]];
        for step in 1..steps {
            insertion.push(self.masked_score(scene, &order.insertion(step, steps)).await?);
        }
        insertion.push(scene.confidence);
        Ok((Curve { scores: deletion }, Curve { scores: insertion }))
    }

    /// The scores while a map's most and least important pixels are imputed.
    async fn road(&self, scene: &Scene<'_>, order: &CurveMasks) -> Result<Road> {
        let (mut morf, mut lerf) = (Vec::new(), Vec::new());
        for step in 1..Road::STEPS {
            let most = order.deletion(step, Road::STEPS);
            morf.push(self.imputed_score(scene, &most, 2 * step).await?);
            let least = order.insertion(Road::STEPS - step, Road::STEPS);
            lerf.push(self.imputed_score(scene, &least, 2 * step + 1).await?);
        }
        Ok(Road { morf, lerf })
    }

    /// The class's probability on the picture where a mask is 1 and the background where it is 0.
    async fn masked_score(&self, scene: &Scene<'_>, mask: &[f32]) -> Result<f32> {
        self.score(scene, scene.pass.input.blended_values(mask, &scene.behind, &self.contract)).await
    }

    /// The class's probability on the picture with what is not kept imputed; the index is that of the noise.
    async fn imputed_score(&self, scene: &Scene<'_>, kept: &[f32], index: usize) -> Result<f32> {
        let input = &scene.pass.input;
        let picture = imputed(input.rgb(), kept, input.width(), input.height());
        let picture = noisy(picture, kept, Random::nth(scene.options.seed, index));
        self.score(scene, input.values_from(&picture, &self.contract)).await
    }

    async fn score(&self, scene: &Scene<'_>, input: Vec<f32>) -> Result<f32> {
        Ok(self.probabilities(&self.scores(&scene.pass.session, input).await?)[scene.class])
    }
}
