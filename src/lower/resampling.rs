//! Where a resize takes its values from along one axis, as the rows of a sparse matrix.

use crate::graph::{Number, SparseRows};

/// How a place of the result is found in the original: `coordinate_transformation_mode`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coordinates {
    /// Places are areas, and areas lie on each other as wholes.
    HalfPixel,
    /// The same, about the middle of the original where the result is not as large as the scale says.
    HalfPixelSymmetric,
    /// The same, but a result of one place is the first of the original.
    HalfPixelOfMany,
    /// The first and the last places lie on each other.
    AlignCorners,
    /// The first places lie on each other.
    Asymmetric,
    /// As half-pixel, without going back by half a place.
    HalfPixelForNearest,
    /// The first and last places lie on a part of the original, whose ends are given as shares.
    Crop(f64, f64),
}

/// How values between places are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// One of the two neighbours.
    Nearest(Rounding),
    /// The straight line through two neighbours.
    Linear,
    /// A cubic curve through four neighbours, by its coefficient a.
    Cubic(f64),
}

/// Which neighbour is the nearest: `nearest_mode`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rounding {
    /// The nearer; of equally near ones the left.
    HalfDown,
    /// The nearer; of equally near ones the right.
    HalfUp,
    /// The left.
    Floor,
    /// The right.
    Ceil,
}

/// A resize of one axis.
#[derive(Debug, Clone, Copy)]
pub struct Resampling {
    /// Places of the original.
    pub from: usize,
    /// Places of the result.
    pub to: usize,
    /// Places of the result for each of the original.
    pub scale: f64,
    /// Where places lie.
    pub coordinates: Coordinates,
    /// What is between them.
    pub kernel: Kernel,
    /// Whether a kernel is as wide as a place of the result, where these are larger.
    pub antialias: bool,
    /// Whether places outside have no part, instead of that of the last ones inside.
    pub exclude_outside: bool,
}

impl Resampling {
    /// Whether the result is the original.
    pub fn is_identity(&self) -> bool {
        self.from == self.to && self.scale == 1.0 && !matches!(self.coordinates, Coordinates::Crop(..))
    }

    /// The most places that one of the result may be made of.
    pub fn width(&self) -> f64 {
        match self.kernel {
            Kernel::Nearest(_) => 1.0,
            Kernel::Linear => 2.0 / self.sharpness(),
            Kernel::Cubic(_) => 4.0 / self.sharpness(),
        }
    }

    /// A row of places and factors for each place of the result; `None` for one that lies outside of a crop.
    pub fn rows<T: Number>(&self) -> Vec<Option<Vec<(usize, T)>>> {
        (0..self.to)
            .map(|place| {
                let at = self.original(place as f64);
                let outside = at < 0.0 || at > (self.from - 1) as f64;
                let lost = outside && matches!(self.coordinates, Coordinates::Crop(..));
                (!lost)
                    .then(|| self.row(at).into_iter().map(|(place, factor)| (place, T::of(factor))).collect())
            })
            .collect()
    }

    /// The place in the original.
    fn original(&self, place: f64) -> f64 {
        let (from, to, scale) = (self.from as f64, self.to as f64, self.scale);
        let half_pixel = (place + 0.5) / scale - 0.5;
        match self.coordinates {
            Coordinates::HalfPixel => half_pixel,
            Coordinates::HalfPixelSymmetric => from / 2.0 * (1.0 - to / (scale * from)) + half_pixel,
            Coordinates::HalfPixelOfMany => {
                if self.to > 1 {
                    half_pixel
                } else {
                    0.0
                }
            }
            Coordinates::AlignCorners => {
                if self.to > 1 {
                    place * (from - 1.0) / (to - 1.0)
                } else {
                    0.0
                }
            }
            Coordinates::Asymmetric => place / scale,
            Coordinates::HalfPixelForNearest => (place + 0.5) / scale,
            Coordinates::Crop(start, end) if self.to > 1 => {
                start * (from - 1.0) + place * (end - start) * (from - 1.0) / (to - 1.0)
            }
            Coordinates::Crop(start, end) => 0.5 * (start + end) * (from - 1.0),
        }
    }

