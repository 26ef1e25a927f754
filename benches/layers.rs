//! What each step of the network takes natively on the CPU, by a thread alone and by as many as the machine has cores:
//! `cargo xtask bench --native --layers`.

#[path = "../tests/common/native.rs"]
mod native;

use std::collections::HashMap;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use gradlens::contract::Contract;
use gradlens::cpu::{Plan, StepDescription, Team, Weights};
use gradlens::device::Device;
use gradlens::graph::ValueId;
use gradlens::onnx::Model;
use gradlens::session::{Session, Shared};
use native::Precision;

/// How often the network runs: first so that all is warm, then timed.
const RUNS: (usize, usize) = (3, 20);

fn main() {
    let session = session();
    let (input, score) = (session.network().input, session.score_value());
    let plan = Plan::new(session.graph(), &[score], &mut Weights::default()).expect("a plan");
    let values: Rc<[f32]> = picture(session.graph().shape(input).iter().product()).into();
    let measure = |team: &Team| {
        let mut times = vec![Vec::new(); plan.steps().len()];
        for run in 0..RUNS.0 + RUNS.1 {
            let mut steps = plan.start(vec![(input, values.clone())], team).expect("a run");
            for times in &mut times {
                let began = Instant::now();
                steps.advance().expect("the CPU does not fail");
                if run >= RUNS.0 {
                    times.push(began.elapsed());
                }
            }
        }
        times.into_iter().map(median).collect::<Vec<_>>()
    };
    let alone = measure(&Team::ALONE);
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let team = Team::of(threads);
    let together = thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| team.help());
        }
        let times = measure(&team);
        team.dismiss();
        times
    });
    print(&session, plan.steps(), &alone, threads, &together);
}

/// The network at its own size.
fn session() -> Session {
    let model = Model::read(Rc::new(native::model(Precision::F32)), &[]).expect("the model reads");
    let contract = Contract::of(&model).expect("it takes a picture");
    let input = contract.network_input(contract.width, contract.height);
    Session::new(&model, &input, Device::cpu(), &Shared::default()).expect("it can be lowered")
}

/// Values from -1 to 1 of no pattern.
fn picture(length: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    });
    noise.take(length).collect()
}

/// Each step's median time, its share of all of them, its speed, and how many times faster a team is.
fn print(
    session: &Session,
    steps: impl Iterator<Item = StepDescription>,
    alone: &[f64],
    threads: usize,
    together: &[f64],
) {
    // The last name of a value is that of what is done in place.
    let names: HashMap<ValueId, &str> =
        session.network().values.iter().map(|named| (named.located.value, named.name.as_str())).collect();
    let (all, all_together): (f64, f64) = (alone.iter().sum(), together.iter().sum());
    println!("{all:.2} ms from step to step, {all_together:.2} ms by {threads} threads");
    for ((step, time), together) in steps.zip(alone).zip(together) {
        let name = names.get(&step.output).copied().unwrap_or_default();
        let speed = step.multiply_adds as f64 / time / 1e6;
        println!(
            "{name:<32} {:<26}{time:>9.3} ms{:>7.1} %{speed:>7.1} Gmac/s{together:>9.3} ms{:>6.2} x",
            step.name,
            100.0 * time / all,
            time / together
        );
    }
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
