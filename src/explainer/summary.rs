//! What is known of a network, for people who want to see it.

use super::Explainer;
use crate::Result;
use crate::cam::{Method, Sampling};
use crate::contract::{Contract, Source};

/// What is known of a network at its standard size.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Floating-point numbers that the file holds.
    pub parameters: usize,
    /// Multiply-adds of convolutions and matrix products between picture and scores.
    pub multiply_adds: usize,
    /// Outputs that depend on the picture, and their shapes.
    pub outputs: Vec<(String, Vec<usize>)>,
    /// The value whose gradients are taken.
    pub score: String,
    /// What can be a target, first to last.
    pub layers: Vec<LayerSummary>,
    /// What there is to say of each method.
    pub methods: Vec<MethodSummary>,
    /// Operators of the file, and how often each is there.
    pub operators: Vec<(String, usize)>,
    /// How objects are found: "positions" of what the head pools, or "crops" of the picture.
    pub objects: &'static str,
    /// What people should know before they believe an answer.
    pub warnings: Vec<String>,
}

/// A target layer.
#[derive(Debug, Clone)]
pub struct LayerSummary {
    /// What it is called.
    pub name: String,
    /// The operator that makes it.
    pub operator: String,
    /// Channels of each position.
    pub channels: usize,
    /// Columns of positions.
    pub width: usize,
    /// Rows of positions.
    pub height: usize,
    /// From one position to the next, in pixels of the input.
    pub stride: f64,
    /// Share of the multiply-adds that come before it.
    pub depth: f64,
}

/// A method, for this network.
#[derive(Debug, Clone)]
pub struct MethodSummary {
    /// Which it is.
    pub method: Method,
    /// The layer that it takes where none is named; `None` if it is not defined.
    pub layer: Option<String>,
    /// How many runs a map of one class costs there at most, the first one included.
    pub runs: usize,
    /// How many backward passes.
    pub backward: usize,
}

impl Explainer {
    /// What the file calls itself, or nothing.
    pub fn name(&self) -> &str {
        let named = self.model.metadata.iter().find(|(key, _)| key == "gradlens.name");
        named.map_or(self.model.graph.name.as_str(), |(_, name)| name)
    }

    /// What is known of the network.
    ///
    /// # Errors
    /// Those of [`crate::session::Session::new`].
    pub fn summary(&self) -> Result<Summary> {
        let size = (self.contract.width, self.contract.height);
        let session = self.session(size)?;
        let graph = session.graph();
        let needed = graph.needed(&[session.score_value()]);
        let nodes = graph.nodes().iter().zip(needed).filter(|(_, needed)| *needed).map(|(node, _)| node);
        let multiply_adds = nodes.filter(|node| node.op.is_product()).map(|node| graph.work(node));
        let layers = session.layers().iter().enumerate().map(|(at, layer)| LayerSummary {
            name: self.layer_name(&session, at),
            operator: layer.operator.clone(),
            channels: layer.channels,
            width: layer.width,
            height: layer.height,
            stride: self.contract.width as f64 / layer.width as f64,
            depth: layer.depth,
        });
        let rivals = self.rivals(&session);
        let blocks = session.blocks().map_or(0, |blocks| blocks.attention.len());
        let method = |method: &Method| {
            let layer = self.layer(*method, None, &session).ok();
            let channels = layer.map_or(0, |layer| session.layers()[layer].channels);
            let recipe = &method.entry().recipe;
            let (runs, backward) = recipe.cost(channels, rivals, blocks, size, Sampling::default());
            let layer = layer.map(|layer| self.layer_name(&session, layer));
            MethodSummary { method: *method, layer, runs, backward }
        };
        let outputs = &session.network().outputs;
        let outputs = outputs.iter().map(|output| (output.name.clone(), output.located.shape(graph)));
        Ok(Summary {
            parameters: self.model.graph.initializers.iter().map(|tensor| tensor.elements()).sum(),
            multiply_adds: multiply_adds.sum(),
            outputs: outputs.collect(),
            score: session.score().value.name.clone(),
            layers: layers.collect(),
            methods: Method::ALL.iter().map(method).collect(),
            operators: self.operators(),
            objects: if session.head().is_some() { "positions" } else { "crops" },
            warnings: self.warnings(),
        })
    }

    fn operators(&self) -> Vec<(String, usize)> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for node in &self.model.graph.nodes {
            match counts.iter_mut().find(|(operator, _)| *operator == node.op) {
                Some((_, count)) => *count += 1,
                None => counts.push((node.op.clone(), 1)),
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }

    fn warnings(&self) -> Vec<String> {
        let Contract { sources, width, height, .. } = &self.contract;
        let guesses = [
            (sources.normalisation, "pictures are normalised by ImageNet's mean and deviation".into()),
            (sources.size, format!("the input has {width} x {height} pixels")),
            (sources.channels, "channels are red, green and blue, in this order".into()),
            (sources.resize, "pictures are squeezed to the input's size".into()),
            (sources.meaning, "scores are of classes that exclude each other".into()),
        ];
        let guesses = guesses.into_iter().filter(|(source, _)| *source == Source::Guessed).map(|(_, what)| {
            format!(
                "that {what} is a guess, since the file does not say it: a wrong one still gives plausible answers; give it in the contract"
            )
        });
        self.model.warnings.iter().cloned().chain(guesses).collect()
    }
}
