//! Tensors whose axes lie in different orders, side by side: numpy's broadcasting without transpositions where it
//! can be.

use crate::Result;
use crate::graph::{Graph, Number, ValueId, broadcast, elements};
use crate::lower::{Call, Located, Lowering};

/// Tensors that broadcast with each other as they are stored.
pub struct Aligned {
    /// The tensors; the broadcast shape of all has as many axes as the file's.
    pub values: Vec<ValueId>,
    /// How the axes of what is made of them lie.
    pub order: Vec<usize>,
}

impl<T: Number> Lowering<T> {
    /// The first `count` inputs of a node, aligned.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if one is missing, or if they do not broadcast.
    pub fn aligned_inputs(&mut self, call: &Call<T>, count: usize) -> Result<Aligned> {
        let tensors = (0..count).map(|at| self.located(call, at)).collect::<Result<Vec<_>>>()?;
        self.aligned(call, &tensors)
    }

    /// Stores tensors so that they broadcast with each other. The largest that depends on the picture stays as it
    /// is; the others follow it.
    ///
    /// # Errors
    /// [`crate::Error::InvalidModel`] if they do not broadcast.
    pub fn aligned(&mut self, call: &Call<T>, tensors: &[Located]) -> Result<Aligned> {
        let shapes: Vec<_> = tensors.iter().map(|tensor| tensor.shape(&self.graph)).collect();
        let common = shapes.iter().try_fold(Vec::new(), |common, shape| broadcast(&common, shape));
        let Some(common) = common else {
            return Err(call.invalid(format!("its inputs have shapes {shapes:?}, which do not broadcast")));
        };
        let rank = common.len();
        let leader = leader(&self.graph, tensors);
        let order: Vec<_> = match tensors.get(leader) {
            Some(tensor) => {
                let added = rank - tensor.order.len();
                (0..added).chain(tensor.order.iter().map(|axis| axis + added)).collect()
            }
            None => (0..rank).collect(),
        };
        let mut values = Vec::with_capacity(tensors.len());
        for (at, tensor) in tensors.iter().enumerate() {
            values.push(self.following(tensor, &order, at == leader)?);
        }
        Ok(Aligned { values, order })
    }

    /// A tensor that broadcasts with one stored in this order.
    fn following(&mut self, tensor: &Located, order: &[usize], leads: bool) -> Result<ValueId> {
        let added = order.len() - tensor.order.len();
        let own: Vec<_> = order.iter().filter_map(|axis| axis.checked_sub(added)).collect();
        let value = self.stored(tensor, &own)?;
        let mut extents = self.graph.shape(value).to_vec().into_iter();
        let full: Vec<_> =
            order.iter().map(|&axis| if axis < added { 1 } else { extents.next().unwrap_or(1) }).collect();
        if leads {
            return self.graph.reshape(value, &full);
        }
        // Extents of 1 that come first need not be there; where a tensor is known, they are left out.
        let shape = self.graph.shape(value);
        let least = if self.graph.constant(value).is_some() { 0 } else { shape.len() };
        let first = full.iter().position(|&extent| extent != 1).unwrap_or(full.len());
        let shape = full[first.min(full.len() - least)..].to_vec();
        self.graph.reshape(value, &shape)
    }
}

/// The largest tensor that depends on the picture; the largest of all if none does.
fn leader<T: Number>(graph: &Graph<T>, tensors: &[Located]) -> usize {
    let size = |at: usize| {
        let value = tensors[at].value;
        (graph.constant(value).is_none(), elements(graph.shape(value)))
    };
    (0..tensors.len()).rev().max_by_key(|&at| size(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::Item;
    use crate::lower::testing::Trial;

    const INNERMOST: [usize; 4] = [0, 2, 3, 1];

    /// a + 100 b, broadcast as numpy does.
    fn sums(a: &[usize], b: &[usize]) -> Option<Vec<f64>> {
        let shape = broadcast(a, b)?;
        let place = |of: &[usize], at: usize| {
            let (mut place, mut step, mut rest) = (0, 1, at);
            for (back, &extent) in shape.iter().rev().enumerate() {
                let own = of.len().checked_sub(back + 1).map_or(1, |axis| of[axis]);
                place += if own == 1 { 0 } else { rest % extent * step };
                step *= own;
                rest /= extent;
            }
            place as f64
        };
        Some((0..elements(&shape)?).map(|at| place(a, at) + 100.0 * place(b, at)).collect())
    }

    #[test]
    fn tensors_of_any_order_and_rank_broadcast_as_the_file_means_it() -> Result<()> {
        let orders: [&[usize]; 5] = [&[0, 1, 2, 3], &[0, 2, 3, 1], &[3, 1, 0, 2], &[2, 0, 1], &[1, 0]];
        let shapes: [&[usize]; 9] = [
            &[2, 3, 4, 5],
            &[1, 3, 1, 1],
            &[2, 3, 4, 1],
            &[1, 1, 4, 5],
            &[1, 1, 1, 1],
            &[3, 4, 5],
            &[3, 1, 1],
            &[4, 1],
            &[4, 5],
        ];
        let fitting = |shape: &'static [usize]| orders.iter().filter(move |order| order.len() == shape.len());
        for (a, b) in shapes.iter().flat_map(|&a| shapes.iter().map(move |&b| (a, b))) {
            let Some(expected) = sums(a, b) else { continue };
            for (first, second) in fitting(a).flat_map(|a| fitting(b).map(move |b| (a, b))) {
                let mut trial = Trial::new();
                let x = trial.live(a, first, None);
                let y = trial.live(b, second, None);
                let hundred = Item::Floats(Constant::scalar(100.0));
                let y = trial.one(("Mul", 14), &[], &[hundred, y])?;
                let sum = trial.one(("Add", 14), &[], &[x, y])?;
                assert_eq!(trial.values(&sum)?.1, expected, "{a:?} in {first:?}, {b:?} in {second:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn an_image_and_what_it_is_scaled_by_stay_where_they_are() -> Result<()> {
        let mut trial = Trial::new();
        let image = trial.live(&[1, 3, 4, 5], &INNERMOST, None);
        let gate = trial.live(&[1, 3, 1, 1], &[0, 1, 2, 3], None);
        let bias = Item::Floats(Constant::new(vec![3, 1, 1], [1.0, 2.0, 3.0]));
        let scaled = trial.one(("Mul", 14), &[], &[gate, image])?;
        let shifted = trial.one(("Add", 14), &[], &[bias, scaled])?;
        assert_eq!(trial.located(&shifted)?.order, INNERMOST);
        assert_eq!(trial.permutations(), 0);
        // Leading extents of 1 of what is known are left out.
        let graph = &trial.lowering.graph;
        let constants = graph.ids().filter(|&id| graph.constant(id).is_some()).map(|id| graph.shape(id));
        assert!(constants.last().is_some_and(|shape| shape == [3]));
        Ok(())
    }

    #[test]
    fn shapes_that_do_not_broadcast_are_named() {
        let mut trial = Trial::new();
        let (a, b) = (trial.live(&[2, 3], &[0, 1], None), trial.live(&[2], &[0], None));
        let error = trial.one(("Add", 14), &[], &[a, b]).err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("[[2, 3], [2]]")));
    }
}
