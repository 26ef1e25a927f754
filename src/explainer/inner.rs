//! Activations and gradients themselves, for people who make their own maps.

use super::target::Target;
use super::{Explainer, Options};
use crate::cam::Method;
use crate::picture::Picture;
use crate::preprocess::{InputSize, NetworkInput};
use crate::session::in_file_order;
use crate::{Error, Result};

/// Numbers and their shape, in the file's order of axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Row-major.
    pub values: Vec<f32>,
    /// Extents, outermost first.
    pub shape: Vec<usize>,
}

impl Explainer {
    /// A layer's activation of a picture.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`].
    pub async fn activations(&self, picture: &Picture, layer: &str, size: InputSize) -> Result<Tensor> {
        let input = NetworkInput::new(picture, size, &self.contract)?;
        let session = self.session((input.width(), input.height()))?;
        let layer = self.layer(Method::GradCam, Some(layer), &session)?;
        let pass = self.pass(input, &[layer]).await?;
        Ok(self.tensor(&session, layer, &pass.value(session.value_of(layer))?))
    }

    /// The gradient of a target's score at a layer.
    ///
    /// # Errors
    /// As [`Explainer::explain_many`].
    pub async fn gradients_at(
        &self,
        picture: &Picture,
        target: &Target,
        options: &Options,
    ) -> Result<Tensor> {
        let input = NetworkInput::new(picture, options.input_size, &self.contract)?;
        let session = self.session((input.width(), input.height()))?;
        self.check(target, &session)?;
        let layer = self.layer(options.method, options.layer.as_deref(), &session)?;
        let (at, output) = (session.value_of(layer), self.output_of(target, &session)?);
        let pass = self.pass(input, &[layer]).await?;
        self.keep(&pass, session.needs(at, output)?).await?;
        let seed = session.seeds(output, self.seed(target, &session)?);
        let gradient = session.gradient(&pass.values(), at, output, seed, self.go_on.as_deref()).await?;
        if gradient.is_empty() {
            return Err(Error::NotFinite);
        }
        Ok(self.tensor(&session, layer, &gradient))
    }

    fn tensor(&self, session: &crate::session::Session, layer: usize, stored: &[f32]) -> Tensor {
        let located = &session.layers()[layer].located;
        let graph = session.graph();
        Tensor { values: in_file_order(located, graph, stored), shape: located.shape(graph) }
    }
}
