//! Pictures in, classes and maps out.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::{Tensor, TensorData, Transaction};

use crate::cam::Method;
use crate::device::{Backend, Device};
use crate::gradient::gradients;
use crate::model::Model;
use crate::network::{EfficientNetLite0, Layer};
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::{Error, Result};

/// How many pictures' activations are kept: the one at hand, at the standard and at a finer size.
const PASSES_KEPT: usize = 2;

/// The side of the synthetic picture on which a GPU is compared with the CPU.
const CHECK_SIDE: usize = 64;
/// The most by which a GPU may differ from the CPU on it, relative to the largest value.
const CHECK_TOLERANCE: f32 = 1e-3;

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
    /// The layer at which the map was taken.
    pub layer: Layer,
    /// The map before normalisation, row-major, not negative.
    pub raw: Vec<f32>,
    /// Width of `raw`.
    pub raw_width: usize,
    /// Height of `raw`.
    pub raw_height: usize,
}

/// One run of the network on one picture: everything that classes and methods share.
struct Pass {
    input: NetworkInput,
    features: Tensor<4>,
    head: Tensor<4>,
    logits: Vec<f32>,
    /// The newest gradients, so that another method for the same classes costs no backward pass.
    gradients: RefCell<Option<Rc<Gradients>>>,
}

/// A layer's activation and the gradients of classes there.
struct Gradients {
    layer: Layer,
    classes: Vec<usize>,
    /// A, `[channels, h, w]`.
    activation: Vec<f32>,
    /// g = ∂y_c / ∂A, one class after the other.
    gradients: Vec<f32>,
}

impl Pass {
    fn activation(&self, layer: Layer) -> Tensor<4> {
        match layer {
            Layer::Features => self.features.clone(),
            Layer::Head => self.head.clone(),
        }
    }
}

/// A network on a device, ready to answer.
pub struct Explainer {
    device: Device,
    network: EfficientNetLite0,
    labels: Vec<String>,
    /// The newest passes, last one first.
    passes: RefCell<Vec<Rc<Pass>>>,
}

impl Explainer {
    /// Reads a model file and puts it on a device. A GPU is trusted only after its first answer, on
    /// a fixed input, was compared with the CPU's.
    ///
    /// # Errors
    /// [`Error::InvalidModel`], [`Error::Device`].
    pub async fn load(model: &[u8], device: Device) -> Result<Self> {
        let model = Model::read(model)?;
        let explainer = Self::new(&model, device)?;
        if explainer.backend() == Backend::WebGpu {
            explainer.compare_with(&Self::new(&model, Device::cpu())?).await?;
        }
        Ok(explainer)
    }

    fn new(model: &Model, device: Device) -> Result<Self> {
        let network = EfficientNetLite0::load(model, device.burn())?;
        let labels = model.labels().to_vec();
        Ok(Self { device, network, labels, passes: RefCell::default() })
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
        let last = self.labels.len() - 1;
        if let Some(&index) = classes.iter().find(|&&class| class > last) {
            return Err(Error::InvalidClass { index: index as f64, last });
        }
        let layer = options.method.layer(options.layer)?;
        let (standard, input) = inputs(picture, options.input_size)?;
        let pass = self.pass(input).await?;
        let probabilities = match standard {
            Some(standard) => softmax(&self.pass(standard).await?.logits),
            None => softmax(&pass.logits),
        };
        let top = [argmax(&probabilities)];
        let classes = if classes.is_empty() { &top } else { classes };

        let [_, _, raw_height, raw_width] = pass.activation(layer).dims();
        let positions = raw_height * raw_width;
        let maps = match options.method {
            Method::Cam => {
                let (activation, rows) = self.classifier_rows(&pass, classes).await?;
                maps(options.method, &activation, &rows, positions, classes.len())
            }
            method => {
                let at = self.gradients(&pass, layer, classes).await?;
                maps(method, &at.activation, &at.gradients, positions, classes.len())
            }
        };
        if !maps.iter().flatten().all(|value| value.is_finite()) {
            return Err(Error::NotFinite);
        }
        let explanation = |(&class, raw)| Explanation {
            class,
            probability: probabilities[class],
            logit: pass.logits[class],
            layer,
            raw,
            raw_width,
            raw_height,
        };
        Ok(classes.iter().zip(maps).map(explanation).collect())
    }

    /// Runs the network, or finds the run on the same input.
    async fn pass(&self, input: NetworkInput) -> Result<Rc<Pass>> {
        if let Some(pass) = self.kept(&input) {
            return Ok(pass);
        }
        let features = self.network.features(input.tensor(self.device.burn()));
        let head = self.network.head(features.clone());
        let logits = self.network.classify(head.clone());
        let [logits] = self.read(Transaction::default().register(logits)).await?;
        if !logits.iter().all(|logit| logit.is_finite()) {
            return Err(Error::NotFinite);
        }
        let pass = Rc::new(Pass { input, features, head, logits, gradients: RefCell::default() });
        let mut passes = self.passes.borrow_mut();
        passes.insert(0, pass.clone());
        passes.truncate(PASSES_KEPT);
        Ok(pass)
    }

