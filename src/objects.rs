//! Several objects of one picture, found by the classifier alone.
//!
//! Every window of the head's activation is pooled and classified like a picture of its own. A class
//! scores what its best window gives it, and is there. Classes are names of one object if they lie on one place, by
//! their best windows or their maps, and are seen in the same windows: the evidence of two breeds rises and falls
//! together, that of a dog and of the bicycle behind it does not.

use crate::saliency::SaliencyMap;

/// The IoU of two classes' best windows from which on they lie on one place.
///
/// Windows overlap by more where they are up to three steps apart along one axis, or two along both: as
/// far as breeds of one dog differ, and less than neighbours. On the scenes that the method was tried on,
/// everything from 0.10 to 0.20 gives the same objects.
const SAME_PLACE: f64 = 0.15;

/// The correlation of two classes' evidence over the windows from which on they say the same.
///
/// On natural photos everything from 0.7 to 0.9 gives nearly the same objects.
const SAME_EVIDENCE: f64 = 0.8;

/// The score from which on a class that is seen where a surer one is, and says something else, is an object beside it.
/// Below, it is as often a part of that object, or the scene that such objects are found in.
const STANDS: f32 = 0.7;

/// The overlap of two maps from which on they lie on one place: an object that is larger than a window shows best in
/// windows apart, but its classes' maps cover the same.
pub(crate) const SAME_SHAPE: f64 = 0.5;

/// Where a map reaches half of its maximum; nowhere if it is empty.
pub(crate) fn shape(map: &SaliencyMap) -> Vec<bool> {
    let half = map.maximum() / 2.0;
    map.values.iter().map(|&value| half > 0.0 && value >= half).collect()
}

/// The IoU of two shapes on one grid; 0 where both are empty.
pub(crate) fn overlap(a: &[bool], b: &[bool]) -> f64 {
    let (mut shared, mut either) = (0usize, 0usize);
    for (&a, &b) in a.iter().zip(b) {
        shared += usize::from(a && b);
        either += usize::from(a || b);
    }
    shared as f64 / either.max(1) as f64
}

/// The windows of an activation, one cell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowGrid {
    /// Windows across.
    pub columns: usize,
    /// Windows down.
    pub rows: usize,
    /// Width of a window in cells.
    window_width: usize,
    /// Height of a window in cells.
    window_height: usize,
}

/// The softmax scores of every class at every window.
#[derive(Debug, Clone)]
pub struct WindowScores {
    /// Window by window, row-major, `classes` scores each.
    pub scores: Vec<f32>,
    /// Where the windows are.
    pub grid: WindowGrid,
    /// How many classes there are.
    pub classes: usize,
}

/// A class and the window that shows it best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Index of the class.
    pub class: usize,
    /// Its softmax score there, in \[0, 1\].
    pub score: f32,
    /// The window, row by row.
    window: usize,
}

/// Candidates that name one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The best of them, which names the object.
    pub best: Candidate,
    /// The others, best first.
    pub alternatives: Vec<Candidate>,
}

impl WindowGrid {
    /// The windows of `side` x `side` cells of an activation of `width` x `height`; smaller ones where it is smaller
    /// than a window.
    pub fn new(width: usize, height: usize, side: usize) -> Self {
        let (window_width, window_height) = (side.min(width), side.min(height));
        let (columns, rows) = (width + 1 - window_width, height + 1 - window_height);
        Self { columns, rows, window_width, window_height }
    }

    /// Columns and rows of a window.
    pub fn window(&self) -> (usize, usize) {
        (self.window_width, self.window_height)
    }

    /// Columns of cells.
    pub fn width(&self) -> usize {
        self.columns + self.window_width - 1
    }

    /// Rows of cells.
    pub fn height(&self) -> usize {
        self.rows + self.window_height - 1
    }

    /// The cells of a window.
    fn cells(&self, window: usize) -> impl Iterator<Item = usize> {
        let (grid, column, row) = (*self, window % self.columns, window / self.columns);
        (row..row + grid.window_height)
            .flat_map(move |y| (column..column + grid.window_width).map(move |x| y * grid.width() + x))
    }

