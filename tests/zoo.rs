//! Real architectures against float64 goldens: in f64 what the lowered graph and the graph of its gradient compute, in f32
//! what `Explainer` answers.
//!
//! `GRADLENS_ZOO` names a folder of goldens, such as `../shared/zoo` or `../shared/models/golden`; without it, these are
//! the few of `tests/zoo`. `GRADLENS_ZOO_ONLY` leaves those whose name contains it.

#![cfg(not(target_family = "wasm"))]

#[path = "common/maps.rs"]
mod maps;
#[path = "common/onnx_build.rs"]
mod onnx_build;
#[path = "common/onnx_fill.rs"]
mod onnx_fill;
#[path = "common/verdict.rs"]
mod verdict;
#[path = "common/zoo_explained.rs"]
mod zoo_explained;
#[path = "common/zoo_golden.rs"]
mod zoo_golden;

use std::env;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use gradlens::classifier::{Layer, default_layer, layers, scores};
use gradlens::gradient::gradient;
use gradlens::graph::{Graph, ValueId, permute};
use gradlens::lower::{Located, Network, Positions, lower};
use gradlens::plain;
use maps::{Channels, Found, MAPS};
use verdict::{Difference, Judge, Tally, Verdict, relative};
use zoo_explained::Explained;
use zoo_golden::{Entry, Sample, Target};

/// Maps that are known to be off in f32: model, role of the target, map, and how far at the most.
///
/// In both, a few channels whose sum is near zero amplify rounding. pvt_v2_b0: the activation is nearer to the reference
/// (5.5e-6 of its largest value) than onnxruntime's (7.3e-6); 4.4e-3 is the limit, 5.7e-3 to 7.7e-3 were seen.
/// inception_v3: at a branch, with the reference's own sensitivity of 285; r is .9998, and the root of the mean square 1.3e-2
/// where 1e-2 would pass as similar. vovnet39a: far from the scores, where Winograd's filtering turns a few more ReLUs at
/// their edge than direct sums do; r is just below the .999 that would pass as similar, and above .998.
const KNOWN: [(&str, &str, &str, f64); 4] = [
    ("pvt_v2_b0", "default", "xgradcam", 9e-3),
    ("inception_v3", "branch", "xgradcam", 6e-2),
    ("vovnet39a", "stride8", "gradcam", 6e-2),
    ("vovnet39a", "stride8", "hirescam", 7e-2),
];

/// Models that have CAM at the golden's layer, where everything behind is linear, and for which the package refuses it: it
/// wants the layer that is pooled, and one linear layer.
const WITHOUT_CAM: [&str; 3] = [
    // A scale a channel, or of all, before the pooling: CAM is one value further.
    "resmlp_12_224",
    "fastvit_t8",
    // Two linear layers side by side.
    "repvit_m0_9",
];

#[test]
fn maps_are_those_of_the_goldens() -> Result<()> {
    let folder = env::var_os("GRADLENS_ZOO")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo"), PathBuf::from);
    let only = env::var("GRADLENS_ZOO_ONLY").unwrap_or_default();
    let names: Vec<_> = Entry::names(&folder)?.into_iter().filter(|name| name.contains(&only)).collect();
    ensure!(!names.is_empty(), "{} has no goldens", folder.display());
    let waiting = Mutex::new(names.iter());
    let failed = Mutex::new(Vec::new());
    let next = || waiting.lock().ok().and_then(|mut names| names.next());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(name) = next() {
                    let start = Instant::now();
                    let result = Entry::open(&folder, name).and_then(|entry| check(&entry));
                    let seconds = start.elapsed().as_secs_f64();
                    // Not println!, of which a test that passes shows nothing.
                    let _ = match &result {
                        Ok(report) => writeln!(stderr(), "{name}: {report}; {seconds:.1} s"),
                        Err(error) => writeln!(stderr(), "{name}: FAILED: {error:#}; {seconds:.1} s"),
                    };
                    if result.is_err()
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.push(name.clone());
                    }
                }
            });
        }
    });
    let failed = failed.into_inner()?;
    let _ = writeln!(stderr(), "{} of {} models are right", names.len() - failed.len(), names.len());
    ensure!(failed.is_empty(), "wrong: {failed:?}");
    Ok(())
}

/// The layer that is taken where none is named is the reference's in ten of eleven networks.
#[test]
fn the_default_layer_is_the_references() -> Result<()> {
    let folder = env::var_os("GRADLENS_ZOO")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo"), PathBuf::from);
    let (mut right, mut others) = (0, Vec::new());
    for name in Entry::names(&folder)? {
        let entry = Entry::open(&folder, &name)?;
        let model = entry.model()?;
        let network = lower::<f32>(&model, &entry.input()?)?;
        let score = scores(&model.graph, &network)?.value.located.value;
        let layers = layers(&network, score);
        let found = default_layer(&network.graph, score, &layers).map(|at| &layers[at]);
        let samples = entry.samples();
        let expected = &samples.first().context("no picture")?.targets()[0];
        match found {
            Some(layer) if layer.name == expected.name()? => right += 1,
            Some(Layer { name: found, width, height, .. }) => others.push(format!(
                "{name}: {found} of {height} x {width} in place of {} of {:?}",
                expected.name()?,
                expected.grid()?
            )),
            None => others.push(format!("{name}: none in place of {}", expected.name()?)),
        }
    }
    let all = right + others.len();
    let _ = writeln!(stderr(), "{right} of {all} default layers are the reference's");
    others.iter().for_each(|other| drop(writeln!(stderr(), "{other}")));
    ensure!(right * 11 >= all * 10, "only {right} of {all} default layers are the reference's");
    Ok(())
}

