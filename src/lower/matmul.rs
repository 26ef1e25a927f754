//! Matrix products: MatMul, Gemm.

use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Number, Op, ValueId};

/// MatMul, with numpy's rule for lists and leading axes.
pub fn matmul<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (a, b) = (lowering.located(call, 0)?, lowering.located(call, 1)?);
    Ok(vec![Item::Live(multiplied(lowering, call, &a, &b)?)])
}

/// Gemm: α A B + β C, where A and B may be given transposed.
pub fn gemm<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut factor = |at, flag| -> Result<Located> {
        let located = lowering.located(call, at)?;
        if located.order.len() != 2 {
            return Err(call.invalid(format!("its input {at} has {} axes, not two", located.order.len())));
        }
        Ok(if call.int(flag, 0) == 0 { located } else { transposed(&located, &[1, 0]) })
    };
    let (a, b) = (factor(0, "transA")?, factor(1, "transB")?);
    let product = product(lowering, call, &a, &b)?;
    let product = scaled(lowering, call, product, call.float("alpha", 1.0))?;
    if call.input(2).is_none() {
        return Ok(vec![Item::Live(product)]);
    }
    let c = lowering.located(call, 2)?;
    let c = scaled(lowering, call, c, call.float("beta", 1.0))?;
    let c = lowering.beside(call, &c, &product)?;
    let value = lowering.add(call, Op::Binary(Binary::Add), &[product.value, c])?;
    if lowering.graph.shape(value) != lowering.graph.shape(product.value) {
        return Err(call.invalid("its third input is larger than the product of the others"));
    }
    Ok(lowering.output(value, product.order))
}

/// A tensor times a number; a known one remains known.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn scaled<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    located: Located,
    factor: f64,
) -> Result<Located> {
    if factor == 1.0 {
        return Ok(located);
    }
    let value = if let Some(constant) = lowering.graph.constant(located.value) {
        let factor = T::of(factor);
        let scaled = constant.map(constant.shape().to_vec(), move |values| {
            values.iter().map(|&value| value * factor).collect()
        });
        lowering.graph.add_constant(scaled)
    } else {
        let factor = lowering.graph.add_scalar(factor);
        lowering.add(call, Op::Binary(Binary::Multiply), &[located.value, factor])?
    };
    Ok(Located { value, ..located })
}

/// With the file's axes in another order, by name alone: axis `i` of the result is axis `order[i]`.
pub fn transposed(located: &Located, order: &[usize]) -> Located {
    let renamed = |axis: &usize| order.iter().position(|of| of == axis).unwrap_or(*axis);
    Located::new(located.value, located.order.iter().map(renamed).collect())
}

/// The product of two tensors, or lists, with numpy's rule.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if they do not fit.
pub fn multiplied<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    a: &Located,
    b: &Located,
) -> Result<Located> {
    let (row, column) = (a.order.len() == 1, b.order.len() == 1);
    if a.order.is_empty() || b.order.is_empty() {
        return Err(call.invalid("a single number is no matrix"));
    }
    // A list is a matrix of one row or one column.
    let a = if row { lowering.widened(a, 1)? } else { a.clone() };
    let b = if column { transposed(&lowering.widened(b, 1)?, &[1, 0]) } else { b.clone() };
    let mut result = product(lowering, call, &a, &b)?;
    let rank = result.order.len();
    if column {
        result = without(lowering, &result, rank - 1)?;
    }
    if row {
        result = without(lowering, &result, rank - 2)?;
    }
    Ok(result)
}

/// The products of the matrices that the last two axes of two tensors are. Other axes meet from the right, as numpy has
/// it. Of all ways to store the result, that which moves the least is taken.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if they do not fit.
pub fn product<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    a: &Located,
    b: &Located,
) -> Result<Located> {
    let b_shape = b.shape(&lowering.graph);
    let leading = b_shape.len() - 2;
    if b.order.len() <= a.order.len() && b_shape[..leading].iter().all(|&extent| extent == 1) {
        let mut matrix = b.clone();
        for _ in 0..leading {
            matrix = without(lowering, &matrix, 0)?;
        }
        return rows(lowering, call, a, &matrix);
    }
    let rank = a.order.len().max(b.order.len());
    let a = lowering.widened(a, rank - a.order.len())?;
    let b = lowering.widened(b, rank - b.order.len())?;
    let (m, n) = (rank - 2, rank - 1);
    let batch = |of: &Located| of.order.iter().copied().filter(|&axis| axis < m).collect::<Vec<_>>();
    let tails = |batch: &[usize]| [[batch, &[m, n]].concat(), [batch, &[n, m]].concat()];
    let moved = |located: &Located, batch: &[usize]| {
        lowering.graph.constant(located.value).is_none()
            && !tails(batch).iter().any(|order| lowering.lies(located, order))
    };
    let moves = |batch: &[usize]| usize::from(moved(&a, batch)) + usize::from(moved(&b, batch));
    let (first, second) = (batch(&a), batch(&b));
    let batch = if moves(&second) < moves(&first) { second } else { first };
    let (a, transpose_a) = lowering.either(&a, &tails(&batch))?;
    let (b, transpose_b) = lowering.either(&b, &tails(&batch))?;
    let value = lowering.add(call, Op::MatMul { transpose_a, transpose_b }, &[a, b])?;
    Ok(Located::new(value, [&batch[..], &[m, n]].concat()))
}

