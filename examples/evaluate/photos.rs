//! The paper's table: Average Drop, Increase in Confidence and Win on a folder of photos.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gradlens::cam::Method;
use gradlens::explainer::{Explainer, FaithfulnessOptions};
use gradlens::faithfulness::{Faithfulness, Summary};
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
    /// Draw deletion and insertion curves in so many steps, and report their areas
    #[arg(long, default_value_t = 0)]
    curve_steps: usize,
    /// Another order in which the curves take pixels of one value
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
        curve_steps: asked.curve_steps,
        seed: asked.seed,
        truth: None,
    };
    let mut summary = Summary::default();
    let mut csv = String::from("name,class,method,layer,confidence,masked_confidence,drop,increased\n");
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
    for entry in &result.methods {
        writeln!(
            csv,
            "\"{name}\",{},{},\"{}\",{},{},{},{}",
            result.class,
            entry.method,
            entry.layer.replace('"', "\"\""),
            entry.confidence,
            entry.masked_confidence,
            entry.drop(),
            entry.increased()
        )?;
    }
    Ok(())
}

fn print(summary: &Summary, explainer: &Explainer) {
    println!("{} pictures, backend {}", summary.pictures().len(), explainer.backend());
    println!("\n{:12} {:>14} {:>24}", "method", "Average Drop %", "Increase in Confidence %");
    for row in summary.methods() {
        println!(
            "{:12} {:14.2} {:24.1}",
            row.method.to_string(),
            row.average_drop,
            row.increase_in_confidence
        );
    }
    for win in summary.wins() {
        let [first, second] = win.methods;
        let [first_wins, second_wins] = win.wins;
        println!("\nWin %: {first} {first_wins:.1}, {second} {second_wins:.1}, ties {:.1}", win.ties);
    }
    for row in summary.methods() {
        if let (Some(deletion), Some(insertion)) = (row.deletion_area, row.insertion_area) {
            println!("\n{}: deletion area {deletion:.4}, insertion area {insertion:.4}", row.method);
        }
    }
    for left_out in summary.left_out() {
        println!("left out: {}: {}", left_out.name, left_out.reason);
    }
}
