//! What happens to the sums of a kernel before they leave the cache.

use std::fmt;

use wide::f32x4;

/// The range of a linear layer: all there is.
pub const LINEAR: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// About how many positions are completed at once where a kernel did not do so itself.
const POSITIONS_AT_ONCE: usize = 112;

/// Completes a block of positions, `[positions, outputs]`, in place; also given which position is its first, in
/// all of `[N, H, W]`.
pub type Then<'a> = &'a (dyn Fn(usize, &mut [f32]) + Sync);

/// What becomes of each sum.
#[derive(Clone, Copy)]
pub struct Epilogue<'a> {
    /// Values are brought into this range while they are in registers.
    pub range: (f32, f32),
    /// Behind that, while a block is in the cache: a residual, a factor for each channel, another activation.
    pub then: Option<Then<'a>>,
}

impl Epilogue<'_> {
    /// None.
    pub const LINEAR: Self = Self { range: LINEAR, then: None };

    /// Completes positions that are within the range.
    pub fn complete(&self, first: usize, values: &mut [f32]) {
        if let Some(then) = self.then {
            then(first, values);
        }
    }

    /// Completes sums as they are, `[positions, outputs]`: where parts of a sum came from elsewhere.
    pub fn apply(&self, outputs: usize, values: &mut [f32]) {
        let (least, most) = self.range;
        for (block, values) in values.chunks_mut((POSITIONS_AT_ONCE * outputs).max(1)).enumerate() {
            if self.range != LINEAR {
                values.iter_mut().for_each(|value| *value = clamp_one(*value, least, most));
            }
            self.complete(block * POSITIONS_AT_ONCE, values);
        }
    }
}

impl fmt::Debug for Epilogue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Epilogue").field("range", &self.range).finish_non_exhaustive()
    }
}

/// Values within a range; one that is not a number stays it. Of two of which one is no number, WebAssembly's
/// instructions give the first, and those of other machines the second.
#[inline(always)]
pub(super) fn clamp(value: f32x4, (least, most): (f32, f32)) -> f32x4 {
    let (least, most) = (f32x4::splat(least), f32x4::splat(most));
    if cfg!(target_family = "wasm") {
        value.fast_max(least).fast_min(most)
    } else {
        most.fast_min(least.fast_max(value))
    }
}

/// As [`clamp`].
fn clamp_one(value: f32, least: f32, most: f32) -> f32 {
    if value < least {
        least
    } else if value > most {
        most
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn blocks_are_completed_in_turn() {
        let firsts = Mutex::new(Vec::new());
        let then = |first: usize, values: &mut [f32]| {
            firsts.lock().expect("no other panic").push(first);
            values.iter_mut().for_each(|value| *value += 1.0);
        };
        let mut values = vec![-3.0; 3 * 250];
        Epilogue { range: (0.0, 6.0), then: Some(&then) }.apply(3, &mut values);
        assert!(values.iter().all(|&value| value == 1.0));
        assert_eq!(firsts.into_inner().expect("no panic"), [0, 112, 224]);
    }

    #[test]
    fn what_is_no_number_stays_it() {
        assert!(clamp(f32x4::splat(f32::NAN), (0.0, 6.0)).to_array()[0].is_nan());
        assert!(clamp_one(f32::NAN, 0.0, 6.0).is_nan());
        assert_eq!(
            clamp(f32x4::new([-1.0, 0.5, 7.0, f32::INFINITY]), (0.0, 6.0)).to_array(),
            [0.0, 0.5, 6.0, 6.0]
        );
    }
}
