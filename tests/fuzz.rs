//! Mutated model files and odd arguments: what comes back is a valid value or a typed error, never a
//! panic, and never more memory than the input can answer for.
//!
//! `cargo test` gives each property a moment. `GRADLENS_FUZZ=1000 cargo test --test fuzz NAME` gives it
//! a thousand times as many cases.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

#[path = "fuzz/arguments.rs"]
mod arguments;
#[path = "fuzz/maps.rs"]
mod maps;
#[path = "fuzz/model.rs"]
mod model;
#[path = "fuzz/model_file.rs"]
mod model_file;
#[path = "fuzz/mutation.rs"]
mod mutation;
#[path = "fuzz/mutations.rs"]
mod mutations;
#[path = "fuzz/pictures.rs"]
mod pictures;

use proptest::test_runner::{Config, FileFailurePersistence};

/// What failed once, tried first in every run.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/fuzz.txt");

/// How many cases a property gets: `short`, times `GRADLENS_FUZZ`.
fn runs(short: u32) -> Config {
    let times = std::env::var("GRADLENS_FUZZ")
        .map_or(1, |times| times.parse().expect("GRADLENS_FUZZ is a whole number"));
    Config {
        cases: short.checked_mul(times).expect("GRADLENS_FUZZ is too large"),
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
