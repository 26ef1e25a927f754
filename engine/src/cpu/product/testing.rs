//! What the kernels' tests share.

use std::cell::Cell;

/// So many values from -1 to 1; others on each call, the same in each run.
pub fn random(count: usize) -> Vec<f32> {
    thread_local!(static STATE: Cell<u64> = const { Cell::new(1) });
    let next = || {
        let state =
            STATE.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        STATE.set(state);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Whether sums are as they should be, but for what `f32` rounds.
pub fn assert_close(values: &[f32], expected: &[f64]) {
    assert_eq!(values.len(), expected.len());
    for (at, (&value, &expected)) in values.iter().zip(expected).enumerate() {
        let error = (f64::from(value) - expected).abs();
        assert!(error <= 1e-4 * expected.abs().max(1.0), "{value} in place of {expected} at {at}");
    }
}
