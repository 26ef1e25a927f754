//! Conversions between types. What depends on the picture is computed in one type, so that only those conversions
//! remain that change numbers.

use super::apply;
use crate::Result;
use crate::graph::{Binary, Number, Unary};
use crate::lower::{Call, Item, Lowering};
use crate::onnx::ElementType;

/// What a conversion does to a number.
enum Target {
    Float,
    Whole,
    Truth,
}

/// Cast
pub fn cast<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    // The numbers of TensorProto.DataType.
    let target = match call.int("to", 0) {
        1 | 10 | 11 | 16 => Target::Float,
        2..=7 | 12 | 13 | 21 | 22 => Target::Whole,
        9 => Target::Truth,
        other => return Err(call.unsupported(format!("the type of number {other} is none to compute in"))),
    };
    converted(lowering, call, &target)
}

/// CastLike: to the type of the second input.
pub fn cast_like<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>) -> Result<Vec<Item<T>>> {
    let target = match call.required(1)? {
        Item::Ints(ints) if ints.element == ElementType::Bool => Target::Truth,
        Item::Ints(_) => Target::Whole,
        _ => Target::Float,
    };
    converted(lowering, call, &target)
}

fn converted<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, target: &Target) -> Result<Vec<Item<T>>> {
    apply(lowering, call, |graph, x| match target {
        Target::Float => Ok(x),
        // Toward 0.
        Target::Whole => {
            let (sign, magnitude) = (graph.unary(Unary::Sign, x)?, graph.unary(Unary::Absolute, x)?);
            let whole = graph.unary(Unary::Floor, magnitude)?;
            graph.binary(Binary::Multiply, sign, whole)
        }
        Target::Truth => {
            let zero = graph.unary(Unary::Not, x)?;
            graph.unary(Unary::Not, zero)
        }
    })
}
