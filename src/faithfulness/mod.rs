//! How faithful maps are (Chattopadhay et al., section 4.1): what is left of a class's score where only the places that a
//! map points at stay visible, and how much of that a map owes to what it knows of the class ([`Yardstick`]).

mod curve;
mod road;
mod sparseness;
mod summary;
mod yardstick;

use crate::background::Background;
use crate::cam::Method;
use crate::localisation::Localisation;
pub use curve::Curve;
pub(crate) use curve::{CurveMasks, curve_masks};
pub use road::Road;
pub(crate) use road::noisy;
pub(crate) use sparseness::gini;
pub use summary::{Beaten, LeftOut, Means, Measure, MethodSummary, Summary, Win, YardstickSummary};
pub use yardstick::Yardstick;
pub(crate) use yardstick::{edges, ones, shuffled, smooth_noise};

/// The measures of each method's map of one class of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Faithfulness {
    /// Index of the class.
    pub class: usize,
    /// Y: its probability on the whole picture.
    pub confidence: f32,
    /// What lay behind the maps.
    pub background: Background,
    /// Its red, green and blue in \[0, 255\], where it has one colour.
    pub colour: Option<[f32; 3]>,
    /// One entry a method, in the order asked.
    pub methods: Vec<MethodFaithfulness>,
    /// The same of maps that look at no evidence; none unless asked for.
    pub yardsticks: Vec<YardstickFaithfulness>,
}

/// The measures of a method's map.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodFaithfulness {
    /// How the map was made.
    pub method: Method,
    /// Where it was taken.
    pub layer: String,
    /// What was measured on it.
    pub measures: Measures,
}

/// The measures of a yardstick.
#[derive(Debug, Clone, PartialEq)]
pub struct YardstickFaithfulness {
    /// The map that looks at no evidence.
    pub yardstick: Yardstick,
    /// What was measured on it.
    pub measures: Measures,
}

/// The measures of one map.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Y: probability of the class on the whole picture.
    pub confidence: f32,
    /// O: the same on E = L ∘ I + (1 − L) ∘ B: the picture I where the map L is 1, the background B where it is 0. With
    /// a black B this is equation 25.
    pub masked_confidence: f32,
    /// The mean of L over the network's input, in \[0, 1\]: how much of the picture stays visible. Drops reward it.
    pub visible: f64,
    /// The Gini index of L (Chalasani et al. 2020): 0 where all places are alike, near 1 where few hold everything.
    pub sparseness: f64,
    /// Whether the map is zero everywhere, and nothing stays visible.
    pub is_empty: bool,
    /// The score while the most important pixels give way to the background.
    pub deletion: Option<Curve>,
    /// The score while the most important pixels are put into the background.
    pub insertion: Option<Curve>,
    /// The score while pixels are imputed from those around them.
    pub road: Option<Road>,
    /// How the map lies on the object, where its place is known.
    pub localisation: Option<Localisation>,
}

impl Measures {
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
        let drops = self.methods.iter().map(|entry| (entry.method, entry.measures.drop()));
        let smallest = drops.clone().map(|(_, drop)| drop).fold(f64::INFINITY, f64::min);
        let mut best = drops.filter(|(_, drop)| !wins_over(smallest, *drop));
        match (best.next(), best.next()) {
            (Some((winner, _)), None) => Some(winner),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn measures(confidence: f32, masked_confidence: f32) -> Measures {
        Measures {
            confidence,
            masked_confidence,
            visible: 0.25,
            sparseness: 0.5,
            is_empty: false,
            deletion: None,
            insertion: None,
            road: None,
            localisation: None,
        }
    }

    pub(crate) fn picture(confidence: f32, masked: [f32; 2]) -> Faithfulness {
        let entry = |method, masked| MethodFaithfulness {
            method,
            layer: "features".into(),
            measures: measures(confidence, masked),
        };
        Faithfulness {
            class: 0,
            confidence,
            background: Background::Black,
            colour: Some([0.0; 3]),
            methods: vec![entry(Method::GradCam, masked[0]), entry(Method::GradCamPlusPlus, masked[1])],
            yardsticks: Vec::new(),
        }
    }

    #[test]
    fn a_shared_smallest_drop_has_no_winner() {
        assert_eq!(picture(0.5, [0.6, 0.7]).winner(), None);
        assert_eq!(picture(0.5, [0.4, 0.3]).winner(), Some(Method::GradCam));
    }

    #[test]
    fn only_a_strictly_lower_drop_wins() {
        assert!(wins_over(0.0, 2e-4));
        assert!(!wins_over(0.0, SAME_DROP) && !wins_over(SAME_DROP, 0.0));
        assert!(!wins_over(0.5, 0.5));
    }
}