    /// What a value at a place between those of the original is made of.
    fn row(&self, at: f64) -> Vec<(usize, f64)> {
        let radius = match self.kernel {
            Kernel::Nearest(rounding) => return vec![(self.inside(rounding.apply(at)), 1.0)],
            Kernel::Linear => 1.0 / self.sharpness(),
            Kernel::Cubic(_) => 2.0 / self.sharpness(),
        };
        let (first, last) = ((at - radius).ceil() as i64, (at + radius).floor() as i64);
        let is_inside = |place: i64| (0..self.from as i64).contains(&place);
        let exclude = self.exclude_outside && (first..=last).any(is_inside);
        let mut row: Vec<(usize, f64)> = Vec::new();
        for place in (first..=last).filter(|&place| !exclude || is_inside(place)) {
            let factor = self.weight((place as f64 - at) * self.sharpness());
            let place = self.inside(place as f64);
            match row.last_mut() {
                Some(last) if last.0 == place => last.1 += factor,
                _ => row.push((place, factor)),
            }
        }
        row.retain(|&(_, factor)| factor != 0.0);
        if exclude || self.antialias {
            let sum: f64 = row.iter().map(|(_, factor)| factor).sum();
            row.iter_mut().for_each(|(_, factor)| *factor /= sum);
        }
        row
    }

    /// How much narrower than a place of the original the kernel is: 1, or less.
    fn sharpness(&self) -> f64 {
        if self.antialias { self.scale.min(1.0) } else { 1.0 }
    }

    fn weight(&self, distance: f64) -> f64 {
        let x = distance.abs();
        match self.kernel {
            Kernel::Cubic(a) if x <= 1.0 => ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0,
            Kernel::Cubic(a) if x < 2.0 => ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a,
            Kernel::Cubic(_) => 0.0,
            Kernel::Linear | Kernel::Nearest(_) => (1.0 - x).max(0.0),
        }
    }

    fn inside(&self, place: f64) -> usize {
        (place.max(0.0) as usize).min(self.from - 1)
    }
}

impl Rounding {
    fn apply(self, at: f64) -> f64 {
        // Scales are given in f32: what would be a whole number, or a half, is only nearly one.
        let nearly = 2e-7 * (1.0 + at.abs());
        match self {
            Self::HalfDown => (at - 0.5 - nearly).ceil(),
            Self::HalfUp => (at + 0.5 + nearly).floor(),
            Self::Floor => (at + nearly).floor(),
            Self::Ceil => (at - nearly).ceil(),
        }
    }
}

/// The rows, with none for places outside; and whether there are such places.
pub fn with_gaps<T>(rows: Vec<Option<Vec<(usize, T)>>>) -> (SparseRows<T>, Vec<bool>) {
    rows.into_iter().map(|row| (row.is_none(), row.unwrap_or_default())).map(|(gap, row)| (row, gap)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALVED: Resampling = Resampling {
        from: 4,
        to: 2,
        scale: 0.5,
        coordinates: Coordinates::HalfPixel,
        kernel: Kernel::Linear,
        antialias: false,
        exclude_outside: false,
    };

    fn rows(resampling: Resampling) -> SparseRows<f64> {
        with_gaps(resampling.rows()).0
    }

    #[test]
    fn half_the_places_lie_between_two() {
        assert_eq!(rows(HALVED), [[(0, 0.5), (1, 0.5)], [(2, 0.5), (3, 0.5)]]);
    }

    #[test]
    fn an_antialiased_place_sees_all_that_it_covers() {
        let rows = rows(Resampling { antialias: true, exclude_outside: true, ..HALVED });
        let expected = [(0, 3.0 / 7.0), (1, 3.0 / 7.0), (2, 1.0 / 7.0)];
        rows[0].iter().zip(expected).for_each(|(a, b)| assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-12));
    }

    #[test]
    fn nearest_places_survive_scales_of_single_precision() {
        let third = Resampling {
            from: 9,
            to: 3,
            scale: f64::from(1.0f32 / 3.0),
            coordinates: Coordinates::Asymmetric,
            kernel: Kernel::Nearest(Rounding::Floor),
            ..HALVED
        };
        assert_eq!(rows(third), [[(0, 1.0)], [(3, 1.0)], [(6, 1.0)]]);
    }

    #[test]
    fn halves_go_to_the_side_that_is_preferred() {
        let nearest = |rounding| rows(Resampling { kernel: Kernel::Nearest(rounding), ..HALVED });
        assert_eq!(nearest(Rounding::HalfDown), [[(0, 1.0)], [(2, 1.0)]]);
        assert_eq!(nearest(Rounding::HalfUp), [[(1, 1.0)], [(3, 1.0)]]);
    }

    #[test]
    fn a_crop_has_gaps_where_it_leaves_the_original() {
        let crop = Resampling { to: 3, coordinates: Coordinates::Crop(0.0, 2.0), ..HALVED };
        let (rows, gaps) = with_gaps(crop.rows::<f64>());
        assert_eq!((rows[0].as_slice(), gaps), ([(0, 1.0)].as_slice(), vec![false, false, true]));
    }
}
