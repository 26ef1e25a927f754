//! How faithful maps are (Chattopadhay et al., section 4.1): what is left of a class's score where
//! only the places that a map points at stay visible.

use crate::cam::{Method, Random};
use crate::localisation::Localisation;
use crate::saliency::SaliencyMap;

/// The measures of each method's map of one class of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Faithfulness {
    /// Index of the class.
    pub class: usize,
    /// Y: its softmax score on the whole picture.
    pub confidence: f32,
    /// One entry a method, in the order asked.
    pub methods: Vec<MethodFaithfulness>,
}

/// The measures of one map.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodFaithfulness {
    /// How the map was made.
    pub method: Method,
    /// Where it was taken.
    pub layer: String,
    /// Y: softmax score of the class on the whole picture.
    pub confidence: f32,
    /// O: the same on E = L ∘ I (eq. 25), the picture multiplied by the map, so that places without
    /// evidence are black.
    pub masked_confidence: f32,
    /// Whether the map is zero everywhere, and nothing stays visible.
    pub is_empty: bool,
    /// The score while the most important pixels are taken away.
    pub deletion: Option<Curve>,
    /// The score while the most important pixels are put into a black picture.
    pub insertion: Option<Curve>,
    /// How the map lies on the object, where its place is known.
    pub localisation: Option<Localisation>,
}

impl MethodFaithfulness {
    /// max(0, Y - O) / Y: the share of the score that is lost. Lower is better.
    pub fn drop(&self) -> f64 {
        let (y, o) = (f64::from(self.confidence), f64::from(self.masked_confidence));
        // A score that underflows to zero has nothing to lose.
        if y > 0.0 { (y - o).max(0.0) / y } else { 0.0 }
    }

    /// O > Y: the class is surer without the rest of the picture.
    pub fn increased(&self) -> bool {
        self.masked_confidence > self.confidence
    }
}

/// Drops no further apart than this are equal: methods that are one and the same where they are taken,
/// such as CAM and XGrad-CAM at the head, differ by rounding.
const SAME_DROP: f64 = 1e-4;

/// Whether a drop wins over another: it is strictly lower, by more than rounding. A tie is a win for none.
fn wins_over(drop: f64, other: f64) -> bool {
    other - drop > SAME_DROP
}

impl Faithfulness {
    /// The method with the smallest drop; none where the smallest is shared.
    pub fn winner(&self) -> Option<Method> {
        let smallest = self.methods.iter().map(MethodFaithfulness::drop).fold(f64::INFINITY, f64::min);
        let mut best = self.methods.iter().filter(|entry| !wins_over(smallest, entry.drop()));
        match (best.next(), best.next()) {
            (Some(winner), None) => Some(winner.method),
            _ => None,
        }
    }
}

/// A score over the share of pixels that were taken away or put in, in equal steps from 0 to 1
/// (Petsiuk et al. 2018).
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The scores, `steps + 1` of them.
    pub scores: Vec<f32>,
}

impl Curve {
    /// The area below it by the trapezoidal rule, in \[0, 1\]: better small for deletion, large for
    /// insertion.
    pub fn area(&self) -> f64 {
        let trapezoids = self.scores.windows(2).map(|pair| f64::from(pair[0] + pair[1]) / 2.0);
        trapezoids.sum::<f64>() / (self.scores.len() - 1) as f64
    }
}

/// Which pixels stay visible after `step` of `steps` of a deletion, and of an insertion: 1 and 0.
///
/// Pixels of one value go in a random order: rectified maps are zero over large parts, and row by row
/// the picture would go from the top down. The seed makes it the same order on every machine.
pub(crate) fn curve_masks(map: &SaliencyMap, steps: usize, seed: u64) -> CurveMasks {
    let mut random = Random::new(seed);
    // Adding 0 makes one zero of both.
    let drawn = map.values.iter().map(|value| (value + 0.0, random.draw()));
    let mut order: Vec<_> = drawn.enumerate().collect();
    order.sort_by(|(_, (a, a_draw)), (_, (b, b_draw))| b.total_cmp(a).then(a_draw.cmp(b_draw)));
    CurveMasks { order: order.into_iter().map(|(position, _)| position).collect(), steps }
}

/// The masks of one map's curves.
pub(crate) struct CurveMasks {
    /// Positions, the most important first.
    order: Vec<usize>,
    steps: usize,
}

impl CurveMasks {
    /// All but the most important `step / steps` of the pixels.
    pub(crate) fn deletion(&self, step: usize) -> Vec<f32> {
        self.mask(step, 1.0, 0.0)
    }

