//! ONNX's own cases of each operator: with all inputs known, and with inputs that only a run gives.
//!
//! `GRADLENS_NODE_CASES` names the folder that `gen_node_tests.py` of `../shared/conformance` writes; without it, these
//! are the few of `tests/node`. `GRADLENS_NODE_CASES_ONLY` leaves those whose name contains it.

#![cfg(not(target_family = "wasm"))]

#[path = "common/executor.rs"]
mod executor;
#[path = "common/node_case.rs"]
mod node_case;
#[path = "common/node_table.rs"]
mod node_table;

use std::collections::BTreeMap;
use std::env;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use executor::{Executor, cpu};
use gradlens::Error;
use gradlens::graph::{Graph, Number, permute};
use gradlens::lower::{Fragment, Given, Item, Located, lower_fragment};
use gradlens::onnx::{ElementType, Model, Tensor};
use gradlens::plain;
use node_case::Case;
use node_table::{LeftOut, exception, operators_are_known};

/// Which inputs only a run gives.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Live {
    /// None: everything is computed while the file is read.
    Nothing,
    /// The first floating-point one, stored as the file has it.
    First,
    /// The same, with the channels innermost.
    FirstChannelsLast,
    /// All floating-point ones. An operator may want its weights to be known.
    All,
}

#[test]
fn operators_give_what_onnx_says() -> Result<()> {
    let named = env::var_os("GRADLENS_NODE_CASES");
    if named.is_none() {
        let _ = writeln!(stderr(), "GRADLENS_NODE_CASES names no folder: the few cases of tests/node");
    }
    let folder =
        named.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node"), PathBuf::from);
    let only = env::var("GRADLENS_NODE_CASES_ONLY").unwrap_or_default();
    let (mut right, mut failures, mut reasons) = (0, Vec::new(), BTreeMap::<_, Vec<_>>::new());
    for case in Case::all(&folder)?.into_iter().filter(|case| case.name.contains(&only)) {
        match check(&case) {
            Ok(left_out) => {
                if left_out.as_ref().is_none_or(|(what, _)| !what.is_all()) {
                    right += 1;
                }
                if let Some((what, reason)) = left_out {
                    reasons.entry(format!("{what:?}: {reason}")).or_default().push(case.name);
                }
            }
            Err(error) => failures.push(format!("{}: {error:#}", case.name)),
        }
    }
    let mut out = stderr();
    for (reason, names) in &reasons {
        let _ = writeln!(out, "left out of {}, {reason}: {}", names.len(), names.join(" "));
    }
    failures.iter().for_each(|failure| drop(writeln!(out, "FAILED {failure}")));
    let _ = writeln!(out, "{right} cases are right, {} wrong", failures.len());
    ensure!(right > 0, "there are no cases in {}", folder.display());
    ensure!(failures.is_empty(), "{} cases are wrong", failures.len());
    Ok(())
}

/// Checks a case in every way; answers with what is left out of it, and why.
fn check(case: &Case) -> Result<Option<(LeftOut, &'static str)>> {
    let exception = exception(&case.name);
    let everything = |reason| Ok(Some((LeftOut::Everything, reason)));
    if exception.is_some_and(|(what, _)| what.is_all()) {
        return Ok(exception);
    }
    let model = match case.model() {
        Err(error) if is_unsupported(&error) => return everything("a type of numbers that is not read"),
        model => model?,
    };
    if !operators_are_known(&model.graph) {
        return everything("another operator than those of image classifiers");
    }
    if model.graph.inputs.iter().chain(&model.graph.outputs).any(|info| info.element.is_none()) {
        return everything("a list, or a type of numbers that is not read");
    }
    let (inputs, mut outputs) = (case.inputs(&model)?, case.outputs(&model)?);
    let ways = match exception {
        Some((LeftOut::Live, _)) => &[Live::Nothing][..],
        _ => &[Live::Nothing, Live::First, Live::FirstChannelsLast, Live::All],
    };
    if let Some((LeftOut::OtherOutputs, _)) = exception {
        outputs.truncate(1);
    }
    for &live in ways {
        let double = || check_live(&model, &inputs, &outputs, live, (plain::run::<f64>, (1e-5, 1e-6)));
        let single = || check_live(&model, &inputs, &outputs, live, (cpu, (1e-3, 1e-6)));
        let is_single_only = matches!(exception, Some((LeftOut::Double, _)));
        let checked = if is_single_only { Ok(()) } else { double().context("f64") };
        match checked.and_then(|()| single().context("f32")) {
            Err(error) if live == Live::All && is_unsupported(&error) => {}
            checked => checked.with_context(|| format!("{live:?}"))?,
        }
    }
    Ok(exception)
}

