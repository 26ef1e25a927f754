//! Sizes, names and numbers as anyone may give them.

use gradlens::cam::Method;
use gradlens::network::Layer;
use gradlens::normalisation::Normalisation;
use gradlens::picture::{Picture, check_size};
use gradlens::preprocess::{InputSize, MAX_INPUT_PIXELS, STRIDE};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;

use crate::runs;

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
    let known: Vec<_> =
        Method::ALL.iter().map(Method::to_string).chain(Layer::ALL.iter().map(Layer::to_string)).collect();
    prop_oneof![
        select(known.clone()),
        (select(known), any::<String>()).prop_map(|(a, b)| a + &b),
        any::<String>()
    ]
}

/// Nearly what is read as a preprocessing.
pub fn formula() -> impl Strategy<Value = String> {
    let number = "[-+]?([0-9]{0,4}(\\.[0-9]{0,4})?(e-?[0-9]{1,3})?|nan|inf)";
    let channels = format!("({number}|\\[{number}(, ?{number}){{0,4}}\\]?)");
    let formula = format!("RGB, \\(u8 - {channels}\\) / {channels}, NCHW");
    let formula = string_regex(&formula).expect("a regular expression");
    prop_oneof![3 => formula, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(runs(2000))]

    #[test]
    fn any_size_resolves_to_one_that_fits_or_is_refused(
        (width, height) in (extent(), extent()),
        size in input_size(),
    ) {
        match size.resolve(width, height) {
            Ok((width, height)) => {
                prop_assert!(width > 0 && width.is_multiple_of(STRIDE));
                prop_assert!(height > 0 && height.is_multiple_of(STRIDE));
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
        match name.parse::<Layer>() {
            Ok(layer) => prop_assert_eq!(layer.to_string(), name),
            Err(error) => prop_assert_eq!(error.code(), "unknown-layer"),
        }
    }

    #[test]
    fn a_preprocessing_gives_numbers_or_is_refused(formula in formula(), channel in 0usize..3, value: u8) {
        match formula.parse::<Normalisation>() {
            Ok(normalisation) => prop_assert!(!normalisation.apply(channel, value.into()).is_nan()),
            Err(error) => prop_assert_eq!(error.code(), "invalid-model"),
        }
    }
}
