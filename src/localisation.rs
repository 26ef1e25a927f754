//! How a saliency map lies on the place where its object is known to be.

use crate::saliency::SaliencyMap;
use crate::{Error, Result};

/// Where an object is, in pixels of the picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// A rectangle.
    Box(Box),
    /// One byte a pixel, row-major; not zero means inside.
    Mask {
        /// `width * height` bytes.
        inside: Vec<u8>,
        /// Width of the picture.
        width: usize,
        /// Height of the picture.
        height: usize,
    },
}

/// A rectangle in pixels of the picture, from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Box {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Box {
    /// The smallest box around two.
    pub fn around(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }
}

/// The measures of one map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Localisation {
    /// Share of the map's energy inside (the energy-based pointing game, Wang et al. 2020).
    pub energy: f64,
    /// Whether the map's highest point is inside (the pointing game, Zhang et al. 2016).
    pub hit: bool,
    /// Loc(δ) of equation 26: places inside that reach δ / (all places inside + places outside that
    /// reach δ). With a mask as the truth this is the IoU of the thresholded map.
    pub loc: f64,
}

impl Truth {
    /// Which cells of a grid over the picture have their centre inside.
    fn sampled(
        &self,
        columns: usize,
        rows: usize,
        picture_width: usize,
        picture_height: usize,
    ) -> Result<Vec<bool>> {
        if let Self::Mask { inside, width, height } = self
            && ((*width, *height) != (picture_width, picture_height)
                || width.checked_mul(*height) != Some(inside.len()))
        {
            return Err(Error::InvalidTruth(format!(
                "the mask holds {} values for {width} x {height} pixels; the picture has {picture_width} x {picture_height}",
                inside.len()
            )));
        }
        let centre = |at: usize, cells: usize, size: usize| (at as f64 + 0.5) * size as f64 / cells as f64;
        let is_inside = |cell: usize| {
            let x = centre(cell % columns, columns, picture_width);
            let y = centre(cell / columns, rows, picture_height);
            match self {
                Self::Box(Box { x: left, y: top, width, height }) => {
                    (*left..left + width).contains(&x) && (*top..top + height).contains(&y)
                }
                Self::Mask { inside, width, .. } => {
                    inside.get(y as usize * width + x as usize).is_some_and(|&value| value != 0)
                }
            }
        };
        let sampled: Vec<_> = (0..columns * rows).map(is_inside).collect();
        if sampled.contains(&true) {
            Ok(sampled)
        } else {
            Err(Error::InvalidTruth(
                "the box or mask covers no place that the network's input resolves; give a larger one".into(),
            ))
        }
    }

    /// The measures of a map against this truth. `delta` is the share of the map's maximum from
    /// which on a place counts for Loc(δ).
    ///
    /// A map of zeros points nowhere: all its measures are 0.
    ///
    /// # Errors
    /// [`Error::InvalidTruth`] if the mask is not of the picture's size, or nothing lies inside.
    pub fn measure(
        &self,
        map: &SaliencyMap,
        picture_width: usize,
        picture_height: usize,
        delta: f32,
    ) -> Result<Localisation> {
        let inside = self.sampled(map.width, map.height, picture_width, picture_height)?;
        let maximum = map.maximum();
        if maximum == 0.0 {
            return Ok(Localisation { energy: 0.0, hit: false, loc: 0.0 });
        }
        let (mut energy, mut total, mut within, mut without) = (0.0, 0.0, 0usize, 0usize);
        for (&value, &inside) in map.values.iter().zip(&inside) {
            total += f64::from(value);
            let reaches = value >= delta * maximum;
            if inside {
                energy += f64::from(value);
                within += usize::from(reaches);
            } else {
                without += usize::from(reaches);
            }
        }
        let area = inside.iter().filter(|&&inside| inside).count();
        Ok(Localisation {
            energy: energy / total,
            hit: inside[map.hottest()],
            loc: within as f64 / (area + without) as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> SaliencyMap {
        SaliencyMap {
            values: vec![0.0, 1.0, 0.5, 0.0, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            width: 4,
            height: 3,
        }
    }

    #[test]
    fn equation_26_of_a_box() {
        // The box covers columns 1 and 2 of rows 0 and 1, of a picture ten times the grid.
        let truth = Truth::Box(Box { x: 10.0, y: 0.0, width: 20.0, height: 20.0 });
        let found = truth.measure(&map(), 40, 30, 0.25).expect("a valid truth");
        assert_eq!(found, Localisation { energy: 1.75 / 2.0, hit: true, loc: 3.0 / 5.0 });
    }

    #[test]
    fn a_mask_is_read_at_the_centres_of_the_grid() {
        let mut inside = vec![0; 12];
        inside[4] = 1;
        let truth = Truth::Mask { inside, width: 4, height: 3 };
        let found = truth.measure(&map(), 4, 3, 0.5).expect("a valid truth");
        assert_eq!(found, Localisation { energy: 0.125, hit: false, loc: 0.0 });
    }

    #[test]
    fn a_truth_off_the_picture_or_of_another_size_is_an_error() {
        let off = Truth::Box(Box { x: 50.0, y: 0.0, width: 20.0, height: 20.0 });
        assert!(matches!(off.measure(&map(), 40, 30, 0.5), Err(Error::InvalidTruth(_))));
        let small = Truth::Mask { inside: vec![1; 4], width: 2, height: 2 };
        assert!(matches!(small.measure(&map(), 40, 30, 0.5), Err(Error::InvalidTruth(_))));
        for (width, height) in [(0, 9), (usize::MAX, usize::MAX)] {
            let empty = Truth::Mask { inside: Vec::new(), width, height };
            assert!(matches!(empty.measure(&map(), width, height, 0.5), Err(Error::InvalidTruth(_))));
        }
    }
}
