//! The executors under one signature.
#![allow(dead_code, reason = "each test program uses its share")]

use std::rc::Rc;

use gradlens::Result;
use gradlens::cpu::{Plan, Team, Weights};
use gradlens::graph::{Graph, ValueId};

/// What gives the values of a graph that the last argument names, for those that the second gives.
pub type Executor<T> = fn(&Graph<T>, &[(ValueId, Rc<[T]>)], &[ValueId]) -> Result<Vec<Rc<[T]>>>;

/// The package's own executor, on one thread.
pub fn cpu(
    graph: &Graph<f32>,
    inputs: &[(ValueId, Rc<[f32]>)],
    outputs: &[ValueId],
) -> Result<Vec<Rc<[f32]>>> {
    let plan = Plan::new(graph, outputs, &mut Weights::default())?;
    let mut run = plan.start(inputs.to_vec(), &Team::ALONE)?;
    while run.advance()? {}
    Ok(run.finish().into_iter().map(|(_, values)| values).collect())
}
