//! Places of an axis, in any order and number.

use std::rc::Rc;

use crate::Result;
use crate::graph::{Number, Op, Part};
use crate::lower::{Call, Located, Lowering};

/// The most places that may be picked one by one.
pub const MOST_PLACES: usize = 1 << 20;

impl<T: Number> Lowering<T> {
    /// These places of an axis, which must exist.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] for too many.
    pub(in crate::lower) fn picked(
        &mut self,
        call: &Call<T>,
        x: &Located,
        axis: usize,
        places: &[usize],
    ) -> Result<Located> {
        let shape = x.shape(&self.graph);
        if let Some(part) = progression(places) {
            let mut parts: Vec<_> = shape.iter().map(|&extent| Part { start: 0, extent, step: 1 }).collect();
            parts[axis] = part;
            return self.sliced(call, x, &parts);
        }
        if places.len() > MOST_PLACES {
            return Err(call.unsupported(format!("it picks {} places, and not in steps", places.len())));
        }
        let rows = places.iter().map(|&place| vec![(place, T::ONE)]).collect();
        let op = Op::Linear { axis: x.stored_axis(axis), rows: Rc::new(rows) };
        let value = self.add(call, op, &[x.value])?;
        Ok(Located { value, order: x.order.clone(), positions: x.positions_without(axis) })
    }
}

/// Places with the same step between them.
fn progression(places: &[usize]) -> Option<Part> {
    let (start, step) = match *places {
        [] => (0, 1),
        [start] => (start, 1),
        [start, second, ..] => (start, second.checked_sub(start).filter(|&step| step > 0)?),
    };
    let regular = places.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
    regular.then_some(Part { start, extent: places.len(), step })
}
