//! What a name of the file stands for while the file is lowered.

use std::rc::Rc;

use super::positions::Positions;
use crate::graph::{Constant, Graph, Number, ValueId};
use crate::onnx::{ElementType, Stored, Tensor, TensorData};
use crate::{Error, Result};

/// What a name stands for.
#[derive(Clone)]
pub enum Item<T> {
    /// Depends on the picture.
    Live(Located),
    /// Known numbers, in the file's order of axes.
    Floats(Constant<T>),
    /// Known whole numbers or truth values.
    Ints(Ints),
    /// A list; what is in it may be live.
    Sequence(Rc<[Item<T>]>),
    /// Nobody can know it, for this reason: matters only to who needs it.
    Failed(Error),
}

/// A value of the graph, and how its axes lie.
///
/// The file's order of axes is kept as a note, not carried out: axis `order[i]` of the file's tensor is axis `i`
/// of the stored one. A transposition changes the note alone.
#[derive(Debug, Clone)]
pub struct Located {
    /// The stored tensor.
    pub value: ValueId,
    /// For each stored axis, the axis of the file's tensor that it is.
    pub order: Vec<usize>,
    /// Where the picture's positions are among the file's axes.
    pub positions: Option<Positions>,
}

impl Located {
    /// A value whose axes lie in this order.
    pub fn new(value: ValueId, order: Vec<usize>) -> Self {
        Self { value, order, positions: None }
    }

    /// A value whose axes lie as the file has them.
    pub fn plain<T: Number>(graph: &Graph<T>, value: ValueId) -> Self {
        Self::new(value, (0..graph.shape(value).len()).collect())
    }

    /// The extents in the file's order.
    pub fn shape<T: Number>(&self, graph: &Graph<T>) -> Vec<usize> {
        let mut shape = vec![0; self.order.len()];
        for (&axis, &extent) in self.order.iter().zip(graph.shape(self.value)) {
            shape[axis] = extent;
        }
        shape
    }

    /// Which stored axis is this axis of the file's tensor.
    pub fn stored_axis(&self, axis: usize) -> usize {
        self.order.iter().position(|&of| of == axis).unwrap_or(axis)
    }
}

/// Known whole numbers, of any of the file's types for them; a truth value is 0 or 1.
#[derive(Clone)]
pub struct Ints {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// The type that the file gives them.
    pub element: ElementType,
    values: IntValues,
}

#[derive(Clone)]
enum IntValues {
    Known(Rc<[i64]>),
    /// Still in the file: weights may be whole numbers.
    Stored(Rc<Tensor>),
}

impl Ints {
    /// Of values that are there, as many as the shape says.
    pub fn new(shape: Vec<usize>, element: ElementType, values: impl Into<Rc<[i64]>>) -> Self {
        Self { shape, element, values: IntValues::Known(values.into()) }
    }

    /// The 64-bit numbers of a list.
    pub fn list(values: Vec<i64>) -> Self {
        Self::new(vec![values.len()], ElementType::I64, values)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers, row-major.
    ///
    /// # Errors
    /// What reading the file leads to.
    pub fn read(&self) -> Result<Rc<[i64]>> {
        match &self.values {
            IntValues::Known(values) => Ok(values.clone()),
            IntValues::Stored(tensor) => tensor.to_i64().map(Rc::from),
        }
    }

    /// The numbers as the graph's, read when they are needed.
    pub fn to_constant<T: Number>(&self) -> Constant<T> {
        match &self.values {
            IntValues::Known(values) => {
                let values: Vec<_> = values.iter().map(|&value| T::of(value as f64)).collect();
                Constant::new(self.shape.clone(), values)
            }
            IntValues::Stored(tensor) => stored(tensor),
        }
    }
}

impl<T: Number> Item<T> {
    /// A tensor of the file.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for text.
    pub fn of(tensor: &Tensor) -> Result<Self> {
        if tensor.element == ElementType::String {
            return Err(Error::Unsupported(format!("the tensor \"{}\" holds text", tensor.name)));
        }
        let tensor = Rc::new(tensor.clone());
        if tensor.element.is_float() {
            return Ok(Self::Floats(stored(&tensor)));
        }
        let (shape, element) = (tensor.shape.clone(), tensor.element);
        Ok(Self::Ints(Ints { shape, element, values: IntValues::Stored(tensor) }))
    }
}

fn stored<T: Number>(tensor: &Rc<Tensor>) -> Constant<T> {
    let (shape, tensor) = (tensor.shape.clone(), tensor.clone());
    // Where weights lie tells them apart; names need not, those of two subgraphs may be the same.
    let place = match &tensor.data {
        TensorData::Stored(Stored { source, range }) => {
            Some(format!("{:?} {range:?} {}", Rc::as_ptr(source).cast::<()>(), tensor.element))
        }
        _ => None,
    };
    let read = |tensor: &Tensor| T::read(|| tensor.to_f32(), || tensor.to_f64());
    match place {
        Some(place) => Constant::stored(shape, &place, move |range| match tensor.part(range.clone()) {
            Some(part) => read(&part),
            None => read(&tensor).map(|values| values[range].to_vec()),
        }),
        None => Constant::lazy(shape, move || read(&tensor)),
    }
}
