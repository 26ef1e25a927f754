//! Pixels put back where they were taken away, from those around them: the linear imputation of ROAD (Rong et al. 2022,
//! arXiv 2202.00449, section 5.2).
//!
//! Each missing pixel is the weighted mean of its eight neighbours, 1/6 for those beside it and 1/12 for those across
//! its corners; at the edges of the picture the rest of the weights counts. This is a sparse, symmetric, positive
//! definite system over the missing pixels, solved by conjugate gradients for all channels at once.

/// The residual at which the solver stops, as a share of the right side.
pub const TOLERANCE: f64 = 1e-4;

/// The most steps of the solver; pictures of 224 x 224 take some hundred.
const MOST_STEPS: usize = 2000;

const BESIDE: f32 = 1.0 / 6.0;
const ACROSS: f32 = 1.0 / 12.0;

/// A picture, `[height, width, 3]`, whose pixels with a `kept` of 0 are imputed from the rest. Where none is kept, the
/// picture is 0.
pub fn imputed(rgb: &[u8], kept: &[f32], width: usize, height: usize) -> Vec<f32> {
    let system = System::new(kept, width, height);
    let mut picture = vec![0.0; rgb.len()];
    let planes: Vec<_> = (0..3).map(|channel| system.solved(rgb, channel)).collect();
    for (position, pixel) in picture.chunks_exact_mut(3).enumerate() {
        let at = system.cell(position);
        pixel.iter_mut().zip(&planes).for_each(|(value, plane)| *value = plane[at]);
    }
    picture
}

/// The equations over a grid with a border of one cell, in which no product needs to ask where it is.
struct System {
    width: usize,
    height: usize,
    /// 1 where a pixel is missing, else 0.
    missing: Vec<f32>,
    /// 1 where there is a pixel that is kept.
    kept: Vec<f32>,
    /// The sum of the weights of a pixel's neighbours.
    total: Vec<f32>,
}

impl System {
    fn new(kept: &[f32], width: usize, height: usize) -> Self {
        let extent = (width + 2) * (height + 2);
        let mut system =
            Self { width, height, missing: vec![0.0; extent], kept: vec![0.0; extent], total: Vec::new() };
        let mut inside = vec![0.0; extent];
        for (position, &value) in kept.iter().enumerate() {
            let at = system.cell(position);
            inside[at] = 1.0;
            let of = if value == 0.0 { &mut system.missing } else { &mut system.kept };
            of[at] = 1.0;
        }
        system.total = system.neighbours(&inside);
        system
    }

    /// A pixel's place in the grid.
    fn cell(&self, position: usize) -> usize {
        (position / self.width + 1) * (self.width + 2) + position % self.width + 1
    }

    /// The weighted sum of each cell's neighbours; 0 at the border.
    fn neighbours(&self, values: &[f32]) -> Vec<f32> {
        let stride = self.width + 2;
        let mut sums = vec![0.0; values.len()];
        for y in 1..=self.height {
            let [above, row, below] = [y - 1, y, y + 1].map(|y| &values[y * stride..][..stride]);
            let sums = &mut sums[y * stride + 1..][..self.width];
            for (x, sum) in sums.iter_mut().enumerate() {
                let beside = row[x] + row[x + 2] + above[x + 1] + below[x + 1];
                let across = above[x] + above[x + 2] + below[x] + below[x + 2];
                *sum = BESIDE * beside + ACROSS * across;
            }
        }
        sums
    }

    /// The system's product with values that are 0 where nothing is missing.
    fn product(&self, values: &[f32]) -> Vec<f32> {
        let mut product = self.neighbours(values);
        for (at, product) in product.iter_mut().enumerate() {
            *product = self.missing[at] * (self.total[at] * values[at] - *product);
        }
        product
    }