/// Checks a model in both precisions; answers with what was found.
fn check(entry: &Entry) -> Result<String> {
    let double = computed(entry).context("f64")?;
    let single = explained(entry).context("f32")?;
    Ok(format!("f64: {double}; f32: {single}"))
}

/// Judges the graphs, by the plain executor in f64.
fn computed(entry: &Entry) -> Result<Tally> {
    let model = entry.model()?;
    let input = entry.input()?;
    let network = lower(&model, &input)?;
    let logits = find(&network, entry.text("logit_value")?)?;
    let element = zoo_golden::element(&model, &input);
    let mut tally = Tally::default();
    for sample in entry.samples() {
        let pass = Pass::new(&network, logits, &sample, &sample.picture(&input, element)?)?;
        let maps = |at: usize, name: &str| {
            let (activation, gradients) = &pass.targets[at];
            Ok(Some(gradients.iter().map(|gradient| Found::new(name, activation, gradient)).collect()))
        };
        judge(entry, &sample, Judge::Double, &pass.logits, maps, &mut tally)?;
    }
    tally.settled()
}

/// Judges the package, in f32.
fn explained(entry: &Entry) -> Result<Tally> {
    let mut tally = Tally::default();
    for sample in entry.samples() {
        let explained = Explained::new(entry, &sample)?;
        let targets = sample.targets();
        let maps = |at: usize, name: &str| explained.maps(&targets[at], sample.classes()?, name);
        judge(entry, &sample, Judge::Single, &explained.logits()?, maps, &mut tally)?;
    }
    tally.settled()
}

/// Judges what there is for a picture: the logits, and for each target and kind of map that the golden has the maps of both
/// classes, or that they are refused.
fn judge(
    entry: &Entry,
    sample: &Sample,
    judge: Judge,
    logits: &[f64],
    maps: impl Fn(usize, &'static str) -> Result<Option<Vec<Found>>>,
    tally: &mut Tally,
) -> Result<()> {
    let by = if entry.rounds() { judge.of_rounded() } else { judge };
    let error = relative(logits, &sample.logits()?, f64::MIN_POSITIVE).largest;
    if error.is_nan() || error > by.logits() {
        tally.problems.push(format!("logits off by {error:.1e}"));
    }
    for (at, target) in sample.targets().iter().enumerate() {
        for name in MAPS {
            if !target.has(name)? {
                continue;
            }
            let Some(found) = maps(at, name)? else {
                tally.refuse(name, target, name == "cam" && WITHOUT_CAM.contains(&&*entry.name));
                continue;
            };
            for (class, found) in found.iter().enumerate() {
                let Some(difference) = difference(target, class, name, found)? else { continue };
                let known = |&(model, role, map, most): &(&str, &str, &str, f64)| {
                    (model, role, map) == (&*entry.name, target.role(), name) && difference.largest <= most
                };
                let verdict = match by.verdict(target, class, name, &difference) {
                    Verdict::Wrong if by == Judge::Single && KNOWN.iter().any(known) => Verdict::Known,
                    verdict => verdict,
                };
                tally.add(verdict, name, target, &difference);
            }
        }
    }
    Ok(())
}

/// How far a map is from the golden's; `None` if the golden has none.
fn difference(target: &Target, class: usize, name: &str, found: &Found) -> Result<Option<Difference>> {
    let Some(expected) = target.map(class, name)? else { return Ok(None) };
    let expected_before = target.map(class, &format!("{name}.pre"))?;
    let scale = found.scale.unwrap_or_else(|| expected_before.as_deref().map_or(0.0, largest));
    let after = relative(&found.after, &expected, scale);
    // Where nearly nothing of a map is above 0, what is below 0 tells more.
    let before = found
        .before
        .iter()
        .zip(&expected_before)
        .map(|(found, expected)| relative(found, expected, scale))
        .next();
    Ok(Some(match before {
        Some(before) if before.largest > after.largest => before,
        _ => after,
    }))
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

/// What a network gives for a picture.
struct Pass {
    logits: Vec<f64>,
    /// For each target its activation, and the gradients of both classes.
    targets: Vec<(Channels, Vec<Channels>)>,
}

impl Pass {
    fn new(network: &Network<f64>, logits: &Located, sample: &Sample, picture: &[f32]) -> Result<Self> {
        let graph = &network.graph;
        let targets = sample.targets();
        let located = targets.iter().map(|target| place(network, target)).collect::<Result<Vec<_>>>()?;
        let classes = sample.classes()?;
        let seeds = seeds(graph, logits, &classes);
        let gradients = located
            .iter()
            .map(|located| {
                gradient(graph, located.value, logits.value, classes.len())?.context("no gradient")
            })
            .collect::<Result<Vec<_>>>()?;
        let mut wanted = vec![logits.value];
        wanted.extend(located.iter().map(|located| located.value));
        wanted.extend(gradients.iter().flat_map(|gradient| &gradient.kept).map(|(value, _)| *value));
        wanted.sort_unstable();
        wanted.dedup();
        let picture: Vec<_> = picture.iter().map(|&value| f64::from(value)).collect();
        let values = plain::run(graph, &[(network.input, picture.into())], &wanted)?;
        let value =
            |id: ValueId| wanted.binary_search(&id).map(|at| values[at].clone()).expect("a wanted value");
        let mut pass = Self { logits: in_order(graph, logits, &value(logits.value)), targets: Vec::new() };
        for ((target, located), gradient) in targets.iter().zip(&located).zip(&gradients) {
            let mut inputs = vec![(gradient.seed, seeds.clone())];
            inputs.extend(gradient.kept.iter().map(|&(of, input)| (input, value(of))));
            let g = plain::run(&gradient.graph, &inputs, &[gradient.result])?.swap_remove(0);
            let activation = value(located.value);
            let shape = graph.shape(located.value);
            let per_class = g.chunks(activation.len()).map(|g| channels(target, located, shape, g));
            pass.targets
                .push((channels(target, located, shape, &activation)?, per_class.collect::<Result<_>>()?));
        }
        Ok(pass)
    }
}

/// The value that the file calls so.
fn find<'n>(network: &'n Network<f64>, name: &str) -> Result<&'n Located> {
    let found = network.values.iter().rev().find(|value| value.name == name);
    let failed = network.failures.first().map(|(_, error)| format!(": {error}")).unwrap_or_default();
    found.map(|value| &value.located).with_context(|| format!("there is no value \"{name}\"{failed}"))
}