    fn kept(&self, input: &NetworkInput) -> Option<Rc<Pass>> {
        let mut passes = self.passes.borrow_mut();
        let at = passes.iter().position(|pass| pass.input == *input)?;
        passes[..=at].rotate_right(1);
        passes.first().cloned()
    }

    /// The activation at a layer and each class's gradient there, computed or kept.
    async fn gradients(&self, pass: &Pass, layer: Layer, classes: &[usize]) -> Result<Rc<Gradients>> {
        if let Some(kept) =
            pass.gradients.borrow().as_ref().filter(|kept| kept.layer == layer && kept.classes == classes)
        {
            return Ok(kept.clone());
        }
        let activation = pass.activation(layer);
        let gradients = gradients(&self.network, layer, activation.clone(), classes);
        let [activation, gradients] =
            self.read(Transaction::default().register(activation).register(gradients)).await?;
        let gradients = Rc::new(Gradients { layer, classes: classes.to_vec(), activation, gradients });
        *pass.gradients.borrow_mut() = Some(gradients.clone());
        Ok(gradients)
    }

    /// The head's activation, and the classifier's weights of each class one after the other.
    async fn classifier_rows(&self, pass: &Pass, classes: &[usize]) -> Result<(Vec<f32>, Vec<f32>)> {
        let rows = classes.iter().map(|&class| self.network.classifier_row(class)).collect();
        let rows = Tensor::cat(rows, 0);
        let [activation, rows] =
            self.read(Transaction::default().register(pass.head.clone()).register(rows)).await?;
        Ok((activation, rows))
    }

    /// Reads tensors back, and only believes them if the device reported no fault.
    async fn read<const N: usize>(&self, transaction: Transaction) -> Result<[Vec<f32>; N]> {
        let data = transaction.execute_async().await.map_err(|error| self.fault(error))?;
        self.device.check()?;
        let values: Vec<_> = data
            .into_iter()
            .map(|tensor: TensorData| tensor.try_into_vec::<f32>().map_err(|error| self.fault(error)))
            .collect::<Result<_>>()?;
        values.try_into().map_err(|_| self.fault("the device gave back another number of tensors"))
    }

    fn fault(&self, reason: impl ToString) -> Error {
        Error::Device { reason: reason.to_string() }
    }

    /// Compares logits and a gradient of a synthetic picture with those of a trusted explainer.
    async fn compare_with(&self, trusted: &Self) -> Result<()> {
        let (logits, gradient) = self.check_values().await?;
        let (expected_logits, expected_gradient) = trusted.check_values().await?;
        for (name, actual, expected) in
            [("logits", logits, expected_logits), ("gradient", gradient, expected_gradient)]
        {
            let difference = relative_difference(&actual, &expected);
            if difference.is_nan() || difference > CHECK_TOLERANCE {
                return Err(self.fault(format!(
                    "its {name} of a known picture differ from the CPU's by {difference:e} of the largest"
                )));
            }
        }
        Ok(())
    }

    async fn check_values(&self) -> Result<(Vec<f32>, Vec<f32>)> {
        // Smooth, coloured and without symmetry, so that a swapped axis or channel shows.
        let pixels = (0..CHECK_SIDE * CHECK_SIDE).flat_map(|at| {
            let (x, y) = (at % CHECK_SIDE, at / CHECK_SIDE);
            [(x * 4) as u8, (y * 3 + x) as u8, (x * y / 16) as u8, u8::MAX]
        });
        let picture = Picture::new(pixels.collect(), CHECK_SIDE, CHECK_SIDE)?;
        let size = InputSize::Exact { width: CHECK_SIDE, height: CHECK_SIDE };
        let pass = self.pass(NetworkInput::new(&picture, size)?).await?;
        let at = self.gradients(&pass, Layer::Features, &[0]).await?;
        self.passes.borrow_mut().clear();
        Ok((pass.logits.clone(), at.gradients.clone()))
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

/// The raw map of each class; `weights` holds what the method weighs with, class after class.
fn maps(
    method: Method,
    activation: &[f32],
    weights: &[f32],
    positions: usize,
    classes: usize,
) -> Vec<Vec<f32>> {
    weights
        .chunks_exact(weights.len() / classes)
        .map(|weights| method.map(activation, weights, positions))
        .collect()
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
    let total: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / total).collect()
}

fn argmax(values: &[f32]) -> usize {
    values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(index, _)| index)
}

/// The largest difference, relative to the largest expected value.
fn relative_difference(actual: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let differences = actual.iter().zip(expected).map(|(a, b)| (a - b).abs());
    // `f32::max` would drop a NaN.
    differences.fold(0.0f32, |worst, difference| if difference <= worst { worst } else { difference })
        / largest
}
