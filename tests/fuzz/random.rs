//! Numbers of a case, the same each time.

/// splitmix64
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers that belong to a case.
    pub fn new(case: u64) -> Self {
        let mut random = Self(case);
        // Cases are numbered one by one: the first number stirs them.
        random.0 = random.next();
        random
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `count`; 0 for none.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// True in one of so many cases.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> Option<T> {
        items.get(self.below(items.len())).copied()
    }

    /// One of these, to change it.
    pub fn pick_mut<'i, T>(&mut self, items: &'i mut [T]) -> Option<&'i mut T> {
        let at = self.below(items.len());
        items.get_mut(at)
    }

    /// A whole number near this one, or an odd one.
    pub fn near(&mut self, value: i64) -> i64 {
        const ODD: [i64; 12] =
            [0, 1, -1, 2, 3, 8, 1 << 16, 1 << 31, -(1 << 31), i64::MAX, i64::MIN, i64::MAX / 2];
        match self.below(6) {
            0 => value.wrapping_add(1),
            1 => value.wrapping_sub(1),
            2 => value.wrapping_neg(),
            3 => value.wrapping_mul(2),
            4 => self.below(8) as i64,
            _ => self.pick(&ODD).unwrap_or(0),
        }
    }

    /// An extent near this one, or an odd one.
    pub fn extent(&mut self, extent: usize) -> usize {
        const ODD: [usize; 6] = [0, 1, 1 << 10, 1 << 20, 1 << 40, usize::MAX];
        match self.below(8) {
            0 | 1 => extent.wrapping_add(1),
            2 => extent.saturating_sub(1),
            3 => extent.wrapping_mul(2),
            4 => extent / 2,
            5 | 6 => self.below(12),
            _ => self.pick(&ODD).unwrap_or(0),
        }
    }

    /// A number of any size, or none.
    pub fn float(&mut self) -> f64 {
        const ODD: [f64; 10] =
            [0.0, -0.0, 1.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 3.4e38, 1e-40, 1e30];
        if self.one_in(2) {
            return self.pick(&ODD).unwrap_or(0.0);
        }
        (self.next() >> 11) as f64 / (1u64 << 50) as f64 - 4.0
    }
}
