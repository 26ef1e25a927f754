//! What each layer of the features takes natively: `cargo xtask bench --native --layers`.

#[path = "../tests/common/native.rs"]
mod native;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use burn::tensor::{Distribution, Tensor};
use gradlens::device::Device;
use gradlens::model::Model;
use gradlens::network::EfficientNetLite0;
use native::Precision;

/// How often the network runs: first so that all is warm, then timed.
const RUNS: (usize, usize) = (3, 20);

fn main() {
    measure(&Device::cpu());
    match pollster::block_on(Device::webgpu()) {
        Ok(device) => measure(&device),
        Err(reason) => println!("webgpu is left out: {reason}"),
    }
}

/// Prints each layer's median time and its share of all of them.
fn measure(device: &Device) {
    let bytes = native::model(Precision::F32);
    let model = Model::read(&bytes).expect("the model reads");
    let network = EfficientNetLite0::load(&model, device).expect("it loads");
    let input = Tensor::random([1, 3, 224, 224], Distribution::Uniform(-1.0, 1.0), device.burn());
    let times = RefCell::new(BTreeMap::<_, Vec<Duration>>::new());
    for run in 0..RUNS.0 + RUNS.1 {
        let (began, layer) = (Cell::new(Instant::now()), Cell::new(0));
        let done = |block, name| {
            let end = Instant::now();
            if run >= RUNS.0 {
                times.borrow_mut().entry((layer.get(), block, name)).or_default().push(end - began.get());
            }
            layer.set(layer.get() + 1);
            began.set(Instant::now());
        };
        pollster::block_on(network.features_by_layer(input.clone(), &done)).expect("features");
    }
    let medians: Vec<_> = times.take().into_iter().map(|(layer, times)| (layer, median(times))).collect();
    let all: f64 = medians.iter().map(|(_, time)| time).sum();
    println!("\n{}: {all:.2} ms from layer to layer, 224 x 224", device.backend());
    for ((_, block, name), time) in medians {
        println!("{:<22}{time:>9.3} ms{:>7.1} %", format!("block {block} {name}"), 100.0 * time / all);
    }
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
