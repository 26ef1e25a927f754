//! `ModelProto` → [`Model`].

use std::collections::BTreeSet;
use std::rc::Rc;

use super::external::{Files, entry};
use super::file::File;
use super::functions::Functions;
use super::parse::Parser;
use super::source::Source;
use super::wire::Message;
use super::{Graph, domain, invalid, order, sniff};
use crate::Result;

/// The newest opset of ONNX's own operators whose every change is known.
const NEWEST_OPSET: i64 = 23;

/// An ONNX model.
#[derive(Clone, Debug)]
pub struct Model {
    /// The version of the file format.
    pub ir_version: i64,
    /// The version of each domain's operators; the domain of ONNX's own is empty.
    pub opsets: Vec<(String, i64)>,
    /// The program that wrote it.
    pub producer: String,
    /// That program's version.
    pub producer_version: String,
    /// Whatever the file says about itself, by key.
    pub metadata: Vec<(String, String)>,
    /// What it computes.
    pub graph: Graph,
    /// What a person should know who wonders about its answers.
    pub warnings: Vec<String>,
}

impl Model {
    /// Reads an ONNX file; `external` are the files beside it that hold weights, by name.
    ///
    /// # Errors
    /// [`Error::InvalidModel`](crate::Error::InvalidModel) if it is another kind of file or is damaged,
    /// [`Error::MissingData`](crate::Error::MissingData) if it needs a file that is not in `external`, and
    /// [`Error::Unsupported`](crate::Error::Unsupported) if a tensor is of a type that is not read, or the model too large.
    pub fn read(source: Rc<dyn Source>, external: &[(String, Rc<dyn Source>)]) -> Result<Self> {
        sniff::check(&*source)?;
        let file = File::new(source);
        let mut model = Self {
            ir_version: 0,
            opsets: Vec::new(),
            producer: String::new(),
            producer_version: String::new(),
            metadata: Vec::new(),
            graph: Graph::default(),
            warnings: Vec::new(),
        };
        let mut functions = Functions::default();
        let mut graph = None;
        for field in Message::whole(&file) {
            let field = field?;
            match field.number {
                1 => model.ir_version = field.int()?,
                2 => model.producer = field.text()?,
                3 => model.producer_version = field.text()?,
                7 => graph = Some(field.message()?),
                8 => model.opsets.push(opset(field.message()?)?),
                14 => model.metadata.push(entry(field.message()?)?),
                25 => functions.add(field.message()?)?,
                _ => {}
            }
        }
        let graph =
            graph.ok_or_else(|| invalid("the file has no graph: it is no ONNX model, or was cut short"))?;
        // Before IR version 3 there was one opset.
        if model.opsets.is_empty() && model.ir_version > 2 {
            return Err(invalid("the file names no opset: it is no ONNX model, or was cut short"));
        }
        model.warn(&functions);
        let parser = Parser { files: Files(external), functions };
        model.graph = parser.graph(graph, None)?;
        order::sort(&mut model.graph)?;
        if model.graph.outputs.is_empty() {
            return Err(invalid("the model has no outputs"));
        }
        Ok(model)
    }

    /// The version of a domain's operators; 1 if the file does not say.
    pub fn opset(&self, domain: &str) -> i64 {
        let domain = super::domain(domain.into());
        self.opsets.iter().find(|(found, _)| *found == domain).map_or(1, |(_, version)| *version)
    }

    fn warn(&mut self, functions: &Functions<'_>) {
        let version = self.opset("");
        if version > NEWEST_OPSET {
            self.warnings.push(format!(
                "opset {version} is newer than {NEWEST_OPSET}, the newest known: read as that"
            ));
        }
        let others: BTreeSet<_> = functions.opsets().filter(|(domain, _)| domain.is_empty()).collect();
        for (_, other) in others {
            if *other != version {
                self.warnings.push(format!(
                    "functions in the model are of opset {other}, the model itself is of {version}: all is read as that"
                ));
            }
        }
    }
}

