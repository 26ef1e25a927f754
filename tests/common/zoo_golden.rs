//! The goldens of the zoo and of the trained models: which model, which picture, and what is right.
#![allow(dead_code, reason = "each test program uses its share")]

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use gradlens::lower::{Input, Layout};
use gradlens::onnx::{ElementType, Model};
use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use crate::onnx_fill;

/// Of which type an input's numbers are, if the file says it.
pub fn element(model: &Model, input: &Input) -> Option<ElementType> {
    model.graph.inputs.iter().find(|info| info.name == input.name)?.element
}

/// A model of a folder of goldens.
pub struct Entry {
    folder: PathBuf,
    pub name: String,
    pub facts: Value,
    tensors: Vec<u8>,
}

/// One picture and what is right for it.
pub struct Sample<'e> {
    entry: &'e Entry,
    facts: &'e Value,
    prefix: String,
}

/// A value of the network and its maps.
pub struct Target<'s> {
    sample: &'s Sample<'s>,
    facts: &'s Value,
    index: usize,
}

impl Entry {
    /// The names of all models that a folder has goldens of.
    pub fn names(folder: &Path) -> Result<Vec<String>> {
        let files = fs::read_dir(folder).with_context(|| format!("the folder {}", folder.display()))?;
        let paths = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
        let goldens =
            paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let mut names: Vec<_> =
            goldens.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
        names.sort();
        Ok(names)
    }

    pub fn open(folder: &Path, name: &str) -> Result<Self> {
        let facts = serde_json::from_slice(&fs::read(folder.join(format!("{name}.json")))?)?;
        let tensors = fs::read(folder.join(format!("{name}.safetensors")))?;
        Ok(Self { folder: folder.into(), name: name.into(), facts, tensors })
    }

    /// The model with its weights: a trained one lies a folder up, a skeleton is filled.
    pub fn model(&self) -> Result<Model> {
        let path = match self.facts["file"].as_str() {
            Some(file) => self.folder.join("..").join(file),
            None => self.folder.join(format!("{}.onnx", self.name)),
        };
        let mut model = Model::read(Rc::new(fs::read(path)?), &[])?;
        onnx_fill::fill(&mut model.graph);
        Ok(model)
    }

    /// How the picture goes in.
    pub fn input(&self) -> Result<Input> {
        let shape: Vec<usize> = serde_json::from_value(self.facts["input_shape"].clone())?;
        let [_, first, second, third] = shape[..] else { anyhow::bail!("an input of shape {shape:?}") };
        let name = self.facts["input"].as_str().context("no name of the input")?.to_owned();
        Ok(if third <= 4 && first > 4 {
            Input { name, layout: Layout::ChannelsLast, channels: third, height: first, width: second }
        } else {
            Input { name, layout: Layout::ChannelsFirst, channels: first, height: second, width: third }
        })
    }

    pub fn text(&self, key: &str) -> Result<&str> {
        self.facts[key].as_str().with_context(|| format!("the golden says no {key}"))
    }

    /// Whether it rounds activations, of which one that falls otherwise changes others: the goldens of such a network
    /// are one of many right answers. One of them is told to be robust, and one made so.
    pub fn rounds(&self) -> bool {
        let is_robust = self.facts["rounds_alike"] == true || self.name.starts_with("cifar100_resnet");
        self.facts["ops"]["QuantizeLinear"].is_u64() && !is_robust
    }

    pub fn samples(&self) -> Vec<Sample<'_>> {
        match self.facts["samples"].as_array() {
            Some(samples) => {
                let sample = |(index, facts)| Sample { entry: self, facts, prefix: format!("s{index}.") };
                samples.iter().enumerate().map(sample).collect()
            }
            None => vec![Sample { entry: self, facts: &self.facts, prefix: String::new() }],
        }
    }
}

