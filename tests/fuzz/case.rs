//! A file on its way to a map.

use std::rc::Rc;

use gradlens::cam::{Method, Sampling};
use gradlens::contract::{Contract, Parts};
use gradlens::cpu::{Plan, Weights};
use gradlens::device::Device;
use gradlens::explainer::{Explainer, Options, Target};
use gradlens::onnx::Model;
use gradlens::picture::Picture;
use gradlens::preprocess::MAX_INPUT_PIXELS;
use gradlens::session::{Session, Shared};
use gradlens::{Error, Result};

/// The most values of a graph that is run here: what a network needs for a picture is its own affair.
const MOST_VALUES: usize = 1 << 22;
/// The most multiply-adds of one.
const MOST_WORK: u64 = 1 << 26;

/// How far a file gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It is a file of some other kind.
    Nothing,
    /// It is a model.
    Read,
    /// It is a graph for a picture of its size.
    Lowered,
    /// It is a plan.
    Planned,
    /// It ran, and gave scores or what is not finite.
    Ran,
    /// It gave a map.
    Mapped,
}

impl Stage {
    /// All but the first.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Read, "read"),
        (Self::Lowered, "lowered"),
        (Self::Planned, "planned"),
        (Self::Ran, "ran"),
        (Self::Mapped, "map"),
    ];
}

/// Takes a file as far as it goes, and says why not further.
pub fn run(file: Vec<u8>, method: Method) -> (Stage, Result<()>) {
    let mut stage = Stage::Nothing;
    let result = pollster::block_on(reach(file, method, &mut stage));
    (stage, result)
}

async fn reach(file: Vec<u8>, method: Method, stage: &mut Stage) -> Result<()> {
    let model = Model::read(Rc::new(file), &[])?;
    *stage = Stage::Read;
    let session = session(&model)?;
    *stage = Stage::Lowered;
    let graph = session.graph();
    let score = session.score().value.located.value;
    let plan = Plan::new(graph, &[score], &mut Weights::default())?;
    *stage = Stage::Planned;
    let values: usize = graph.values().iter().map(|value| value.shape.iter().product::<usize>()).sum();
    let work: u64 = plan.steps().map(|step| step.multiply_adds).sum();
    if values > MOST_VALUES || work > MOST_WORK {
        return Ok(());
    }
    drop((plan, session));

    let explainer = Explainer::new(model, Parts::default(), Parts::default(), Device::cpu()).await?;
    let picture = Picture::new((0..9 * 7 * 4).map(|at| (at * 37 % 251) as u8).collect(), 9, 7)?;
    let classes = match explainer.classify(&picture, 2).await {
        Ok(classes) => classes,
        Err(Error::NotFinite) => {
            *stage = Stage::Ran;
            return Err(Error::NotFinite);
        }
        Err(error) => return Err(error),
    };
    *stage = Stage::Ran;
    let targets: Vec<_> = classes.iter().map(|prediction| Target::Class(prediction.class)).collect();
    let sampling = Sampling { samples: Some(1), ..Sampling::default() };
    let options = Options { method, sampling, ..Options::default() };
    let explanations = explainer.explain_many(&picture, &targets, &options).await?;
    for map in explanations.iter().map(|explanation| &explanation.map) {
        assert_eq!(map.values.len(), map.width * map.height);
        assert!(map.values.iter().all(|value| value.is_finite() && *value >= 0.0));
    }
    *stage = Stage::Mapped;
    Ok(())
}

fn session(model: &Model) -> Result<Session> {
    let contract = Contract::of(model)?;
    if contract.width.saturating_mul(contract.height) > MAX_INPUT_PIXELS {
        return Err(Error::InvalidInputSize("no picture is as large".into()));
    }
    let input = contract.network_input(contract.width, contract.height);
    Session::new(model, &input, Device::cpu(), &Shared::default())
}
