//! Where the kernel finds the inputs of each position, and where its outputs go.

/// Where positions lie in a slice: in rows of `width`, the rows and their columns at equal distances.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    pub first: usize,
    pub width: usize,
    pub row: usize,
    pub column: usize,
}

impl Places {
    /// One behind the other, so far apart.
    pub fn apart(column: usize) -> Self {
        Self { first: 0, width: usize::MAX, row: 0, column }
    }

    /// As many places further on in the slice.
    pub fn shifted(self, by: usize) -> Self {
        Self { first: self.first + by, ..self }
    }

    /// Of a position.
    pub fn of(&self, position: usize) -> usize {
        self.first + position / self.width * self.row + position % self.width * self.column
    }
}

/// The rows of inputs: each begins at a position's place, and is made of runs of equal length, which lie at the
/// same distances from there for all positions.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub values: &'a [f32],
    pub places: Places,
    pub distances: &'a [usize],
    pub length: usize,
}

impl<'a> Input<'a> {
    /// Rows one behind the other.
    pub fn dense(values: &'a [f32], length: usize) -> Self {
        Self { values, places: Places::apart(length), distances: &[0], length }
    }
}

/// Where outputs go: to a position's place, and from one four of them to the next a step.
#[derive(Debug)]
pub struct Output<'a> {
    pub values: &'a mut [f32],
    pub places: Places,
    pub step: usize,
}

impl<'a> Output<'a> {
    /// Rows of so many outputs one behind the other.
    pub fn dense(values: &'a mut [f32], outputs: usize) -> Self {
        Self { values, places: Places::apart(outputs), step: 4 }
    }
}
