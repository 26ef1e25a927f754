//! Mutated pictures: what comes back is a picture or a typed error, never a panic, and never more memory than the
//! wished pixels can answer for.
//!
//! `cargo test` gives them a moment. `GRADLENS_FUZZ=1000 cargo test --package gradlens-decode --test fuzz` gives them a
//! thousand times as many cases.

use std::{env, fs, path::Path};

use gradlens_decode::{Wish, decode};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};

const WISH: Wish = Wish { most_pixels: 1 << 18, max_side: 0, frame: 0 };

/// Tables, windows, and what a decoder unpacks beside pixels.
const BESIDE_PIXELS: u64 = 80 << 20;
/// The pixels of 16 bits, those of 8, those that are turned, and as much once more for an animation's canvas.
const BYTES_PER_PIXEL: u64 = 48;

/// A change of a file.
#[derive(Debug, Clone)]
enum Change {
    Byte(Index, u8),
    Number(Index, u32),
    Remove(Index, u16),
    Repeat(Index, u8, u8),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let odd =
        prop_oneof![Just(0), Just(1), Just(0x7fff_ffff), Just(0xffff_ffff), Just(0x00ff_00ff), any::<u32>()];
    prop_oneof![
        6 => (any::<Index>(), any::<u8>()).prop_map(|(at, value)| Change::Byte(at, value)),
        3 => (any::<Index>(), odd).prop_map(|(at, value)| Change::Number(at, value)),
        1 => (any::<Index>(), any::<u16>()).prop_map(|(at, length)| Change::Remove(at, length % 300)),
        1 => (any::<Index>(), any::<u8>(), any::<u8>()).prop_map(|(at, length, times)| Change::Repeat(at, length, times % 9)),
        1 => any::<Index>().prop_map(Change::Cut),
    ]
}

fn apply(file: &mut Vec<u8>, change: &Change) {
    if file.is_empty() {
        return;
    }
    match *change {
        Change::Byte(at, value) => *at.get_mut(file) = value,
        Change::Number(at, value) => {
            let at = at.index(file.len());
            file.iter_mut().skip(at).zip(value.to_be_bytes()).for_each(|(byte, value)| *byte = value);
        }
        Change::Remove(at, length) => {
            let at = at.index(file.len());
            file.drain(at..file.len().min(at + usize::from(length)));
        }
        Change::Repeat(at, length, times) => {
            let at = at.index(file.len());
            let part = file[at..file.len().min(at + usize::from(length))].repeat(times.into());
            file.splice(at..at, part);
        }
        Change::Cut(at) => file.truncate(at.index(file.len())),
    }
}

/// Makes the checksums of a PNG's chunks right, behind which no change would be looked at.
fn mend(file: &mut [u8]) {
    let mut at = 8;
    while file.starts_with(b"\x89PNG") && at + 12 <= file.len() {
        let length = u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        let Some(end) = at.checked_add(8 + length).filter(|end| end + 4 <= file.len()) else { return };
        let mut checksum = flate2::Crc::new();
        checksum.update(&file[at + 4..end]);
        file[end..end + 4].copy_from_slice(&checksum.sum().to_be_bytes());
        at = end + 4;
    }
}

fn files() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| !path.extension().is_some_and(|extension| extension == "py" || extension == "txt"))
        .collect();
    names.sort();
    names.iter().map(|path| fs::read(path).expect("the picture can be read")).collect()
}

#[test]
fn mutated_pictures_give_a_picture_or_an_error() {
    let times =
        env::var("GRADLENS_FUZZ").map_or(1, |times| times.parse().expect("GRADLENS_FUZZ is a whole number"));
    let config = Config { cases: 5_000 * times, failure_persistence: None, ..Config::default() };
    let files = files();
    let changes = proptest::collection::vec(change(), 1..6);
    let cases = (any::<Index>(), changes, 0..4_u32, prop_oneof![Just(0), 1..70_u32]);
    let run = TestRunner::new(config).run(&cases, |(file, changes, frame, max_side)| {
        let mut file = file.get(&files).clone();
        changes.iter().for_each(|change| apply(&mut file, change));
        mend(&mut file);
        let wish = Wish { frame, max_side, ..WISH };
        let mut answer = None;
        let memory = allocation_counter::measure(|| answer = Some(decode(&file, wish)));
        prop_assert!(
            memory.bytes_max <= BESIDE_PIXELS + BYTES_PER_PIXEL * WISH.most_pixels,
            "{} bytes",
            memory.bytes_max
        );
        if let Some(Ok(picture)) = answer {
            prop_assert_eq!(
                picture.rgba.len() as u64,
                4 * u64::from(picture.width) * u64::from(picture.height)
            );
            prop_assert!(max_side == 0 || picture.width.max(picture.height) <= max_side);
        }
        Ok(())
    });
    run.expect("each case gives a picture or an error");
}
