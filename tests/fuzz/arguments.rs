//! Sizes, names and numbers as anyone may give them.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use gradlens::cam::Method;
use gradlens::contract::{Channels, Contract, Meaning, Normalisation, Resize};
use gradlens::picture::{Picture, check_size};
use gradlens::preprocess::{InputSize, MAX_INPUT_PIXELS};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

use crate::native::{self, Precision};
use crate::runs;

/// The multiple of pixels that the shipped network takes.
pub const STRIDE: usize = 32;

static SHIPPED: LazyLock<Contract> = LazyLock::new(|| native::contract(Precision::Shipped));

/// What networks of any kind expect of a picture's size.
pub fn contract() -> impl Strategy<Value = Contract> {
    let resize = prop_oneof![
        Just(Resize::Fit { multiple: STRIDE }),
        (1usize..=64).prop_map(|multiple| Resize::Fit { multiple }),
        Just(Resize::Squash),
        Just(Resize::Letterbox),
        prop_oneof![0.01f32..=1.0, Just(f32::MIN_POSITIVE)].prop_map(|share| Resize::Crop { share }),
    ];
    (resize, 1usize..=9, 1usize..=9).prop_map(|(resize, width, height)| {
        let unit = match resize {
            Resize::Fit { multiple } => multiple,
            _ => STRIDE,
        };
        Contract { resize, width: width * unit, height: height * unit, ..SHIPPED.clone() }
    })
}

/// Small ones, ordinary ones, and ones where arithmetic ends.
pub fn extent() -> impl Strategy<Value = usize> {
    let near_power = (0..usize::BITS, 0usize..=64)
        .prop_map(|(bit, more)| (1usize << bit).wrapping_sub(STRIDE).wrapping_add(more));
    prop_oneof![0usize..70, 0usize..70_000, near_power, any::<usize>()]
}

pub fn input_size() -> impl Strategy<Value = InputSize> {
    let side = || prop_oneof![extent(), extent().prop_map(|side| side / STRIDE * STRIDE)];
    prop_oneof![
        side().prop_map(InputSize::ShortSide),
        side().prop_map(InputSize::LongSide),
        (side(), side()).prop_map(|(width, height)| InputSize::Exact { width, height }),
    ]
}

/// A word that is right, or nearly.
fn name() -> impl Strategy<Value = String> {
    let words = [
        "rgb",
        "bgr",
        "gray",
        "softmax",
        "sigmoid",
        "regression",
        "squash",
        "letterbox",
        "crop 0.5",
        "fit 32",
    ];
    let known: Vec<_> = Method::ALL.iter().map(Method::to_string).chain(words.map(str::to_owned)).collect();
    prop_oneof![
        select(known.clone()),
        (select(known), any::<String>()).prop_map(|(a, b)| a + &b),
        any::<String>()
    ]
}

/// A text that is read as itself, or refused as a part of a contract that nobody can read.
fn is_itself_or_refused<T: FromStr<Err = gradlens::Error> + Display>(text: &str) -> bool {
    match text.parse::<T>() {
        Ok(value) => value.to_string().parse::<T>().is_ok_and(|again| again.to_string() == value.to_string()),
        Err(error) => error.code() == "invalid-contract",
    }
}

/// Nearly what is read as a normalisation.
fn formula() -> impl Strategy<Value = String> {
    let number = "[-+]?([0-9]{0,4}(\\.[0-9]{0,4})?(e-?[0-9]{1,3})?|nan|inf)";
    let channels = format!("({number}|\\[{number}(, ?{number}){{0,4}}\\]?)");
    let formula = format!("\\(u8 - {channels}\\) / {channels}");
    let formula = string_regex(&formula).expect("a regular expression");
    prop_oneof![3 => formula, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(runs(2000))]

    #[test]
    fn any_size_resolves_to_one_that_fits_or_is_refused(
        // A picture has no side of 0.
        (width, height) in (extent().prop_map(|side| side.max(1)), extent().prop_map(|side| side.max(1))),
        contract in contract(),
        size in input_size(),
    ) {
        let multiple = match contract.resize {
            Resize::Fit { multiple } => multiple,
            _ => 1,
        };
        match size.resolve(&contract, width, height) {
            Ok((width, height)) => {
                prop_assert!(width > 0 && width.is_multiple_of(multiple));
                prop_assert!(height > 0 && height.is_multiple_of(multiple));
                prop_assert!(width <= MAX_INPUT_PIXELS / height);
            }
            Err(error) => prop_assert_eq!(error.code(), "invalid-input-size"),
        }
    }

    #[test]
    fn a_picture_has_the_size_of_its_data_or_is_refused(
        (width, height) in (extent(), extent()),
        length in 0usize..400,
    ) {
        prop_assert!(check_size(width, height).is_ok() || Picture::new(vec![0; length], width, height).is_err());
        match Picture::new(vec![0; length], width, height) {
            Ok(picture) => prop_assert_eq!(picture.width() * picture.height() * 4, length),
            Err(error) => prop_assert!(["invalid-image", "image-too-large"].contains(&error.code())),
        }
    }

    #[test]
    fn names_are_those_that_are_shown(name in name()) {
        match name.parse::<Method>() {
            Ok(method) => prop_assert_eq!(method.to_string(), name.as_str()),
            Err(error) => prop_assert_eq!(error.code(), "unknown-method"),
        }
        prop_assert!(is_itself_or_refused::<Channels>(&name));
        prop_assert!(is_itself_or_refused::<Meaning>(&name));
        prop_assert!(is_itself_or_refused::<Resize>(&name));
    }

    #[test]
    fn a_normalisation_gives_numbers_or_is_refused(formula in formula(), channel in 0usize..3, value: u8) {
        match formula.parse::<Normalisation>() {
            Ok(normalisation) => prop_assert!(!normalisation.apply(channel, value.into()).is_nan()),
            Err(error) => prop_assert_eq!(error.code(), "invalid-contract"),
        }
    }
}
