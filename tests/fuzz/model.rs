//! Bytes that claim to be a model.

use gradlens::cam::Method;
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options};
use gradlens::model::Model;
use gradlens::network::EfficientNetLite0;
use gradlens::picture::Picture;
use gradlens::preprocess::InputSize;
use gradlens::{Error, Result};
use proptest::prelude::*;
use proptest::sample::select;

use crate::model_file::{SHIPPED, SMALL};
use crate::mutations::{TEXTS, mutation};
use crate::{runs, within};

/// Reads a file and puts its weights on the CPU; no more is held than the file is worth.
fn load(bytes: &[u8]) -> Result<()> {
    let most = 64 * bytes.len() + 64_000;
    within(most, || {
        let model = Model::read(bytes)?;
        assert!(model.labels().len() >= 2);
        EfficientNetLite0::load(&model, &Device::cpu()).map(drop)
    })
}

/// The most probable class's map of a grey picture.
fn explain(model: &[u8], method: Method) -> Result<()> {
    pollster::block_on(async {
        let explainer = Explainer::load(model, Device::cpu()).await?;
        let picture = Picture::new(vec![99; 40 * 4], 4, 10)?;
        let size = InputSize::Exact { width: 32, height: 64 };
        let options = Options { method, layer: None, input_size: size };
        let explanations = explainer.explain_many(&picture, &[], options).await?;
        assert!(explanations[0].map.values.iter().all(|value| value.is_finite()));
        Ok(())
    })
}

proptest! {
    #![proptest_config(runs(1000))]

    #[test]
    fn mutated_small_models_are_refused(mutation in mutation()) {
        let loaded = load(&mutation.of(&SMALL));
        prop_assert!(matches!(loaded, Err(Error::InvalidModel(_))), "{loaded:?}");
    }

    #[test]
    fn headers_of_pieces_are_refused(
        pieces in prop::collection::vec((select(TEXTS), prop_oneof![4 => Just(1usize), 1 => 1usize..2000]), 0..20),
    ) {
        let header: String = pieces.into_iter().map(|(text, times)| text.repeat(times)).collect();
        let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
        prop_assert!(matches!(load(&bytes), Err(Error::InvalidModel(_))));
    }
}

proptest! {
    #![proptest_config(runs(12))]

    #[test]
    fn mutated_models_are_refused_or_explain(mutation in mutation(), method in select(Method::ALL)) {
        let explained = explain(&mutation.of(&SHIPPED), method);
        prop_assert!(matches!(explained, Ok(()) | Err(Error::InvalidModel(_) | Error::NotFinite)), "{explained:?}");
    }
}

#[test]
fn the_small_model_is_taken_until_it_ends() {
    let mut bytes = SMALL.header().into_bytes();
    bytes.splice(0..0, (bytes.len() as u64).to_le_bytes());
    bytes.extend(&SMALL.data);
    crate::model_file::seal(&mut bytes);
    let message = load(&bytes).expect_err("most of it is missing").to_string();
    assert_eq!(message, "the model has no tensor \"blocks.1.expand.weight\"");
}
