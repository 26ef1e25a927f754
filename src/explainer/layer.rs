//! Layers by name, and which one a method takes where none is named.

use super::Explainer;
use crate::cam::{Method, Needs};
use crate::classifier::{Layer, default_layer};
use crate::graph::{Graph, Op, Unary, ValueId};
use crate::session::Session;
use crate::{Error, Result};

/// How many names an error lists.
const LISTED: usize = 6;

impl Explainer {
    /// The layer at which a method's map is taken.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], [`Error::InvalidLayer`] for a value that is no target, [`Error::MethodNeedsHead`] for
    /// CAM where more than pooling and linear layers follow, [`Error::MethodUndefined`] for methods of the picture itself,
    /// or of all blocks, at another layer, and for those of blocks where there are none.
    pub(crate) fn layer(&self, method: Method, wanted: Option<&str>, session: &Session) -> Result<usize> {
        let layer = match wanted {
            Some(name) => self.named(name, session)?,
            None => self.default_layer(method, session)?,
        };
        match (method.entry().needs, session.head()) {
            (Needs::Picture, _) if session.value_of(layer) != session.network().input => {
                Err(Error::MethodUndefined {
                    method: method.to_string(),
                    reason: format!(
                        "at \"{}\": it is of the picture itself; leave the layer out",
                        self.layer_name(session, layer)
                    ),
                })
            }
            (Needs::Blocks, _) if self.default_layer(method, session)? != layer => Err(Error::MethodUndefined {
                method: method.to_string(),
                reason: format!(
                    "at \"{}\": it is of all blocks; leave the layer out",
                    self.layer_name(session, layer)
                ),
            }),
            (Needs::Head, None) => Err(Error::MethodNeedsHead {
                method: method.to_string(),
                reason: "for this network: its head is not pooling and one linear layer; grad-cam is defined everywhere"
                    .into(),
            }),
            (Needs::Head, Some(head)) if session.value_of(head.layer) != session.value_of(layer) => {
                Err(Error::MethodNeedsHead {
                    method: method.to_string(),
                    reason: format!(
                        "at \"{}\", behind which more than pooling and one linear layer follows; it is at \"{}\"",
                        self.layer_name(session, layer),
                        self.layer_name(session, head.layer)
                    ),
                })
            }
            _ => Ok(layer),
        }
    }

    /// What people call a layer: the file's own word for it, else the value's name.
    pub(crate) fn layer_name(&self, session: &Session, layer: usize) -> String {
        let name = &session.layers()[layer].name;
        self.named_layers.iter().find(|named| named.value == *name).map_or(name, |named| &named.alias).clone()
    }

    /// A method's own layer: the picture for those that are of it; the one that the file names for the method, or
    /// else for Grad-CAM; for CAM what the head pools; for methods that drop negative evidence what comes before a final 1x1 convolution; else the last that
    /// all goes through.
    fn default_layer(&self, method: Method, session: &Session) -> Result<usize> {
        let layers = session.layers();
        let needs = method.entry().needs;
        if needs == Needs::Picture {
            return self.picture_layer(method, session);
        }
        if needs == Needs::Blocks {
            let blocks = self.blocks(method, session)?;
            return Ok(blocks.tokens[blocks.tokens.len() - 1]);
        }
        let named =
            |name: &str| self.named_layers.iter().find(|named| named.methods.iter().any(|of| of == name));
        let as_grad_cam = || named(Method::GradCam.entry().name).filter(|_| needs != Needs::Head);
        let named = named(method.entry().name).or_else(as_grad_cam);
        if let Some(at) = named.and_then(|named| layers.iter().rposition(|layer| layer.name == named.value)) {
            return Ok(at);
        }
        if let (Needs::Head, Some(head)) = (needs, session.head()) {
            return Ok(head.layer);
        }
        let score = session.score_value();
        let last = default_layer(session.graph(), score, layers).ok_or_else(|| Error::InvalidLayer {
            name: session.score().value.name.clone(),
            reason: "the network has no value with rows and columns of the picture before its scores".into(),
        })?;
        let earlier =
            (needs == Needs::Positive).then(|| before_pointwise(session.graph(), layers, last)).flatten();
        Ok(earlier.unwrap_or(last))
    }

    /// The layer that is the picture itself, for a method that needs it.
    pub(super) fn picture_layer(&self, method: Method, session: &Session) -> Result<usize> {
        session.picture().ok_or_else(|| Error::MethodUndefined {
            method: method.to_string(),
            reason: "for this network, whose input has no positions of the picture".into(),
        })
    }

    fn named(&self, name: &str, session: &Session) -> Result<usize> {
        let layers = session.layers();
        let value =
            self.named_layers.iter().find(|named| named.alias == name).map_or(name, |named| &named.value);
        if let Some(at) = layers.iter().rposition(|layer| layer.name == value) {
            return Ok(at);
        }
        if session.network().values.iter().any(|known| known.name == value) {
            return Err(Error::InvalidLayer {
                name: name.into(),
                reason: "it has no positions of the picture, or the scores do not depend on it".into(),
            });
        }
        let aliases = self.named_layers.iter().map(|named| named.alias.as_str());
        let mut names: Vec<_> = aliases.chain(layers.iter().map(|layer| layer.name.as_str())).collect();
        names.sort_by_cached_key(|known| distance(name, known));
        names.truncate(LISTED);
        let listed: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        Err(Error::UnknownLayer {
            name: name.into(),
            known: format!("the nearest are {}", listed.join(", ")),
        })
    }
}

/// The layer before a final 1x1 convolution and its activation, if that is what makes this one.
fn before_pointwise(graph: &Graph<f32>, layers: &[Layer], last: usize) -> Option<usize> {
    let mut at = layers[last].located.value;
    loop {
        let node = graph.node(at)?;
        match &node.op {
            Op::Unary(Unary::Relu | Unary::Clamp(..)) => at = node.inputs[0],
            // A batch norm, or half of an activation.
            Op::Binary(_) => at = *node.inputs.iter().find(|&&input| graph.constant(input).is_none())?,
            Op::Convolution(convolution)
                if convolution.window.kernel == [1, 1]
                    && convolution.window.stride == [1, 1]
                    && convolution.groups == 1 =>
            {
                return last_at(layers, node.inputs[0]);
            }
            _ => return None,
        }
    }
}

fn last_at(layers: &[Layer], value: ValueId) -> Option<usize> {
    layers.iter().rposition(|layer| layer.located.value == value)
}

/// How many letters have to be put in, taken out or changed to make one word of another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<_> = b.chars().collect();
    let mut row: Vec<_> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.iter().enumerate() {
            let change = before + usize::from(letter != *other);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn words_are_as_far_apart_as_letters_change() {
        assert_eq!(distance("layer4.1", "layer4.2"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
