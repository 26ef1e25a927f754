//! A plan at work: one step after another, in buffers that are used again.

use std::rc::Rc;

use super::memory;
use super::plan::Plan;
use super::team::Team;
use crate::graph::ValueId;
use crate::{Error, Result};

/// What a step computes.
pub(super) trait Kernel {
    /// All values of the output, of the inputs' values, by the threads of a team.
    fn run(&self, inputs: &[&[f32]], output: &mut [f32], team: &Team);
}

/// A step of so few multiplications and additions is done before another thread has come.
const LEAST_SHARED: u64 = 100_000;
/// What it takes to read and write a value, in the same unit.
const TOUCH: u64 = 4;

/// A run of a plan.
pub struct Run<'a> {
    plan: &'a Plan,
    team: Team,
    /// What lies in places without having been computed: constants and what was given.
    known: Vec<Option<Rc<[f32]>>>,
    /// What was computed so far; nothing where it is not needed any more.
    values: Vec<Vec<f32>>,
    buffers: Buffers,
    /// The step that is next.
    next: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(plan: &'a Plan, inputs: Vec<(ValueId, Rc<[f32]>)>, team: &Team) -> Result<Self> {
        let mut known = plan.constants.clone();
        for (input, given) in inputs {
            if let Some(place) = plan.inputs.iter().find(|(id, _)| *id == input).map(|(_, place)| *place) {
                known[place] = Some(given);
            }
        }
        for &(input, place) in &plan.inputs {
            let (found, expected) =
                (known[place].as_ref().map_or(0, |given| given.len()), plan.places[place]);
            if found != expected {
                let input = input.index();
                return Err(Error::InvalidModel(format!("value {input} has {found} values, not {expected}")));
            }
        }
        let values = vec![Vec::new(); plan.places.len()];
        Ok(Self { plan, team: team.clone(), known, values, buffers: Buffers::default(), next: 0 })
    }

    /// Does one step. Answers whether there are more.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn advance(&mut self) -> Result<bool> {
        let Some(step) = self.plan.steps.get(self.next) else { return Ok(false) };
        let mut output = match step.changes {
            Some(place) => std::mem::take(&mut self.values[place]),
            None => self.buffers.take(self.plan.places[step.output])?,
        };
        let inputs: Vec<_> = step.inputs.iter().map(|&place| self.value(place)).collect();
        let work = step.description.multiply_adds + TOUCH * output.len() as u64;
        let team = if work < LEAST_SHARED { &Team::ALONE } else { &self.team };
        step.kernel.run(&inputs, &mut output, team);
        self.values[step.output] = output;
        for &place in &step.frees {
            // What was given is the caller's.
            if self.known[place].take().is_none() {
                self.buffers.give_back(std::mem::take(&mut self.values[place]));
            }
        }
        self.next += 1;
        Ok(self.next < self.plan.steps.len())
    }

    fn value(&self, place: usize) -> &[f32] {
        self.known[place].as_deref().unwrap_or(&self.values[place])
    }

    /// The values that were asked for, in that order, once all steps are done.
    pub fn finish(mut self) -> Vec<(ValueId, Rc<[f32]>)> {
        let mut finished = self.known;
        let outputs = self.plan.outputs.iter().map(|&(output, place)| {
            let values =
                finished[place].get_or_insert_with(|| std::mem::take(&mut self.values[place]).into());
            (output, values.clone())
        });
        outputs.collect()
    }
}

/// Memory that is free again.
#[derive(Default)]
struct Buffers {
    free: Vec<Vec<f32>>,
}

impl Buffers {
    /// So many values, whichever they are: the smallest buffer that holds them and not much more.
    fn take(&mut self, length: usize) -> Result<Vec<f32>> {
        let fits = |buffer: &Vec<f32>| buffer.capacity() >= length && buffer.capacity() / 4 <= length;
        let best = (0..self.free.len())
            .filter(|&at| fits(&self.free[at]))
            .min_by_key(|&at| self.free[at].capacity());
        let mut buffer = match best {
            Some(best) => self.free.swap_remove(best),
            None => self.allocate(length)?,
        };
        buffer.resize(length, 0.0);
        Ok(buffer)
    }

    fn allocate(&mut self, length: usize) -> Result<Vec<f32>> {
        memory::allocate(length).or_else(|_| {
            // What is free may be in too small pieces.
            self.free.clear();
            memory::allocate(length)
        })
    }

    fn give_back(&mut self, buffer: Vec<f32>) {
        if buffer.capacity() > 0 {
            self.free.push(buffer);
        }
    }
}
