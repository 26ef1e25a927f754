//! Random mutations.

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::arguments::formula;
use crate::mutation::{ByteEdit, Layout, Mutation, TensorEdit};

/// Names of types, of which the loader knows three.
const DTYPES: &[&str] =
    &["F32", "F16", "I16", "I32", "BF16", "F64", "U8", "BOOL", "F4", "F8_E4M3", "C64", "f32", ""];
/// Pieces of JSON, and what JSON cannot hold.
pub const TEXTS: &[&str] = &[
    "{",
    "{\"",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\",
    "\\ud800",
    "\"__metadata__\":{",
    "\"a\":{\"dtype\":\"F32\",\"shape\":[",
    "],\"data_offsets\":[",
    "0",
    "-1",
    "1e400",
    "18446744073709551616",
    "null",
    "\u{0}",
    "\u{feff}",
    "  ",
];
const KEYS: &[&str] = &["format", "architecture", "labels", "preprocessing", "sha256", "other"];

fn extent() -> impl Strategy<Value = usize> {
    prop_oneof![4 => select(vec![0, 1, 2, 3, 16, 27, 32, 1280]), 1 => any::<usize>(), 1 => Just(usize::MAX)]
}

fn tensor_edit() -> impl Strategy<Value = TensorEdit> {
    prop_oneof![
        1 => Just(TensorEdit::Remove),
        1 => Just(TensorEdit::Duplicate),
        1 => any::<Index>().prop_map(TensorEdit::Swap),
        1 => any::<String>().prop_map(TensorEdit::Rename),
        1 => (any::<Index>(), select(vec!["", ".scale", ".scale.scale"]))
            .prop_map(|(other, end)| TensorEdit::RenameLike(other, end)),
        3 => select(DTYPES).prop_map(TensorEdit::Dtype),
        2 => prop::collection::vec(extent(), 0..6).prop_map(TensorEdit::Shape),
        1 => (extent(), extent()).prop_map(|(begin, end)| TensorEdit::Offsets(begin, end)),
        3 => prop_oneof![prop::num::f32::ANY, Just(f32::MAX), Just(f32::NAN), Just(0.0)]
            .prop_map(|value| TensorEdit::Fill(value.to_le_bytes())),
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z\n\r]{0,40}", "[0-9a-fé]{62,66}", formula()]
}

fn byte_edit() -> impl Strategy<Value = ByteEdit> {
    prop_oneof![
        4 => (0u8..8).prop_map(ByteEdit::Flip),
        1 => Just(ByteEdit::Truncate),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(ByteEdit::Insert),
        1 => prop_oneof![any::<u64>(), 0u64..10_000, (u64::MAX - 16)..=u64::MAX].prop_map(ByteEdit::HeaderLength),
    ]
}

/// In one of so many cases one or two.
fn rarely<T: Clone + Debug + 'static>(
    one_in: u32,
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<T>> {
    prop_oneof![one_in - 1 => Just(Vec::new()), 1 => prop::collection::vec(strategy, 1..=2)]
}

prop_compose! {
    /// Few changes at once, most of them to tensors: one alone may end the reading of the file.
    pub fn mutation()(
        tensors in prop::collection::vec((any::<Index>(), tensor_edit()), 0..=2),
        metadata in rarely(5, (select(KEYS), value())),
        layout in prop_oneof![1 => Just(Layout::AsBefore), 8 => Just(Layout::Fitted), 1 => Just(Layout::Claimed)],
        header in rarely(12, (any::<Index>(), select(TEXTS))),
        bytes in rarely(5, (any::<Index>(), byte_edit())),
        sealed: bool,
    ) -> Mutation {
        Mutation { tensors, metadata, layout, header, bytes, sealed }
    }
}
