//! Blocks of positions as channels, and back.

use crate::Result;
use crate::graph::Number;
use crate::lower::{Call, Item, Located, Lowering};

/// DepthToSpace
pub fn depth_to_space<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (x, [n, channels, height, width], block) = image(lowering, call)?;
    let square = block.checked_mul(block).filter(|&square| channels.is_multiple_of(square));
    let depth = square.map(|square| channels / square).ok_or_else(|| wrong(call, block))?;
    let (split, order) = match call.text("mode", "DCR") {
        "DCR" => ([n, block, block, depth, height, width], [0, 3, 4, 1, 5, 2]),
        "CRD" => ([n, depth, block, block, height, width], [0, 1, 4, 2, 5, 3]),
        other => return Err(call.invalid(format!("there is no mode \"{other}\""))),
    };
    let split = lowering.reshaped(&x, &split)?.transposed(&order);
    let joined = lowering.reshaped(&split, &[n, depth, height * block, width * block])?;
    Ok(vec![Item::Live(Located { positions: x.positions, ..joined })])
}

/// SpaceToDepth
pub fn space_to_depth<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let (x, [n, channels, height, width], block) = image(lowering, call)?;
    if !height.is_multiple_of(block) || !width.is_multiple_of(block) {
        return Err(wrong(call, block));
    }
    let (rows, columns) = (height / block, width / block);
    let split =
        lowering.reshaped(&x, &[n, channels, rows, block, columns, block])?.transposed(&[0, 3, 5, 1, 2, 4]);
    let joined = lowering.reshaped(&split, &[n, channels * block * block, rows, columns])?;
    Ok(vec![Item::Live(Located { positions: x.positions, ..joined })])
}

/// The input, its extents and the block's.
fn image<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<(Located, [usize; 4], usize)> {
    let x = lowering.located(call, 0)?;
    let shape = x.shape(&lowering.graph);
    let shape = shape
        .try_into()
        .map_err(|shape| call.invalid(format!("its input of shape {shape:?} is no image")))?;
    let block = usize::try_from(call.int("blocksize", 0)).ok().filter(|&block| block > 0);
    let block = block.ok_or_else(|| call.invalid("it has no size of blocks"))?;
    Ok((x, shape, block))
}

fn wrong<T: Number>(call: &Call<T>, block: usize) -> crate::Error {
    call.invalid(format!("its input does not divide into blocks of {block}"))
}
