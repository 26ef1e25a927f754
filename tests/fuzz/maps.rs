//! What is built on maps, for maps and numbers of any kind.

use gradlens::cam::{Field, Method, Recipe};
use gradlens::localisation::{Box, Truth};
use gradlens::objects::{WindowGrid, WindowScores};
use gradlens::regions::regions;
use gradlens::saliency::SaliencyMap;
use proptest::num::{f32 as single, f64 as double};
use proptest::prelude::*;
use proptest::sample::select;

use crate::arguments::extent;
use crate::runs;

/// Numbers that are none, beside those that are.
fn any_share() -> impl Strategy<Value = f32> {
    prop_oneof![0.0f32..=1.0, single::ANY]
}

/// Many zeros, ordinary values and the ends of the range.
fn strength() -> impl Strategy<Value = f32> {
    prop_oneof![
        Just(0.0),
        0.0f32..=1.0,
        single::POSITIVE | single::NORMAL | single::SUBNORMAL,
        Just(f32::MAX)
    ]
}

fn map() -> impl Strategy<Value = SaliencyMap> {
    (1usize..=12, 1usize..=12).prop_flat_map(|(width, height)| {
        prop::collection::vec(strength(), width * height).prop_map(move |values| SaliencyMap {
            values,
            width,
            height,
        })
    })
}

fn truth() -> impl Strategy<Value = Truth> {
    let edge = || prop_oneof![-50.0f64..500.0, double::ANY];
    let rectangle = (edge(), edge(), edge(), edge())
        .prop_map(|(x, y, width, height)| Truth::Box(Box { x, y, width, height }));
    let mask = (0usize..30, 0usize..30, prop::collection::vec(0u8..2, 0..900))
        .prop_map(|(width, height, inside)| Truth::Mask { inside, width, height });
    let huge =
        (extent(), extent()).prop_map(|(width, height)| Truth::Mask { inside: Vec::new(), width, height });
    prop_oneof![rectangle, mask, huge]
}

proptest! {
    #![proptest_config(runs(1000))]

    #[test]
    fn maps_of_finite_numbers_stay_so(map in map(), (width, height) in (1usize..50, 1usize..50)) {
        prop_assert!(map.hottest() < map.values.len());
        for made in [map.smoothed(), map.scaled(width, height), map.clone().normalised()] {
            prop_assert_eq!(made.values.len(), made.width * made.height);
            prop_assert!(made.values.iter().all(|value| value.is_finite() && *value >= 0.0));
        }
    }

    #[test]
    fn regions_lie_on_the_picture(
        map in map(),
        threshold in any_share(),
        (width, height) in (1usize..70_000, 1usize..70_000),
    ) {
        let found = regions(&map, threshold, width, height);
        prop_assert!(found.iter().map(|region| region.area).sum::<f64>() <= 1.0 + 1e-9);
        prop_assert!(found.is_sorted_by(|a, b| a.peak >= b.peak));
        for region in found {
            let Box { x, y, width: w, height: h } = region.bounds;
            prop_assert!(x >= 0.0 && y >= 0.0 && w > 0.0 && h > 0.0);
            prop_assert!(x + w <= width as f64 * (1.0 + 1e-9) && y + h <= height as f64 * (1.0 + 1e-9));
            prop_assert!((0.0..=1.0).contains(&region.peak));
        }
    }

    #[test]
    fn truths_measure_shares_or_are_refused(map in map(), truth in truth(), delta in any_share()) {
        let (width, height) = match truth {
            Truth::Mask { width, height, .. } => (width, height),
            Truth::Box(_) => (400, 300),
        };
        match truth.measure(&map, width, height, delta) {
            Ok(found) => prop_assert!([found.energy, found.loc].iter().all(|share| (0.0..=1.0).contains(share))),
            Err(error) => prop_assert_eq!(error.code(), "invalid-argument"),
        }
        // Of another picture, a mask is refused.
        if matches!(truth, Truth::Mask { .. }) {
            prop_assert!(truth.measure(&map, width.wrapping_add(1), height, delta).is_err());
        }
    }

    #[test]
    fn windows_of_any_grid_share_out_every_class(
        (width, height) in (1usize..=14, 1usize..=14),
        side in 1usize..=16,
        run in prop::collection::vec(prop_oneof![2 => Just(0.0), 2 => 0.0f32..=1.0, 1 => Just(f32::from_bits(1))], 1..60),
        classes in 1usize..=4,
        least in any_share(),
        most in 0usize..6,
    ) {
        let grid = WindowGrid::new(width, height, side);
        let cells_of_each = (width + 1 - grid.columns) * (height + 1 - grid.rows);
        prop_assert_eq!(grid.windows().count(), grid.columns * grid.rows);
        for window in grid.windows() {
            let cells: Vec<_> = window.collect();
            prop_assert_eq!(cells.len(), cells_of_each);
            prop_assert!(cells.iter().all(|&cell| cell < width * height));
        }
        let scores = run.into_iter().cycle().take(grid.columns * grid.rows * classes).collect();
        let scores = WindowScores { scores, grid, classes };
        let candidates = scores.candidates(least);
        prop_assert!(scores.places(&candidates, most).len() <= most);
        let places = scores.places(&candidates, usize::MAX);
        prop_assert!(places.iter().map(|place| 1 + place.alternatives.len()).sum::<usize>() <= candidates.len());
        for place in places {
            let weights = scores.pooling_weights(place.best.class);
            prop_assert!((weights.iter().sum::<f32>() / weights.len() as f32 - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn methods_make_numbers_of_numbers(
        method in select(Method::ALL),
        positions in 1usize..=9,
        values in prop::collection::vec((single::NORMAL | single::SUBNORMAL | single::ZERO, single::NORMAL | single::ZERO), 1..40),
    ) {
        let channels = values.len() / positions;
        let (activation, by): (Vec<_>, Vec<_>) = values.into_iter().take(channels * positions).unzip();
        let (Recipe::Gradient(map) | Recipe::Activation(map)) = method.entry().recipe else { return Ok(()) };
        let map = map(&Field { activation: &activation, gradient: &by, positions }).map(false);
        prop_assert_eq!(map.len(), positions);
        prop_assert!(map.iter().all(|value| *value >= 0.0));
    }
}
