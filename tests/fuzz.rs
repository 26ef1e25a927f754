//! Mutated model files and odd arguments: what comes back is a valid value or a typed error, never a
//! panic, and never more memory than the input can answer for.
//!
//! `cargo test` gives each property a moment. `GRADLENS_FUZZ=1000 cargo test --test fuzz NAME` gives it
//! a thousand times as many cases.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;
#[path = "common/onnx_write.rs"]
mod onnx_write;

#[path = "fuzz/arguments.rs"]
mod arguments;
#[path = "fuzz/case.rs"]
mod case;
#[path = "fuzz/maps.rs"]
mod maps;
#[path = "fuzz/mutate/mod.rs"]
mod mutate;
#[path = "fuzz/networks.rs"]
mod networks;
#[path = "fuzz/pictures.rs"]
mod pictures;
#[path = "fuzz/random.rs"]
mod random;
#[path = "fuzz/watch.rs"]
mod watch;

use proptest::test_runner::{Config, FileFailurePersistence};

/// What failed once, tried first in every run.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/fuzz.txt");

/// A number that a variable of the environment holds.
fn variable<T: std::str::FromStr>(name: &str, default: T) -> T {
    let parsed =
        |text: String| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text}"));
    std::env::var(name).map_or(default, parsed)
}

/// How many cases a property gets: `short`, times `GRADLENS_FUZZ`.
fn cases(short: u32) -> u32 {
    short.checked_mul(variable("GRADLENS_FUZZ", 1)).expect("GRADLENS_FUZZ is too large")
}

/// As many cases as that, of proptest's.
fn runs(short: u32) -> Config {
    Config {
        cases: cases(short),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(CORPUS))),
        ..Config::default()
    }
}

/// What `make` makes, if it never holds more than `most` bytes.
fn within<T>(most: usize, make: impl FnOnce() -> T) -> T {
    let mut made = None;
    let memory = allocation_counter::measure(|| made = Some(make()));
    assert!(memory.bytes_max <= most as u64, "{} bytes were held; {most} are enough", memory.bytes_max);
    made.expect("it was made")
}
