//! Chance that can be repeated: everything random in a trial is drawn from one number.

use std::sync::Mutex;
use std::time::Duration;

/// SplitMix64: small, and good enough to choose moments and victims with.
pub struct Chance(Mutex<u64>);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// Another one, drawn from this.
    pub fn branch(&self) -> Self {
        Self::new(self.next())
    }

    /// Below `bound`.
    pub fn below(&self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("a number below the bound")
    }

    pub fn one_in(&self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub fn between(&self, least: Duration, most: Duration) -> Duration {
        let span = (most - least).as_micros() as usize;
        least + Duration::from_micros(self.below(span) as u64)
    }

    pub fn shuffle<T>(&self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().expect("nobody panics while drawing");
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
