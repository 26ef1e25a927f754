//! A case of ONNX's own suite: a model of one node (or its expansion), inputs, and what they give.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use gradlens::onnx::{Model, Tensor};

/// A folder with `model.onnx` and `test_data_set_0`.
pub struct Case {
    folder: PathBuf,
    pub name: String,
}

impl Case {
    /// All cases of a folder, by name.
    pub fn all(folder: &Path) -> Result<Vec<Self>> {
        let nested = folder.join("node");
        let folder = if nested.is_dir() { nested } else { folder.into() };
        let entries = fs::read_dir(&folder).with_context(|| format!("the folder {}", folder.display()))?;
        let mut cases = Vec::new();
        for entry in entries {
            let folder = entry?.path();
            if let (true, Some(name)) =
                (folder.join("model.onnx").is_file(), folder.file_name().and_then(|name| name.to_str()))
            {
                cases.push(Self { name: name.to_owned(), folder });
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    pub fn model(&self) -> Result<Model> {
        Ok(Model::read(Rc::new(fs::read(self.folder.join("model.onnx"))?), &[])?)
    }

    /// The tensors `input_0`, …, each of which the model's graph names; `None` for one that is no tensor.
    pub fn inputs(&self, model: &Model) -> Result<Vec<Tensor>> {
        self.tensors("input", model.graph.inputs.len())
    }

    /// The tensors `output_0`, …
    pub fn outputs(&self, model: &Model) -> Result<Vec<Tensor>> {
        self.tensors("output", model.graph.outputs.len())
    }

    fn tensors(&self, kind: &str, count: usize) -> Result<Vec<Tensor>> {
        let tensor =
            |index| tensor(fs::read(self.folder.join(format!("test_data_set_0/{kind}_{index}.pb")))?);
        (0..count).map(tensor).collect()
    }
}

/// Reads a bare `TensorProto`, as the only node of a model.
fn tensor(bytes: Vec<u8>) -> Result<Tensor> {
    let attribute = [field(1, b"value"), field(5, &bytes), vec![0xa0, 1, 4]].concat();
    let node = [field(2, b"y"), field(4, b"Constant"), field(5, &attribute)].concat();
    let graph = [field(1, &node), field(12, &field(1, b"y"))].concat();
    let model = [vec![0x08, 8], field(7, &graph), field(8, &[0x10, 17])].concat();
    let model = Model::read(Rc::new(model), &[])?;
    model.graph.nodes.first().and_then(|node| node.tensor("value")).cloned().context("no tensor")
}

/// A message as a field of another.
fn field(number: u8, message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = message.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(message);
    bytes
}
