//! Pictures in, classes and maps out.

mod ablated;
mod attention;
#[cfg(feature = "webgpu")]
mod check;
mod classes;
mod copies;
mod faithfulness;
mod fused;
mod guided;
mod inner;
mod layer;
mod maps;
mod masked;
mod objects;
mod pass;
mod smooth;
mod steps;
mod summary;
mod target;

use std::rc::Rc;

use crate::cam::{Method, Sampling};
use crate::contract::{Contract, Meaning, Metadata, NamedLayer, Parts, Source};
use crate::device::{Backend, Device};
use crate::localisation::Box;
use crate::onnx::{Dim, Model};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::recent::Recent;
use crate::saliency::SaliencyMap;
use crate::session::{GoOn, Session, Shared};
use crate::{Error, Result};
pub use faithfulness::FaithfulnessOptions;
pub use fused::{Fused, Fusion};
pub use inner::Tensor;
pub use objects::{Object, ObjectsOptions};
use pass::Pass;
pub use smooth::Smooth;
pub use summary::{LayerSummary, MethodSummary, Summary};
pub use target::{LinearTarget, Target};

/// How many sizes of the network's input are kept ready.
const SESSIONS_KEPT: usize = 3;

/// One class and the probability that the network gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Index of the class.
    pub class: usize,
    /// In \[0, 1\], from the pass at the standard size; the score itself where scores are plain numbers.
    pub probability: f32,
}

/// What is asked of [`Explainer::explain_many`] besides the targets.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the map is made.
    pub method: Method,
    /// Where it is taken; the method's own default if `None`.
    pub layer: Option<String>,
    /// Several layers in place of one, whose maps become one.
    pub fused: Option<Fused>,
    /// At which size the network sees the picture.
    pub input_size: InputSize,
    /// Whether the map has what speaks against the target, too, below 0.
    pub signed: bool,
    /// How the map is made smoother, if it is.
    pub smooth: Option<Smooth>,
    /// What methods of many runs leave to choice.
    pub sampling: Sampling,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            method: Method::GradCamPlusPlus,
            layer: None,
            fused: None,
            input_size: InputSize::default(),
            signed: false,
            smooth: None,
            sampling: Sampling::default(),
        }
    }
}

/// The map of one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Index of the class; `None` for another linear function of the scores.
    pub class: Option<usize>,
    /// From the pass at the standard size: at larger ones the softmax of many networks flattens. The target's value
    /// where that is no class.
    pub probability: f32,
    /// The score whose gradient made the map, from the pass at the size asked for.
    pub logit: f32,
    /// How the map was made.
    pub method: Method,
    /// The layer at which it was taken; all of them, joined by " + ", where maps became one.
    pub layer: String,
    /// The map before normalisation, on the layer's grid or the method's own.
    pub map: SaliencyMap,
    /// What of the picture it covers, in pixels of the picture.
    pub area: Box,
}

/// A network on a device, ready to answer.
pub struct Explainer {
    model: Model,
    /// What files beside the model say of its contract.
    read: Parts,
    contract: Contract,
    named_layers: Vec<NamedLayer>,
    device: Device,
    shared: Shared,
    classes: usize,
    /// The newest sizes, last one first.
    sessions: Recent<Session>,
    go_on: Option<Rc<GoOn>>,
    /// Which part of how many a call is at.
    parts: smooth::Parts,
    /// The newest passes, last one first.
    passes: Recent<Pass>,
}

impl Explainer {
    /// Puts a model on a device. `read` is what files beside the model say of its contract, `given` what the caller
    /// says.
    ///
    /// # Errors
    /// Those of [`Contract::of`] and [`Session::new`] at the contract's size, [`Error::InvalidLabels`];
    /// [`Error::BackendUnavailable`] if the device is a GPU and nothing can run there, [`Error::Device`] if it does not give
    /// what the CPU gives.
    pub async fn new(model: Model, read: Parts, given: Parts, device: Device) -> Result<Self> {
        let contract = contract(&model, &read, given)?;
        let named_layers = Metadata::of(&model)?.layers;
        let mut explainer = Self {
            model,
            read,
            contract,
            named_layers,
            device,
            shared: Shared::default(),
            classes: 0,
            sessions: Recent::new(SESSIONS_KEPT),
            go_on: None,
            parts: Rc::new(std::cell::Cell::new((0, 1))),
            passes: Recent::new(pass::PASSES_KEPT),
        };
        explainer.settle()?;
        #[cfg(feature = "webgpu")]
        explainer.check_device().await?;
        Ok(explainer)
    }

