//! Which axes of a tensor are the picture's positions: what makes a layer a target.

/// Where the positions of the picture are, by the file's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positions {
    /// Rows and columns are axes of their own, as behind a convolution.
    Plane {
        /// The axis of rows.
        rows: usize,
        /// The axis of columns.
        columns: usize,
        /// The axis of channels.
        channels: usize,
    },
    /// All positions, row by row, are one axis, as in a transformer.
    Tokens {
        /// The axis of positions.
        axis: usize,
        /// The axis of channels.
        channels: usize,
        /// Tokens that come before the positions, such as a class token.
        prefix: usize,
        /// Rows and columns.
        grid: (usize, usize),
    },
}

impl Positions {
    /// Of a picture or of what a convolution makes of one, `[N, C, H, W]`.
    pub const CHANNELS_FIRST: Self = Self::Plane { rows: 2, columns: 3, channels: 1 };
    /// Of a picture with channels innermost, `[N, H, W, C]`.
    pub const CHANNELS_LAST: Self = Self::Plane { rows: 1, columns: 2, channels: 3 };

    /// Rows and columns in a tensor of this shape.
    pub fn grid(self, shape: &[usize]) -> (usize, usize) {
        match self {
            Self::Plane { rows, columns, .. } => (shape[rows], shape[columns]),
            Self::Tokens { grid, .. } => grid,
        }
    }

    /// The axis of channels.
    pub fn channels(self) -> usize {
        match self {
            Self::Plane { channels, .. } | Self::Tokens { channels, .. } => channels,
        }
    }

    /// The axes that hold positions.
    pub fn axes(self) -> Vec<usize> {
        match self {
            Self::Plane { rows, columns, .. } => vec![rows, columns],
            Self::Tokens { axis, .. } => vec![axis],
        }
    }

    /// In a result of the same rank whose positions are as many: what an elementwise operator, a normalisation or a
    /// product of the channels keeps.
    pub fn kept(self, from: &[usize], to: &[usize]) -> Option<Self> {
        let same = from.len() == to.len() && self.axes().into_iter().all(|axis| from[axis] == to[axis]);
        same.then_some(self)
    }

    /// With the axes in another order: axis `i` of the result is axis `order[i]` of this.
    pub fn transposed(self, order: &[usize]) -> Option<Self> {
        let moved = |axis| order.iter().position(|&from| from == axis);
        Some(match self {
            Self::Plane { rows, columns, channels } => {
                Self::Plane { rows: moved(rows)?, columns: moved(columns)?, channels: moved(channels)? }
            }
            Self::Tokens { axis, channels, prefix, grid } => {
                Self::Tokens { axis: moved(axis)?, channels: moved(channels)?, prefix, grid }
            }
        })
    }

    /// Where rows and columns become one axis, or one axis rows and columns; other axes of one place may come and
    /// go.
    pub fn reshaped(self, from: &[usize], to: &[usize]) -> Option<Self> {
        if let Some(same) = self.kept(from, to).filter(|_| from == to) {
            return Some(same);
        }
        match self {
            Self::Plane { rows, columns, channels } => {
                if columns != rows + 1 {
                    return None;
                }
                let grid = (from[rows], from[columns]);
                let axis = matching(from, rows..rows + 2, to, 1)?;
                let channels = matching(from, channels..channels + 1, to, 1).or_else(|| beside(axis, to))?;
                (axis != channels).then_some(Self::Tokens { axis, channels, prefix: 0, grid })
            }
            Self::Tokens { axis, channels, prefix, grid } => {
                let same = matching(from, channels..channels + 1, to, 1);
                if let Some(axis) = matching(from, axis..axis + 1, to, 1) {
                    // Channels may become heads, and be one axis again: what is no position is theirs.
                    let channels = same.or_else(|| beside(axis, to))?;
                    return (axis != channels).then_some(Self::Tokens { axis, channels, prefix, grid });
                }
                let channels = same?;
                let rows = matching(from, axis..axis + 1, to, 2)?;
                let is_grid =
                    prefix == 0 && (to[rows], to[rows + 1]) == grid && !(rows..rows + 2).contains(&channels);
                is_grid.then_some(Self::Plane { rows, columns: rows + 1, channels })
            }
        }
    }

    /// Behind other tokens: `before` places come first along an axis, which has `extent` places in all.
    pub fn joined(self, axis_of_places: usize, before: usize) -> Option<Self> {
        match self {
            Self::Tokens { axis, channels, prefix, grid } if axis == axis_of_places => {
                Some(Self::Tokens { axis, channels, prefix: prefix + before, grid })
            }
            other => Some(other),
        }
    }
}

/// The innermost axis of more than one place beside this one.
fn beside(axis: usize, shape: &[usize]) -> Option<usize> {
    (0..shape.len()).rev().find(|&other| other != axis && shape[other] > 1)
}

/// The first of `count` axes of the new shape that take the place of these axes of the old one: what lies outside
/// them and what lies inside is as much as before.
fn matching(from: &[usize], axes: std::ops::Range<usize>, to: &[usize], count: usize) -> Option<usize> {
    let product = |extents: &[usize]| extents.iter().product::<usize>();
    let (outside, inside) = (product(&from[..axes.start]), product(&from[axes.end..]));
    (0..(to.len() + 1).saturating_sub(count)).find(|&at| {
        // An axis of one place is never meant.
        product(&to[at..at + count]) > 1
            && product(&to[..at]) == outside
            && product(&to[at + count..]) == inside
    })
}
