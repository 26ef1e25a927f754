//! Attention of ONNX, and Attention and MultiHeadAttention of com.microsoft: softmax(s Q Kᵀ + mask) V for each head.

use std::rc::Rc;

use super::matmul::{product, scaled, transposed};
use super::{Call, Item, Located, Lowering};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op, Part, Unary};
use crate::onnx::ElementType;

/// What a score becomes where nobody may look: its exponential is 0 in any arithmetic.
const HIDDEN: f64 = -1e30;

/// Attention, of `[B, heads, N, C]` or `[B, N, heads C]`; without what was before.
pub fn attention<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    none_of(call, &[4, 5, 6], "past keys and values, or lengths of its sequences")?;
    let mut operand = |at: usize, heads: &str| -> Result<Located> {
        let located = lowering.located(call, at)?;
        match located.order.len() {
            4 => Ok(located),
            3 => split(lowering, call, &located, call.int(heads, 0)),
            rank => Err(call.invalid(format!("its input {at} has {rank} axes"))),
        }
    };
    let (q, k, v) = (operand(0, "q_num_heads")?, operand(1, "kv_num_heads")?, operand(2, "kv_num_heads")?);
    let mask = call.input(3).map(|_| mask(lowering, call, 3)).transpose()?;
    let causal = call.int("is_causal", 0) != 0;
    let result = attended(lowering, call, [&q, &k, &v], mask, causal)?;
    let result = if lowering.shape_of(call, 0)?.len() == 3 { joined(lowering, &result)? } else { result };
    let scores = call.unsupported("its products of queries and keys are not told");
    Ok(vec![Item::Live(result), Item::Live(k), Item::Live(v), Item::Failed(scores)])
}

/// com.microsoft.Attention: of tokens `[B, N, C]`, whose queries, keys and values it computes; no masks.
pub fn self_attention<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    none_of(call, &[3, 4, 6], "a mask of its own, or past keys and values")?;
    if call.int("do_rotary", 0) != 0 {
        return Err(call.unsupported("it turns queries and keys by their positions"));
    }
    let (x, weight) = (lowering.located(call, 0)?, lowering.located(call, 1)?);
    if x.order.len() != 3 || weight.order.len() != 2 {
        return Err(call.invalid("its inputs are no tokens and no matrix"));
    }
    let mut all = product(lowering, call, &x, &weight)?;
    if call.input(2).is_some() {
        let bias = lowering.located(call, 2)?;
        let bias = lowering.beside(call, &bias, &all)?;
        all.value = lowering.add(call, Op::Binary(Binary::Add), &[all.value, bias])?;
    }
    let width = all.shape(&lowering.graph)[2];
    let widths = call.sizes("qkv_hidden_sizes", 3, width / 3, 1)?;
    let (mut start, mut parts) = (0, Vec::new());
    for extent in widths {
        let part = part(lowering, call, &all, 2, Part { start, extent, step: 1 })?;
        parts.push(split(lowering, call, &part, call.int("num_heads", 0))?);
        start += extent;
    }
    let [q, k, v] = &parts[..] else { return Err(call.invalid("it has not three matrices")) };
    let mask = call.input(5).map(|_| mask(lowering, call, 5)).transpose()?;
    let causal = call.int("unidirectional", 0) != 0;
    let result = attended(lowering, call, [q, k, v], mask, causal)?;
    Ok(vec![Item::Live(joined(lowering, &result)?)])
}