    /// The most important `step / steps` of the pixels alone.
    pub(crate) fn insertion(&self, step: usize) -> Vec<f32> {
        self.mask(step, 0.0, 1.0)
    }

    fn mask(&self, step: usize, rest: f32, important: f32) -> Vec<f32> {
        let mut mask = vec![rest; self.order.len()];
        // In u64: the product may leave the 32 bits of WebAssembly's usize.
        let count = self.order.len() as u64 * step as u64 / self.steps as u64;
        for &position in &self.order[..count as usize] {
            mask[position] = important;
        }
        mask
    }
}

/// Adds results up over pictures.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    pictures: Vec<Faithfulness>,
    left_out: Vec<LeftOut>,
}

/// A picture that does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why it does not count.
    pub reason: String,
}

/// The measures of one method over all pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MethodSummary {
    /// The method.
    pub method: Method,
    /// Average Drop %: 100 · mean of max(0, Y - O) / Y. Lower is better.
    pub average_drop: f64,
    /// Increase in Confidence %: share of pictures on which O > Y. Higher is better.
    pub increase_in_confidence: f64,
    /// Mean area below the deletion curves; none where a picture came without.
    pub deletion_area: Option<f64>,
    /// Mean area below the insertion curves; none where a picture came without.
    pub insertion_area: Option<f64>,
}

/// Win %: of two methods, which has the strictly lower drop on which share of the pictures. A tie counts
/// for none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Win {
    /// The two methods.
    pub methods: [Method; 2],
    /// Percent of the pictures on which each has the smaller drop.
    pub wins: [f64; 2],
    /// Percent of the pictures on which the drops are equal, but for rounding (0.0001).
    pub ties: f64,
}

impl Summary {
    /// Adds a picture's result; all are of the same methods.
    pub fn add(&mut self, result: Faithfulness) {
        self.pictures.push(result);
    }

    /// Notes a picture that has no result.
    pub fn leave_out(&mut self, name: impl Into<String>, reason: impl ToString) {
        self.left_out.push(LeftOut { name: name.into(), reason: reason.to_string() });
    }

    /// The results that count, in the order added.
    pub fn pictures(&self) -> &[Faithfulness] {
        &self.pictures
    }

    /// The pictures that do not count, and why.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// One entry a method, in the order of the results.
    pub fn methods(&self) -> Vec<MethodSummary> {
        let summary = |(at, method): (usize, Method)| MethodSummary {
            method,
            average_drop: self.percent(|picture| picture.methods[at].drop()),
            increase_in_confidence: self
                .percent(|picture| f64::from(u8::from(picture.methods[at].increased()))),
            deletion_area: self.area(|picture| picture.methods[at].deletion.as_ref()),
            insertion_area: self.area(|picture| picture.methods[at].insertion.as_ref()),
        };
        self.asked().into_iter().enumerate().map(summary).collect()
    }

    /// One entry a pair of methods.
    pub fn wins(&self) -> Vec<Win> {
        let methods = self.asked();
        let mut wins = Vec::new();
        for second in 1..methods.len() {
            for first in 0..second {
                let share = |holds: fn(f64, f64) -> bool| {
                    self.percent(|picture| {
                        let drops = [first, second].map(|at| picture.methods[at].drop());
                        f64::from(u8::from(holds(drops[0], drops[1])))
                    })
                };
                wins.push(Win {
                    methods: [methods[first], methods[second]],
                    wins: [share(wins_over), share(|a, b| wins_over(b, a))],
                    ties: share(|a, b| !wins_over(a, b) && !wins_over(b, a)),
                });
            }
        }
        wins
    }

    fn asked(&self) -> Vec<Method> {
        let first = self.pictures.first();
        first.map_or_else(Vec::new, |picture| picture.methods.iter().map(|entry| entry.method).collect())
    }

    fn percent(&self, value: impl Fn(&Faithfulness) -> f64) -> f64 {
        100.0 * self.pictures.iter().map(value).sum::<f64>() / self.pictures.len() as f64
    }

