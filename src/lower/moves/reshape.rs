//! The same values in other extents.

use super::NEW;
use super::regroup::regroup;
use crate::Result;
use crate::graph::{Number, elements};
use crate::lower::{Call, Item, Located, Lowering};

/// Reshape
pub fn reshape<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let from = x.shape(&lowering.graph);
    let asked = call.list("shape", 1)?.ok_or_else(|| call.invalid("it has no shape"))?;
    let to = resolved(call, &asked, &from)?;
    Ok(vec![Item::Live(lowering.reshaped(&x, &to)?)])
}

/// Flatten
pub fn flatten<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let from = x.shape(&lowering.graph);
    // The first axis that does not belong to the rows: there may be none.
    let axis = match call.int("axis", 1) {
        axis if axis == from.len() as i64 => from.len(),
        axis => call.axis(axis, from.len())?,
    };
    let (rows, columns) = from.split_at(axis);
    let extent = |extents| elements(extents).ok_or_else(|| call.invalid("its input is too large"));
    let to = [extent(rows)?, extent(columns)?];
    Ok(vec![Item::Live(lowering.reshaped(&x, &to)?)])
}

/// Squeeze
pub fn squeeze<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let from = x.shape(&lowering.graph);
    let axes = match call.list("axes", 1)? {
        Some(axes) => call.axes(&axes, from.len())?,
        None => (0..from.len()).filter(|&axis| from[axis] == 1).collect(),
    };
    if axes.iter().any(|&axis| from[axis] != 1) {
        return Err(
            call.invalid(format!("axes {axes:?} of its input of shape {from:?} are not all of one place"))
        );
    }
    Ok(vec![Item::Live(lowering.squeezed(&x, &axes)?)])
}

/// Unsqueeze
pub fn unsqueeze<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let x = lowering.located(call, 0)?;
    let axes = call.list("axes", 1)?.ok_or_else(|| call.invalid("it has no axes"))?;
    let rank = x.order.len() + axes.len();
    let axes = call.axes(&axes, rank)?;
    Ok(vec![Item::Live(lowering.unsqueezed(&x, &axes, rank)?)])
}

impl<T: Number> Lowering<T> {
    /// The same values in other extents of the same product, kept in the order in which they lie as far as it goes.
    pub(in crate::lower) fn reshaped(&mut self, x: &Located, to: &[usize]) -> Result<Located> {
        let from = x.shape(&self.graph);
        if from == to {
            return Ok(x.clone());
        }
        let layout = regroup(&from, &x.order, to);
        // Axes of one place may lie anywhere.
        let lie = |order: &[usize]| order.iter().copied().filter(|&axis| from[axis] != 1).collect::<Vec<_>>();
        let value =
            if lie(&layout.before) == lie(&x.order) { x.value } else { self.stored(x, &layout.before)? };
        let stored: Vec<_> = layout.after.iter().map(|&axis| to[axis]).collect();
        let value = self.graph.reshape(value, &stored)?;
        let positions = x.positions.and_then(|positions| positions.reshaped(&from, to));
        Ok(Located { value, order: layout.after, positions })
    }

    /// Without these axes of one place, in ascending order.
    pub(in crate::lower) fn squeezed(&mut self, x: &Located, axes: &[usize]) -> Result<Located> {
        let from = x.shape(&self.graph);
        let kept: Vec<_> = (0..from.len()).filter(|axis| !axes.contains(axis)).collect();
        let to: Vec<_> = kept.iter().map(|&axis| from[axis]).collect();
        Ok(Located { positions: x.positions_among(&kept), ..self.reshaped(x, &to)? })
    }

    /// With new axes of one place, so that these, in ascending order, are among `rank`.
    pub(in crate::lower) fn unsqueezed(
        &mut self,
        x: &Located,
        axes: &[usize],
        rank: usize,
    ) -> Result<Located> {
        let from = x.shape(&self.graph);
        let mut old = 0..from.len();
        let places: Vec<_> = (0..rank)
            .map(|axis| if axes.contains(&axis) { NEW } else { old.next().unwrap_or(NEW) })
            .collect();
        let to: Vec<_> = places.iter().map(|&axis| from.get(axis).copied().unwrap_or(1)).collect();
        Ok(Located { positions: x.positions_among(&places), ..self.reshaped(x, &to)? })
    }
}