/// A target, whose positions must have been understood.
fn place<'n>(network: &'n Network<f64>, target: &Target) -> Result<&'n Located> {
    let name = target.name()?;
    let located = find(network, name)?;
    let shape = located.shape(&network.graph);
    let Some(positions) = located.positions else { bail!("{name} {shape:?} has no positions") };
    let prefix = match positions {
        Positions::Plane { .. } => 0,
        Positions::Tokens { prefix, .. } => prefix,
    };
    let found = (positions.grid(&shape), shape[positions.channels()], prefix);
    let expected = (target.grid()?, target.channels()?, target.prefix());
    ensure!(
        found == expected,
        "{name} {shape:?} is understood as {found:?}, not {expected:?}: {positions:?}"
    );
    Ok(located)
}

/// 1 at each class in turn, in the logits' stored order.
fn seeds(graph: &Graph<f64>, logits: &Located, classes: &[usize]) -> Rc<[f64]> {
    let count: usize = graph.shape(logits.value).iter().product();
    let places: Vec<_> = (0..count).map(|place| place as f64).collect();
    let order = in_order(graph, logits, &places);
    let seed = |&class: &usize| {
        let is_on = |place: usize| if order[class] == place as f64 { 1.0 } else { 0.0 };
        (0..count).map(is_on).collect::<Vec<_>>()
    };
    classes.iter().flat_map(seed).collect()
}

/// A value in the file's order of axes.
fn in_order(graph: &Graph<f64>, located: &Located, values: &[f64]) -> Vec<f64> {
    let order: Vec<_> = (0..located.order.len()).map(|axis| located.stored_axis(axis)).collect();
    permute(values, graph.shape(located.value), &order)
}

/// A stored activation or gradient by channels, without the tokens before the picture's.
fn channels(target: &Target, located: &Located, shape: &[usize], values: &[f64]) -> Result<Channels> {
    let positions = located.positions.context("no positions")?;
    let (mut axes, prefix) = match positions {
        Positions::Plane { rows, columns, channels } => (vec![channels, rows, columns], 0),
        Positions::Tokens { axis, channels, prefix, .. } => (vec![channels, axis], prefix),
    };
    let others = (0..shape.len()).filter(|axis| !axes.contains(axis)).collect::<Vec<_>>();
    axes.splice(0..0, others);
    let order: Vec<_> = axes.iter().map(|&axis| located.stored_axis(axis)).collect();
    let ordered = permute(values, shape, &order);
    let (rows, columns) = target.grid()?;
    let (all, count) = (ordered.len() / target.channels()?, rows * columns);
    ensure!(all == prefix + count, "{all} places where {prefix} and {count} are expected");
    let values = ordered.chunks(all).flat_map(|channel| &channel[prefix..]).copied().collect();
    Ok(Channels { values, positions: count })
}
