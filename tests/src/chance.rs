//! Numbers that look like chance and can be repeated.

use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers that look like chance, the same for the same seed.
pub struct Chance(u64);

impl Chance {
    /// From `CRASH_SEED`, or a new one each time; printed, so that a failure can be repeated.
    #[must_use]
    pub fn seeded() -> Self {
        let given = std::env::var("CRASH_SEED").ok().map(|seed| seed.parse().unwrap());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seed = given.unwrap_or_else(|| now.as_secs() ^ (u64::from(now.subsec_nanos()) << 32)).max(1);
        println!("to repeat it: CRASH_SEED={seed}");
        Self(seed)
    }

    /// The next number, from 0 to before the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
