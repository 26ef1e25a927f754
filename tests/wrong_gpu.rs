//! A GPU that is right once and wrong later is found out, and one that is right is never accused, where there is an adapter:
//! one of software will do (Debian's `mesa-vulkan-drivers`).
#![cfg(all(feature = "webgpu", not(target_family = "wasm")))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/gpu.rs"]
mod gpu;
#[path = "common/native.rs"]
mod native;
#[path = "common/onnx_build.rs"]
mod onnx_build;
#[path = "common/onnx_fill.rs"]
mod onnx_fill;
#[path = "common/random_graph.rs"]
mod random_graph;

use std::cell::Cell;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;

use golden::Golden;
use gpu::GPU;
use gradlens::contract::{Contract, Parts};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Prediction};
use gradlens::gpu::{Plan, Weights};
use gradlens::graph::{Graph, ValueId};
use gradlens::onnx::{Model, Source, Stored, TensorData};
use gradlens::picture::Picture;
use gradlens::session::{Session, Shared};
use gradlens::{Error, Result, sanity};
use native::Precision;
use random_graph::RandomGraph;

/// For each turn whether the layer holds, of a plan of a graph that is to compute another one; `None` if there is no plan.
fn turns(graphs: [&Graph<f32>; 2], input: ValueId, wanted: &[ValueId], gpu: &Device) -> Option<Vec<bool>> {
    let [planned, meant] = graphs;
    let client = gpu.client().expect("a client");
    let plan = Plan::new(planned, input, wanted, client, false, &mut Weights::default()).expect("a plan")?;
    let picture = random_graph::picture(planned, input, 5);
    let turn = |turn: usize| {
        let spot = plan.spot(meant, turn)?;
        let run = pollster::block_on(plan.run_watched(client, &picture, Some(&spot)));
        Some(run.expect("a run").1)
    };
    let turns: Vec<_> = (0..plan.len()).filter_map(turn).collect();
    gpu.check().expect("no fault is reported");
    Some(turns)
}

#[test]
fn every_launch_of_a_random_graph_holds() {
    let Some(gpu) = &*GPU else { return };
    let mut seen = 0;
    for seed in 0..100 {
        let RandomGraph { graph, input, values } = RandomGraph::new(seed);
        let wanted: Vec<_> = values.iter().rev().step_by(1 + seed as usize % 4).copied().collect();
        let Some(turns) = turns([&graph, &graph], input, &wanted, gpu) else { continue };
        assert!(turns.iter().all(|holds| *holds), "graph {seed}: {turns:?}: {:?}", graph.nodes());
        seen += turns.len();
    }
    println!("{seen} launches hold");
    assert!(seen > 300, "{seen} launches were looked at");
}

#[test]
fn every_launch_of_a_network_holds() {
    let Some(gpu) = &*GPU else { return };
    let zoo = fs::read_dir(native::root().join("tests/zoo")).expect("the zoo");
    let files = zoo.map(|entry| entry.expect("an entry").path());
    let networks: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|of| of == "onnx")).collect();
    let mut seen = 0;
    for file in networks {
        let mut model = Model::read(Rc::new(fs::read(&file).expect("a file")), &[]).expect("a model");
        onnx_fill::fill(&mut model.graph);
        let session = session(&model, Device::cpu());
        let wanted = [session.score_value()];
        let (graph, input) = (session.graph(), session.network().input);
        let turns = turns([graph, graph], input, &wanted, gpu).unwrap_or_default();
        println!("{}: {} launches", file.display(), turns.len());
        assert!(turns.iter().all(|holds| *holds), "{}: {turns:?}", file.display());
        seen += turns.len();
    }
    assert!(seen > 100, "{seen} launches were looked at");
}

#[test]
fn layers_of_other_weights_do_not_hold() {
    let Some(gpu) = &*GPU else { return };
    let model = Model::read(Rc::new(native::model(Precision::Shipped)), &[]).expect("the model reads");
    // The classifier is left to the CPU.
    let other = sanity::randomised(&model, 4, 7).expect("a model");
    let [meant, planned] = [&model, &other].map(|model| session(model, Device::cpu()));
    let (input, wanted) = (meant.network().input, [meant.score_value()]);
    let turns = turns([planned.graph(), meant.graph()], input, &wanted, gpu).expect("a plan");
    let (first, last) = turns.split_at(turns.len() - 4);
    assert!(first.iter().all(|holds| *holds) && first.len() > 40, "{turns:?}");
    // What the last one gives, a mean, follows from values that are wrong.
    assert_eq!(last, [false, false, false, true]);
}

