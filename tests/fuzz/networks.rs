//! Small networks of every kind (`tests/corpus/onnx`), changed at random, on their way to a map.
//!
//! `GRADLENS_FUZZ_FROM` is the number of the first case, 0 without it; a case is the same every time. What fails is
//! written beside the other outputs of tests; in `tests/corpus/onnx/found` it is tried first in every run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use gradlens::Error;
use gradlens::cam::Method;

use crate::case::{Stage, run};
use crate::mutate::{self, Seed};
use crate::random::Random;
use crate::watch::{Cost, Watch};
use crate::{cases, variable};

/// How many threads try cases.
const THREADS: u64 = 2;
/// The most failures that are looked for.
const ENOUGH: usize = 20;
/// The share of all cases that must get to a run, in percent.
const LEAST_RUNS: f64 = 20.0;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/onnx")
}

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    let models = entries.filter(|path| path.extension().is_some_and(|extension| extension == "onnx"));
    let named = |path: PathBuf| {
        let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        (name, fs::read(path).expect("a file"))
    };
    models.map(named).collect()
}

fn notes(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

/// What became of the cases of one network.
#[derive(Default, Clone)]
struct Tally {
    cases: usize,
    /// How many got to each of [`Stage::ALL`].
    reached: [usize; Stage::ALL.len()],
    /// How many ended with each error.
    errors: BTreeMap<&'static str, usize>,
    slowest: Option<(u64, Cost)>,
    largest: Option<(u64, Cost)>,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, case: u64, stage: Stage, error: Option<&Error>, cost: Cost) {
        self.cases += 1;
        for (reached, (at, _)) in self.reached.iter_mut().zip(Stage::ALL) {
            *reached += usize::from(stage >= at);
        }
        *self.errors.entry(error.map_or("none", Error::code)).or_default() += 1;
        if self.slowest.is_none_or(|(_, slowest)| slowest.time < cost.time) {
            self.slowest = Some((case, cost));
        }
        if self.largest.is_none_or(|(_, largest)| largest.bytes < cost.bytes) {
            self.largest = Some((case, cost));
        }
    }

    fn join(&mut self, other: Self) {
        self.cases += other.cases;
        self.reached.iter_mut().zip(other.reached).for_each(|(reached, other)| *reached += other);
        other.errors.into_iter().for_each(|(code, count)| *self.errors.entry(code).or_default() += count);
        let by = |of: fn(&Cost) -> u128| move |(_, cost): &(u64, Cost)| of(cost);
        self.slowest =
            self.slowest.into_iter().chain(other.slowest).max_by_key(by(|cost| cost.time.as_nanos()));
        self.largest = self.largest.into_iter().chain(other.largest).max_by_key(by(|cost| cost.bytes.into()));
        self.failures.extend(other.failures);
    }

    fn share(&self, reached: usize) -> f64 {
        100.0 * reached as f64 / self.cases.max(1) as f64
    }

    fn line(&self, name: &str) -> String {
        let shares: Vec<_> =
            self.reached.iter().map(|&reached| format!("{:>8.1} %", self.share(reached))).collect();
        let slowest = self.slowest.map_or(0.0, |(_, cost)| cost.time.as_secs_f64() * 1e3);
        let largest = self.largest.map_or(0, |(_, cost)| cost.bytes >> 20);
        format!("{name:12}{:>10}{}{slowest:>8.0} ms{largest:>6} MB", self.cases, shares.concat())
    }
}

/// Tries a share of all cases: those that are its thread's when they are dealt out one by one.
fn try_cases(thread: u64, first: u64, count: u64, failed: &AtomicU64) -> BTreeMap<String, Tally> {
    let seeds: Vec<_> = files(&corpus()).into_iter().map(|(name, file)| (name, Seed::new(file))).collect();
    let watch = Watch::new(&notes(&format!("thread-{thread}.txt")));
    let mut tallies = BTreeMap::<String, Tally>::new();
    for case in (first..first + count).filter(|case| case % THREADS == thread) {
        if failed.load(Ordering::Relaxed) > ENOUGH as u64 {
            break;
        }
        let mut random = Random::new(case);
        let (name, seed) = &seeds[random.below(seeds.len())];
        let method = random.pick(Method::ALL).unwrap_or(Method::GradCam);
        let file = mutate::file(seed, &mut random);
        let tally = tallies.entry(name.clone()).or_default();
        match watch.run(case, || run(file.clone(), method)) {
            Ok(((stage, result), cost)) => tally.add(case, stage, result.err().as_ref(), cost),
            Err(fault) => {
                failed.fetch_add(1, Ordering::Relaxed);
                let kept = notes(&format!("case-{case}.onnx"));
                fs::write(&kept, file).expect("a file that can be written");
                tally.failures.push(format!("case {case}, {}: {fault}", kept.display()));
            }
        }
    }
    tallies
}

#[test]
fn mutated_networks_are_explained_or_refused() {
    let (first, count) = (variable("GRADLENS_FUZZ_FROM", 0), cases(10_000).into());
    let failed = AtomicU64::new(0);
    let mut tallies = BTreeMap::<String, Tally>::new();
    thread::scope(|scope| {
        let failed = &failed;
        let workers: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || try_cases(thread, first, count, failed))).collect();
        for (name, tally) in workers.into_iter().flat_map(|worker| worker.join().expect("a thread ends")) {
            tallies.entry(name).or_default().join(tally);
        }
    });
    let mut all = Tally::default();
    let stages: Vec<_> = Stage::ALL.iter().map(|(_, name)| format!("{name:>10}")).collect();
    println!("{:12}{:>10}{}{:>11}{:>9}", "network", "cases", stages.concat(), "slowest", "largest");
    for (name, tally) in tallies {
        println!("{}", tally.line(&name));
        all.join(tally);
    }
    println!("{}", all.line("all"));
    let errors: Vec<_> = all.errors.iter().map(|(code, count)| format!("{code} {count}")).collect();
    println!("errors: {}", errors.join(", "));
    if let (Some((slow, _)), Some((large, _))) = (all.slowest, all.largest) {
        println!("the slowest is case {slow}, the largest case {large}");
    }
    assert!(all.failures.is_empty(), "{}", all.failures.join("\n"));
    let ran = all.share(all.reached[3]);
    assert!(ran >= LEAST_RUNS, "{ran:.1} % get to a run");
}

#[test]
fn the_networks_that_are_mutated_give_maps() {
    let networks = files(&corpus());
    assert!(networks.len() >= 12);
    for (name, file) in networks {
        let found = run(file.clone(), Method::GradCam);
        assert_eq!(found, (Stage::Mapped, Ok(())), "{name}");
        // What is written of it is the same network: but for functions, which are inlined.
        let written = Seed::new(file).written();
        assert_eq!(run(written, Method::GradCam), found, "{name}");
    }
}

#[test]
fn what_failed_once_does_not_again() {
    let watch = Watch::new(&notes("found.txt"));
    for (name, file) in files(&corpus().join("found")) {
        for method in Method::ALL {
            if let Err(fault) = watch.run(0, || run(file.clone(), *method)) {
                panic!("{name}, {method}: {fault}");
            }
        }
    }
}
