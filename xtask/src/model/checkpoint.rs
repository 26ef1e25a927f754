//! Finds EfficientNet-Lite among the tensors of a file.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, bail, ensure};

use super::{
    architecture::{Description, HEAD_CHANNELS, LIBRARIES, Library, Size},
    fold::BatchNorm,
    stored::{self, StoredTensors},
};

/// A tensor with its values in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The extents, outermost first.
    pub shape: Vec<usize>,
    /// The values: of the weights in f64, so that folding rounds once.
    pub values: Vec<f64>,
}

/// A convolution's weight and the batch norm behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// `[out, in / groups, kernel, kernel]`
    pub weight: Tensor,
    /// One for each output channel.
    pub norm: BatchNorm,
}

/// An EfficientNet-Lite as it was saved.
pub struct Checkpoint {
    /// Which of its sizes it is.
    pub size: &'static Size,
    /// Whose names its tensors have.
    pub library: &'static Library,
    /// The layers by their names in the model file.
    pub layers: BTreeMap<String, Layer>,
    /// `[classes, 1280]`
    pub classifier_weight: Tensor,
    /// `[classes]`
    pub classifier_bias: Tensor,
}

/// Reads a state dict from a `.safetensors` file, or from any other that `torch.save` made. It may lie
/// inside of dictionaries and wrappers (`state_dict`, `module`); what lies beside it is left alone.
///
/// # Errors
/// If the file cannot be read, or does not hold exactly one EfficientNet-Lite of that size in 32 bits: the message
/// then names the first tensor that is missing, of another shape or type, or superfluous.
pub fn read(file: &Path, size: &'static Size) -> Result<Checkpoint> {
    let found = stored::read(file).and_then(|stored| network(stored, size));
    found.with_context(|| format!("cannot take the weights from {}", file.display()))
}

impl Checkpoint {
    /// How many classes it tells apart.
    pub fn classes(&self) -> usize {
        self.classifier_bias.values.len()
    }

    /// The layer of this name in the model file.
    pub fn layer(&self, name: &str) -> Result<&Layer> {
        self.layers.get(name).with_context(|| format!("no layer \"{name}\""))
    }
}

fn network(stored: StoredTensors, size: &'static Size) -> Result<Checkpoint> {
    let (library, mut stored) = find(stored)?;
    let mut layers = BTreeMap::new();
    for Description { name, convolution, norm, shape } in library.layers(size) {
        let weight = take(&mut stored, &format!("{convolution}.weight"), &shape, size)?;
        let mut part =
            |part| take(&mut stored, &format!("{norm}.{part}"), &shape[..1], size).map(|it| it.values);
        let norm = BatchNorm {
            gamma: part("weight")?,
            beta: part("bias")?,
            mean: part("running_mean")?,
            variance: part("running_var")?,
        };
        layers.insert(name, Layer { weight, norm });
    }
    let [weight, bias] = ["weight", "bias"].map(|part| format!("{}.{part}", library.classifier));
    let classes = stored.get(&weight).and_then(|found| found.shape.first().copied()).unwrap_or_default();
    let classifier_weight = take(&mut stored, &weight, &[classes, HEAD_CHANNELS], size)?;
    let classifier_bias = take(&mut stored, &bias, &[classes], size)?;
    ensure!(
        classes >= 2,
        "it has {classes} class, and a softmax needs two: train it with one output a class"
    );
    if let Some(name) = stored.keys().find(|name| !name.ends_with(".num_batches_tracked")) {
        bail!("it has a tensor \"{name}\": it is another network than {}", library.name);
    }
    Ok(Checkpoint { size, library, layers, classifier_weight, classifier_bias })
}

/// Finds the network among a file's tensors, by its stem: whose names it has, and its tensors by them.
fn find(stored: StoredTensors) -> Result<(&'static Library, StoredTensors)> {
    let mut stems = Vec::new();
    for library in &LIBRARIES {
        let stem = library.stem_weight();
        let prefixes = stored.keys().filter_map(|name| name.strip_suffix(&stem));
        let whole = prefixes.filter(|prefix| prefix.is_empty() || prefix.ends_with('.'));
        stems.extend(whole.map(|prefix| (library, prefix.to_owned())));
    }
    match stems.as_slice() {
        [(library, prefix)] => {
            let tensors = stored
                .into_iter()
                .filter_map(|(name, tensor)| Some((name.strip_prefix(prefix)?.to_owned(), tensor)));
            Ok((library, tensors.collect()))
        }
        [] => {
            let known = LIBRARIES.each_ref().map(|it| format!("\"{}\" ({})", it.stem_weight(), it.name));
            bail!("it has no tensor {}: it is another network", known.join(" and no "))
        }
        several => {
            let names = several.iter().map(|(it, prefix)| format!("\"{prefix}{}\"", it.stem_weight()));
            let names: Vec<_> = names.collect();
            bail!("it has several networks, with {}: save the one that is meant alone", names.join(" and "))
        }
    }
}

fn take(stored: &mut StoredTensors, name: &str, shape: &[usize], size: &Size) -> Result<Tensor> {
    let found = stored.remove(name).with_context(|| format!("it has no tensor \"{name}\""))?;
    ensure!(
        found.shape == shape,
        "its tensor \"{name}\" has shape {:?} where {} has {shape:?}",
        found.shape,
        size.name
    );
    ensure!(
        found.dtype == "F32",
        "its tensor \"{name}\" is {} where F32 was expected: save it after model.float()",
        found.dtype
    );
    let values = found
        .bytes
        .chunks_exact(4)
        .map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]])))
        .collect();
    Ok(Tensor { shape: found.shape, values })
}

#[cfg(test)]
pub mod tests {
    use std::{fs, path::PathBuf};

