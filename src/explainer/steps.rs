//! How far a call of many runs has come.

use std::cell::Cell;
use std::rc::Rc;

use super::Explainer;
use crate::Result;
use crate::session::{GoOn, Progress, tell};

/// A call of so many runs and backward passes, each of which counts the same.
pub(super) struct Steps {
    all: usize,
    done: Rc<Cell<usize>>,
    go_on: Option<GoOn>,
}

impl Steps {
    /// Asks the explainer's caller between the stages of each step, and tells it how far all have come.
    pub(super) fn new(explainer: &Explainer, all: usize) -> Self {
        let done = Rc::new(Cell::new(0));
        let go_on = explainer.go_on.clone().map(|asked| -> GoOn {
            let done = done.clone();
            Box::new(move |progress| {
                let share = |share: f64| (done.get() as f64 + share) / all as f64;
                asked(progress.map(|progress| Progress { share: share(progress.share), layer: None }))
            })
        });
        Self { all, done, go_on }
    }

    /// What a step asks.
    pub(super) fn go_on(&self) -> Option<&GoOn> {
        self.go_on.as_ref()
    }

    /// Another step is done.
    pub(super) async fn next(&self) -> Result<()> {
        let done = self.done.get() + 1;
        let percent = |done: usize| 100 * done / self.all;
        let is_told = percent(done) != percent(done - 1);
        let at_its_end = Progress { share: 1.0, layer: None };
        if is_told {
            tell(self.go_on(), Some(at_its_end)).await?;
        }
        self.done.set(done);
        Ok(())
    }
}