    /// The cells of every window, row by row.
    pub fn windows(&self) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        (0..self.columns * self.rows).map(|window| self.cells(window))
    }

    /// The intersection of two windows over their union.
    fn overlap(&self, a: usize, b: usize) -> f64 {
        let across = (a % self.columns).abs_diff(b % self.columns);
        let down = (a / self.columns).abs_diff(b / self.columns);
        let shared = self.window_width.saturating_sub(across) * self.window_height.saturating_sub(down);
        shared as f64 / (2 * self.window_width * self.window_height - shared) as f64
    }
}

impl WindowScores {
    /// The classes with at least `least` at some window, best first.
    pub fn candidates(&self, least: f32) -> Vec<Candidate> {
        let mut best: Vec<_> =
            (0..self.classes).map(|class| Candidate { class, score: 0.0, window: 0 }).collect();
        for (window, scores) in self.scores.chunks_exact(self.classes).enumerate() {
            for (candidate, &score) in best.iter_mut().zip(scores) {
                if score > candidate.score {
                    *candidate = Candidate { score, window, ..*candidate };
                }
            }
        }
        best.retain(|candidate| candidate.score >= least && candidate.score > 0.0);
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
        best
    }

    /// At most `most` places, best first: each candidate joins the place that its window overlaps and that says the
    /// most like it, if that is the same, or opens a new one. Where a surer place says something else, it opens one
    /// only if it is sure itself, and is left out otherwise.
    pub fn places(&self, candidates: &[Candidate], most: usize) -> Vec<Place> {
        let evidence = self.evidence();
        let mut places: Vec<Place> = Vec::new();
        for &candidate in candidates {
            let like = |place: &Place| evidence.correlation(place.best.class, candidate.class);
            let overlapping = places
                .iter_mut()
                .filter(|place| self.grid.overlap(place.best.window, candidate.window) > SAME_PLACE)
                .map(|place| (like(place), place));
            match overlapping.max_by(|a, b| a.0.total_cmp(&b.0)) {
                Some((like, place)) if like > SAME_EVIDENCE => place.alternatives.push(candidate),
                Some(_) if candidate.score < STANDS => {}
                _ => places.push(Place { best: candidate, alternatives: Vec::new() }),
            }
        }
        places.truncate(most);
        places
    }

    /// How each class's evidence is spread over the windows.
    pub fn evidence(&self) -> Evidence<'_> {
        let mean = |scores: &[f32]| scores.iter().map(|&score| log(score)).sum::<f64>() / scores.len() as f64;
        Evidence { scores: self, means: self.scores.chunks_exact(self.classes).map(mean).collect() }
    }

    /// How much the windows that see a class speak for each cell of the activation: at every cell the
    /// sum of the class's scores over the windows that cover it, divided by the mean of all cells.
    ///
    /// The logit of the activation weighed like this is the class's expected logit in a
    /// window that sees it. Its gradient stays at the object, where that of the whole picture's mean
    /// also follows what speaks for the class elsewhere.
    pub fn pooling_weights(&self, class: usize) -> Vec<f32> {
        // In f64: the least positive f32, divided by a number of cells, would be zero.
        let mut weights = vec![0.0; self.grid.width() * self.grid.height()];
        for (scores, cells) in self.scores.chunks_exact(self.classes).zip(self.grid.windows()) {
            for cell in cells {
                weights[cell] += f64::from(scores[class]);
            }
        }
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        weights.into_iter().map(|weight| (weight / mean) as f32).collect()
    }
}

/// How far each class stands out at each window: by how much the logarithm of its score exceeds the mean of all
/// classes', which for a softmax is the logit above the mean logit; 0 where it does not.
pub struct Evidence<'a> {
    scores: &'a WindowScores,
    /// Of each window.
    means: Vec<f64>,
}

impl Evidence<'_> {
    /// Whether two classes say the same.
    pub fn is_same(&self, a: usize, b: usize) -> bool {
        self.correlation(a, b) > SAME_EVIDENCE
    }

    /// The correlation of two classes' evidence, in \[-1, 1\]; 1 where the windows tell nothing apart.
    fn correlation(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (self.deviations(a), self.deviations(b));
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let scale = (product(&a, &a) * product(&b, &b)).sqrt();
        if scale > 0.0 { product(&a, &b) / scale } else { 1.0 }
    }

    /// A class's evidence at each window, less its mean.
    fn deviations(&self, class: usize) -> Vec<f64> {
        let scores = self.scores.scores.chunks_exact(self.scores.classes);
        let mut evidence: Vec<_> =
            scores.zip(&self.means).map(|(scores, mean)| (log(scores[class]) - mean).max(0.0)).collect();
        let mean = evidence.iter().sum::<f64>() / evidence.len() as f64;
        evidence.iter_mut().for_each(|value| *value -= mean);
        evidence
    }
}

