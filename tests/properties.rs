//! Random pictures, sizes and files only ever give a valid map or a typed error.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

use std::sync::LazyLock;

use gradlens::Error;
use gradlens::cam::Method;
use gradlens::explainer::Options;
use gradlens::model::Model;
use gradlens::picture::Picture;
use gradlens::preprocess::{InputSize, MAX_INPUT_PIXELS, STRIDE};
use native::Precision;
use proptest::prelude::*;

static MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| native::model(Precision::Shipped));

fn picture() -> impl Strategy<Value = Picture> {
    (1usize..=600, 1usize..=600).prop_flat_map(|(width, height)| {
        // A short random run, repeated: as varied to the network as it is cheap to make.
        prop::collection::vec(any::<u8>(), 1..997).prop_map(move |run| {
            let rgba = run.iter().copied().cycle().take(width * height * 4).collect();
            Picture::new(rgba, width, height).expect("a valid picture")
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_pictures_give_valid_maps(
        picture in picture(),
        class in 0usize..1000,
        method in prop::sample::select(Method::ALL),
    ) {
        thread_local! {
            static EXPLAINER: gradlens::explainer::Explainer = native::explainer(Precision::Shipped);
        }
        let options = Options { method, layer: None, input_size: InputSize::ShortSide(64) };
        let explanations = EXPLAINER
            .with(|explainer| pollster::block_on(explainer.explain_many(&picture, &[class], options)))
            .expect("a map");
        let explanation = &explanations[0];
        prop_assert_eq!(explanation.map.values.len(), explanation.map.width * explanation.map.height);
        prop_assert!(explanation.map.values.iter().all(|value| value.is_finite() && *value >= 0.0));
        prop_assert!((0.0..=1.0).contains(&explanation.probability));
    }
}

proptest! {
    #[test]
    fn input_sizes_resolve_to_what_the_network_takes_or_to_an_error(
        (width, height) in (1usize..20_000, 1usize..20_000),
        side in 0usize..3000,
    ) {
        match InputSize::ShortSide(side).resolve(width, height) {
            Ok((w, h)) => {
                prop_assert!(w.is_multiple_of(STRIDE) && h.is_multiple_of(STRIDE));
                prop_assert!(w * h <= MAX_INPUT_PIXELS);
                prop_assert_eq!(w.min(h), side);
                prop_assert_eq!(w >= h, width >= height || w == h);
            }
            Err(error) => prop_assert_eq!(error.code(), "invalid-input-size"),
        }
    }

    #[test]
    fn data_of_a_wrong_length_is_refused(
        (width, height) in (0usize..50, 0usize..50),
        length in 0usize..12_000,
    ) {
        let picture = Picture::new(vec![0; length], width, height);
        prop_assert_eq!(picture.is_ok(), length > 0 && length == width * height * 4);
    }

    #[test]
    fn a_flipped_bit_anywhere_in_the_model_is_noticed(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut bytes = MODEL.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(matches!(Model::read(&bytes), Err(Error::InvalidModel(_))));
    }

    #[test]
    fn a_truncated_model_is_refused(length in any::<prop::sample::Index>()) {
        let bytes = &MODEL[..length.index(MODEL.len())];
        prop_assert!(matches!(Model::read(bytes), Err(Error::InvalidModel(_))));
    }

    #[test]
    fn random_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        prop_assert!(matches!(Model::read(&bytes), Err(Error::InvalidModel(_))));
    }
}