    /// A channel on the grid, as it is where it is kept and imputed elsewhere.
    fn solved(&self, rgb: &[u8], channel: usize) -> Vec<f32> {
        let mut known = vec![0.0; self.kept.len()];
        for position in 0..self.width * self.height {
            let at = self.cell(position);
            known[at] = self.kept[at] * f32::from(rgb[position * 3 + channel]);
        }
        // An even picture solves an even system: what is solved for is the deviation from the mean.
        let mean = (sum(&known) / sum(&self.kept).max(1.0)) as f32;
        known.iter_mut().zip(&self.kept).for_each(|(value, kept)| *value -= kept * mean);
        let mut residual = self.neighbours(&known);
        residual.iter_mut().zip(&self.missing).for_each(|(value, missing)| *value *= missing);
        let mut solution = self.conjugate_gradients(residual);
        for (at, value) in solution.iter_mut().enumerate() {
            *value += known[at] + mean;
        }
        solution
    }

    fn conjugate_gradients(&self, mut residual: Vec<f32>) -> Vec<f32> {
        let mut solution = vec![0.0; residual.len()];
        let mut direction = residual.clone();
        let mut square = dot(&residual, &residual);
        let least = square * TOLERANCE * TOLERANCE;
        for _ in 0..MOST_STEPS {
            if square <= least {
                break;
            }
            let product = self.product(&direction);
            let step = (square / dot(&direction, &product)) as f32;
            for (at, value) in solution.iter_mut().enumerate() {
                *value += step * direction[at];
                residual[at] -= step * product[at];
            }
            let next = dot(&residual, &residual);
            let share = (next / square) as f32;
            direction.iter_mut().zip(&residual).for_each(|(value, rest)| *value = rest + share * *value);
            square = next;
        }
        solution
    }
}

fn sum(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum()
}

/// In eight sums, which a processor adds up side by side.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let mut sums = [0.0f32; 8];
    let mut total = 0.0;
    for (a, b) in a.chunks(1024).zip(b.chunks(1024)) {
        for (a, b) in a.chunks(8).zip(b.chunks(8)) {
            sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
        }
        total += sum(&sums);
        sums = [0.0; 8];
    }
    total
}

#[cfg(test)]
mod tests {
    use super::imputed;

    #[rustfmt::skip]
    const RED: [f32; 30] = [
        5.0000, 49.9445, 64.8754, 29.0000, 86.5123, 47.0000,
        46.5773, 68.1140, 77.0000, 139.0000, 94.0491, 213.0000,
        50.4812, 75.4837, 199.0000, 98.5642, 21.0000, 35.0000,
        39.3066, 13.0000, 81.7304, 78.4366, 55.1183, 45.7882,
        35.0697, 41.8676, 58.8822, 66.2123, 59.1061, 52.9814,
    ];

    /// A picture of 6 x 5 with 20 pixels missing; expected are the solutions of the dense system by numpy in float64.
    #[test]
    fn the_missing_solve_the_dense_system() {
        let rgb: Vec<_> = (0..90).map(|at| ((at * at * 37 + 11 * at + 5) % 256) as u8).collect();
        let is_kept = |at: usize| [0, 3, 5, 8, 13, 17, 21, 22, 26, 29].contains(&(at * 7 % 30));
        let kept: Vec<_> = (0..30).map(|at| f32::from(u8::from(is_kept(at)))).collect();
        let found = imputed(&rgb, &kept, 6, 5);
        for (position, expected) in RED.into_iter().enumerate() {
            let red = found[position * 3];
            assert!((red - expected).abs() < 0.05, "{position}: {red}, not {expected}");
        }
    }

    #[test]
    fn an_even_picture_stays_even_and_what_is_kept_is_kept() {
        let mut kept = vec![0.0; 40 * 30];
        kept[17] = 1.0;
        assert!(imputed(&[9; 40 * 30 * 3], &kept, 40, 30).iter().all(|&value| value == 9.0));
        let rgb: Vec<u8> = (0..8 * 4 * 3).map(|at| (at * 7) as u8).collect();
        assert!(
            imputed(&rgb, &[1.0; 32], 8, 4)
                .iter()
                .zip(&rgb)
                .all(|(found, &rgb)| (found - f32::from(rgb)).abs() < 1e-3)
        );
        assert!(imputed(&rgb, &[0.0; 32], 8, 4).iter().all(|&value| value == 0.0));
    }
}
