//! ScatterND and ScatterElements, at places that the file knows.

use std::rc::Rc;

use super::places::{bounded, indices, of_elements, of_tuples};
use crate::Result;
use crate::graph::{Binary, Constant, Number, Op, elements};
use crate::lower::{Call, Item, Lowering};

/// ScatterND
pub fn scatter_nd<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let indices = indices(call, 1)?;
    let places = of_tuples(call, &indices, &shape, 0)?;
    let (outer, inner) = shape.split_at(indices.shape.last().map_or(0, |&counted| counted));
    scattered(lowering, call, &shape, [outer.iter().product(), inner.iter().product()], &places)
}

/// ScatterElements, and Scatter, its name before opset 11
pub fn scatter_elements<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let shape = lowering.shape_of(call, 0)?;
    let axis = call.axis(call.int("axis", 0), shape.len())?;
    let places = of_elements(call, &indices(call, 1)?, &shape, axis)?;
    scattered(lowering, call, &shape, [shape.iter().product(), 1], &places)
}

/// The first input, read as a matrix, with the rows of the third at these places.
fn scattered<T: Number>(
    lowering: &mut Lowering<T>,
    call: &Call<T>,
    shape: &[usize],
    [rows, columns]: [usize; 2],
    places: &[usize],
) -> Result<Vec<Item<T>>> {
    let adds = match call.text("reduction", "none") {
        "none" => false,
        "add" => true,
        other => return Err(call.unsupported(format!("its reduction is \"{other}\""))),
    };
    bounded(call, rows)?;
    let updates = lowering.shape_of(call, 2)?;
    if elements(&updates) != Some(places.len() * columns) {
        return Err(call.invalid(format!("its updates of shape {updates:?} do not fit its indices")));
    }
    let mut from = vec![Vec::new(); rows];
    for (update, &place) in places.iter().enumerate() {
        if !adds {
            // The last one stays.
            from[place].clear();
        }
        from[place].push((update, T::ONE));
    }
    let written: Vec<_> = from.iter().map(|row| if row.is_empty() { T::ZERO } else { T::ONE }).collect();
    let (x, updates) = (lowering.plain_input(call, 0)?, lowering.plain_input(call, 2)?);
    let graph = &mut lowering.graph;
    let (x, updates) =
        (graph.reshape(x, &[rows, columns])?, graph.reshape(updates, &[places.len(), columns])?);
    let spread = graph.add(Op::Linear { axis: 0, rows: Rc::new(from) }, &[updates])?;
    let result = if adds {
        graph.binary(Binary::Add, x, spread)?
    } else {
        let written = graph.add_constant(Constant::new(vec![rows, 1], written));
        graph.add(Op::Select, &[written, spread, x])?
    };
    let result = lowering.graph.reshape(result, shape)?;
    Ok(lowering.plain_output(result))
}
