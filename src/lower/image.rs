//! Tensors `[N, C, W]` and `[N, C, H, W]` of the file as the images that core operators take.

use super::{Call, Located, Lowering, Positions};
use crate::Result;
use crate::graph::{Number, ValueId};

/// An operator's image, stored as `[N, H, W, C]`. One without rows has a single one.
pub struct Image {
    /// The stored tensor.
    pub value: ValueId,
    /// Batch, rows, columns, channels.
    pub shape: [usize; 4],
    /// For each stored axis, but for rows that the file does not have, the file's.
    order: Vec<usize>,
    positions: Positions,
}

impl Image {
    /// The input of a node, whose second axis is that of channels.
    ///
    /// # Errors
    /// [`crate::Error::Unsupported`] for volumes, [`crate::Error::InvalidModel`] for fewer than three axes.
    pub fn channels_first<T: Number>(lowering: &mut Lowering<T>, call: &Call<T>, at: usize) -> Result<Self> {
        let located = lowering.located(call, at)?;
        Self::of(lowering, call, &located, false)
    }

    /// A tensor whose channels are its second axis, or its last one.
    ///
    /// # Errors
    /// As [`Self::channels_first`].
    pub fn of<T: Number>(
        lowering: &mut Lowering<T>,
        call: &Call<T>,
        located: &Located,
        channels_last: bool,
    ) -> Result<Self> {
        let rank = located.order.len();
        match rank {
            3 | 4 => {}
            0..3 => return Err(call.invalid(format!("an image has three axes or four, not {rank}"))),
            _ => return Err(call.unsupported("it works on volumes; a picture has two axes of positions")),
        }
        let (order, positions) = if channels_last {
            ((0..rank).collect(), Positions::CHANNELS_LAST)
        } else {
            let positions = (2..rank).chain([1]);
            ([0].into_iter().chain(positions).collect::<Vec<_>>(), Positions::CHANNELS_FIRST)
        };
        let value = lowering.stored(located, &order)?;
        let shape = match *lowering.graph.shape(value) {
            [batch, columns, channels] => [batch, 1, columns, channels],
            [batch, rows, columns, channels] => [batch, rows, columns, channels],
            _ => return Err(call.invalid("its input is no image")),
        };
        let value = lowering.graph.reshape(value, &shape)?;
        Ok(Self { value, shape, order, positions })
    }

    /// The extents of the file's axes of positions: columns, or rows and columns.
    pub fn extents(&self) -> &[usize] {
        if self.order.len() == 3 { &self.shape[2..3] } else { &self.shape[1..3] }
    }

    /// How many channels there are.
    pub fn channels(&self) -> usize {
        self.shape[3]
    }

    /// What was made of the image, `[N, H', W', C']`, with its axes as those of the image.
    ///
    /// # Errors
    /// As [`crate::graph::Graph::add`].
    pub fn located<T: Number>(&self, lowering: &mut Lowering<T>, value: ValueId) -> Result<Located> {
        if self.order.len() == 4 {
            let positions = Some(self.positions);
            return Ok(Located { value, order: self.order.clone(), positions });
        }
        let shape = lowering.graph.shape(value);
        let shape = [&shape[..1], &shape[2..]].concat();
        let value = lowering.graph.reshape(value, &shape)?;
        Ok(Located::new(value, self.order.clone()))
    }
}

/// Values for columns, or rows and columns, as rows and columns.
pub fn plane<V: Copy>(values: &[V], row: V) -> [V; 2] {
    match *values {
        [rows, columns, ..] => [rows, columns],
        [columns] => [row, columns],
        [] => [row, row],
    }
}