fn is_unsupported(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Unsupported(_)))
}

fn check_live<T: Number>(
    model: &Model,
    inputs: &[Tensor],
    outputs: &[Tensor],
    live: Live,
    (run, tolerance): (Executor<T>, (f64, f64)),
) -> Result<()> {
    let (mut given, mut values, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for (info, tensor) in model.graph.inputs.iter().zip(inputs) {
        let is_live = match live {
            Live::Nothing => false,
            Live::First | Live::FirstChannelsLast => given.is_empty() && tensor.element.is_float(),
            Live::All => tensor.element.is_float(),
        };
        let item = Item::<T>::of(tensor)?;
        if let (true, Item::Floats(constant)) = (is_live, &item) {
            let rank = tensor.shape.len();
            let order: Vec<_> = match live {
                Live::FirstChannelsLast if rank > 2 => [0].into_iter().chain(2..rank).chain([1]).collect(),
                _ => (0..rank).collect(),
            };
            let stored = order.iter().map(|&axis| tensor.shape[axis]).collect();
            values.push(Rc::from(permute(&constant.read()?, &tensor.shape, &order)));
            given.push(Given { name: info.name.clone(), stored, order, positions: None });
        } else {
            known.push((info.name.clone(), item));
        }
    }
    let Fragment { graph, inputs, outputs: mut items } = lower_fragment(model, given, known)?;
    items.truncate(outputs.len());
    let inputs: Vec<_> = inputs.into_iter().zip(values).collect();
    let wanted: Vec<_> = items
        .iter()
        .filter_map(|(_, item)| match item {
            Item::Live(located) => Some(located.value),
            _ => None,
        })
        .collect();
    let mut computed = run(&graph, &inputs, &wanted)?.into_iter();
    for ((name, item), expected) in items.iter().zip(outputs) {
        let (shape, found): (Vec<usize>, Vec<f64>) = match item {
            Item::Live(located) => {
                let values = computed.next().context("a value is missing")?;
                (located.shape(&graph), in_order(&graph, located, &values))
            }
            Item::Floats(constant) => {
                (constant.shape().to_vec(), constant.read()?.iter().map(|v| v.to_f64()).collect())
            }
            Item::Ints(ints) => {
                (ints.shape.clone(), ints.read()?.iter().map(|&value| value as f64).collect())
            }
            Item::Failed(error) => return Err(error.clone().into()),
            Item::Sequence(_) => bail!("{name} is a list"),
        };
        compare(&shape, &found, expected, tolerance).with_context(|| format!("output {name}"))?;
    }
    Ok(())
}

/// A value in the file's order of axes.
fn in_order<T: Number>(graph: &Graph<T>, located: &Located, values: &[T]) -> Vec<f64> {
    let order: Vec<_> = (0..located.order.len()).map(|axis| located.stored_axis(axis)).collect();
    permute(values, graph.shape(located.value), &order).into_iter().map(T::to_f64).collect()
}

/// Whether values are those of the case.
fn compare(shape: &[usize], found: &[f64], expected: &Tensor, tolerance: (f64, f64)) -> Result<()> {
    ensure!(shape == expected.shape, "the shape is {shape:?}, not {:?}", expected.shape);
    let (relative, absolute) = match expected.element {
        ElementType::F16 | ElementType::BF16 => (1e-2, 1e-3),
        _ => tolerance,
    };
    for (at, (found, reference)) in found.iter().zip(expected.to_f64()?).enumerate() {
        let is_right = *found == reference
            || found.is_nan() && reference.is_nan()
            || (found - reference).abs() <= absolute + relative * reference.abs();
        ensure!(is_right, "value {at} is {found}, not {reference}");
    }
    Ok(())
}