    /// Puts the model of a file that needs no other file on a device, by what it says of itself.
    ///
    /// # Errors
    /// Those of [`Model::read`] and [`Self::new`].
    pub async fn load(bytes: Vec<u8>, device: Device) -> Result<Self> {
        let model = Model::read(Rc::new(bytes), &[])?;
        Self::new(model, Parts::default(), Parts::default(), device).await
    }

    /// Takes what the caller says of the contract now in place of what was said before; packed weights stay.
    ///
    /// # Errors
    /// Those of [`Self::new`]: the contract is as it was then.
    pub fn set_contract(&mut self, given: Parts) -> Result<()> {
        let next = contract(&self.model, &self.read, given)?;
        let before = std::mem::replace(&mut self.contract, next);
        // They were seen by the other one.
        self.passes = Recent::new(pass::PASSES_KEPT);
        self.settle().inspect_err(|_| self.contract = before)
    }

    /// What the scores tell about the contract, and whether the labels are as many.
    fn settle(&mut self) -> Result<()> {
        use crate::classifier::Activation;
        let session = self.session((self.contract.width, self.contract.height))?;
        let score = session.score();
        let contract = &mut self.contract;
        if contract.sources.meaning == Source::Guessed {
            let read = match (score.activation, score.count) {
                (Activation::Softmax, _) => Some(Meaning::Softmax),
                (Activation::Sigmoid, _) => Some(Meaning::Sigmoid),
                _ => None,
            };
            let guessed = if score.count == 1 { Meaning::Sigmoid } else { Meaning::Softmax };
            (contract.meaning, contract.sources.meaning) =
                read.map_or((guessed, Source::Guessed), |meaning| (meaning, Source::Read));
        }
        // A single probability is that of one of two classes.
        let is_pair = score.count == 1 && contract.meaning != Meaning::Regression;
        let classes = if is_pair { 2 } else { score.count };
        let labels = contract.labels.len();
        if labels != 0 && labels != classes {
            return Err(Error::InvalidLabels { found: labels, classes });
        }
        if labels == 0 {
            contract.labels = (0..classes).map(|class| format!("class {class}")).collect();
        }
        self.classes = classes;
        Ok(())
    }

    /// The network at a size of its input.
    pub(crate) fn session(&self, size: (usize, usize)) -> Result<Rc<Session>> {
        let (width, height) = size;
        let input = self.contract.network_input(width, height);
        self.sessions.find_or_add(
            |session| *session.input() == input,
            || {
                // The file's own size is refused for what it is, another for its size.
                Session::new(&self.model, &input, self.device.clone(), &self.shared).map_err(|error| {
                    match error {
                        Error::InvalidModel(reason)
                            if size != (self.contract.width, self.contract.height) =>
                        {
                            Error::InvalidInputSize(format!(
                                "the network does not take {width} x {height} pixels: {reason}"
                            ))
                        }
                        Error::InvalidModel(reason) if let Some(batch) = self.batch() => {
                            Error::InvalidModel(format!(
                                "{reason}; the model takes {batch} pictures at a time: export it for one"
                            ))
                        }
                        error => error,
                    }
                })
            },
        )
    }

    /// How many pictures the file wants at a time, if that is more than one.
    fn batch(&self) -> Option<usize> {
        let input = self.model.graph.inputs.iter().find(|input| input.name == self.contract.input)?;
        match input.shape.as_deref()? {
            [Dim::Known(batch @ 2..), ..] => Some(*batch),
            _ => None,
        }
    }

    /// Asks now and then during a call whether to go on. A call that does not fails with [`Error::Aborted`].
    pub fn ask_between_stages(&mut self, go_on: GoOn) {
        let parts = self.parts.clone();
        let of_all = move |progress| smooth::of_all(progress, parts.get());
        self.go_on = Some(Rc::new(std::boxed::Box::new(move |progress| go_on(progress.map(&of_all)))));
    }

    /// What the network runs on.
    pub fn backend(&self) -> Backend {
        self.device.backend()
    }

    /// The file.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What the network expects of a picture and means by its scores.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// The class labels, by class index.
    pub fn labels(&self) -> &[String] {
        &self.contract.labels
    }

