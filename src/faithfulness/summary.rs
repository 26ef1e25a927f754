//! Results added up over pictures: the paper's table, and what yardsticks say of it.

use std::fmt;

use super::{Curve, Faithfulness, Measures, Road, Yardstick, wins_over};
use crate::background::Background;
use crate::cam::Method;

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

/// One method over all pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MethodSummary {
    /// The method.
    pub method: Method,
    /// Its means.
    pub means: Means,
}

/// One yardstick over all pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YardstickSummary {
    /// The yardstick.
    pub yardstick: Yardstick,
    /// Its means.
    pub means: Means,
}

/// Means over all pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// 100 · mean of max(0, Y - O) / Y: the paper's Average Drop % where the background is black. Lower is better.
    pub drop: f64,
    /// Increase in Confidence %: share of pictures on which O > Y. Higher is better.
    pub increase_in_confidence: f64,
    /// The share of the picture that stays visible, in percent.
    pub visible: f64,
    /// The Gini index of the maps.
    pub sparseness: f64,
    /// Area below the deletion curves; none where a picture came without.
    pub deletion_area: Option<f64>,
    /// Area below the insertion curves; none where a picture came without.
    pub insertion_area: Option<f64>,
    /// ROAD's score; none where a picture came without.
    pub road: Option<f64>,
}

/// What says that one map is better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// [`Means::drop`].
    Drop,
    /// [`Means::increase_in_confidence`].
    Increase,
    /// [`Means::deletion_area`].
    Deletion,
    /// [`Means::insertion_area`].
    Insertion,
    /// [`Means::road`].
    Road,
}

impl Measure {
    /// Each measure.
    pub const ALL: [Self; 5] = [Self::Drop, Self::Increase, Self::Deletion, Self::Insertion, Self::Road];

    /// Its value, the larger the better; none where it was not measured.
    fn merit(self, means: &Means) -> Option<f64> {
        match self {
            Self::Drop => Some(-means.drop),
            Self::Increase => Some(means.increase_in_confidence),
            Self::Deletion => means.deletion_area.map(|area| -area),
            Self::Insertion => means.insertion_area,
            Self::Road => means.road,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Drop => "drop",
            Self::Increase => "Increase in Confidence",
            Self::Deletion => "deletion area",
            Self::Insertion => "insertion area",
            Self::Road => "ROAD",
        })
    }
}

/// A measure by which maps that look at no evidence are better than every method: it measures nothing here.
#[derive(Debug, Clone, PartialEq)]
pub struct Beaten {
    /// The measure.
    pub measure: Measure,
    /// Who wins it.
    pub yardsticks: Vec<Yardstick>,
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

    /// What lay behind the maps; none before the first picture.
    pub fn background(&self) -> Option<Background> {
        self.pictures.first().map(|picture| picture.background)
    }

    /// One entry a method, in the order of the results.
    pub fn methods(&self) -> Vec<MethodSummary> {
        let means = |at: usize| self.means(|picture| &picture.methods[at].measures);
        let asked = self.asked().into_iter().enumerate();
        asked.map(|(at, method)| MethodSummary { method, means: means(at) }).collect()
    }

    /// One entry a yardstick, in the order of the results.
    pub fn yardsticks(&self) -> Vec<YardstickSummary> {
        let means = |at: usize| self.means(|picture| &picture.yardsticks[at].measures);
        let measured = self.pictures.first().into_iter().flat_map(|picture| &picture.yardsticks).enumerate();
        measured
            .map(|(at, entry)| YardstickSummary { yardstick: entry.yardstick, means: means(at) })
            .collect()
    }

    /// The measures that yardsticks win.
    pub fn beaten(&self) -> Vec<Beaten> {
        let (methods, yardsticks) = (self.methods(), self.yardsticks());
        let beaten = |measure: Measure| {
            let merits = methods.iter().map(|method| measure.merit(&method.means));
            let best = merits.collect::<Option<Vec<_>>>()?.into_iter().reduce(f64::max)?;
            let wins =
                |entry: &&YardstickSummary| measure.merit(&entry.means).is_some_and(|merit| merit > best);
            let yardsticks: Vec<_> = yardsticks.iter().filter(wins).map(|entry| entry.yardstick).collect();
            (!yardsticks.is_empty()).then_some(Beaten { measure, yardsticks })
        };
        Measure::ALL.into_iter().filter_map(beaten).collect()
    }

