//! Pictures in, classes and maps out.

mod check;
mod faithfulness;
mod objects;
mod pass;

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use crate::cam::Method;
use crate::device::{Backend, Device};
use crate::model::Model;
use crate::network::{EfficientNetLite0, Layer, Partner};
use crate::normalisation::Normalisation;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::saliency::SaliencyMap;
use crate::{Error, Result};
pub use faithfulness::FaithfulnessOptions;
pub use objects::{Object, ObjectsOptions};
use pass::Pass;

/// One class and the probability that the network gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Index of the class.
    pub class: usize,
    /// Softmax score in \[0, 1\], from the pass at [`InputSize::default`].
    pub probability: f32,
}

/// What is asked of [`Explainer::explain_many`] besides the classes.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How the map is made.
    pub method: Method,
    /// Where it is taken; the method's own default if `None`.
    pub layer: Option<Layer>,
    /// At which size the network sees the picture.
    pub input_size: InputSize,
}

/// The map of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Index of the class.
    pub class: usize,
    /// Softmax score in \[0, 1\], from the pass at [`InputSize::default`]: at larger sizes the softmax
    /// of this network flattens.
    pub probability: f32,
    /// The score whose gradient made the map, from the pass at the size asked for.
    pub logit: f32,
    /// How the map was made.
    pub method: Method,
    /// The layer at which it was taken.
    pub layer: Layer,
    /// The map before normalisation, on the layer's grid.
    pub map: SaliencyMap,
}

/// Asked at the end of each stage of a call: whether to go on.
pub type GoOn = Box<dyn Fn() -> Pin<Box<dyn Future<Output = bool>>>>;

/// A network on a device, ready to answer.
pub struct Explainer {
    device: Device,
    network: EfficientNetLite0,
    labels: Vec<String>,
    normalisation: Normalisation,
    go_on: Option<GoOn>,
    /// The newest passes, last one first.
    passes: RefCell<Vec<Rc<Pass>>>,
}

impl Explainer {
    /// Reads a model file and puts it on a device.
    ///
    /// # Errors
    /// [`Error::InvalidModel`], [`Error::Device`].
    pub async fn load(bytes: &[u8], device: Device) -> Result<Self> {
        Self::of(&Model::read(bytes)?, device).await
    }

    /// Puts a model on a device. A GPU is trusted only after its first answer, on a fixed input, was
    /// compared with the CPU's.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn of(model: &Model<'_>, device: Device) -> Result<Self> {
        let explainer = Self::new(model, device)?;
        if explainer.backend() == Backend::WebGpu {
            explainer.compare_with(&Self::new(model, Device::cpu())?).await?;
        }
        Ok(explainer)
    }

    fn new(model: &Model, device: Device) -> Result<Self> {
        let network = EfficientNetLite0::load(model, &device)?;
        let labels = model.labels().to_vec();
        let normalisation = *model.normalisation();
        Ok(Self { device, network, labels, normalisation, go_on: None, passes: RefCell::default() })
    }

    /// Names the classes anew.
    ///
    /// # Errors
    /// [`Error::InvalidLabels`] if there is not one label for each class.
    pub fn label(&mut self, labels: Vec<String>) -> Result<()> {
        if labels.len() != self.labels.len() {
            return Err(Error::InvalidLabels { found: labels.len(), classes: self.labels.len() });
        }
        self.labels = labels;
        Ok(())
    }

    /// Has another thread compute half of the network: [`EfficientNetLite0::share_with`].
    pub fn share_with(&self, partner: Box<dyn Partner>) {
        self.network.share_with(partner);
    }

    /// Asks at the end of each stage of a call whether to go on, which is each time that tensors were
    /// read back. A call that does not go on fails with [`Error::Aborted`].
    pub fn ask_between_stages(&mut self, go_on: GoOn) {
        self.go_on = Some(go_on);
    }

    /// What the network runs on.
    pub fn backend(&self) -> Backend {
        self.device.backend()
    }

    /// The class labels, by class index.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The `top_k` most probable classes, best first, seen at [`InputSize::default`].
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::NotFinite`].
    pub async fn classify(&self, picture: &Picture, top_k: usize) -> Result<Vec<Prediction>> {
        let input = NetworkInput::new(picture, InputSize::default())?;
        let probabilities = softmax(&self.pass(input).await?.logits);
        let mut predictions: Vec<_> = probabilities
            .into_iter()
            .enumerate()
            .map(|(class, probability)| Prediction { class, probability })
            .collect();
        predictions.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        predictions.truncate(top_k);
        Ok(predictions)
    }

    /// One map a class, in the order asked: one run through the network's features and one batched
    /// backward pass through its tail. No classes at all means the most probable one.
    ///
    /// # Errors
    /// [`Error::InvalidClass`], [`Error::MethodNeedsHead`], [`Error::InvalidInputSize`],
    /// [`Error::Device`], [`Error::NotFinite`].
    pub async fn explain_many(
        &self,
        picture: &Picture,
        classes: &[usize],
        options: Options,
    ) -> Result<Vec<Explanation>> {
        self.check_classes(classes)?;
        let layer = options.method.layer(options.layer)?;
        let (standard, input) = inputs(picture, options.input_size)?;
        let pass = self.pass(input).await?;
        let probabilities = match standard {
            Some(standard) => softmax(&self.pass(standard).await?.logits),
            None => softmax(&pass.logits),
        };
        let top = [argmax(&probabilities)];
        let classes = if classes.is_empty() { &top } else { classes };

        let maps = self.maps(&pass, options.method, layer, classes, None).await?;
        let explanation = |(&class, map)| Explanation {
            class,
            probability: probabilities[class],
            logit: pass.logits[class],
            method: options.method,
            layer,
            map,
        };
        Ok(classes.iter().zip(maps).map(explanation).collect())
    }

    fn check_classes(&self, classes: &[usize]) -> Result<()> {
        let last = self.labels.len() - 1;
        match classes.iter().find(|&&class| class > last) {
            Some(&index) => Err(Error::InvalidClass { index: index as f64, last }),
            None => Ok(()),
        }
    }
}

/// The standard input, where it differs from the one asked for, and that one.
fn inputs(picture: &Picture, size: InputSize) -> Result<(Option<NetworkInput>, NetworkInput)> {
    let (width, height) = (picture.width(), picture.height());
    if size.resolve(width, height)? == InputSize::default().resolve(width, height)? {
        return Ok((None, NetworkInput::new(picture, size)?));
    }
    let standard = NetworkInput::new(picture, InputSize::default())?;
    Ok((Some(standard), NetworkInput::new(picture, size)?))
}

/// Scores in \[0, 1\] that add up to 1.
fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
    let total: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

fn argmax(values: &[f32]) -> usize {
    values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(index, _)| index)
}
