//! Every method beside the first six against its float64 reference, on networks of the zoo: `tests/golden/methods.py`.

#![cfg(not(target_family = "wasm"))]

#[path = "common/onnx_fill.rs"]
mod onnx_fill;
#[path = "common/zoo_golden.rs"]
mod zoo_golden;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use gradlens::Error;
use gradlens::cam::{Method, Needs, Sampling};
use gradlens::contract::{Channels, Normalisation, Parts, Resize};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Explanation, Fused, Fusion, LinearTarget, Options, Smooth, Target};
use gradlens::picture::Picture;
use safetensors::SafeTensors;
use zoo_golden::Entry;

/// The most by which a map may be off, of its largest value.
const TOLERANCE: f32 = 2e-3;
/// The methods that `tests/golden.rs` and `tests/zoo.rs` hold.
const ELSEWHERE: [&str; 5] = ["cam", "grad-cam++", "hires-cam", "layer-cam", "xgrad-cam"];

/// How often the references draw.
fn sampling(method: &str) -> Sampling {
    let samples = match method {
        "smooth-grad" => Some(5),
        "smooth-grad-cam++" => Some(4),
        "integrated-gradients" => Some(6),
        "rise" => Some(12),
        _ => None,
    };
    Sampling { samples, noise: 0.15, seed: 11 }
}

/// A network that sees the picture of the references.
struct Network {
    entry: Entry,
    explainer: Explainer,
    picture: Picture,
}

/// The folder of a network of the zoo: the clone's, or the larger one beside it.
fn folder_of(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = ["tests/zoo", "../shared/zoo"].map(|folder| root.join(folder)).into_iter();
    folders.find(|folder| folder.join(name).with_extension("onnx").is_file())
}

impl Network {
    fn open(name: &str) -> Result<Self> {
        let entry = Entry::open(&folder_of(name).context("a network of the zoo")?, name)?;
        let input = entry.input()?;
        let contract = Parts {
            size: Some((input.width, input.height)),
            layout: Some(input.layout),
            channels: Some(Channels::Rgb),
            resize: Some(Resize::Squash),
            normalisation: Some(Normalisation::even(127.0, 128.0)),
            ..Parts::default()
        };
        let explainer = Explainer::new(entry.model()?, Parts::default(), contract, Device::cpu());
        let explainer = pollster::block_on(explainer)?;
        let pixels = (0..input.width * input.height).flat_map(|at| {
            let (x, y) = (at % input.width, at / input.width);
            [4 * x, 3 * y + x, x * y / 16, 255].map(|value| value as u8)
        });
        let picture = Picture::new(pixels.collect(), input.width, input.height)?;
        Ok(Self { entry, explainer, picture })
    }

    /// The name of a target of the reference.
    fn layer(&self, at: usize) -> Result<String> {
        let samples = self.entry.samples();
        Ok(samples[0].targets()[at].name()?.to_owned())
    }

    fn map(&self, target: Target, options: &Options) -> gradlens::Result<Explanation> {
        let mut found = pollster::block_on(self.explainer.explain_many(&self.picture, &[target], options))?;
        Ok(found.remove(0))
    }

