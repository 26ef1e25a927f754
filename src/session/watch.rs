//! When a GPU that answers is looked at, and what makes its answers doubtful.
//!
//! A GPU may be right once and wrong later: a driver is reset, memory fails, a browser drops what it was told to compute. Of
//! some pictures a few positions of one layer, each in its turn, are computed again by plain loops; of every picture what is
//! read back anyway is looked at. A doubt is not a verdict: the CPU computes all of it then, and says who is right.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use web_time::Instant;

use crate::cpu::all_finite;
use crate::gpu::Outputs;

/// A layer is looked at in the first of so many runs.
const EVERY: usize = 16;
/// And in one that comes so long after the one before: a machine may have slept.
const PAUSE: Duration = Duration::from_secs(30);

/// What is known of a GPU's earlier runs.
#[derive(Default)]
pub struct Watch {
    runs: Cell<usize>,
    turns: Cell<usize>,
    last: Cell<Option<Instant>>,
    /// The last picture, and what was found.
    before: RefCell<Option<(Rc<[f32]>, Outputs)>>,
}

impl Watch {
    /// Whose turn it is in a run that begins now, if a layer is looked at.
    pub(super) fn turn(&self, now: Instant) -> Option<usize> {
        let run = self.runs.replace(self.runs.get() + 1);
        let is_late = self.last.replace(Some(now)).is_some_and(|last| now.duration_since(last) >= PAUSE);
        (run.is_multiple_of(EVERY) || is_late).then(|| self.turns.replace(self.turns.get() + 1))
    }

    /// What is strange about the values that were found of a picture, if something is. `holds` says whether the layer that was
    /// looked at is right.
    pub(super) fn doubt(&self, picture: &Rc<[f32]>, found: &Outputs, holds: bool) -> Option<&'static str> {
        let before = self.before.replace(Some((picture.clone(), found.clone())));
        let values = || found.iter().map(|(_, values)| values);
        if !holds {
            Some("values of a layer do not follow from those before it")
        } else if !values().all(|values| all_finite(values)) {
            Some("values of a picture are not finite, or were left out")
        } else if values().any(|values| values.iter().all(|value| *value == 0.0)) {
            Some("values of a picture are all zero")
        } else if before.is_some_and(|(other, same)| same == *found && other != *picture) {
            Some("values of a picture are those of another one")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    #[test]
    fn the_first_run_and_every_sixteenth_have_a_turn_and_so_has_one_behind_a_pause() {
        let (watch, start) = (Watch::default(), Instant::now());
        let turns: Vec<_> = (0..33).map(|second| watch.turn(start + Duration::from_secs(second))).collect();
        let expected: Vec<_> = (0..33).map(|run| (run % 16 == 0).then_some(run / 16)).collect();
        assert_eq!(turns, expected);
        assert_eq!(watch.turn(start + Duration::from_secs(61)), None);
        assert_eq!(watch.turn(start + Duration::from_secs(91)), Some(3));
    }

    #[test]
    fn what_no_picture_gives_is_doubtful() {
        let value = Graph::<f32>::default().add_input(vec![2]);
        let watch = Watch::default();
        let doubt = |picture: &[f32], values: [f32; 2], holds| {
            watch.doubt(&picture.into(), &vec![(value, values.into())], holds)
        };
        assert_eq!(doubt(&[1.0], [0.0, 5.0], true), None);
        // Another picture, the same one again, and one that has something of it.
        assert!(doubt(&[2.0], [0.0, 5.0], true).is_some_and(|doubt| doubt.contains("another")));
        assert_eq!(doubt(&[2.0], [0.0, 5.0], true), None);
        assert_eq!(doubt(&[3.0], [0.0, 6.0], true), None);
        assert!(doubt(&[4.0], [0.0, 0.0], true).is_some_and(|doubt| doubt.contains("zero")));
        assert!(doubt(&[5.0], [f32::NAN, 1.0], true).is_some_and(|doubt| doubt.contains("finite")));
        assert!(doubt(&[6.0], [1.0, 2.0], false).is_some_and(|doubt| doubt.contains("layer")));
    }
}