/// com.microsoft.MultiHeadAttention, of queries, keys and values `[B, N, heads C]`; no padding masks.
pub fn multi_head_attention<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    none_of(call, &[4, 6, 7], "a mask of its own, or past keys and values")?;
    let bias = call.constant_of(3)?;
    let (mut start, mut parts) = (0, Vec::new());
    for at in 0..3 {
        let mut located = lowering.located(call, at)?;
        if located.order.len() == 3 {
            let width = located.shape(&lowering.graph)[2];
            if let Some(bias) = &bias {
                let value = lowering.graph.add_constant(bias.clone());
                let bias = Located::plain(&lowering.graph, value);
                let bias = part(lowering, call, &bias, 0, Part { start, extent: width, step: 1 })?;
                let bias = lowering.beside(call, &bias, &located)?;
                located.value = lowering.add(call, Op::Binary(Binary::Add), &[located.value, bias])?;
            }
            start += width;
            located = split(lowering, call, &located, call.int("num_heads", 0))?;
        } else if located.order.len() != 4 || bias.is_some() {
            return Err(call.unsupported("its queries, keys and values are packed"));
        }
        parts.push(located);
    }
    let [q, k, v] = &parts[..] else { return Err(call.invalid("it has not three inputs")) };
    let mask = call.input(5).map(|_| mask(lowering, call, 5)).transpose()?;
    let causal = call.int("unidirectional", 0) != 0;
    let result = attended(lowering, call, [q, k, v], mask, causal)?;
    Ok(vec![Item::Live(joined(lowering, &result)?)])
}

/// softmax(s Q Kᵀ + mask) V of `[B, heads, N, C]`, where several heads of Q may share one of K and V.
fn attended<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    [q, k, v]: [&Located; 3],
    mask: Option<Located>,
    causal: bool,
) -> Result<Located> {
    let [q_shape, k_shape] = [q, k].map(|located| located.shape(&lowering.graph));
    let (heads, queries, width, keys) = (q_shape[1], q_shape[2], q_shape[3], k_shape[2]);
    let k = shared(lowering, call, k, heads)?;
    let v = shared(lowering, call, v, heads)?;
    // 0 stands for the default in com.microsoft's operators.
    let scale = Some(call.float("scale", 0.0)).filter(|&scale| scale != 0.0);
    let scale = scale.unwrap_or_else(|| 1.0 / (width as f64).sqrt());
    let q = scaled(lowering, call, q.clone(), scale)?;
    let mut scores = product(lowering, call, &q, &transposed(&k, &[0, 1, 3, 2]))?;
    let cap = call.float("softcap", 0.0);
    if cap > 0.0 {
        scores = scaled(lowering, call, scores, 1.0 / cap)?;
        scores.value = lowering.add(call, Op::Unary(Unary::Tanh), &[scores.value])?;
        scores = scaled(lowering, call, scores, cap)?;
    }
    let mut masks = Vec::from_iter(mask);
    if causal {
        let hidden = |place: usize| if place % keys > place / keys { T::of(HIDDEN) } else { T::ZERO };
        let values: Vec<_> = (0..queries * keys).map(hidden).collect();
        let value = lowering.graph.add_constant(Constant::new(vec![queries, keys], values));
        masks.push(Located::plain(&lowering.graph, value));
    }
    for mask in masks {
        let mask = lowering.beside(call, &mask, &scores)?;
        scores.value = lowering.add(call, Op::Binary(Binary::Add), &[scores.value, mask])?;
    }
    let axis = scores.stored_axis(3);
    let value = lowering.add(call, Op::Softmax { axis }, &[scores.value])?;
    product(lowering, call, &Located { value, ..scores }, &v)
}

/// What is added to scores for a mask: numbers as they are, a truth value for where one may look.
fn mask<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, at: usize) -> Result<Located> {
    match call.required(at)? {
        Item::Ints(ints) if ints.element == ElementType::Bool => {
            let mask = ints.to_constant::<T>().map(ints.shape.clone(), |values| {
                values.iter().map(|&seen| if seen == T::ZERO { T::of(HIDDEN) } else { T::ZERO }).collect()
            });
            let value = lowering.graph.add_constant(mask);
            Ok(Located::plain(&lowering.graph, value))
        }
        _ => lowering.located(call, at),
    }
}

/// With each head as often as there are heads of queries for it.
fn shared<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    heads: usize,
) -> Result<Located> {
    let axis = x.stored_axis(1);
    let own = lowering.graph.shape(x.value)[axis];
    if own == heads {
        return Ok(x.clone());
    }
    if own == 0 || !heads.is_multiple_of(own) {
        return Err(call.invalid(format!("{own} heads of keys do not serve {heads} of queries")));
    }
    let rows = (0..heads).map(|head| vec![(head / (heads / own), T::ONE)]).collect();
    let value = lowering.add(call, Op::Linear { axis, rows: Rc::new(rows) }, &[x.value])?;
    Ok(Located { value, ..x.clone() })
}