/// The product of all rows of a tensor with one matrix: the rows remain in the order in which they are stored.
fn rows<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, a: &Located, b: &Located) -> Result<Located> {
    let inner = a.order.len() - 1;
    let rows: Vec<_> = a.order.iter().copied().filter(|&axis| axis != inner).collect();
    let mut transposed = rows.clone();
    transposed.insert(rows.len() - 1, inner);
    let order = [&rows[..], &[inner]].concat();
    let (a, transpose_a) = lowering.either(a, &[order.clone(), transposed])?;
    let (b, transpose_b) = lowering.either(b, &[vec![0, 1], vec![1, 0]])?;
    let value = lowering.add(call, Op::MatMul { transpose_a, transpose_b }, &[a, b])?;
    Ok(Located::new(value, order))
}

impl<T: Number> Lowering<T> {
    /// Whether a value lies in this order already, but for axes of one place.
    pub fn lies(&self, located: &Located, order: &[usize]) -> bool {
        let shape = self.graph.shape(located.value);
        order.iter().map(|&axis| located.stored_axis(axis)).filter(|&axis| shape[axis] != 1).is_sorted()
    }

    /// A value in the first order or the second, and whether it is in the second: as it lies, if it does in one of
    /// them, else in that which leaves its innermost axis there.
    ///
    /// # Errors
    /// As [`crate::graph::Graph::add`].
    pub fn either(&mut self, located: &Located, orders: &[Vec<usize>; 2]) -> Result<(ValueId, bool)> {
        let [first, second] = orders;
        let is_second = if self.lies(located, first) || self.lies(located, second) {
            !self.lies(located, first)
        } else {
            second.last() == located.order.last()
        };
        Ok((self.stored(located, if is_second { second } else { first })?, is_second))
    }
}

/// Without an axis of one place.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn without<T: Number>(lowering: &mut Lowering<T>, located: &Located, axis: usize) -> Result<Located> {
    let at = located.stored_axis(axis);
    let mut shape = lowering.graph.shape(located.value).to_vec();
    shape.remove(at);
    let mut order = located.order.clone();
    order.remove(at);
    order.iter_mut().filter(|of| **of > axis).for_each(|of| *of -= 1);
    let value = lowering.graph.reshape(located.value, &shape)?;
    Ok(Located::new(value, order))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    #[test]
    fn the_order_in_which_factors_are_stored_changes_nothing() -> Result<()> {
        let result = |a: &[usize], b: &[usize]| -> Result<_> {
            let mut trial = Trial::new();
            let inputs = [trial.live(&[2, 3, 4], a, None), trial.live(&[2, 4, 5], b, None)];
            let y = trial.one(("MatMul", 13), &[], &inputs)?;
            trial.values(&y)
        };
        let expected = result(&ORDERS[0], &ORDERS[0])?;
        assert_eq!((expected.0.as_slice(), expected.1[0], expected.1[29]), (&[2, 3, 5][..], 70.0, 2734.0));
        for (a, b) in ORDERS.iter().flat_map(|a| ORDERS.iter().map(move |b| (a, b))) {
            assert_eq!(result(a, b)?, expected, "{a:?} {b:?}");
        }
        Ok(())
    }

    #[test]
    fn rows_may_lie_in_any_order() -> Result<()> {
        let weight = Item::Floats(Constant::new(vec![4, 2], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]));
        for (order, moves) in [([0, 1, 2], 0), ([1, 0, 2], 0), ([0, 2, 1], 0), ([1, 2, 0], 0), ([2, 0, 1], 1)]
        {
            let mut trial = Trial::new();
            let a = trial.live(&[2, 3, 4], &order, None);
            let y = trial.one(("MatMul", 13), &[], &[a, weight.clone()])?;
            let expected: Vec<_> =
                (0..6).flat_map(|row| [4.0 * f64::from(row), 4.0 * f64::from(row) + 1.0]).collect();
            assert_eq!(
                (trial.permutations(), trial.values(&y)?),
                (moves, (vec![2, 3, 2], expected)),
                "{order:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn lists_are_rows_and_columns() -> Result<()> {
        let mut trial = Trial::new();
        let (row, matrix) = (trial.live(&[2], &[0], None), trial.live(&[3, 2], &[1, 0], None));
        let y = trial.one(("MatMul", 13), &[], &[matrix, row.clone()])?;
        assert_eq!(trial.values(&y)?, (vec![3], vec![1.0, 3.0, 5.0]));
        let y = trial.one(("MatMul", 13), &[], &[row.clone(), row])?;
        assert_eq!(trial.values(&y)?, (vec![], vec![1.0]));
        Ok(())
    }

    #[test]
    fn a_gemm_adds_what_broadcasts_one_way() -> Result<()> {
        let gemm = |c: &[usize]| -> Result<_> {
            let mut trial = Trial::new();
            let a = trial.live(&[2, 1], &[0, 1], None);
            let b = Item::Floats(Constant::new(vec![2, 2], [1.0, 2.0, 3.0, 4.0]));
            let c = Item::Floats(Constant::new(c.to_vec(), vec![1.0; c.iter().product()]));
            let attributes = [
                ("transA", Attribute::Int(1)),
                ("transB", Attribute::Int(1)),
                ("alpha", Attribute::Float(0.5)),
                ("beta", Attribute::Float(10.0)),
            ];
            let y = trial.one(("Gemm", 13), &attributes, &[a, b, c])?;
            assert_eq!(trial.permutations(), 0);
            trial.values(&y)
        };
        assert_eq!(gemm(&[2])?, (vec![1, 2], vec![11.0, 12.0]));
        assert_eq!(gemm(&[])?, gemm(&[1, 1])?);
        assert!(gemm(&[2, 2]).is_err());
        Ok(())
    }
}