/// Reads an `OperatorSetIdProto`.
pub(super) fn opset(message: Message<'_>) -> Result<(String, i64)> {
    let mut opset = (String::new(), 0);
    for field in message {
        let field = field?;
        match field.number {
            1 => opset.0 = domain(field.text()?),
            2 => opset.1 = field.int()?,
            _ => {}
        }
    }
    Ok(opset)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::super::testing::{
        attribute, bytes, float, floats, int, ints, model, node, read_model, text, value,
    };
    use super::super::{Attribute, Model, Source, Tensor};
    use crate::{Error, Result};

    fn small() -> Vec<u8> {
        let weight = bytes(5, &[int(1, 2), int(2, 1), text(8, "w"), bytes(9, &[0; 8])].concat());
        let attributes = [
            attribute("alpha", &[float(2, 0.5), int(20, 1)]),
            attribute("axes", &[ints(8, &[1, -1]), int(20, 7)]),
            attribute("mode", &[text(4, "linear")]),
            attribute("scales", &[floats(7, &[2.0])]),
        ];
        model(
            &[
                node("Op", &["x", "w"], &["y"], &attributes),
                text(2, "net"),
                weight,
                value(11, "x"),
                value(11, "w"),
                value(12, "y"),
            ],
            &[text(2, "tests"), bytes(14, &[text(1, "author"), text(2, "me")].concat())],
        )
    }

    #[test]
    fn a_model_is_read() {
        let model = read_model(small()).expect("a model");
        assert_eq!((model.ir_version, model.opset("ai.onnx"), model.opset("com.microsoft")), (8, 17, 1));
        assert_eq!(
            (model.producer.as_str(), model.metadata),
            ("tests", vec![("author".into(), "me".into())])
        );
        let graph = model.graph;
        let inputs: Vec<_> = graph.inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!((graph.name.as_str(), inputs), ("net", vec!["x"]));
        assert_eq!(graph.initializers[0].to_f32(), Ok(vec![0.0, 0.0]));
        let node = &graph.nodes[0];
        assert_eq!(
            (node.float("alpha"), node.int("alpha"), node.string("mode")),
            (Some(0.5), None, Some("linear"))
        );
        assert_eq!(
            (node.ints("axes"), node.floats("scales")),
            (Some([1, -1].as_slice()), Some([2.0].as_slice()))
        );
        assert!(model.warnings.is_empty());
    }

    #[test]
    fn an_attribute_of_a_type_without_a_value_is_zero() {
        let attributes = [("i", 2), ("f", 1), ("s", 3), ("l", 7), ("t", 13)]
            .map(|(name, kind)| attribute(name, &[int(20, kind)]));
        let graph = [node("Op", &[], &["y"], &attributes), value(12, "y")];
        let model = read_model(model(&graph, &[])).expect("a model");
        let node = &model.graph.nodes[0];
        assert_eq!((node.int("i"), node.float("f"), node.string("s")), (Some(0), Some(0.0), Some("")));
        assert_eq!(node.ints("l"), Some([].as_slice()));
        assert!(matches!(node.attribute("t"), Some(Attribute::Other)));
    }

    #[test]
    fn weights_are_not_read() {
        let weight =
            bytes(5, &[int(1, 10_000_000), int(2, 2), text(8, "w"), bytes(9, &[1; 10_000_000])].concat());
        let counting = Rc::new(Counting {
            bytes: model(&[weight, node("Op", &["w"], &["y"], &[]), value(12, "y")], &[]),
            read: Cell::new(0),
        });
        let source: Rc<dyn Source> = counting.clone();
        let model = Model::read(source, &[]).expect("a model");
        assert!(counting.read.get() < 100_000, "{:?} bytes", counting.read);
        let values = model.graph.initializers[0].to_i64().expect("values");
        assert!(values.len() == 10_000_000 && values.iter().all(|value| *value == 1));
    }

    struct Counting {
        bytes: Vec<u8>,
        read: Cell<usize>,
    }

    impl Source for Counting {
        fn len(&self) -> u64 {
            Source::len(&self.bytes)
        }

        fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
            self.read.set(self.read.get() + into.len());
            self.bytes.read(offset, into)
        }
    }

    #[test]
    fn a_model_cut_short_anywhere_is_an_error() {
        let whole = small();
        for length in 0..whole.len() {
            let result = read_model(whole[..length].to_vec());
            assert!(matches!(result, Err(Error::InvalidModel(_))), "{length} bytes: {result:?}");
        }
    }

    #[test]
    fn a_model_with_any_byte_changed_does_not_panic() {
        let whole = small();
        for index in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[index] ^= 1 << bit;
                if let Ok(model) = read_model(bytes) {
                    let _: Vec<_> = model.graph.initializers.iter().map(Tensor::to_f64).collect();
                }
            }
        }
    }

    #[test]
    fn subgraphs_in_subgraphs_end_somewhere() {
        // Lengths are built from the innermost one: 5,000 graphs, each in an attribute of a node of the next.
        let graph = (0..5000).fold(Vec::new(), |graph, _| {
            node("If", &[], &["y"], &[attribute("then_branch", &[bytes(6, &graph)])])
        });
        let error = read_model(model(&[graph], &[])).expect_err("too deep").to_string();
        assert!(error.contains("nested deeper"), "{error}");
    }

    #[test]
    fn a_flood_of_nodes_is_refused() {
        let error = read_model(model(&[bytes(1, &[]).repeat(5_000_000)], &[])).expect_err("too many");
        assert!(matches!(&error, Error::Unsupported(text) if text.contains("too many parts")), "{error}");
    }

    #[test]
    fn newer_opsets_are_read_with_a_warning() {
        let graph = bytes(7, &[node("Op", &[], &["y"], &[]), value(12, "y")].concat());
        let opset = bytes(8, &[text(1, "ai.onnx"), int(2, 99)].concat());
        let model = read_model([int(1, 13), graph, opset].concat()).expect("a model");
        assert_eq!(model.opset(""), 99);
        assert!(model.warnings[0].contains("opset 99 is newer than 23"), "{:?}", model.warnings);
    }

    #[test]
    fn references_outside_functions_are_refused() {
        let graph = [node("Op", &[], &["y"], &[attribute("a", &[text(21, "b")])]), value(12, "y")];
        assert!(matches!(read_model(model(&graph, &[])), Err(Error::InvalidModel(_))));
    }
}
