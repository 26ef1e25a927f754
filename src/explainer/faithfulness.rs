//! Masked pictures through the network.

use super::maps::{Manner, has_gradient};
use super::pass::Pass;
use super::target::Target;
use super::{Explainer, argmax};
use crate::Result;
use crate::cam::Method;
use crate::faithfulness::{Curve, Faithfulness, MethodFaithfulness, curve_masks};
use crate::localisation::Truth;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::saliency::SaliencyMap;

/// What is asked of [`Explainer::faithfulness`] besides class and methods.
#[derive(Debug, Clone, Default)]
pub struct FaithfulnessOptions {
    /// Where the maps are taken; each method's own default if `None`.
    pub layer: Option<String>,
    /// At which size the network sees the picture, whole and masked.
    pub input_size: InputSize,
    /// In how many steps pixels are taken away and put in for the curves; none for 0.
    pub curve_steps: usize,
    /// What fixes the order in which the curves take pixels of one value.
    pub seed: u64,
    /// Where the object is, and δ of equation 26.
    pub truth: Option<(Truth, f32)>,
}

impl Explainer {
    /// How faithful each method's map of a class is; `None` stands for the most probable class at
    /// this size.
    ///
    /// The picture is what the network sees: scaled to the input size, multiplied there by the map
    /// (eq. 25), and not rounded to 8 bits again.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`], and [`crate::Error::InvalidTruth`].
    pub async fn faithfulness(
        &self,
        picture: &Picture,
        class: Option<usize>,
        methods: &[Method],
        options: &FaithfulnessOptions,
    ) -> Result<Faithfulness> {
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
        let picture_size = (picture.width(), picture.height());

        let mut results = Vec::new();
        for (&method, &layer) in methods.iter().zip(&layers) {
            let maps = self.maps(&pass, method, layer, &[Target::Class(class)], Manner::default()).await?;
            for map in maps.into_iter().map(SaliencyMap::normalised) {
                let input = &pass.input;
                let mask = map.scaled(input.width(), input.height());
                let masked_confidence = self.masked_score(&pass, &mask.values, class).await?;
                let curves = self.curves(&pass, &mask, options, class, confidence).await?;
                let (deletion, insertion) = curves.unzip();
                let measure = |(truth, delta): &(Truth, f32)| {
                    let placed = map.placed(&input.area(), picture_size, (mask.width, mask.height));
                    truth.measure(&placed, picture.width(), picture.height(), *delta)
                };
                results.push(MethodFaithfulness {
                    method,
                    layer: self.layer_name(&pass.session, layer),
                    confidence,
                    masked_confidence,
                    is_empty: map.maximum() == 0.0,
                    deletion,
                    insertion,
                    localisation: options.truth.as_ref().map(measure).transpose()?,
                });
            }
        }
        Ok(Faithfulness { class, confidence, methods: results })
    }

    /// The deletion and the insertion curve of a map.
    async fn curves(
        &self,
        pass: &Pass,
        map: &SaliencyMap,
        options: &FaithfulnessOptions,
        class: usize,
        confidence: f32,
    ) -> Result<Option<(Curve, Curve)>> {
        let steps = options.curve_steps;
        if steps == 0 {
            return Ok(None);
        }
        let masks = curve_masks(map, steps, options.seed);
        // The whole picture's score is known; the black one ends the one curve and begins the other.
        let mut deletion = vec![confidence];
        for step in 1..=steps {
            deletion.push(self.masked_score(pass, &masks.deletion(step), class).await?);
        }
        let mut insertion = vec![deletion[steps]];
        for step in 1..steps {
            insertion.push(self.masked_score(pass, &masks.insertion(step), class).await?);
        }
        insertion.push(confidence);
        Ok(Some((Curve { scores: deletion }, Curve { scores: insertion })))
    }

    /// The class's probability on the picture multiplied by a mask.
    async fn masked_score(&self, pass: &Pass, mask: &[f32], class: usize) -> Result<f32> {
        let input = pass.input.masked_values(mask, &self.contract);
        Ok(self.probabilities(&self.scores(&pass.session, input).await?)[class])
    }
}