/// A network at its own size.
fn session(model: &Model, device: Device) -> Session {
    let contract = Contract::of(model).expect("a contract");
    let size = contract.network_input(contract.width, contract.height);
    Session::new(model, &size, device, &Shared::default()).expect("it is lowered")
}

/// A file of which some bytes are others once that is said: what the GPU holds is not what it should, then.
struct Changing {
    bytes: Vec<u8>,
    changing: Range<u64>,
    has_changed: Cell<bool>,
}

impl Source for Changing {
    fn len(&self) -> u64 {
        Source::len(&self.bytes)
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<()> {
        self.bytes.read(offset, into)?;
        if self.has_changed.get() {
            let bytes = (offset..).zip(into).filter(|(at, _)| self.changing.contains(at));
            bytes.for_each(|(_, byte)| *byte ^= 0x55);
        }
        Ok(())
    }
}

#[test]
fn weights_that_went_wrong_after_loading_are_found_out() {
    let Some(gpu) = &*GPU else { return };
    let bytes = native::model(Precision::Shipped);
    let model = Model::read(Rc::new(bytes.clone()), &[]).expect("the model reads");
    let stem = model.graph.initializers.iter().find(|tensor| tensor.shape == [32, 3, 3, 3]);
    let TensorData::Stored(Stored { range, .. }) = &stem.expect("the first weights").data else {
        panic!("they are stored")
    };
    let file = Rc::new(Changing { bytes, changing: range.clone(), has_changed: Cell::new(false) });
    let model = Model::read(file.clone(), &[]).expect("the model reads");
    let explainer = load(model, gpu);
    file.has_changed.set(true);
    let picture = fs::read(native::root().join("tests/golden/mosaic_448x448.safetensors"));
    let picture = Golden::parse(&picture.expect("a golden file")).picture();
    let refused = pollster::block_on(explainer.classify(&picture, 1)).expect_err("an error");
    let reason = "values of a layer do not follow from those before it, where the CPU gives others";
    assert_eq!(refused, Error::Device { reason: reason.into() });
}

/// The small classifier with other weights of its convolution.
fn small(weight: f64, bias: f64) -> Model {
    let mut model = onnx_build::classifier();
    for (tensor, value) in model.graph.initializers.iter_mut().zip([weight, bias]) {
        tensor.data = TensorData::Floats(vec![value; tensor.shape.iter().product()]);
    }
    model
}

fn load(model: Model, gpu: &Device) -> Explainer {
    let explainer = Explainer::new(model, Parts::default(), Parts::default(), gpu.clone());
    pollster::block_on(explainer).expect("it loads")
}

/// The classes of a picture that holds one value.
fn classes(explainer: &Explainer, value: u8) -> Result<Vec<Prediction>> {
    let picture = Picture::new(vec![value; 8 * 8 * 4], 8, 8)?;
    pollster::block_on(explainer.classify(&picture, 3))
}

#[test]
fn what_is_strange_and_right_is_believed() {
    let Some(gpu) = &*GPU else { return };
    // Zeros, and the same for every picture.
    for (weight, bias) in [(0.1, -1e3), (0.0, 1.0)] {
        let explainer = load(small(weight, bias), gpu);
        let answers = [10, 200].map(|value| classes(&explainer, value).expect("classes"));
        assert_eq!(answers[0], answers[1]);
    }
}

#[test]
fn values_that_leave_the_range_of_numbers_on_the_cpu_too_are_the_networks_fault() {
    let Some(gpu) = &*GPU else { return };
    let session = session(&small(1e38, 0.0), gpu.clone());
    let wanted = [session.score_value()];
    let run = session.run(vec![1.0; 8 * 8 * 3], &wanted, None);
    assert_eq!(pollster::block_on(run).expect_err("an error"), Error::NotFinite);
}
