//! A second opinion: burn's own operators and its automatic differentiation run the lowered graphs, and find the same
//! scores and the same gradients.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;
#[path = "common/onnx_fill.rs"]
mod onnx_fill;
#[path = "common/zoo_golden.rs"]
mod zoo_golden;

#[path = "second_opinion/images.rs"]
mod images;
#[path = "second_opinion/interpreter.rs"]
mod interpreter;
#[path = "second_opinion/operators.rs"]
mod operators;
#[path = "second_opinion/scalars.rs"]
mod scalars;

use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use gradlens::classifier::default_layer;
use gradlens::contract::Contract;
use gradlens::device::Device;
use gradlens::lower::Input;
use gradlens::onnx::Model;
use gradlens::session::{Session, Shared};
use interpreter::Interpreter;
use native::Precision;
use zoo_golden::Entry;

/// How far both may be from each other, as a share of the largest.
const TOLERANCE: f32 = 1e-3;

/// The graph's scores for a picture and a score's gradient at the default layer, by both.
fn compare(model: &Model, input: &Input, picture: Vec<f32>) -> Result<()> {
    let session = Session::new(model, input, Device::cpu(), &Shared::default())?;
    let (graph, score) = (session.graph(), session.score().value.located.value);
    let layer = default_layer(graph, score, session.layers()).context("no layer")?;
    let target = session.value_of(layer);

    let mut wanted = session.needs(target, score)?;
    wanted.extend([score, target]);
    let values = pollster::block_on(session.run(picture.clone(), &wanted, None))?;
    let scores = &values[&score];
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).context("no scores")?;
    let mut seed = vec![0.0; scores.len()];
    seed[best] = 1.0;
    let gradient =
        pollster::block_on(session.gradient(&values, target, score, session.seeds(score, seed), None))?;

    let opinion = Interpreter::new(graph)?.run((session.network().input, picture), target, score, best)?;
    for (what, ours, theirs) in
        [("scores", scores, &opinion.scores), ("gradient", &gradient, &opinion.gradient)]
    {
        let difference = relative(ours, theirs)?;
        ensure!(difference < TOLERANCE, "the {what} differ by {difference:.1e} of the largest");
    }
    Ok(())
}

/// The largest difference as a share of the largest value.
fn relative(ours: &[f32], theirs: &[f32]) -> Result<f32> {
    ensure!(ours.len() == theirs.len(), "{} values and {}", ours.len(), theirs.len());
    ensure!(theirs.iter().all(|value| value.is_finite()), "not finite");
    let largest = theirs.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    ensure!(largest > 0.0, "all are 0");
    let differences = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs());
    Ok(differences.fold(0.0f32, f32::max) / largest)
}

/// The input that a file declares.
fn input(model: &Model) -> Result<Input> {
    let contract = Contract::of(model)?;
    Ok(contract.network_input(contract.width, contract.height))
}

/// Compares each network, and says of which burn lacks an operator.
fn compare_all(networks: impl Iterator<Item = (String, Result<(Model, Input, Vec<f32>)>)>) {
    let mut wrong = Vec::new();
    for (name, network) in networks {
        match network.and_then(|(model, input, picture)| compare(&model, &input, picture)) {
            Ok(()) => println!("{name}: agrees"),
            Err(error) => match error.downcast_ref::<interpreter::NotCovered>() {
                Some(not_covered) => println!("{name}: {not_covered}"),
                None => wrong.push(format!("{name}: {error:#}")),
            },
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn burn_agrees_about_the_built_in_network() {
    let model = Model::read(Rc::new(native::model(Precision::Shipped)), &[]).expect("the model reads");
    let input = input(&model).expect("a picture");
    compare(&model, &input, onnx_fill::probe(224, 224, 3)).expect("the same scores and gradients");
}

#[test]
fn burn_agrees_about_real_architectures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo");
    let network = |name: String| {
        let network = Entry::open(&folder, &name).and_then(|entry| {
            let (model, input) = (entry.model()?, entry.input()?);
            let picture = entry.samples()[0].picture(&input, None)?;
            Ok((model, input, picture))
        });
        (name, network)
    };
    compare_all(Entry::names(&folder).expect("the zoo").into_iter().map(network));
}

#[test]
fn burn_agrees_about_small_networks_of_every_kind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/onnx");
    let paths = fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("an entry").path());
    let network = |path: &Path| {
        let model = Model::read(Rc::new(fs::read(path)?), &[])?;
        let input = input(&model)?;
        let picture = onnx_fill::probe(input.height, input.width, input.channels);
        Ok((model, input, picture))
    };
    let mut models: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "onnx")).collect();
    models.sort();
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    compare_all(models.into_iter().map(|path| (name(&path), network(&path))));
}
