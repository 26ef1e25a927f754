//! Backgrounds, yardsticks, sparseness and ROAD against `golden/faithfulness.json`, which an independent implementation
//! made.
#![cfg(not(target_family = "wasm"))]

#[path = "common/golden.rs"]
mod golden;
#[path = "common/native.rs"]
mod native;

use anyhow::{Context, Result};
use golden::Golden;
use gradlens::cam::Method;
use gradlens::contract::{Meaning, Parts};
use gradlens::explainer::{Explainer, FaithfulnessOptions};
use gradlens::faithfulness::{Faithfulness, Measures};
use native::Precision;
use serde_json::Value;

/// How far a probability may lie from the reference's, whose network runs in float32 too.
const SCORE: f64 = 1e-3;

/// The same with imputed pixels: an order of nearly equal values may differ, and so may a solver's end.
const IMPUTED: f64 = 3e-3;

struct Reference {
    values: Value,
    picture: Golden,
    explainer: Explainer,
}

impl Reference {
    fn open() -> Result<Self> {
        let folder = native::root().join("tests/golden");
        Ok(Self {
            values: serde_json::from_slice(&std::fs::read(folder.join("faithfulness.json"))?)?,
            picture: Golden::parse(&std::fs::read(folder.join("chelsea_224x224.safetensors"))?),
            explainer: native::explainer(Precision::F32),
        })
    }

    fn number(&self, pointer: &str) -> Result<f64> {
        let value = self.values.pointer(pointer).and_then(Value::as_f64);
        value.with_context(|| format!("there is no number at {pointer}"))
    }

    fn measure(&self, options: FaithfulnessOptions) -> Result<Faithfulness> {
        let class = self.number("/class")? as usize;
        let options = FaithfulnessOptions { seed: self.number("/seed")? as u64, ..options };
        let (picture, methods) = (self.picture.picture(), [Method::GradCam]);
        Ok(pollster::block_on(self.explainer.faithfulness(&picture, Some(class), &methods, &options))?)
    }

    /// That the numbers of a map are those under `place`.
    fn compare(&self, found: &Measures, place: &str) -> Result<()> {
        for (name, found) in [("visible", found.visible), ("sparseness", found.sparseness)] {
            let expected = self.number(&format!("{place}/{name}"))?;
            assert!((found - expected).abs() < 1e-4, "{place}: {name} {found}, not {expected}");
        }
        Ok(())
    }
}

fn assert_score(found: f32, expected: f64, tolerance: f64, of: &str) {
    assert!((f64::from(found) - expected).abs() < tolerance, "{of}: {found}, not {expected}");
}

#[test]
fn what_lies_behind_a_map_is_blended_in() -> Result<()> {
    let reference = Reference::open()?;
    for name in ["black", "mean", "blur 10", "noise 7"] {
        let options = FaithfulnessOptions { background: name.parse()?, ..Default::default() };
        let found = reference.measure(options)?;
        let measures = &found.methods[0].measures;
        assert_score(measures.confidence, reference.number("/confidence")?, SCORE, name);
        assert_score(measures.masked_confidence, reference.number(&format!("/masked/{name}"))?, SCORE, name);
        reference.compare(measures, "")?;
        match name {
            "black" => assert_eq!(found.colour, Some([0.0; 3])),
            "mean" => {
                for (channel, value) in found.colour.context("a colour")?.into_iter().enumerate() {
                    let expected = reference.number(&format!("/mean_colour/{channel}"))?;
                    assert!((f64::from(value) - expected).abs() < 1e-3, "{value}, not {expected}");
                }
            }
            _ => assert_eq!(found.colour, None),
        }
    }
    Ok(())
}

#[test]
fn yardsticks_are_measured_as_maps_are() -> Result<()> {
    let reference = Reference::open()?;
    let found = reference.measure(FaithfulnessOptions { yardsticks: true, ..Default::default() })?;
    let names: Vec<_> = found.yardsticks.iter().map(|entry| entry.yardstick.to_string()).collect();
    assert_eq!(names, ["ones", "noise", "edges", "shuffled grad-cam"]);
    for (name, entry) in names.iter().zip(&found.yardsticks) {
        let place = format!("/yardsticks/{name}");
        let expected = reference.number(&format!("{place}/masked"))?;
        assert_score(entry.measures.masked_confidence, expected, SCORE, name);
        reference.compare(&entry.measures, &place)?;
    }
    let ones = &found.yardsticks[0].measures;
    assert_eq!((ones.drop(), ones.increased(), ones.visible, ones.sparseness), (0.0, false, 1.0, 0.0));
    Ok(())
}

#[test]
fn road_imputes_as_the_reference_does() -> Result<()> {
    let reference = Reference::open()?;
    let found = reference.measure(FaithfulnessOptions { road: true, ..Default::default() })?;
    let road = found.methods[0].measures.road.as_ref().context("ROAD was asked for")?;
    for (name, scores) in [("morf", &road.morf), ("lerf", &road.lerf)] {
        assert_eq!(scores.len(), 9);
        for (at, &found) in scores.iter().enumerate() {
            let place = format!("/road/{name}/{at}");
            assert_score(found, reference.number(&place)?, IMPUTED, &place);
        }
    }
    let expected = reference.number("/road/score")?;
    assert!((road.score() - expected).abs() < 1e-3, "{}, not {expected}", road.score());
    Ok(())
}

#[test]
fn plain_numbers_have_no_share_to_lose() -> Result<()> {
    let mut reference = Reference::open()?;
    reference.explainer.set_contract(Parts { meaning: Some(Meaning::Regression), ..Parts::default() })?;
    let refused = reference.measure(FaithfulnessOptions::default()).err().context("it is refused")?;
    assert!(refused.to_string().contains("plain numbers (regression)"), "{refused}");
    Ok(())
}