    /// The `top_k` most probable classes, best first, seen at the standard size.
    ///
    /// # Errors
    /// [`Error::Device`], [`Error::NotFinite`].
    pub async fn classify(&self, picture: &Picture, top_k: usize) -> Result<Vec<Prediction>> {
        let input = NetworkInput::new(picture, InputSize::Standard, &self.contract)?;
        let probabilities = self.probabilities(&self.pass(input, &[]).await?.logits()?);
        let mut predictions: Vec<_> = probabilities
            .into_iter()
            .enumerate()
            .map(|(class, probability)| Prediction { class, probability })
            .collect();
        predictions.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        predictions.truncate(top_k);
        Ok(predictions)
    }

    /// One map a target, in the order asked: for most methods one run of the network and one batched backward pass from the
    /// scores to the layer. No targets at all means the most probable class.
    ///
    /// # Errors
    /// [`Error::InvalidClass`], [`Error::InvalidTarget`], [`Error::UnknownLayer`], [`Error::InvalidLayer`],
    /// [`Error::MethodNeedsHead`], [`Error::MethodUndefined`], [`Error::InvalidInputSize`], [`Error::Device`],
    /// [`Error::NotFinite`], [`Error::Aborted`].
    pub async fn explain_many(
        &self,
        picture: &Picture,
        targets: &[Target],
        options: &Options,
    ) -> Result<Vec<Explanation>> {
        let input = NetworkInput::new(picture, options.input_size, &self.contract)?;
        let area = input.area();
        let session = self.session((input.width(), input.height()))?;
        targets.iter().try_for_each(|target| self.check(target, &session))?;
        let layers = self.layers(options, &session)?;
        let pass = self.pass(input, &maps::with_gradient(options.method, &layers, &session)).await?;
        let probabilities = self.standard_probabilities(picture, &pass).await?;
        let top = [Target::Class(argmax(&probabilities))];
        let targets = if targets.is_empty() { &top } else { targets };

        let maps = self.smooth_maps(picture, &pass, &layers, targets, options).await?;
        let names: Vec<_> = layers.iter().map(|&layer| self.layer_name(&session, layer)).collect();
        let explanation = |(target, map): (&Target, SaliencyMap)| {
            let logit = self.value(target, &pass)?;
            let class = target.class();
            Ok(Explanation {
                class,
                probability: class.map_or(logit, |class| probabilities[class]),
                logit,
                method: options.method,
                layer: names.join(" + "),
                map,
                area,
            })
        };
        targets.iter().zip(maps).map(explanation).collect()
    }

    /// The probabilities of a picture at the standard size; those of a pass, if that is of this size.
    async fn standard_probabilities(&self, picture: &Picture, pass: &Pass) -> Result<Vec<f32>> {
        let size = InputSize::Standard.resolve(&self.contract, picture.width(), picture.height())?;
        if size == (pass.input.width(), pass.input.height()) {
            return Ok(self.probabilities(&pass.logits()?));
        }
        let input = NetworkInput::new(picture, InputSize::Standard, &self.contract)?;
        Ok(self.probabilities(&self.pass(input, &[]).await?.logits()?))
    }

    /// What scores mean as probabilities of the classes.
    pub(crate) fn probabilities(&self, scores: &[f32]) -> Vec<f32> {
        let sigmoid = |score: f32| 1.0 / (1.0 + (-score).exp());
        match (self.contract.meaning, scores) {
            (Meaning::Regression, _) => scores.to_vec(),
            (_, &[score]) => vec![sigmoid(-score), sigmoid(score)],
            (Meaning::Sigmoid, _) => scores.iter().map(|&score| sigmoid(score)).collect(),
            (Meaning::Softmax, _) => softmax(scores),
        }
    }
}

/// The contract of a file, by what it says itself, what files beside it say and what the caller says.
fn contract(model: &Model, read: &Parts, given: Parts) -> Result<Contract> {
    let mut contract = Contract::of(model)?;
    contract.take(read.clone(), Source::Read);
    contract.take(given, Source::Given);
    Ok(contract)
}

/// Probabilities of logits.
pub(crate) fn softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().fold(f32::NEG_INFINITY, |most, &logit| if logit > most { logit } else { most });
    let powers: Vec<_> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The index of the largest value; the first of equals.
pub(crate) fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = at;
        }
    }
    best
}