    /// What is asked for a tensor of the reference: `METHOD[.signed].cCLASS`, `fused-FUSE.cCLASS`,
    /// `smooth-SMOOTH.cCLASS` or `against.cCLASS.cOTHER`.
    fn asked(&self, tensor: &str) -> Result<(Target, Options)> {
        let (name, class) = tensor.rsplit_once(".c").context("a tensor of a class")?;
        if let Some(first) = name.strip_prefix("against.c") {
            let weights = vec![(first.parse()?, 1.0), (class.parse()?, -1.0)];
            let target = Target::Linear(LinearTarget { output: None, weights });
            let layer = Some(self.layer(0)?);
            return Ok((target, Options { method: Method::GradCam, layer, ..Options::default() }));
        }
        let target = Target::Class(class.parse()?);
        if let Some(by) = name.strip_prefix("fused-") {
            let by = if by == "mean" { Fusion::Mean } else { Fusion::Maximum };
            let fused = Some(Fused { layers: vec![self.layer(0)?, self.layer(1)?], by });
            return Ok((target, Options { method: Method::LayerCam, fused, ..Options::default() }));
        }
        if let Some(by) = name.strip_prefix("smooth-").filter(|by| ["tta", "eigen"].contains(by)) {
            let smooth = Some(if by == "tta" { Smooth::Copies } else { Smooth::Eigen });
            return Ok((target, Options { layer: Some(self.layer(0)?), smooth, ..Options::default() }));
        }
        let (name, signed) = name.strip_suffix(".signed").map_or((name, false), |name| (name, true));
        let method: Method = name.parse()?;
        let takes_layer = !matches!(method.entry().needs, Needs::Picture | Needs::Blocks);
        let layer = if takes_layer { Some(self.layer(0)?) } else { None };
        Ok((target, Options { method, layer, signed, sampling: sampling(name), ..Options::default() }))
    }
}

fn goldens() -> Result<Vec<(String, Vec<u8>)>> {
    let mut goldens = Vec::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/methods"))? {
        let path = file?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).context("a name")?.to_owned();
        goldens.push((name, fs::read(path)?));
    }
    Ok(goldens)
}

