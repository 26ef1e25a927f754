//! The paper's table: Average Drop, Increase in Confidence and Win on a folder of photos, beside yardsticks.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gradlens::background::Background;
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, FaithfulnessOptions};
use gradlens::faithfulness::{Beaten, Faithfulness, Means, Summary};
use gradlens::preprocess::InputSize;

use crate::folder::{self, Labels};

/// What is asked of photos alone.
#[derive(clap::Args)]
#[command(next_help_heading = "Photos")]
pub struct PhotoOptions {
    /// The input size: WIDTHxHEIGHT, or the short side alone to keep the aspect; the network's own, such as 224x224,
    /// if none is given
    #[arg(long, value_parser = input_size)]
    size: Option<InputSize>,
    /// What takes the place of what a map hides: black, mean, "blur RADIUS" in pixels of the network's input, or
    /// "noise SEED"
    #[arg(long, default_value_t)]
    background: Background,
    /// Draw deletion and insertion curves in so many steps, and report their areas
    #[arg(long, default_value_t = 0)]
    curve_steps: usize,
    /// Measure ROAD: pixels imputed with noise from those around them, 10 to 90 %, the most relevant first and the
    /// least
    #[arg(long)]
    road: bool,
    /// What fixes chance: the order of pixels of one value, the yardsticks, ROAD's noise
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Write one line a photo and method to this file
    #[arg(long)]
    csv: Option<PathBuf>,
}

fn input_size(text: &str) -> Result<InputSize> {
    Ok(match text.split_once('x') {
        Some((width, height)) => InputSize::Exact { width: width.parse()?, height: height.parse()? },
        None => InputSize::ShortSide(text.parse()?),
    })
}

/// Measures every photo and prints the table.
pub fn run(
    explainer: &Explainer,
    folder: &Path,
    methods: &[Method],
    layer: Option<&str>,
    labels: Option<&Labels>,
    asked: &PhotoOptions,
) -> Result<()> {
    let contract = explainer.contract();
    let own_size = InputSize::Exact { width: contract.width, height: contract.height };
    let options = FaithfulnessOptions {
        layer: layer.map(str::to_owned),
        input_size: asked.size.unwrap_or(own_size),
        background: asked.background,
        yardsticks: true,
        curve_steps: asked.curve_steps,
        road: asked.road,
        seed: asked.seed,
        truth: None,
    };
    let mut summary = Summary::default();
    let mut csv = String::from(
        "name,class,method,layer,confidence,masked_confidence,drop,increased,visible,sparseness\n",
    );
    for path in folder::files(folder)? {
        let name = folder::name(&path);
        let class = match labels {
            None => None,
            Some(labels) => match labels.get(&name) {
                Some(&class) => Some(class),
                None => {
                    summary.leave_out(name, "it has no label");
                    continue;
                }
            },
        };
        let picture = match folder::open(&path) {
            Ok(picture) => picture,
            Err(error) => {
                summary.leave_out(name, format!("{error:#}"));
                continue;
            }
        };
        let measured = explainer.faithfulness(&picture, class, methods, &options);
        let result = pollster::block_on(measured).with_context(|| name.clone())?;
        write_rows(&mut csv, &name, &result)?;
        summary.add(result);
    }
    if summary.pictures().is_empty() {
        bail!("there is no photo in {}", folder.display());
    }
    if let Some(path) = &asked.csv {
        std::fs::write(path, csv).with_context(|| path.display().to_string())?;
    }
    print(&summary, explainer);
    Ok(())
}

fn write_rows(csv: &mut String, name: &str, result: &Faithfulness) -> Result<()> {
    let name = name.replace('"', "\"\"");
    let methods = result.methods.iter();
    let methods = methods.map(|entry| (entry.method.to_string(), entry.layer.as_str(), &entry.measures));
    let yardsticks = result.yardsticks.iter();
    let yardsticks = yardsticks.map(|entry| (format!("yardstick {}", entry.yardstick), "", &entry.measures));
    for (map, layer, measures) in methods.chain(yardsticks) {
        writeln!(
            csv,
            "\"{name}\",{},{map},\"{}\",{},{},{},{},{},{}",
            result.class,
            layer.replace('"', "\"\""),
            measures.confidence,
            measures.masked_confidence,
            measures.drop(),
            measures.increased(),
            measures.visible,
            measures.sparseness
        )?;
    }
    Ok(())
}

fn print(summary: &Summary, explainer: &Explainer) {
    let background = summary.background().unwrap_or_default();
    println!(
        "{} pictures, backend {}, background {background}",
        summary.pictures().len(),
        explainer.backend()
    );
    let drop = if background == Background::Black { "Average Drop %" } else { "mean drop %" };
    println!(
        "\n{:24} {drop:>14} {:>10} {:>12} {:>10} {:>9} {:>9} {:>8}",
        "map", "visible %", "Increase %", "sparseness", "deletion", "insertion", "ROAD"
    );
    for entry in summary.methods() {
        print_row(&entry.method.to_string(), &entry.means);
    }
    for entry in summary.yardsticks() {
        print_row(&format!("- {}", entry.yardstick), &entry.means);
    }
    for Beaten { measure, yardsticks } in summary.beaten() {
        let names: Vec<_> = yardsticks.iter().map(ToString::to_string).collect();
        println!(
            "\n{measure} measures nothing here: a map that looks at no evidence is better than every method ({})",
            names.join(", ")
        );
    }
    for win in summary.wins() {
        let [first, second] = win.methods;
        let [first_wins, second_wins] = win.wins;
        println!("\nWin %: {first} {first_wins:.1}, {second} {second_wins:.1}, ties {:.1}", win.ties);
    }
    for left_out in summary.left_out() {
        println!("left out: {}: {}", left_out.name, left_out.reason);
    }
}

fn print_row(name: &str, means: &Means) {
    let or_nothing = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
    println!(
        "{name:24} {:14.2} {:10.1} {:12.1} {:10.3} {:>9} {:>9} {:>8}",
        means.drop,
        means.visible,
        means.increase_in_confidence,
        means.sparseness,
        or_nothing(means.deletion_area),
        or_nothing(means.insertion_area),
        or_nothing(means.road)
    );
}