    fn area(&self, curve: impl Fn(&Faithfulness) -> Option<&Curve>) -> Option<f64> {
        let total: Option<f64> = self.pictures.iter().map(|picture| curve(picture).map(Curve::area)).sum();
        total.map(|total| total / self.pictures.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(confidence: f32, masked: [f32; 2]) -> Faithfulness {
        let entry = |method, masked_confidence| MethodFaithfulness {
            method,
            layer: "features".into(),
            confidence,
            masked_confidence,
            is_empty: false,
            deletion: None,
            insertion: None,
            localisation: None,
        };
        let methods = vec![entry(Method::GradCam, masked[0]), entry(Method::GradCamPlusPlus, masked[1])];
        Faithfulness { class: 0, confidence, methods }
    }

    #[test]
    fn the_summary_is_the_papers_table() {
        let mut summary = Summary::default();
        summary.add(picture(0.5, [0.25, 0.125]));
        summary.add(picture(0.5, [0.75, 0.625]));
        summary.add(picture(0.25, [0.125, 0.25]));
        summary.add(picture(0.5, [0.0, 0.5]));
        summary.leave_out("notes.txt", "not a picture");
        let [grad_cam, plus_plus] = summary.methods()[..] else { panic!("two methods") };
        assert_eq!(grad_cam.average_drop, 100.0 * (0.5 + 0.0 + 0.5 + 1.0) / 4.0);
        assert_eq!(plus_plus.average_drop, 100.0 * 0.75 / 4.0);
        assert_eq!((grad_cam.increase_in_confidence, plus_plus.increase_in_confidence), (25.0, 25.0));
        let [win] = summary.wins()[..] else { panic!("one pair") };
        assert_eq!((win.wins, win.ties), ([25.0, 50.0], 25.0));
        assert_eq!(summary.left_out()[0].name, "notes.txt");
        assert_eq!(grad_cam.deletion_area, None);
    }

    #[test]
    fn areas_are_means_where_every_picture_has_its_curve() {
        let with_curve = |scores: [f32; 2]| {
            let mut result = picture(0.5, [0.25, 0.125]);
            result.methods[0].deletion = Some(Curve { scores: scores.to_vec() });
            result
        };
        let mut summary = Summary::default();
        summary.add(with_curve([1.0, 0.0]));
        summary.add(with_curve([0.5, 0.0]));
        assert_eq!(summary.methods()[0].deletion_area, Some(0.375));
        assert_eq!(summary.methods()[0].insertion_area, None);
        summary.add(picture(0.5, [0.25, 0.125]));
        assert_eq!(summary.methods()[0].deletion_area, None);
    }

    #[test]
    fn a_shared_smallest_drop_has_no_winner() {
        assert_eq!(picture(0.5, [0.6, 0.7]).winner(), None);
        assert_eq!(picture(0.5, [0.4, 0.3]).winner(), Some(Method::GradCam));
    }

    #[test]
    fn curves_take_the_most_important_pixels_first() {
        let map = SaliencyMap { values: vec![0.5, 0.0, 1.0, 0.5], width: 2, height: 2 };
        let masks = curve_masks(&map, 4, 0);
        assert_eq!(masks.deletion(1), [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(masks.insertion(2), [1.0, 0.0, 1.0, 0.0]);
        assert_eq!(masks.insertion(4), [1.0; 4]);
    }

    #[test]
    fn pixels_of_one_value_go_in_a_random_order_that_the_seed_fixes() {
        let (width, height) = (64, 64);
        // Evidence in one corner, of either zero elsewhere.
        let value = |at: usize| if at < 16 { 1.0 } else { [0.0, -0.0][at % 2] };
        let map = SaliencyMap { values: (0..width * height).map(value).collect(), width, height };
        let kept = curve_masks(&map, 2, 0).deletion(1);
        assert_eq!(kept[..16], [0.0; 16]);
        assert_eq!(kept.iter().sum::<f32>(), 2048.0);
        // Of each quarter of the rest about half is left: standard deviation 16.
        for quarter in kept.chunks(1024) {
            assert!((quarter.iter().sum::<f32>() - 512.0).abs() < 80.0);
        }
        assert_eq!(kept, curve_masks(&map, 2, 0).deletion(1));
        assert_ne!(kept, curve_masks(&map, 2, 1).deletion(1));
    }

    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let drawn = [random.draw(), random.draw(), random.draw()];
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn only_a_strictly_lower_drop_wins() {
        assert!(wins_over(0.0, 2e-4));
        assert!(!wins_over(0.0, SAME_DROP) && !wins_over(SAME_DROP, 0.0));
        assert!(!wins_over(0.5, 0.5));
    }

    #[test]
    fn the_area_below_a_straight_line_is_a_half() {
        assert_eq!(Curve { scores: vec![0.0, 0.5, 1.0] }.area(), 0.5);
    }
}
