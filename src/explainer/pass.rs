//! Runs of the network, and what is kept of them.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::activation::relu6;
use burn::tensor::{Tensor, TensorData, Transaction};

use super::Explainer;
use crate::cam::Method;
use crate::gradient::gradients;
use crate::network::{Activations, Layer};
use crate::preprocess::NetworkInput;
use crate::saliency::SaliencyMap;
use crate::{Error, Result};

/// How many pictures' activations are kept: the one at hand, at the standard and at a finer size.
const PASSES_KEPT: usize = 2;

/// One run of the network on one picture: everything that classes and methods share.
pub(super) struct Pass {
    pub(super) input: NetworkInput,
    features: Tensor<4>,
    /// The head before its ReLU6.
    linear: Tensor<4>,
    pub(super) head: Tensor<4>,
    pub(super) logits: Vec<f32>,
    /// The newest gradients, so that another method for the same classes costs no backward pass.
    gradients: RefCell<Option<Rc<Gradients>>>,
}

/// A layer's activation and the gradients of classes there.
pub(super) struct Gradients {
    layer: Layer,
    classes: Vec<usize>,
    /// A, `[channels, h, w]`.
    activation: Vec<f32>,
    /// g = ∂y_c / ∂A, one class after the other.
    pub(super) gradients: Vec<f32>,
}

impl Pass {
    fn activation(&self, layer: Layer) -> Tensor<4> {
        match layer {
            Layer::Features => self.features.clone(),
            Layer::Head => self.head.clone(),
        }
    }
}

impl Explainer {
    /// Runs the network, or finds the run on the same input.
    pub(super) async fn pass(&self, input: NetworkInput) -> Result<Rc<Pass>> {
        if let Some(pass) = self.kept(&input) {
            return Ok(pass);
        }
        let tensor = input.tensor(&self.normalisation, self.device.burn());
        let Activations { features, linear } = self.network.activations(tensor).await?;
        let head = relu6(linear.clone());
        let logits = self.network.classify(head.clone());
        let [logits] = self.read(Transaction::default().register(logits)).await?;
        let pass = Rc::new(Pass { input, features, linear, head, logits, gradients: RefCell::default() });
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
    pub(super) async fn gradients(
        &self,
        pass: &Pass,
        layer: Layer,
        classes: &[usize],
    ) -> Result<Rc<Gradients>> {
        if let Some(kept) =
            pass.gradients.borrow().as_ref().filter(|kept| kept.layer == layer && kept.classes == classes)
        {
            return Ok(kept.clone());
        }
        let activation = pass.activation(layer);
        let gradients = gradients(&self.network, layer, pass.linear.clone(), classes);
        let [activation, gradients] =
            self.read(Transaction::default().register(activation).register(gradients)).await?;
        let gradients = Rc::new(Gradients { layer, classes: classes.to_vec(), activation, gradients });
        *pass.gradients.borrow_mut() = Some(gradients.clone());
        Ok(gradients)
    }

    /// The map of each class at a layer.
    ///
    /// With `pooling`, the logit whose gradient is taken is not the mean over all positions but weighs
    /// them, for each class by `h * w` weights that are 1 in the mean. From the target layers on, the
    /// network sees each position by itself, so that its gradient there is weighed in the same way.
    pub(super) async fn maps(
        &self,
        pass: &Pass,
        method: Method,
        layer: Layer,
        classes: &[usize],
        pooling: Option<&[Vec<f32>]>,
    ) -> Result<Vec<SaliencyMap>> {
        let [_, _, height, width] = pass.activation(layer).dims();
        let positions = height * width;
        let map = |activation: &[f32], by: &[f32]| SaliencyMap {
            values: method.map(activation, by, positions),
            width,
            height,
        };
        let maps: Vec<_> = match method {
            Method::Cam => {
                let [activation] = self.read(Transaction::default().register(pass.head.clone())).await?;
                let row = |&class| self.network.classifier_row(class);
                classes.iter().map(row).map(|row| map(&activation, &row)).collect()
            }
            _ => {
                let at = self.gradients(pass, layer, classes).await?;
                let each = at.gradients.chunks_exact(at.activation.len()).enumerate();
                each.map(|(class, gradient)| match pooling {
                    None => map(&at.activation, gradient),
                    Some(weights) => {
                        let mut gradient = gradient.to_vec();
                        for plane in gradient.chunks_exact_mut(positions) {
                            plane.iter_mut().zip(&weights[class]).for_each(|(g, weight)| *g *= weight);
                        }
                        map(&at.activation, &gradient)
                    }
                })
                .collect()
            }
        };
        if maps.iter().flat_map(|map| &map.values).all(|value| value.is_finite()) {
            Ok(maps)
        } else {
            Err(Error::NotFinite)
        }
    }

    /// Reads tensors back, and only believes them if the device reported no fault and all values are
    /// finite. This ends a stage.
    pub(super) async fn read<const N: usize>(&self, transaction: Transaction) -> Result<[Vec<f32>; N]> {
        let data = transaction.execute_async().await.map_err(|error| self.fault(error))?;
        self.device.check()?;
        let values: Vec<_> = data
            .into_iter()
            .map(|tensor: TensorData| tensor.try_into_vec::<f32>().map_err(|error| self.fault(error)))
            .collect::<Result<_>>()?;
        if !values.iter().flatten().all(|value| value.is_finite()) {
            return Err(Error::NotFinite);
        }
        if let Some(go_on) = &self.go_on
            && !go_on().await
        {
            return Err(Error::Aborted);
        }
        values.try_into().map_err(|_| self.fault("the device gave back another number of tensors"))
    }

    pub(super) fn fault(&self, reason: impl ToString) -> Error {
        Error::Device { reason: reason.to_string() }
    }
}
