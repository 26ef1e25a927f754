//! Operands that meet a tensor whose axes lie in an order of their own.

use super::{Call, Located, Lowering};
use crate::Result;
use crate::graph::{Constant, Number, ValueId};

impl<T: Number> Lowering<T> {
    /// A tensor of no more axes than another that it meets axis by axis from the last one on (numpy's rule), stored so
    /// that its stored axes meet those of the other.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if it has more axes.
    pub fn beside(&mut self, call: &Call<T>, operand: &Located, like: &Located) -> Result<ValueId> {
        let (own, rank) = (operand.order.len(), like.order.len());
        let missing = rank.checked_sub(own);
        let missing = missing.ok_or_else(|| call.invalid(format!("{own} axes do not fit onto {rank}")))?;
        let widened = self.widened(operand, missing)?;
        self.stored(&widened, &like.order)
    }

    /// A known list, one value for each place along an axis of a tensor, stored as [`Self::beside`] does.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if there are not so many.
    pub fn along(
        &mut self,
        call: &Call<T>,
        list: &Constant<T>,
        axis: usize,
        like: &Located,
    ) -> Result<ValueId> {
        let at = like.stored_axis(axis);
        let stored = self.graph.shape(like.value);
        if list.shape() != [stored[at]] {
            let (list, places) = (list.shape(), stored[at]);
            return Err(call.invalid(format!("parameters of shape {list:?} do not fit an axis of {places}")));
        }
        // Leading axes of 1 are not needed.
        let mut shape = vec![1; stored.len() - at];
        shape[0] = list.len();
        Ok(self.graph.add_constant(list.reshaped(shape)))
    }

    /// With so many more leading axes of one place.
    ///
    /// # Errors
    /// As [`crate::graph::Graph::add`].
    pub fn widened(&mut self, located: &Located, count: usize) -> Result<Located> {
        let shape = [&vec![1; count], self.graph.shape(located.value)].concat();
        let value = self.graph.reshape(located.value, &shape)?;
        let order = (0..count).chain(located.order.iter().map(|axis| axis + count)).collect();
        Ok(Located::new(value, order))
    }
}