/// The shape that is asked for: 0 stands for the input's extent (unless `allowzero`), -1 for what is left.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if it does not hold as many values.
pub fn resolved<T: Number>(call: &Call<T>, asked: &[i64], from: &[usize]) -> Result<Vec<usize>> {
    let wrong = || call.invalid(format!("its input of shape {from:?} cannot be reshaped to {asked:?}"));
    let zero_is_zero = call.int("allowzero", 0) != 0;
    let mut to = Vec::with_capacity(asked.len());
    let mut open = None;
    for (axis, &extent) in asked.iter().enumerate() {
        to.push(match extent {
            0 if !zero_is_zero => *from.get(axis).ok_or_else(wrong)?,
            -1 if open.is_none() => {
                open = Some(axis);
                1
            }
            extent => usize::try_from(extent).map_err(|_| wrong())?,
        });
    }
    let (have, want) = (elements(from).ok_or_else(wrong)?, elements(&to).ok_or_else(wrong)?);
    if let Some(axis) = open {
        to[axis] = have.checked_div(want).ok_or_else(wrong)?;
    }
    if elements(&to) == Some(have) { Ok(to) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Positions;
    use crate::lower::testing::Trial;

    const INNERMOST: [usize; 4] = [0, 2, 3, 1];
    const IMAGE: Option<Positions> = Some(Positions::CHANNELS_FIRST);

    fn sizes(extents: &[i64]) -> Item<f64> {
        Item::Ints(crate::lower::Ints::list(extents.to_vec()))
    }

    /// All orders of so many axes.
    fn orders(rank: usize) -> Vec<Vec<usize>> {
        if rank == 0 {
            return vec![Vec::new()];
        }
        let insert =
            |order: Vec<usize>| (0..rank).map(move |at| [&order[..at], &[rank - 1], &order[at..]].concat());
        orders(rank - 1).into_iter().flat_map(insert).collect()
    }

    #[test]
    fn values_keep_their_order_in_the_file_however_they_are_stored() -> Result<()> {
        let cases: [(&[usize], &[i64]); 9] = [
            (&[2, 3, 4], &[6, 4]),
            (&[2, 3, 4], &[2, 12]),
            (&[2, 3, 4], &[24]),
            (&[2, 3, 4], &[4, 6]),
            (&[2, 6, 4], &[2, 2, 3, 4]),
            (&[2, 6, 4], &[2, 3, 2, 2, 2]),
            (&[1, 6, 2, 2], &[1, 2, 3, 4]),
            (&[1, 6, 2, 1], &[6, 1, 1, 2]),
            (&[2, 1, 3, 4], &[1, 3, 8]),
        ];
        for (from, to) in cases {
            for order in orders(from.len()) {
                let mut trial = Trial::new();
                let x = trial.live(from, &order, None);
                let y = trial.one(("Reshape", 14), &[], &[x, sizes(to)])?;
                let (shape, values) = trial.values(&y)?;
                assert!(
                    shape.iter().map(|&extent| extent as i64).eq(to.iter().copied()),
                    "{shape:?} and {to:?}"
                );
                assert!(values.is_sorted(), "{from:?} stored in {order:?} as {to:?}: {values:?}");
            }
        }
        Ok(())
    }

    #[test]
    fn an_image_becomes_tokens_and_an_image_again_without_moving() -> Result<()> {
        let mut trial = Trial::new();
        let image = trial.live(&[1, 8, 2, 3], &INNERMOST, IMAGE);
        let flat = trial.one(("Reshape", 14), &[], &[image, sizes(&[0, 0, -1])])?;
        let tokens = trial.one(
            ("Transpose", 13),
            &[("perm", crate::onnx::Attribute::Ints(vec![0, 2, 1]))],
            &[flat],
        )?;
        let located = trial.located(&tokens)?;
        let expected = Positions::Tokens { axis: 1, channels: 2, prefix: 0, grid: (2, 3) };
        assert_eq!((located.order, located.positions), (vec![0, 1, 2], Some(expected)));
        let back = trial.one(
            ("Transpose", 13),
            &[("perm", crate::onnx::Attribute::Ints(vec![0, 2, 1]))],
            &[tokens],
        )?;
        let image = trial.one(("Reshape", 14), &[], &[back, sizes(&[1, 8, 2, 3])])?;
        let located = trial.located(&image)?;
        assert_eq!((located.order, located.positions), (INNERMOST.to_vec(), IMAGE));
        assert_eq!(trial.permutations(), 0);
        Ok(())
    }

    #[test]
    fn a_shuffle_of_channels_moves_them_once() -> Result<()> {
        let mut trial = Trial::new();
        let image = trial.live(&[1, 8, 2, 3], &INNERMOST, IMAGE);
        let split = trial.one(("Reshape", 14), &[], &[image, sizes(&[1, 2, 4, 2, 3])])?;
        let order = crate::onnx::Attribute::Ints(vec![0, 2, 1, 3, 4]);
        let swapped = trial.one(("Transpose", 13), &[("perm", order)], &[split])?;
        let joined = trial.one(("Reshape", 14), &[], &[swapped, sizes(&[1, 8, 2, 3])])?;
        assert_eq!(trial.permutations(), 1);
        let (_, values) = trial.values(&joined)?;
        assert_eq!(values[6..9], [24.0, 25.0, 26.0]);
        assert_eq!(trial.located(&joined)?.order, INNERMOST);
        Ok(())
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let mut trial = Trial::new();
        let x = trial.live(&[2, 3], &[0, 1], None);
        for to in [&[7][..], &[-1, -1], &[4, -1], &[-2, 3], &[2, 3, 0], &[i64::MAX, i64::MAX]] {
            assert!(trial.one(("Reshape", 14), &[], &[x.clone(), sizes(to)]).is_err(), "{to:?}");
        }
    }
}
