//! Random pictures, sizes and files only ever give a valid map or a typed error.
#![cfg(not(target_family = "wasm"))]

#[path = "common/native.rs"]
mod native;

use std::rc::Rc;
use std::sync::LazyLock;

use gradlens::cam::{Method, Needs, Sampling};
use gradlens::contract::{Contract, Resize};
use gradlens::explainer::{ObjectsOptions, Options, Target};
use gradlens::localisation::Box;
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use gradlens::preprocess::{InputSize, MAX_INPUT_PIXELS};
use gradlens::{Error, Result};
use native::Precision;
use proptest::prelude::*;

static MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| native::model(Precision::Shipped));
static CONTRACT: LazyLock<Contract> = LazyLock::new(|| native::contract(Precision::Shipped));

fn read(bytes: Vec<u8>) -> Result<Model> {
    Model::read(Rc::new(bytes), &[])
}

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
    fn random_pictures_give_valid_objects(picture in picture(), threshold in 0.05f32..=1.0) {
        thread_local! {
            static EXPLAINER: gradlens::explainer::Explainer = native::explainer(Precision::Shipped);
        }
        let options = ObjectsOptions {
            input_size: Some(InputSize::LongSide(192)),
            min_score: 0.0,
            threshold,
            ..Default::default()
        };
        let objects = EXPLAINER
            .with(|explainer| pollster::block_on(explainer.explain_objects(&picture, &options)))
            .expect("objects");
        prop_assert!((1..=options.max_objects).contains(&objects.len()));
        prop_assert!(objects.is_sorted_by(|a, b| a.best.score >= b.best.score));
        let (width, height) = (picture.width() as f64 + 1e-6, picture.height() as f64 + 1e-6);
        for object in &objects {
            prop_assert!((0.0..=1.0).contains(&object.best.score));
            prop_assert_eq!(object.bounds.is_some(), object.explanation.map.maximum() > 0.0);
            for region in &object.regions {
                let Box { x, y, width: w, height: h } = region.bounds;
                prop_assert!(x >= 0.0 && y >= 0.0 && w > 0.0 && h > 0.0 && x + w <= width && y + h <= height);
                prop_assert!(region.area > 0.0 && region.area <= 1.0);
                prop_assert!(region.peak >= threshold && region.peak <= 1.0);
            }
        }
    }

    #[test]
    fn random_pictures_give_valid_maps(
        picture in picture(),
        class in 0usize..1000,
        // The network has no attention.
        method in prop::sample::select(Method::ALL).prop_filter("attention", |method| method.entry().needs != Needs::Blocks),
    ) {
        thread_local! {
            static EXPLAINER: gradlens::explainer::Explainer = native::explainer(Precision::Shipped);
        }
        let sampling = Sampling { samples: Some(2), ..Sampling::default() };
        let options = Options { method, input_size: InputSize::ShortSide(64), sampling, ..Options::default() };
        let explanations = EXPLAINER
            .with(|explainer| pollster::block_on(explainer.explain_many(&picture, &[Target::Class(class)], &options)))
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
        for (size, given) in [
            (InputSize::ShortSide(side), usize::min as fn(usize, usize) -> usize),
            (InputSize::LongSide(side), usize::max),
        ] {
            let multiple = match CONTRACT.resize {
                Resize::Fit { multiple } => multiple,
                other => panic!("the shipped network takes any aspect, not {other}"),
            };
            match size.resolve(&CONTRACT, width, height) {
                Ok((w, h)) => {
                    prop_assert!(w.is_multiple_of(multiple) && h.is_multiple_of(multiple));
                    prop_assert!(w * h <= MAX_INPUT_PIXELS);
                    prop_assert_eq!(given(w, h), side);
                    prop_assert_eq!(w >= h, width >= height || w == h);
                }
                Err(error) => prop_assert_eq!(error.code(), "invalid-input-size"),
            }
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
    fn a_flipped_bit_anywhere_is_another_model_or_a_typed_error(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut bytes = MODEL.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let model = read(bytes).map(drop);
        prop_assert!(matches!(model, Ok(()) | Err(Error::InvalidModel(_) | Error::Unsupported(_))), "{model:?}");
    }

    #[test]
    fn a_truncated_model_is_refused_or_lost_what_it_says_of_itself(length in any::<prop::sample::Index>()) {
        thread_local! {
            static ENTRIES: usize = read(MODEL.clone()).expect("the shipped model reads").metadata.len();
        }
        match read(MODEL[..length.index(MODEL.len())].to_vec()) {
            // The metadata are the end of the file, and what comes before them is whole.
            Ok(model) => prop_assert!(model.metadata.len() < ENTRIES.with(|entries| *entries)),
            Err(error) => prop_assert_eq!(error.code(), "invalid-model"),
        }
    }

    #[test]
    fn random_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        prop_assert!(matches!(read(bytes), Err(Error::InvalidModel(_) | Error::Unsupported(_))));
    }
}