#[test]
fn every_map_is_the_references() -> Result<()> {
    let mut networks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, bytes) in goldens()? {
        let golden = SafeTensors::deserialize(&bytes)?;
        if folder_of(&name).is_none() {
            println!("{name} is left out: it is in the zoo beside the clone, which is not there");
            continue;
        }
        let network = Network::open(&name)?;
        for (tensor, view) in golden.iter() {
            let expected: Vec<_> =
                view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            let (target, options) = network.asked(tensor)?;
            let found = network.map(target, &options).with_context(|| format!("{name}: {tensor}"))?.map;
            ensure!(
                [found.height, found.width] == *view.shape(),
                "{name}: {tensor} is {} x {}",
                found.height,
                found.width
            );
            let most = expected.iter().fold(0.0, |most: f32, value| value.abs().max(most));
            let pairs = found.values.iter().zip(&expected);
            let off = pairs.fold(0.0, |off: f32, (found, expected)| off.max((found - expected).abs()));
            // Where nothing is expected, nothing is to be found.
            if off > TOLERANCE * most {
                wrong.push(format!("{name}: {tensor} is off by {:.1e}", off / most));
            }
            networks.entry(options.method.to_string()).or_default().insert(name.clone());
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Of what only transformers have, the clone itself has one network.
    let least = |method: &Method| {
        if method.entry().needs == Needs::Blocks && folder_of("resnet50").is_none() { 1 } else { 3 }
    };
    for (method, least) in Method::ALL.iter().map(|method| (method.to_string(), least(method))) {
        let is_held = networks.get(&method).is_some_and(|networks| networks.len() >= least)
            || ELSEWHERE.contains(&&*method);
        ensure!(is_held, "no reference holds {method}");
    }
    Ok(())
}

/// The cost that is told before is that of the call: each run and backward pass asks once at its end whether to go on.
#[test]
fn calls_of_many_runs_tell_how_far_they_are_and_stop() -> Result<()> {
    let mut network = Network::open("tiny_regnet_y_op21")?;
    let summary = network.explainer.summary()?;
    let told: Rc<Cell<f64>> = Rc::default();
    let until = Rc::new(Cell::new(f64::INFINITY));
    let (shares, stop) = (told.clone(), until.clone());
    network.explainer.ask_between_stages(Box::new(move |progress| {
        if let Some(progress) = progress {
            assert!(progress.share >= shares.get() && progress.share <= 1.0, "{progress:?}");
            shares.set(progress.share);
        }
        let go_on = shares.get() < stop.get();
        Box::pin(async move { go_on })
    }));
    for name in
        ["score-cam", "ablation-cam", "smooth-grad-cam++", "rise", "occlusion", "integrated-gradients"]
    {
        let method: Method = name.parse()?;
        let known = summary.methods.iter().find(|known| known.method == method).context("a method")?;
        assert!(known.runs > 4, "{name} costs {} runs", known.runs);
        let sampling = Sampling { samples: Some(8), ..Sampling::default() };
        let options = Options { method, sampling, ..Options::default() };
        told.set(0.0);
        until.set(f64::INFINITY);
        network.map(Target::Class(1), &options)?;
        assert!((told.get() - 1.0).abs() < 1e-9, "{name} ended at {}", told.get());
        told.set(0.0);
        until.set(0.5);
        assert_eq!(network.map(Target::Class(1), &options).err(), Some(Error::Aborted), "{name}");
        assert!(told.get() < 0.7, "{name} went on to {}", told.get());
    }
    Ok(())
}

/// Completeness: over all pixels they sum to what the score gains from black to the picture.
#[test]
fn integrated_gradients_sum_to_the_gain() -> Result<()> {
    let network = Network::open("tiny_efficientnet_op21")?;
    let black = Picture::new([0, 0, 0, 255].repeat(64 * 64), 64, 64)?;
    let sampling = Sampling { samples: Some(200), ..Sampling::default() };
    let options =
        Options { method: Method::IntegratedGradients, signed: true, sampling, ..Options::default() };
    let found = network.map(Target::Class(8), &options)?;
    let sum: f32 = found.map.values.iter().sum();
    let from =
        pollster::block_on(network.explainer.explain_many(&black, &[Target::Class(8)], &Options::default()))?;
    let gain = found.logit - from[0].logit;
    assert!((sum - gain).abs() < 0.01 * gain.abs(), "{sum} for {gain}");
    Ok(())
}

#[test]
fn what_is_not_defined_is_refused() -> Result<()> {
    let network = Network::open("tiny_vit_op21")?;
    let layer = Some(network.layer(0)?);
    let options =
        |name: &str| -> Result<Options> { Ok(Options { method: name.parse()?, ..Options::default() }) };
    let refused = |options: &Options| network.map(Target::Class(0), options).err().map(|error| error.code());
    for name in ["rise", "occlusion", "smooth-grad", "integrated-gradients", "input-gradients", "legrad"] {
        let at_a_layer = Options { layer: layer.clone(), ..options(name)? };
        assert_eq!(refused(&at_a_layer), Some("method-undefined"), "{name}");
    }
    // A convolution pools between its attention, and another network has none.
    for other in ["pit_ti_224", "tiny_efficientnet_op21"] {
        let other = Network::open(other)?;
        for name in ["attention-rollout", "legrad"] {
            let found = other.map(Target::Class(0), &options(name)?).err().map(|error| error.code());
            assert_eq!(found, Some("method-undefined"), "{name}");
        }
    }
    let nowhere = Fused { layers: Vec::new(), by: Fusion::Mean };
    assert_eq!(refused(&Options { fused: Some(nowhere), ..options("grad-cam")? }), Some("invalid-layer"));
    assert_eq!(refused(&options("cam")?), Some("method-needs-head"));
    for name in ["eigengrad-cam", "score-cam", "input-gradients"] {
        let smooth = Some(Smooth::Eigen);
        assert_eq!(refused(&Options { smooth, ..options(name)? }), Some("method-undefined"), "{name}");
    }
    for name in ["score-cam", "eigen-cam", "input-gradients"] {
        let options = gradlens::explainer::ObjectsOptions { method: name.parse()?, ..Default::default() };
        let found = pollster::block_on(network.explainer.explain_objects(&network.picture, &options));
        assert_eq!(found.err().map(|error| error.code()), Some("method-undefined"), "{name}");
    }
    Ok(())
}
