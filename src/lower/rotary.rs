//! RotaryEmbedding: pairs of channels, turned by an angle for each position.

use super::attention::{joined, part, split};
use super::matmul::transposed;
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Number, Op, Part, ValueId};

/// RotaryEmbedding, of `[B, heads, N, C]` or `[B, N, heads C]`.
pub fn rotary_embedding<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let given = lowering.located(call, 0)?;
    let x = match given.order.len() {
        3 => split(lowering, call, &given, call.int("num_heads", 0))?,
        4 => given.clone(),
        rank => return Err(call.invalid(format!("its input has {rank} axes"))),
    };
    // Channels innermost.
    let outer = x.order.iter().copied().filter(|&axis| axis != 3);
    let order: Vec<_> = outer.chain([3]).collect();
    let x = Located::new(lowering.stored(&x, &order)?, order);
    let width = x.shape(&lowering.graph)[3];
    let turned = match usize::try_from(call.int("rotary_embedding_dim", 0)).ok() {
        Some(0) => width,
        Some(turned) if turned <= width => turned,
        _ => return Err(call.invalid("its rotary_embedding_dim is larger than a head")),
    };
    if !turned.is_multiple_of(2) {
        return Err(call.invalid(format!("{turned} channels are not pairs")));
    }
    let extent = turned / 2;
    let cosine = angles(lowering, call, 1, &x, extent)?;
    let sine = angles(lowering, call, 2, &x, extent)?;
    let interleaved = call.int("interleaved", 0) != 0;
    let (first, second) = if interleaved {
        (Part { start: 0, extent, step: 2 }, Part { start: 1, extent, step: 2 })
    } else {
        (Part { start: 0, extent, step: 1 }, Part { start: extent, extent, step: 1 })
    };
    let a = part(lowering, call, &x, 3, first)?.value;
    let b = part(lowering, call, &x, 3, second)?.value;
    let mut combined = |binary, [p, q]: [ValueId; 2], [r, s]: [ValueId; 2]| -> Result<ValueId> {
        let one = lowering.add(call, Op::Binary(Binary::Multiply), &[p, q])?;
        let other = lowering.add(call, Op::Binary(Binary::Multiply), &[r, s])?;
        lowering.add(call, Op::Binary(binary), &[one, other])
    };
    let real = combined(Binary::Subtract, [cosine, a], [sine, b])?;
    let imaginary = combined(Binary::Add, [sine, a], [cosine, b])?;
    let mut value = if interleaved {
        // Behind each other along an axis of their own, which then joins the channels.
        let shape = lowering.graph.shape(real).to_vec();
        let single = [&shape[..], &[1]].concat();
        let pair = [lowering.graph.reshape(real, &single)?, lowering.graph.reshape(imaginary, &single)?];
        let pairs = lowering.add(call, Op::Concat { axis: 4 }, &pair)?;
        lowering.graph.reshape(pairs, &[shape[0], shape[1], shape[2], turned])?
    } else {
        lowering.add(call, Op::Concat { axis: 3 }, &[real, imaginary])?
    };
    if turned < width {
        let rest = part(lowering, call, &x, 3, Part { start: turned, extent: width - turned, step: 1 })?;
        value = lowering.add(call, Op::Concat { axis: 3 }, &[value, rest.value])?;
    }
    let result = Located { value, ..x };
    let result = if given.order.len() == 3 { joined(lowering, &result)? } else { result };
    Ok(vec![Item::Live(result)])
}

/// A table of the node, `[B, N, C]`, or `[positions, C]` from which positions are picked, beside `[B, heads, N, C]`.
fn angles<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    at: usize,
    x: &Located,
    width: usize,
) -> Result<ValueId> {
    let mut table =
        call.constant_of(at)?.ok_or_else(|| call.invalid(format!("its input {at} is missing")))?;
    if let Some(places) = call.ints_of(3)? {
        let [rows, columns] = *table.shape() else {
            return Err(call.invalid("its tables have not two axes"));
        };
        let picked: Option<Vec<_>> = places
            .read()?
            .iter()
            .map(|&place| usize::try_from(place).ok().filter(|&place| place < rows))
            .collect();
        let picked = picked.ok_or_else(|| call.invalid(format!("one of its positions is none of {rows}")))?;
        let shape = [&places.shape[..], &[columns]].concat();
        table = table.map(shape, move |values| {
            picked.iter().flat_map(|&place| values[place * columns..][..columns].iter().copied()).collect()
        });
    }
    let &[batch, places, columns] = table.shape() else {
        return Err(call.invalid("its tables have not three axes"));
    };
    if columns != width {
        return Err(call.invalid(format!("its tables have {columns} columns, not {width}")));
    }
    let value = lowering.graph.add_constant(table.reshaped(vec![batch, places, 1, columns]));
    let table = transposed(&Located::plain(&lowering.graph, value), &[0, 2, 1, 3]);
    lowering.beside(call, &table, x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Constant;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    #[test]
    fn a_quarter_turn_exchanges_pairs() -> Result<()> {
        for (interleaved, turned, expected) in
            [(0, 0, [-2.0, -3.0, 0.0, 1.0]), (1, 0, [-1.0, 0.0, -3.0, 2.0]), (0, 2, [-1.0, 0.0, 2.0, 3.0])]
        {
            let mut trial = Trial::new();
            let x = trial.live(&[1, 1, 1, 4], &[0, 1, 2, 3], None);
            let width = if turned == 0 { 2 } else { 1 };
            // The second position is that of a quarter turn.
            let table = |values: [f64; 2]| {
                let values: Vec<_> = values.iter().flat_map(|&value| vec![value; width]).collect();
                Item::Floats(Constant::new(vec![2, width], values))
            };
            let position = Item::Ints(Ints::new(vec![1, 1], crate::onnx::ElementType::I64, [1]));
            let attributes = [
                ("interleaved", Attribute::Int(interleaved)),
                ("rotary_embedding_dim", Attribute::Int(turned)),
            ];
            let inputs = [x, table([1.0, 0.0]), table([0.0, 1.0]), position];
            let y = trial.one(("RotaryEmbedding", 23), &attributes, &inputs)?;
            assert_eq!(trial.values(&y)?.1, expected);
        }
        Ok(())
    }
}
