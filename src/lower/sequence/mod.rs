//! Lists of tensors, each of which may depend on the picture or be known.

mod known;
mod parts;

pub use parts::{concat_from_sequence, split_to_sequence};

use super::{Call, Item, Lowering};
use crate::Result;
use crate::graph::Number;

/// SequenceConstruct
pub fn construct<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let items = (0..call.inputs.len()).map(|at| call.required(at).cloned()).collect::<Result<Vec<_>>>()?;
    Ok(vec![Item::Sequence(items.into())])
}

/// SequenceEmpty
pub fn empty<T: Number>(_: &mut Lowering<T>, _: &Call<T>) -> Result<Vec<Item<T>>> {
    Ok(vec![Item::Sequence([].into())])
}

/// SequenceInsert: before a place, or at the end.
pub fn insert<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut items = list(call)?.to_vec();
    let at = match position(call, 2)? {
        // One more place than there are tensors; -1 still means before the last one.
        Some(at) if at == items.len() as i64 => items.len(),
        Some(at) => call.place(at, items.len())?,
        None => items.len(),
    };
    items.insert(at, call.required(1)?.clone());
    Ok(vec![Item::Sequence(items.into())])
}

/// SequenceErase: without the one at a place, or the last one.
pub fn erase<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let mut items = list(call)?.to_vec();
    let at = call.place(position(call, 1)?.unwrap_or(-1), items.len())?;
    items.remove(at);
    Ok(vec![Item::Sequence(items.into())])
}

/// SequenceAt
pub fn element<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let items = list(call)?;
    let at = position(call, 1)?.ok_or_else(|| call.invalid("it has no position"))?;
    Ok(vec![items[call.place(at, items.len())?].clone()])
}

/// SequenceLength
pub fn length<T: Number>(_: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    Ok(vec![Item::number(list(call)?.len() as i64)])
}

/// The list that is a node's first input.
fn list<'a, T: Number>(call: &'a Call<T>) -> Result<&'a [Item<T>]> {
    match call.required(0)? {
        Item::Sequence(items) => Ok(items),
        _ => Err(call.invalid("its input 0 is no list")),
    }
}

/// A single whole number, if it is there.
fn position<T: Number>(call: &Call<T>, at: usize) -> Result<Option<i64>> {
    match call.list_of(at)?.as_deref() {
        None => Ok(None),
        Some(&[position]) => Ok(Some(position)),
        Some(_) => Err(call.invalid(format!("its input {at} is no single number"))),
    }
}