/// The logarithm of a score; of the least positive number where it is 0.
fn log(score: f32) -> f64 {
    f64::from(score.max(f32::MIN_POSITIVE)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes at 9 x 3 windows of 5 x 5 cells; all scores are zero but those given.
    fn scores(known: &[(usize, usize, usize, f32)]) -> WindowScores {
        let (grid, classes) = (WindowGrid::new(13, 7, 5), 3);
        let mut scores = vec![0.0; grid.columns * grid.rows * classes];
        for &(column, row, class, score) in known {
            scores[(row * grid.columns + column) * classes + class] = score;
        }
        WindowScores { scores, grid, classes }
    }

    #[test]
    fn maps_overlap_by_what_reaches_half_of_their_maxima() {
        let shape = |values: [f32; 4]| shape(&SaliencyMap { values: values.to_vec(), width: 4, height: 1 });
        let whole = shape([8.0, 4.0, 3.0, 0.0]);
        assert_eq!(overlap(&whole, &shape([0.5, 1.0, 1.0, 0.0])), 2.0 / 3.0);
        assert_eq!(overlap(&whole, &shape([0.0; 4])), 0.0);
        assert_eq!(overlap(&shape([0.0; 4]), &shape([0.0; 4])), 0.0);
    }

    #[test]
    fn classes_of_overlapping_windows_that_see_the_same_are_one_place() {
        let scores =
            scores(&[(0, 0, 2, 0.9), (1, 1, 2, 0.4), (1, 1, 1, 0.3), (0, 0, 1, 0.1), (8, 0, 0, 0.5)]);
        let candidates = scores.candidates(0.25);
        assert_eq!(candidates.iter().map(|c| c.class).collect::<Vec<_>>(), [2, 0, 1]);
        let places = scores.places(&candidates, 8);
        assert_eq!(places.len(), 2);
        assert_eq!((places[0].best.class, places[0].alternatives[0].class), (2, 1));
        assert_eq!((places[1].best.class, places[1].alternatives.len()), (0, 0));
        assert_eq!(scores.places(&candidates, 1).len(), 1);
    }

    #[test]
    fn another_thing_on_the_same_place_stands_beside_it_only_if_it_is_sure() {
        let beside = |score| {
            let scores = scores(&[(0, 0, 2, 0.9), (1, 1, 1, score)]);
            let places = scores.places(&scores.candidates(0.25), 8);
            assert!(!scores.evidence().is_same(1, 2));
            assert!(places.iter().all(|place| place.alternatives.is_empty()));
            places.iter().map(|place| place.best.class).collect::<Vec<_>>()
        };
        assert_eq!(beside(0.75), [2, 1]);
        assert_eq!(beside(0.65), [2]);
    }

    #[test]
    fn one_window_tells_nothing_apart() {
        let scores = WindowScores { scores: vec![0.6, 0.4], grid: WindowGrid::new(5, 5, 5), classes: 2 };
        let places = scores.places(&scores.candidates(0.25), 8);
        assert_eq!((places.len(), places[0].alternatives.len()), (1, 1));
    }

    #[test]
    fn scores_below_the_least_are_no_candidates() {
        assert_eq!(scores(&[(0, 0, 0, 0.1)]).candidates(0.2), []);
        assert_eq!(scores(&[]).candidates(0.0), []);
    }

    #[test]
    fn the_least_score_still_gives_weights() {
        let weights = scores(&[(0, 0, 1, f32::from_bits(1))]).pooling_weights(1);
        assert!((weights[0] - 91.0 / 25.0).abs() < 1e-5);
    }

    #[test]
    fn pooling_weights_cover_the_windows_that_see_the_class() {
        let weights = scores(&[(0, 0, 1, 0.5), (4, 2, 1, 0.5)]).pooling_weights(1);
        assert_eq!(weights.len(), 13 * 7);
        assert!((weights.iter().sum::<f32>() / 91.0 - 1.0).abs() < 1e-6);
        // Column 4 of row 2 is the one cell that both windows cover.
        assert!((weights[2 * 13 + 4] / weights[0] - 2.0).abs() < 1e-6);
        assert_eq!(weights[6], 0.0);
    }
}
