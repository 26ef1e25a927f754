//! Each kernel of networks on a GPU, natively, beside what that GPU does at most: `cargo xtask bench --native --webgpu --layers`.
//!
//! The built-in network and skeletons of the zoo whose files are arguments; JSON goes to `GRADLENS_GPU_JSON` if it is set.

#[path = "../tests/common/native.rs"]
mod native;
#[path = "../tests/common/onnx_fill.rs"]
mod onnx_fill;

use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use gradlens::contract::Contract;
use gradlens::device::Device;
use gradlens::gpu::{Ceilings, Measured, Plan, Weights};
use gradlens::onnx::Model;
use gradlens::session::{Session, Shared};
use native::Precision;
use serde_json::{Value, json};

/// How often a network runs, read back and all; the median counts.
const RUNS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let device = pollster::block_on(Device::webgpu())?;
    let client = device.client().ok_or("there is no GPU")?;
    let ceilings = pollster::block_on(Ceilings::measure(client))?;
    let (copied, multiplied) = (ceilings.bytes / 1e9, ceilings.multiply_adds / 1e9);
    println!("at most {copied:.0} GB/s copied, {multiplied:.0} Gmac/s multiplied and added");
    let mut networks = vec![measure("built-in", native::model(Precision::F32), false, &device, ceilings)?];
    // Behind the program's name; cargo adds `--bench`.
    for file in std::env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        let name = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy();
        networks.push(measure(&name, std::fs::read(&file)?, true, &device, ceilings)?);
    }
    let found = json!({ "copiedGBs": copied, "multipliedGmacs": multiplied, "networks": networks });
    match std::env::var_os("GRADLENS_GPU_JSON") {
        Some(file) => Ok(std::fs::write(file, serde_json::to_vec_pretty(&found)?)?),
        None => Ok(()),
    }
}

/// Measures a network and prints what its launches take.
fn measure(
    name: &str,
    file: Vec<u8>,
    is_skeleton: bool,
    device: &Device,
    ceilings: Ceilings,
) -> Result<Value, Box<dyn Error>> {
    let mut model = Model::read(Rc::new(file), &[])?;
    if is_skeleton {
        onnx_fill::fill(&mut model.graph);
    }
    let contract = Contract::of(&model)?;
    let size = contract.network_input(contract.width, contract.height);
    let session = Session::new(&model, &size, device.clone(), &Shared::default())?;
    let (graph, client) = (session.graph(), device.client().ok_or("there is no GPU")?);
    let wanted = [session.score_value()];
    let (input, share) = (session.network().input, !device.is_software());
    let plan = Plan::new(graph, input, &wanted, client, share, &mut Weights::default())?;
    let plan = plan.ok_or("nothing of it runs on a GPU")?;
    let picture = onnx_fill::probe(size.height, size.width, size.channels);
    let launches = pollster::block_on(plan.measure(client, &picture))?;
    let mut runs = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let began = Instant::now();
        pollster::block_on(plan.run(client, &picture))?;
        runs.push(began.elapsed().as_secs_f64());
    }
    device.check()?;
    runs.sort_by(f64::total_cmp);

    let (run, all) = (runs[RUNS / 2], launches.iter().map(|launch| launch.seconds).sum::<f64>());
    let floor: f64 = launches.iter().map(|launch| floor(launch, ceilings)).sum();
    println!(
        "\n{name}: {} launches, {:.3} ms of kernels ({:.3} at the ceilings), {:.3} ms from picture to values",
        launches.len(),
        1e3 * all,
        1e3 * floor,
        1e3 * run
    );
    for launch in &launches {
        println!(
            "{:<14} {:>9.1} µs {:>5.1} % {:>8.0} Gmac/s {:>6.0} GB/s {:>5.1} % of the ceiling",
            launch.operation,
            1e6 * launch.seconds,
            100.0 * launch.seconds / all,
            launch.multiply_adds as f64 / launch.seconds / 1e9,
            launch.bytes as f64 / launch.seconds / 1e9,
            100.0 * self::floor(launch, ceilings) / launch.seconds
        );
    }
    let launch = |launch: &Measured| {
        json!({
            "operation": launch.operation, "multiplyAdds": launch.multiply_adds, "bytes": launch.bytes,
            "seconds": launch.seconds, "ofCeiling": self::floor(launch, ceilings) / launch.seconds,
        })
    };
    let launches: Vec<_> = launches.iter().map(launch).collect();
    Ok(
        json!({ "name": name, "kernelSeconds": all, "floorSeconds": floor, "runSeconds": run, "launches": launches }),
    )
}

/// The seconds that a launch takes at least: the device moves its bytes and multiplies at the same time.
fn floor(launch: &Measured, ceilings: Ceilings) -> f64 {
    (launch.bytes as f64 / ceilings.bytes).max(launch.multiply_adds as f64 / ceilings.multiply_adds)
}
