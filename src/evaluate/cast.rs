//! From one type of numbers to another.

use super::{Answer, one};
use crate::Result;
use crate::graph::Number;
use crate::lower::{Budget, Call, Ints, Item};
use crate::onnx::ElementType;

/// Cast. Floating-point numbers of all widths are the graph's own.
pub fn cast<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let to = element(call, call.int("to", 0))?;
    convert(call, budget, to)
}

/// CastLike: to the type of the second input.
pub fn cast_like<T: Number>(call: &Call<T>, budget: &mut Budget) -> Answer<T> {
    let to = match call.required(1)? {
        Item::Ints(ints) => ints.element,
        _ => ElementType::F32,
    };
    convert(call, budget, to)
}

/// The type that an attribute gives by its number in `TensorProto.DataType`.
pub fn element<T: Number>(call: &Call<T>, number: i64) -> Result<ElementType> {
    match ElementType::from_onnx(number) {
        Ok(ElementType::String) | Err(_) => {
            Err(call.unsupported(format!("the type of number {number} is none to compute in")))
        }
        Ok(element) => Ok(element),
    }
}

fn convert<T: Number>(call: &Call<T>, budget: &mut Budget, to: ElementType) -> Answer<T> {
    one(match call.required(0)? {
        Item::Floats(constant) if to.is_float() => Item::Floats(constant.clone()),
        Item::Floats(constant) => {
            budget.spend_wide(constant.len(), constant.len())?;
            let whole = |&value: &T| match to {
                ElementType::Bool => i64::from(value != T::ZERO),
                _ => wrapped(to, value.to_f64() as i64),
            };
            let values: Vec<_> = constant.read()?.iter().map(whole).collect();
            Item::Ints(Ints::new(constant.shape().to_vec(), to, values))
        }
        Item::Ints(ints) if to.is_float() => {
            budget.spend_wide(ints.len(), ints.len())?;
            Item::Floats(ints.to_constant())
        }
        Item::Ints(ints) => {
            budget.spend_wide(ints.len(), ints.len())?;
            let values: Vec<_> = ints.read()?.iter().map(|&value| wrapped(to, value)).collect();
            Item::Ints(Ints::new(ints.shape.clone(), to, values))
        }
        _ => return Err(call.invalid("its input is no tensor")),
    })
}

/// What a type makes of a number that it does not have.
pub fn wrapped(element: ElementType, value: i64) -> i64 {
    match element {
        ElementType::Bool => (value != 0).into(),
        ElementType::I4 => value << 60 >> 60,
        ElementType::U4 => value & 0xf,
        ElementType::I8 => (value as i8).into(),
        ElementType::U8 => (value as u8).into(),
        ElementType::I16 => (value as i16).into(),
        ElementType::U16 => (value as u16).into(),
        ElementType::I32 => (value as i32).into(),
        ElementType::U32 => (value as u32).into(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_wrap_around_at_the_ends_of_their_type() {
        assert_eq!(wrapped(ElementType::U8, -1), 255);
        assert_eq!(wrapped(ElementType::I8, 200), -56);
        assert_eq!(wrapped(ElementType::I4, 9), -7);
        assert_eq!(wrapped(ElementType::Bool, -3), 1);
        assert_eq!(wrapped(ElementType::I64, i64::MIN), i64::MIN);
    }
}
