//! What `Explainer` answers about a model of the zoo.

use anyhow::{Context, Result, bail, ensure};
use gradlens::Error;
use gradlens::cam::Method;
use gradlens::contract::{Channels, Meaning, Parts, Resize};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, LinearTarget, Options, Target as Asked};
use gradlens::graph::permute;
use gradlens::lower::{Input, Layout};
use gradlens::onnx::{ElementType, Model, Tensor};
use gradlens::picture::Picture;

use crate::maps::Found;
use crate::onnx_build::{floats, node};
use crate::zoo_golden::{Entry, Sample, Target, element};

/// A model whose network sees a sample's input.
pub struct Explained {
    explainer: Explainer,
    picture: Picture,
}

impl Explained {
    pub fn new(entry: &Entry, sample: &Sample) -> Result<Self> {
        let (mut model, input) = (entry.model()?, entry.input()?);
        let element = element(&model, &input);
        let numbers = sample.picture(&input, element)?;
        feed(&mut model, &input, element.unwrap_or(ElementType::F32), &numbers)?;
        let explainer = Explainer::new(model, Parts::default(), contract(&input), Device::cpu());
        let pixels = (0..input.width * input.height * 4).map(|at| (at * 37 % 251) as u8).collect();
        let picture = Picture::new(pixels, input.width, input.height)?;
        Ok(Self { explainer: pollster::block_on(explainer)?, picture })
    }

    /// The scores of all classes.
    pub fn logits(&self) -> Result<Vec<f64>> {
        let mut scores = pollster::block_on(self.explainer.classify(&self.picture, usize::MAX))?;
        scores.sort_by_key(|score| score.class);
        Ok(scores.iter().map(|score| score.probability.into()).collect())
    }

    /// The maps of both classes at a target; `None` if the network's head is none that the method is defined for.
    pub fn maps(&self, target: &Target, classes: [usize; 2], name: &str) -> Result<Option<Vec<Found>>> {
        let options =
            Options { method: method(name)?, layer: Some(target.name()?.into()), ..Options::default() };
        // The same for all methods, of which all but the first then find the gradients.
        let asked: Vec<_> = classes.map(Asked::Class).into_iter().chain(classes.map(against)).collect();
        let answers = self.explainer.explain_many(&self.picture, &asked, &options);
        let answers = match pollster::block_on(answers) {
            Err(Error::MethodNeedsHead { .. }) => return Ok(None),
            answers => answers.with_context(|| format!("{name} at {}", target.role()))?,
        };
        let mut maps = Vec::new();
        for explanation in &answers {
            let (found, expected) = ((explanation.map.height, explanation.map.width), target.grid()?);
            ensure!(found == expected, "{name} at {} is {found:?}, not {expected:?}", target.role());
            maps.push(explanation.map.values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>());
        }
        let pairs = maps[..2].iter().zip(&maps[2..]);
        Ok(Some(pairs.map(|(map, below)| found(name, map, below)).collect()))
    }
}

/// A map from the one for a class and the one against it: of a method that is linear in the gradient, the second is what the
/// first has below 0.
fn found(name: &str, map: &[f64], below: &[f64]) -> Found {
    let is_linear = !matches!(name, "gradcampp" | "layercam");
    let before = is_linear.then(|| map.iter().zip(below).map(|(map, below)| map - below).collect::<Vec<_>>());
    let after = match &before {
        Some(before) if name == "cam" => before.clone(),
        _ => map.to_vec(),
    };
    Found { after, before, scale: None }
}

/// The negative of a class's score.
fn against(class: usize) -> Asked {
    Asked::Linear(LinearTarget { output: None, weights: vec![(class, -1.0)] })
}

fn method(name: &str) -> Result<Method> {
    Ok(match name {
        "cam" => Method::Cam,
        "gradcam" => Method::GradCam,
        "gradcampp" => Method::GradCamPlusPlus,
        "hirescam" => Method::HiResCam,
        "layercam" => Method::LayerCam,
        "xgradcam" => Method::XGradCam,
        _ => bail!("no method makes the map {name}"),
    })
}

/// What the golden says of the input; and scores are to be given as they are, not as probabilities.
fn contract(input: &Input) -> Parts {
    Parts {
        size: Some((input.width, input.height)),
        layout: Some(input.layout),
        channels: Some(if input.channels == 1 { Channels::Gray } else { Channels::Rgb }),
        resize: Some(Resize::Squash),
        meaning: Some(Meaning::Regression),
        ..Parts::default()
    }
}

/// Has a network see these numbers, `[1, H, W, C]`, whatever the picture: goldens are of numbers that no 8-bit picture
/// becomes.
///
/// What the file calls its input is the picture · 0 + the numbers from now on, so that its nodes stay as they are. A
/// picture's values are finite, and 0 times these exactly 0.
fn feed(model: &mut Model, input: &Input, element: ElementType, numbers: &[f32]) -> Result<()> {
    const PICTURE: &str = "gradlens picture";
    let info = model.graph.inputs.iter_mut().find(|info| info.name == input.name);
    info.context("no input of the golden's name")?.name = PICTURE.into();
    let shape = [1, input.height, input.width, input.channels];
    let order = match input.layout {
        Layout::ChannelsFirst => [0, 3, 1, 2],
        Layout::ChannelsLast => [0, 1, 2, 3],
    };
    // Both of the picture's shape: before opset 7 an operator had to be told to broadcast.
    let mut add = |name: &str, values: &[f32]| {
        let tensor = floats(name, &order.map(|axis| shape[axis]), values);
        model.graph.initializers.push(Tensor { element, ..tensor });
    };
    add("gradlens zero", &[0.0]);
    add("gradlens numbers", &permute(numbers, &shape, &order));
    let nodes = [
        node("Mul", &[PICTURE, "gradlens zero"], &["gradlens nothing"], &[]),
        node("Add", &["gradlens nothing", "gradlens numbers"], &[&input.name], &[]),
    ];
    model.graph.nodes.splice(0..0, nodes);
    Ok(())
}