    use safetensors::tensor::{Dtype, TensorView};
    use xshell::{Shell, TempDir};

    use super::*;
    use crate::model::{architecture::LITE0, bias, fold, stored::Stored};

    /// Random weights in a file, in a folder of its own.
    pub fn saved(library: &Library, classes: usize) -> Result<(TempDir, PathBuf)> {
        let folder = Shell::new()?.create_temp_dir()?;
        let file = folder.path().join("own.safetensors");
        let tensors = example(library, classes);
        let views = tensors.iter().map(|(name, Stored { shape, bytes, .. })| {
            Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytes)?))
        });
        safetensors::serialize_to_file(views.collect::<Result<Vec<_>>>()?, None, &file)?;
        Ok((folder, file))
    }

    /// Random weights, the same ones for each library, as that library names them.
    fn example(library: &Library, classes: usize) -> StoredTensors {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.1 + (state >> 8) as f32 / (1u32 << 24) as f32
        };
        let mut tensors = StoredTensors::new();
        let mut add = |name: String, shape: &[usize]| {
            let bytes = (0..shape.iter().product()).flat_map(|_| random().to_le_bytes()).collect();
            tensors.insert(name, Stored { dtype: "F32".into(), shape: shape.to_vec(), bytes });
        };
        for Description { convolution, norm, shape, .. } in library.layers(&LITE0) {
            add(format!("{convolution}.weight"), &shape);
            for part in ["weight", "bias", "running_mean", "running_var"] {
                add(format!("{norm}.{part}"), &shape[..1]);
            }
            add(format!("{norm}.num_batches_tracked"), &[]);
        }
        add(format!("{}.weight", library.classifier), &[classes, HEAD_CHANNELS]);
        add(format!("{}.bias", library.classifier), &[classes]);
        tensors
    }

    fn refusal(tensors: StoredTensors) -> String {
        network(tensors, &LITE0).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn either_librarys_names_give_the_same_network() -> Result<()> {
        let [published, timm] = LIBRARIES.each_ref().map(|library| {
            let (_folder, file) = saved(library, 3)?;
            let checkpoint = read(&file, &LITE0)?;
            assert_eq!((checkpoint.classes(), checkpoint.library.name), (3, library.name));
            let mut tensors = fold::network(&checkpoint)?;
            bias::correct(&mut tensors, &checkpoint)?;
            Ok::<_, anyhow::Error>(tensors)
        });
        assert!(published? == timm?);
        Ok(())
    }

    #[test]
    fn wrappers_and_what_lies_beside_them_do_not_matter() -> Result<()> {
        let bare = example(&LIBRARIES[1], 2);
        let within =
            |(name, tensor): (&String, &Stored)| (format!("state_dict.module.{name}"), tensor.clone());
        let mut wrapped: StoredTensors = bare.iter().map(within).collect();
        wrapped.insert("optimizer.state.0.step".into(), stored("I64", &[1]));
        let (found, expected) = (network(wrapped, &LITE0)?, network(bare, &LITE0)?);
        assert!(found.layers == expected.layers && found.classifier_weight == expected.classifier_weight);
        Ok(())
    }

    #[test]
    fn a_network_without_one_of_the_tensors_is_refused() {
        let whole = example(&LIBRARIES[1], 3);
        for name in ["blocks.3.1.conv_dw.weight", "bn2.running_var", "classifier.weight", "conv_stem.weight"]
        {
            let mut tensors = whole.clone();
            tensors.remove(name);
            let refusal = refusal(tensors);
            assert!(refusal.contains("no") && refusal.contains(&format!("\"{name}\"")), "{refusal}");
        }
    }

    #[test]
    fn a_network_with_another_tensor_is_refused() {
        let whole = example(&LIBRARIES[1], 3);
        for (name, tensor, reason) in [
            ("blocks.6.1.bn1.bias", stored("F32", &[4]), "has a tensor \"blocks.6.1.bn1.bias\""),
            ("blocks.0.0.bn1.bias", stored("F32", &[48]), "has shape [48] where EfficientNet-Lite0 has [32]"),
            (
                "classifier.weight",
                stored("F32", &[3, 512]),
                "has shape [3, 512] where EfficientNet-Lite0 has [3, 1280]",
            ),
            ("classifier.bias", stored("F32", &[5]), "has shape [5] where EfficientNet-Lite0 has [3]"),
            ("bn2.weight", stored("F16", &[1280]), "\"bn2.weight\" is F16 where F32 was expected"),
            ("ema.conv_stem.weight", stored("F32", &[1]), "several networks"),
        ] {
            let mut tensors = whole.clone();
            tensors.insert(name.into(), tensor);
            let refusal = refusal(tensors);
            assert!(refusal.contains(reason), "{refusal}");
        }
    }

    #[test]
    fn a_single_class_is_refused() {
        assert!(refusal(example(&LIBRARIES[0], 1)).contains("has 1 class"));
    }

    #[test]
    fn a_file_that_is_no_checkpoint_is_refused() -> Result<()> {
        let folder = Shell::new()?.create_temp_dir()?;
        for (name, reason) in [("a.pth", "no state dict"), ("a.safetensors", "not a complete safetensors")] {
            let file = folder.path().join(name);
            fs::write(&file, "hello")?;
            let message = read(&file, &LITE0).err().map(|error| format!("{error:#}")).unwrap_or_default();
            assert!(message.contains(name) && message.contains(reason), "{message}");
        }
        Ok(())
    }

    fn stored(dtype: &str, shape: &[usize]) -> Stored {
        Stored {
            dtype: dtype.into(),
            shape: shape.to_vec(),
            bytes: vec![0; 4 * shape.iter().product::<usize>()],
        }
    }
}
