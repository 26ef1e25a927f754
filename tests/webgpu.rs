//! What a GPU gives against what the CPU gives, where there is an adapter: one of software will do (Debian's
//! `mesa-vulkan-drivers`).
#![cfg(all(feature = "webgpu", not(target_family = "wasm")))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/gpu.rs"]
mod gpu;
#[path = "common/native.rs"]
mod native;
#[path = "common/random_graph.rs"]
mod random_graph;

use std::rc::Rc;

use golden::{Golden, largest_difference};
use gpu::GPU;
use gradlens::device::Device;
use gradlens::explainer::Explainer;
use gradlens::gpu::{Plan, Weights};
use gradlens::graph::{Graph, ValueId};
use gradlens::lower::{Input, Layout};
use gradlens::onnx::Model;
use gradlens::preprocess::InputSize;
use gradlens::session::{Session, Shared};
use gradlens::{Error, plain};
use native::Precision;
use random_graph::RandomGraph;

/// Width and height of inputs: the smallest, the standard one, a fine one, and oblong ones.
const SIZES: [(usize, usize); 5] = [(32, 32), (224, 224), (448, 448), (320, 256), (96, 160)];

/// The most by which features may differ, relative to the largest.
const TOLERANCE: f32 = 1e-5;

/// As many launches as the hard-wired network was.
const LAUNCHES: usize = 57;

/// The largest difference, as a share of the largest value.
fn difference(actual: &[f32], expected: &[f32]) -> f32 {
    let largest = expected.iter().fold(f32::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    largest_difference(actual, expected) / largest
}

#[test]
fn a_gpu_gives_the_features_of_the_cpu() {
    let Some(gpu) = &*GPU else { return };
    let explainers = [Device::cpu(), gpu.clone()].map(|device| {
        pollster::block_on(Explainer::load(native::model(Precision::Shipped), device)).expect("it loads")
    });
    let file = std::fs::read(native::root().join("tests/golden/mosaic_448x448.safetensors"));
    let picture = Golden::parse(&file.expect("a golden file")).picture();
    for ((width, height), layer) in SIZES.into_iter().flat_map(|size| [(size, "features"), (size, "head")]) {
        let size = InputSize::Exact { width, height };
        let [expected, actual] = explainers.each_ref().map(|explainer| {
            pollster::block_on(explainer.activations(&picture, layer, size)).expect("an activation")
        });
        gpu.check().expect("no fault is reported");
        assert_eq!(actual.shape, expected.shape);
        let difference = difference(&actual.values, &expected.values);
        println!("{width} x {height}: {layer} differs by {difference:.1e} of the largest");
        assert!(difference < TOLERANCE, "{width} x {height}: {layer} differs by {difference}");
    }
}

#[test]
fn the_built_in_network_takes_no_more_launches_than_it_did() {
    let Some(gpu) = &*GPU else { return };
    let model = Model::read(Rc::new(native::model(Precision::Shipped)), &[]).expect("the model reads");
    let name = model.graph.inputs[0].name.clone();
    let input = Input { name, layout: Layout::ChannelsFirst, channels: 3, height: 224, width: 224 };
    let session = Session::new(&model, &input, Device::cpu(), &Shared::default()).expect("it is lowered");
    let (graph, input) = (session.graph(), session.network().input);
    let last = session.layers().iter().map(|layer| layer.located.value);
    let features = last.filter(|&value| graph.shape(value) == [1, 7, 7, 320]).max().expect("the features");
    let plan = plan(graph, input, &[features], gpu).expect("a part");
    println!("{} launches", plan.len());
    assert!(plan.len() <= LAUNCHES, "{} launches", plan.len());
    assert!(plan.outputs().eq([features]));
}

#[test]
fn random_graphs_give_what_plain_loops_give() {
    let Some(gpu) = &*GPU else { return };
    let mut planned = 0;
    for seed in 0..150 {
        let RandomGraph { graph, input, values } = RandomGraph::new(seed);
        let wanted: Vec<_> = values.iter().rev().step_by(1 + seed as usize % 4).copied().collect();
        let picture = random_graph::picture(&graph, input, seed);
        let Some(plan) = plan(&graph, input, &wanted, gpu) else { continue };
        planned += 1;
        let found = pollster::block_on(plan.run(gpu.client().expect("a client"), &picture)).expect("a run");
        gpu.check().expect("no fault is reported");
        let outputs: Vec<_> = plan.outputs().collect();
        let expected = plain::run(&graph, &[(input, picture.into())], &outputs).expect("plain loops");
        for ((value, found), expected) in found.iter().zip(&expected) {
            let difference = difference(found, expected);
            assert!(
                difference < 1e-5,
                "graph {seed}: {value:?} differs by {difference}: {:?}",
                graph.nodes()
            );
        }
    }
    assert!(planned > 100, "{planned} graphs ran on the GPU");
}

fn plan(graph: &Graph<f32>, input: ValueId, wanted: &[ValueId], gpu: &Device) -> Option<Plan> {
    let client = gpu.client().expect("a client");
    Plan::new(graph, input, wanted, client, true, &mut Weights::default()).expect("a plan")
}

#[test]
fn the_node_with_which_a_network_leaves_the_gpu_is_named() {
    let Some(gpu) = &*GPU else { return };
    let explainer = pollster::block_on(Explainer::load(waves(), gpu.clone()));
    let Err(Error::BackendUnavailable(reason)) = explainer else { panic!("it runs on a GPU") };
    assert!(reason.contains("\"wave\" (Sin)"), "{reason}");
}

/// A model without any product: the mean of a sine.
fn waves() -> Vec<u8> {
    // Lengths have two bytes.
    let length = |message: &[u8]| [message.len() as u8 | 0x80, (message.len() >> 7) as u8];
    let field = |number: u8, message: &[u8]| [&[number << 3 | 2], &length(message)[..], message].concat();
    let node = |input: &[u8], output: &[u8], operator: &[u8]| {
        field(1, &[field(1, input), field(2, output), field(4, operator)].concat())
    };
    let tensor = |name: &[u8], shape: &[u8]| {
        let extents: Vec<_> = shape.iter().map(|&extent| field(1, &[8, extent])).collect();
        let of = field(1, &[vec![8, 1], field(2, &extents.concat())].concat());
        [field(1, name), field(2, &of)].concat()
    };
    let nodes = [
        node(b"x", b"wave", b"Sin"),
        node(b"wave", b"mean", b"GlobalAveragePool"),
        node(b"mean", b"y", b"Flatten"),
    ];
    let ends = [field(11, &tensor(b"x", &[1, 3, 8, 8])), field(12, &tensor(b"y", &[1, 3]))];
    [vec![8, 8], field(7, &[nodes.concat(), ends.concat()].concat()), field(8, &[16, 17])].concat()
}
