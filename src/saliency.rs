//! A saliency map: how much each place of a picture speaks for a class.

use crate::localisation::Box;

/// Values on a grid that covers the whole picture, row-major, none negative unless the map is signed.
#[derive(Debug, Clone, PartialEq)]
pub struct SaliencyMap {
    /// `width * height` values.
    pub values: Vec<f32>,
    /// Columns of the grid.
    pub width: usize,
    /// Rows of the grid.
    pub height: usize,
}

impl SaliencyMap {
    /// The largest value; 0 where nothing speaks for the class.
    pub fn maximum(&self) -> f32 {
        self.values[self.hottest()]
    }

    /// Where the largest value lies; the first such place if there are several.
    pub fn hottest(&self) -> usize {
        let mut hottest = 0;
        for (at, value) in self.values.iter().enumerate() {
            if *value > self.values[hottest] {
                hottest = at;
            }
        }
        hottest
    }

    /// Divided by its maximum, so that values lie in \[0, 1\]. A map of zeros stays one.
    pub fn normalised(mut self) -> Self {
        let maximum = self.maximum();
        if maximum > 0.0 {
            self.values.iter_mut().for_each(|value| *value /= maximum);
        }
        self
    }

    /// Scaled bilinearly, sample points at the centres of cells, edges held.
    pub fn scaled(&self, width: usize, height: usize) -> Self {
        self.over(width, height, (0.0, 1.0), (0.0, 1.0))
    }

    /// The map of a part of a picture, scaled to a grid over the whole of it; where the map says nothing it is 0.
    pub fn placed(&self, area: &Box, picture: (usize, usize), (width, height): (usize, usize)) -> Self {
        let share = |start: f64, extent: f64, whole: usize| (start / whole as f64, extent / whole as f64);
        self.over(width, height, share(area.x, area.width, picture.0), share(area.y, area.height, picture.1))
    }

    /// Scaled to a grid of which the map covers a part: where it begins and how long it is, across and down.
    fn over(&self, width: usize, height: usize, across: (f64, f64), down: (f64, f64)) -> Self {
        let columns = samples(self.width, width, across);
        let mut values = Vec::with_capacity(width * height);
        for row in samples(self.height, height, down) {
            values.extend(columns.iter().map(|column| {
                let (Some((left, right, along)), Some((above, below, down))) = (column, row) else {
                    return 0.0;
                };
                let (above, below) = (self.row(above), self.row(below));
                let top = above[*left] * (1.0 - along) + above[*right] * along;
                let bottom = below[*left] * (1.0 - along) + below[*right] * along;
                top * (1.0 - down) + bottom * down
            }));
        }
        Self { values, width, height }
    }

    /// Smoothed by the binomial filter \[1 2 1\] / 4 along both axes, edges held.
    ///
    /// The bilinear peak of a map always lies on the centre of a cell, 16 pixels at worst from where
    /// the evidence peaks; with its neighbours' share in it, the highest cell is the one amid the
    /// evidence.
    pub fn smoothed(&self) -> Self {
        let (width, height) = (self.width, self.height);
        // Divided before it is summed, so that no sum leaves the range of f32.
        let blend = |before: f32, at: f32, after: f32| before / 4.0 + at / 2.0 + after / 4.0;
        let along: Vec<_> = (0..height)
            .flat_map(|y| {
                let row = self.row(y);
                (0..width).map(move |x| blend(row[x.saturating_sub(1)], row[x], row[(x + 1).min(width - 1)]))
            })
            .collect();
        let values = (0..width * height)
            .map(|cell| {
                let (x, y) = (cell % width, cell / width);
                let at = |y: usize| along[y * width + x];
                blend(at(y.saturating_sub(1)), at(y), at((y + 1).min(height - 1)))
            })
            .collect();
        Self { values, width, height }
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }
}

/// For each of `size` targets, the two sources around its centre and how far it is to the second; `None` outside of
/// the part that the sources cover, given by its start and its extent.
fn samples(source: usize, size: usize, (start, extent): (f64, f64)) -> Vec<Option<(usize, usize, f32)>> {
    let last = source - 1;
    let sample = |target: usize| {
        let place = ((target as f64 + 0.5) / size as f64 - start) / extent;
        let at = (place * source as f64 - 0.5).clamp(0.0, last as f64);
        let first = at as usize;
        (0.0..=1.0).contains(&place).then(|| (first, (first + 1).min(last), (at - first as f64) as f32))
    };
    (0..size).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::{Box, SaliencyMap};

    fn map(values: &[f32], width: usize) -> SaliencyMap {
        SaliencyMap { values: values.to_vec(), width, height: values.len() / width }
    }

    #[test]
    fn scaling_holds_the_edges_and_is_linear_between_centres() {
        assert_eq!(map(&[0.0, 1.0], 2).scaled(4, 1).values, [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(map(&[0.0, 1.0], 1).scaled(1, 4).values, [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(map(&[1.0, 2.0, 3.0, 4.0], 2).scaled(2, 2).values, [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn a_part_of_the_picture_is_placed_in_it() {
        let area = Box { x: 2.0, y: 0.0, width: 4.0, height: 2.0 };
        let placed = map(&[1.0, 3.0], 2).placed(&area, (8, 2), (8, 2));
        assert_eq!(placed.values[..8], [0.0, 0.0, 1.0, 1.5, 2.5, 3.0, 0.0, 0.0]);
    }

    #[test]
    fn smoothing_is_binomial_and_keeps_what_is_even() {
        let spot = map(&[0.0, 0.0, 0.0, 0.0, 16.0, 0.0, 0.0, 0.0, 0.0], 3);
        assert_eq!(spot.smoothed().values, [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]);
        assert_eq!(map(&[3.0; 6], 2).smoothed().values, [3.0; 6]);
        assert_eq!(map(&[f32::MAX], 1).smoothed().values, [f32::MAX]);
    }

    #[test]
    fn a_map_of_zeros_stays_one() {
        assert_eq!(map(&[0.0, 0.0], 2).normalised().values, [0.0, 0.0]);
        assert_eq!(map(&[1.0, 4.0], 2).normalised().values, [0.25, 1.0]);
    }

    #[test]
    fn the_first_of_equals_is_the_hottest() {
        assert_eq!(map(&[0.0, 2.0, 2.0], 3).hottest(), 1);
    }
}