    /// One entry a pair of methods.
    pub fn wins(&self) -> Vec<Win> {
        let methods = self.asked();
        let mut wins = Vec::new();
        for second in 1..methods.len() {
            for first in 0..second {
                let share = |holds: fn(f64, f64) -> bool| {
                    self.percent(|picture| {
                        let drops = [first, second].map(|at| picture.methods[at].measures.drop());
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

    fn means<'s>(&'s self, of: impl Fn(&'s Faithfulness) -> &'s Measures) -> Means {
        let percent = |value: fn(&Measures) -> f64| self.percent(|picture| value(of(picture)));
        let mean = |value: fn(&Measures) -> Option<f64>| {
            let total: Option<f64> = self.pictures.iter().map(|picture| value(of(picture))).sum();
            total.map(|total| total / self.pictures.len() as f64)
        };
        Means {
            drop: percent(Measures::drop),
            increase_in_confidence: percent(|measures| f64::from(u8::from(measures.increased()))),
            visible: percent(|measures| measures.visible),
            sparseness: percent(|measures| measures.sparseness) / 100.0,
            deletion_area: mean(|measures| measures.deletion.as_ref().map(Curve::area)),
            insertion_area: mean(|measures| measures.insertion.as_ref().map(Curve::area)),
            road: mean(|measures| measures.road.as_ref().map(Road::score)),
        }
    }

    fn percent<'s>(&'s self, value: impl Fn(&'s Faithfulness) -> f64) -> f64 {
        100.0 * self.pictures.iter().map(value).sum::<f64>() / self.pictures.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::YardstickFaithfulness;
    use super::super::tests::{measures, picture};
    use super::*;

    #[test]
    fn the_summary_is_the_papers_table() {
        let mut summary = Summary::default();
        summary.add(picture(0.5, [0.25, 0.125]));
        summary.add(picture(0.5, [0.75, 0.625]));
        summary.add(picture(0.25, [0.125, 0.25]));
        summary.add(picture(0.5, [0.0, 0.5]));
        summary.leave_out("notes.txt", "not a picture");
        let [grad_cam, plus_plus] = summary.methods()[..] else { panic!("two methods") };
        assert_eq!(grad_cam.means.drop, 100.0 * (0.5 + 0.0 + 0.5 + 1.0) / 4.0);
        assert_eq!(plus_plus.means.drop, 100.0 * 0.75 / 4.0);
        assert_eq!(
            (grad_cam.means.increase_in_confidence, plus_plus.means.increase_in_confidence),
            (25.0, 25.0)
        );
        let [win] = summary.wins()[..] else { panic!("one pair") };
        assert_eq!((win.wins, win.ties), ([25.0, 50.0], 25.0));
        assert_eq!(summary.left_out()[0].name, "notes.txt");
        assert_eq!((grad_cam.means.visible, grad_cam.means.sparseness), (25.0, 0.5));
        assert_eq!(grad_cam.means.deletion_area, None);
    }

    #[test]
    fn areas_are_means_where_every_picture_has_its_curve() {
        let with_curve = |scores: [f32; 2]| {
            let mut result = picture(0.5, [0.25, 0.125]);
            result.methods[0].measures.deletion = Some(Curve { scores: scores.to_vec() });
            result
        };
        let mut summary = Summary::default();
        summary.add(with_curve([1.0, 0.0]));
        summary.add(with_curve([0.5, 0.0]));
        assert_eq!(summary.methods()[0].means.deletion_area, Some(0.375));
        assert_eq!(summary.methods()[0].means.insertion_area, None);
        summary.add(picture(0.5, [0.25, 0.125]));
        assert_eq!(summary.methods()[0].means.deletion_area, None);
    }

    #[test]
    fn a_measure_is_beaten_where_a_yardstick_is_better_than_every_method() {
        let with_yardsticks = |masked: [f32; 2]| {
            let mut result = picture(0.5, masked);
            let entry =
                |(yardstick, masked)| YardstickFaithfulness { yardstick, measures: measures(0.5, masked) };
            let shuffled = Yardstick::Shuffled(Method::GradCam);
            result.yardsticks = [(Yardstick::Ones, 0.5), (shuffled, 0.25)].map(entry).into();
            let road = |score| Some(Road { morf: vec![0.0], lerf: vec![score] });
            result.methods.iter_mut().for_each(|method| method.measures.road = road(0.25));
            result.yardsticks[0].measures.road = road(0.0);
            result.yardsticks[1].measures.road = road(0.75);
            result
        };
        let mut summary = Summary::default();
        summary.add(with_yardsticks([0.375, 0.125]));
        let shuffled = Yardstick::Shuffled(Method::GradCam);
        let drop = Beaten { measure: Measure::Drop, yardsticks: vec![Yardstick::Ones] };
        let road = Beaten { measure: Measure::Road, yardsticks: vec![shuffled] };
        assert_eq!(summary.beaten(), [drop, road]);
        assert_eq!(summary.yardsticks()[1].means.drop, 50.0);
        // A method that loses nothing either is not beaten, and one that gains nothing is not by a tie.
        let mut summary = Summary::default();
        summary.add(with_yardsticks([0.5, 0.125]));
        assert!(summary.beaten().iter().all(|beaten| beaten.measure == Measure::Road));
    }
}
