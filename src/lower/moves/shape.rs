//! What a tensor's shape is, which is known whatever the tensor holds.

use crate::Result;
use crate::graph::{Number, elements};
use crate::lower::{Call, Ints, Item, Lowering};

/// Shape, since opset 15 of some axes only.
pub fn shape<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let rank = shape.len() as i64;
    let place = |name, default| {
        let place = call.int(name, default);
        (if place < 0 { place.saturating_add(rank) } else { place }).clamp(0, rank) as usize
    };
    let (start, end) = (place("start", 0), place("end", rank));
    let extents = shape.get(start..end).unwrap_or_default();
    Ok(vec![Item::Ints(Ints::list(extents.iter().map(|&extent| extent as i64).collect()))])
}

/// Size
pub fn size<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let size =
        elements(&lowering.shape_of(call, 0)?).ok_or_else(|| call.invalid("its input is too large"))?;
    Ok(vec![Item::number(size as i64)])
}
