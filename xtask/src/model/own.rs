//! Own weights, of any classes, as a model file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use super::{
    Precision,
    architecture::LITE0,
    checkpoint, labels,
    preprocessing::{Preprocessing, parse_channels},
};
use crate::console::say;

/// What the checkpoint itself does not tell.
#[derive(clap::Args)]
pub struct Options {
    /// The classes' names for --from: one a line, or JSON (an array, or an object from each index to its
    /// name); "class 0", "class 1" and so on without it
    #[arg(long, value_name = "FILE", requires = "from")]
    labels: Option<PathBuf>,
    /// What --from was trained with as Normalize's mean, one number or R,G,B; without it timm's 0.5 for
    /// timm's names, and (u8 - 127) / 128 for the others
    #[arg(long, value_name = "MEAN", requires_all = ["from", "std"], value_parser = parse_channels)]
    mean: Option<[f64; 3]>,
    /// The deviation that belongs to --mean
    #[arg(long, value_name = "STD", requires_all = ["from", "mean"], value_parser = parse_channels)]
    std: Option<[f64; 3]>,
}

/// Converts a checkpoint of EfficientNet-Lite0.
///
/// No licence is written beside the file: that of the weights is their maker's to say.
pub fn write(from: &Path, options: &Options, precision: Precision, file: &Path) -> Result<()> {
    ensure!(std::path::absolute(from)? != file, "--out is the checkpoint itself: name another file");
    let given = options.mean.zip(options.std);
    let given = given.map(|(mean, std)| Preprocessing::of_unit_values(mean, std)).transpose()?;

    let checkpoint = checkpoint::read(from, &LITE0)?;
    let (classes, library) = (checkpoint.classes(), checkpoint.library);
    let preprocessing = given.unwrap_or(library.preprocessing);
    let labels = match &options.labels {
        Some(labels) => labels::read(labels, classes)?,
        None => (0..classes).map(|class| format!("class {class}")).collect(),
    };
    say(format!("{classes} classes, named as in {}; input: {preprocessing}", library.name));

    let mut metadata = super::metadata(&LITE0, precision, &preprocessing);
    let sources = [("gradlens.source", Some(from)), ("gradlens.labels_source", options.labels.as_deref())];
    let names = sources.map(|(key, file)| Some((key, file?.file_name()?.display().to_string())));
    metadata.extend(names.into_iter().flatten());

    let folder = file.parent().context("the model needs a folder to lie in")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    super::write(&checkpoint, precision, &labels, metadata, file).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{architecture::LIBRARIES, checkpoint::tests::saved};

    /// The bytes of the file.
    fn convert(labels: Option<&str>, std: Option<f64>) -> Result<Vec<u8>> {
        let (folder, from) = saved(&LIBRARIES[1], 3)?;
        let labels = labels.map(|text| {
            let file = folder.path().join("birds.txt");
            fs::write(&file, text).map(|()| file)
        });
        let options = Options {
            labels: labels.transpose()?,
            mean: std.map(|_| [0.4, 0.5, 0.6]),
            std: std.map(|std| [std; 3]),
        };
        let out = folder.path().join("out/model.onnx");
        write(&from, &options, Precision::I16, &out)?;
        let beside = fs::read_dir(folder.path().join("out"))?.count();
        assert_eq!(beside, 1, "nothing is claimed about the licence");
        Ok(fs::read(&out)?)
    }

    fn holds(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn the_file_says_what_is_known_and_no_more() -> Result<()> {
        let plain = convert(None, None)?;
        for known in ["class 0\nclass 1\nclass 2", "(u8 - 127.5) / 127.5", "own.safetensors", "fit 32"] {
            assert!(holds(&plain, known), "{known}");
        }
        assert!(!holds(&plain, "license") && !holds(&plain, "labels_source"));

        let named = convert(Some("kiwi\nowl\nwren\n"), Some(0.2))?;
        for known in ["kiwi\nowl\nwren", "birds.txt", "(u8 - [102, 127.5, 153]) / 51"] {
            assert!(holds(&named, known), "{known}");
        }
        Ok(())
    }

    #[test]
    fn labels_that_are_not_one_a_class_are_refused() {
        let message = convert(Some("kiwi\nowl\n"), None).err().map(|error| format!("{error:#}"));
        assert!(
            message.is_some_and(|message| message.contains("2 labels are not one for each of 3 classes"))
        );
    }

    #[test]
    fn the_checkpoint_is_not_written_over() -> Result<()> {
        let (_folder, from) = saved(&LIBRARIES[0], 2)?;
        let options = Options { labels: None, mean: None, std: None };
        assert!(write(&from, &options, Precision::F32, &from).is_err());
        Ok(())
    }
}