/// `[B, N, heads C]` as `[B, heads, N, C]`.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if there are not so many heads.
pub fn split<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    heads: i64,
) -> Result<Located> {
    let shape = x.shape(&lowering.graph);
    let heads = usize::try_from(heads).ok().filter(|&heads| heads > 0 && shape[2].is_multiple_of(heads));
    let heads =
        heads.ok_or_else(|| call.invalid(format!("its number of heads does not divide {}", shape[2])))?;
    let value = lowering.plain(x)?;
    let value = lowering.graph.reshape(value, &[shape[0], shape[1], heads, shape[2] / heads])?;
    Ok(Located::new(value, vec![0, 2, 1, 3]))
}

/// `[B, heads, N, C]` as `[B, N, heads C]`.
///
/// # Errors
/// As [`crate::graph::Graph::add`].
pub fn joined<T: Number>(lowering: &mut Lowering<T>, x: &Located) -> Result<Located> {
    let shape = x.shape(&lowering.graph);
    let value = lowering.stored(x, &[0, 2, 1, 3])?;
    let value = lowering.graph.reshape(value, &[shape[0], shape[2], shape[1] * shape[3]])?;
    Ok(Located::plain(&lowering.graph, value))
}

/// A part of one axis of the file's tensor.
///
/// # Errors
/// [`crate::Error::InvalidModel`] if the axis has no such part.
pub fn part<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    x: &Located,
    axis: usize,
    part: Part,
) -> Result<Located> {
    let whole = |&extent: &usize| Part { start: 0, extent, step: 1 };
    let mut parts: Vec<_> = lowering.graph.shape(x.value).iter().map(whole).collect();
    parts[x.stored_axis(axis)] = part;
    let value = lowering.add(call, Op::Slice(parts), &[x.value])?;
    Ok(Located { value, ..x.clone() })
}

fn none_of<T: Number>(call: &Call<T>, inputs: &[usize], what: &str) -> Result<()> {
    if inputs.iter().any(|&at| call.input(at).is_some()) {
        return Err(call.unsupported(format!("it is given {what}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::Ints;
    use crate::lower::testing::Trial;
    use crate::onnx::Attribute;

    fn zeros(shape: &[usize]) -> Item<f64> {
        Item::Floats(Constant::new(shape.to_vec(), vec![0.0; shape.iter().product()]))
    }

    #[test]
    fn heads_share_values_of_what_came_before() -> Result<()> {
        let mut trial = Trial::new();
        let v = trial.live(&[1, 1, 2, 1], &[0, 1, 2, 3], None);
        let inputs = [zeros(&[1, 2, 2, 1]), zeros(&[1, 1, 2, 1]), v];
        let y = trial.one(("Attention", 23), &[("is_causal", Attribute::Int(1))], &inputs)?;
        assert_eq!(trial.values(&y)?, (vec![1, 2, 2, 1], vec![0.0, 0.5, 0.0, 0.5]));
        Ok(())
    }

    #[test]
    fn nobody_looks_where_a_mask_is_false() -> Result<()> {
        let mut trial = Trial::new();
        let v = trial.live(&[1, 3, 2], &[0, 2, 1], None);
        let mask = Item::Ints(Ints::new(vec![1, 3], ElementType::Bool, [1, 0, 1]));
        let inputs = [zeros(&[1, 1, 2]), zeros(&[1, 3, 2]), v, mask];
        let heads = [("q_num_heads", Attribute::Int(2)), ("kv_num_heads", Attribute::Int(2))];
        let y = trial.one(("Attention", 23), &heads, &inputs)?;
        assert_eq!(trial.values(&y)?, (vec![1, 1, 2], vec![2.0, 3.0]));
        Ok(())
    }
}
