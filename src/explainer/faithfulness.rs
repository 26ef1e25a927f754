//! Masked pictures through the network.

use burn::tensor::Transaction;
use burn::tensor::activation::relu6;

use super::{Explainer, argmax, softmax};
use crate::Result;
use crate::cam::Method;
use crate::faithfulness::{Curve, Faithfulness, MethodFaithfulness, curve_masks};
use crate::localisation::Truth;
use crate::network::{Activations, Layer};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::saliency::SaliencyMap;

/// How many pixels run through the network at once: eight pictures of 224 x 224.
const BATCH_PIXELS: usize = 8 * 224 * 224;

/// What is asked of [`Explainer::faithfulness`] besides class and methods.
#[derive(Debug, Clone, Default)]
pub struct FaithfulnessOptions {
    /// Where the maps are taken; each method's own default if `None`.
    pub layer: Option<Layer>,
    /// At which size the network sees the picture, whole and masked.
    pub input_size: InputSize,
    /// In how many steps pixels are taken away and put in for the curves; none for 0.
    pub curve_steps: usize,
    /// Where the object is, and δ of equation 26.
    pub truth: Option<(Truth, f32)>,
}

impl Explainer {
    /// How faithful each method's map of a class is; `None` stands for the most probable class at
    /// this size.
    ///
    /// The picture is what the network sees: scaled to the input size, multiplied there by the map
    /// (eq. 25), and not rounded to 8 bits again. The masked copies of all methods run as one batch.
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
        self.check_classes(class.as_slice())?;
        let layers = methods.iter().map(|method| method.layer(options.layer)).collect::<Result<Vec<_>>>()?;
        let pass = self.pass(NetworkInput::new(picture, options.input_size)?).await?;
        let input = &pass.input;
        let probabilities = softmax(&pass.logits);
        let class = class.unwrap_or_else(|| argmax(&probabilities));
        let confidence = probabilities[class];

        let mut maps = Vec::new();
        for (&method, &layer) in methods.iter().zip(&layers) {
            for map in self.maps(&pass, method, layer, &[class], None).await? {
                maps.push(map.normalised().scaled(input.width(), input.height()));
            }
        }
        let mut masks: Vec<_> = maps.iter().map(|map| map.values.clone()).collect();
        let masked = self.masked_scores(input, &mut masks.drain(..), class).await?;

        let mut results = Vec::new();
        for (((&method, layer), map), masked_confidence) in methods.iter().zip(layers).zip(&maps).zip(masked)
        {
            let curves = self.curves(input, map, options.curve_steps, class, confidence).await?;
            let (deletion, insertion) = curves.unzip();
            let measure =
                |(truth, delta): &(Truth, f32)| truth.measure(map, picture.width(), picture.height(), *delta);
            results.push(MethodFaithfulness {
                method,
                layer,
                confidence,
                masked_confidence,
                is_empty: map.maximum() == 0.0,
                deletion,
                insertion,
                localisation: options.truth.as_ref().map(measure).transpose()?,
            });
        }
        Ok(Faithfulness { class, confidence, methods: results })
    }

    /// The deletion and the insertion curve of a map.
    async fn curves(
        &self,
        input: &NetworkInput,
        map: &SaliencyMap,
        steps: usize,
        class: usize,
        confidence: f32,
    ) -> Result<Option<(Curve, Curve)>> {
        if steps == 0 {
            return Ok(None);
        }
        let masks = curve_masks(map, steps);
        // The whole picture's score is known; the black one ends the one curve and begins the other.
        let mut deletions = (1..=steps).map(|step| masks.deletion(step));
        let deleted = self.masked_scores(input, &mut deletions, class).await?;
        let mut insertions = (1..steps).map(|step| masks.insertion(step));
        let inserted = self.masked_scores(input, &mut insertions, class).await?;
        let black = deleted[steps - 1];
        let deletion = [&[confidence], deleted.as_slice()].concat();
        let insertion = [&[black], inserted.as_slice(), &[confidence]].concat();
        Ok(Some((Curve { scores: deletion }, Curve { scores: insertion })))
    }

    /// The class's softmax score on the picture multiplied by each mask.
    async fn masked_scores(
        &self,
        input: &NetworkInput,
        masks: &mut dyn Iterator<Item = Vec<f32>>,
        class: usize,
    ) -> Result<Vec<f32>> {
        let batch = (BATCH_PIXELS / (input.width() * input.height())).max(1);
        let mut scores = Vec::new();
        loop {
            let masks: Vec<_> = masks.take(batch).collect();
            if masks.is_empty() {
                return Ok(scores);
            }
            let pictures = input.masked_tensor(&masks, &self.normalisation, self.device.burn());
            let Activations { linear, .. } = self.network.activations(pictures).await?;
            let logits = self.network.classify(relu6(linear));
            let [logits] = self.read(Transaction::default().register(logits)).await?;
            scores.extend(logits.chunks_exact(self.labels.len()).map(|logits| softmax(logits)[class]));
        }
    }
}
