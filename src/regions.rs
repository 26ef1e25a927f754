//! The connected parts of a saliency map.

use crate::localisation::Box;
use crate::saliency::SaliencyMap;

/// A connected part of a map that reaches the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// The smallest box around it, in pixels of the picture.
    pub bounds: Box,
    /// Its share of the picture's area, in (0, 1].
    pub area: f64,
    /// Its highest value, as a share of the map's maximum.
    pub peak: f32,
}

/// The parts of a map with at least `threshold` of its maximum, connected side by side, the one with
/// the highest peak first. A map of zeros has none.
///
/// The map covers a picture of `picture_width` x `picture_height`.
pub fn regions(
    map: &SaliencyMap,
    threshold: f32,
    picture_width: usize,
    picture_height: usize,
) -> Vec<Region> {
    let maximum = map.maximum();
    if maximum == 0.0 {
        return Vec::new();
    }
    let mut open: Vec<_> = map.values.iter().map(|&value| value >= threshold * maximum).collect();
    let mut regions = Vec::new();
    for start in 0..open.len() {
        if open[start] {
            let part = Part::filled(map, &mut open, start);
            regions.push(part.region(map, maximum, picture_width, picture_height));
        }
    }
    regions.sort_by(|a, b| b.peak.total_cmp(&a.peak));
    regions
}

/// A connected part in cells of the map.
struct Part {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
    cells: usize,
    peak: f32,
}

impl Part {
    /// The part that `start` belongs to; its cells are closed on the way.
    fn filled(map: &SaliencyMap, open: &mut [bool], start: usize) -> Self {
        let (width, height) = (map.width, map.height);
        let mut part = Self { left: width, right: 0, top: height, bottom: 0, cells: 0, peak: 0.0 };
        let mut waiting = vec![start];
        open[start] = false;
        while let Some(cell) = waiting.pop() {
            let (x, y) = (cell % width, cell / width);
            part.left = part.left.min(x);
            part.right = part.right.max(x);
            part.top = part.top.min(y);
            part.bottom = part.bottom.max(y);
            part.cells += 1;
            part.peak = part.peak.max(map.values[cell]);
            let neighbours = [
                (x > 0).then(|| cell - 1),
                (x + 1 < width).then(|| cell + 1),
                (y > 0).then(|| cell - width),
                (y + 1 < height).then(|| cell + width),
            ];
            for neighbour in neighbours.into_iter().flatten() {
                if open[neighbour] {
                    open[neighbour] = false;
                    waiting.push(neighbour);
                }
            }
        }
        part
    }

    fn region(self, map: &SaliencyMap, maximum: f32, picture_width: usize, picture_height: usize) -> Region {
        let across = picture_width as f64 / map.width as f64;
        let down = picture_height as f64 / map.height as f64;
        Region {
            bounds: Box {
                x: self.left as f64 * across,
                y: self.top as f64 * down,
                width: (self.right + 1 - self.left) as f64 * across,
                height: (self.bottom + 1 - self.top) as f64 * down,
            },
            area: self.cells as f64 / map.values.len() as f64,
            peak: self.peak / maximum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_only_touch_at_a_corner_are_two() {
        let map = SaliencyMap {
            values: vec![
                4.0, 3.0, 0.0, 0.0, //
                0.0, 0.0, 2.0, 1.0, //
                0.0, 0.0, 2.0, 0.0,
            ],
            width: 4,
            height: 3,
        };
        let found = regions(&map, 0.5, 40, 60);
        assert_eq!(
            found,
            [
                Region {
                    bounds: Box { x: 0.0, y: 0.0, width: 20.0, height: 20.0 },
                    area: 2.0 / 12.0,
                    peak: 1.0
                },
                Region {
                    bounds: Box { x: 20.0, y: 20.0, width: 10.0, height: 40.0 },
                    area: 2.0 / 12.0,
                    peak: 0.5
                },
            ]
        );
    }

    #[test]
    fn a_map_of_zeros_has_no_regions() {
        let map = SaliencyMap { values: vec![0.0; 4], width: 2, height: 2 };
        assert_eq!(regions(&map, 0.5, 2, 2), []);
    }
}