impl Sample<'_> {
    /// The picture, `[1, H, W, C]`.
    pub fn picture(&self, input: &Input, element: Option<ElementType>) -> Result<Vec<f32>> {
        let Some(name) = self.facts["input"]["tensor"].as_str() else {
            return Ok(onnx_fill::probe(input.height, input.width, input.channels));
        };
        let bytes = fs::read(self.entry.folder.join("inputs.safetensors"))?;
        let pixels = SafeTensors::deserialize(&bytes)?.tensor(name)?.data().to_vec();
        let numbers = |key: &str| -> Result<Option<Vec<f32>>> {
            Ok(serde_json::from_value(self.facts["input"][key].clone())?)
        };
        let (mean, std) = (numbers("mean")?, numbers("std")?);
        let area = input.height * input.width;
        let picture = (0..area * input.channels).map(|at| {
            let channel = at % input.channels;
            let pixel = match input.layout {
                Layout::ChannelsFirst => pixels[channel * area + at / input.channels],
                Layout::ChannelsLast => pixels[at],
            };
            let value = match (&mean, &std) {
                (Some(mean), Some(std)) => (f32::from(pixel) - mean[channel]) / std[channel],
                _ => f32::from(pixel),
            };
            if element == Some(ElementType::F16) { f16::from_f32(value).to_f32() } else { value }
        });
        Ok(picture.collect())
    }

    pub fn targets(&self) -> Vec<Target<'_>> {
        let targets = self.facts["targets"].as_array().map_or(&[][..], |targets| targets);
        targets.iter().enumerate().map(|(index, facts)| Target { sample: self, facts, index }).collect()
    }

    /// The two classes whose maps are known.
    pub fn classes(&self) -> Result<[usize; 2]> {
        let class = |key: &str| self.facts[key].as_u64().map(|class| class as usize).context("no class");
        Ok([class("class1")?, class("class2")?])
    }

    pub fn logits(&self) -> Result<Vec<f64>> {
        self.tensor("logits")?.context("no logits")
    }

    fn tensor(&self, name: &str) -> Result<Option<Vec<f64>>> {
        let file = SafeTensors::deserialize(&self.entry.tensors)?;
        let Ok(view) = file.tensor(&format!("{}{name}", self.prefix)) else { return Ok(None) };
        Ok(Some(match view.dtype() {
            Dtype::F32 => {
                view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes).into()).collect()
            }
            Dtype::F64 => view.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
            other => anyhow::bail!("{name} is of type {other:?}"),
        }))
    }
}

impl Target<'_> {
    pub fn name(&self) -> Result<&str> {
        self.facts["value"].as_str().context("a target without a name")
    }

    pub fn role(&self) -> &str {
        self.facts["role"].as_str().unwrap_or("")
    }

    pub fn grid(&self) -> Result<(usize, usize)> {
        Ok(serde_json::from_value(self.facts["grid"].clone())?)
    }

    pub fn channels(&self) -> Result<usize> {
        Ok(serde_json::from_value(self.facts["channels"].clone())?)
    }

    pub fn prefix(&self) -> usize {
        self.facts["prefix_tokens"].as_u64().unwrap_or(0) as usize
    }

    /// How far onnxruntime's f32 is from the reference here.
    pub fn f32_error(&self) -> f64 {
        let errors = &self.sample.facts["ort"]["A_rel_err"];
        errors[self.index].as_f64().unwrap_or(0.0).max(1e-6)
    }

    /// How much noise in activation and gradient grows in a map of class 0 or 1.
    pub fn sensitivity(&self, class: usize, map: &str) -> f64 {
        self.facts["classes"][class]["sensitivity"][map].as_f64().unwrap_or(0.0)
    }

    /// Whether the golden has this map of either class.
    pub fn has(&self, map: &str) -> Result<bool> {
        Ok(self.map(0, map)?.is_some() || self.map(1, map)?.is_some())
    }

    /// A map of class 0 or 1, if the golden has it; `.pre` behind its name is the map before its ReLU.
    pub fn map(&self, class: usize, map: &str) -> Result<Option<Vec<f64>>> {
        let tensor = self.sample.tensor(&format!("t{}.c{}.{map}", self.index, class + 1))?;
        let (rows, columns) = self.grid()?;
        ensure!(tensor.as_ref().is_none_or(|map| map.len() == rows * columns), "{map} has another size");
        Ok(tensor)
    }
}
