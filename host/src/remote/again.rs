//! How often a service is asked again, and after how long.

use std::time::Duration;

/// How often, if it does not answer anything in between.
const MOST: u32 = 6;

/// The first pause; each is twice the one before. All together they last longer than a service takes to start.
const FIRST: Duration = Duration::from_millis(250);

/// The longest pause that a service may ask for.
const LONGEST: Duration = Duration::from_mins(1);

/// How often somebody was asked in vain.
#[derive(Debug, Default)]
pub(super) struct Tries(u32);

impl Tries {
    /// It answered.
    pub(super) fn begin_again(&mut self) {
        self.0 = 0;
    }

    /// How long to wait before the next try, which may be longer than was asked for; none, if enough was tried, or if
    /// nobody should wait for so long.
    pub(super) fn pause(&mut self, asked_for: Option<Duration>) -> Option<Duration> {
        let own = FIRST * (1 << self.0.min(MOST));
        let pause = asked_for.map_or(own, |asked_for| asked_for.max(own));
        self.0 += 1;
        (self.0 <= MOST && pause <= LONGEST).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_and_waits_as_long_as_was_asked() {
        let mut tries = Tries::default();
        let pauses: Vec<_> = std::iter::from_fn(|| tries.pause(None)).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000]);
        assert_eq!(tries.pause(None), None, "it stays at an end");
        tries.begin_again();
        let asked = Some(Duration::from_secs(3));
        let pauses: Vec<_> = std::iter::from_fn(|| tries.pause(asked)).map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses, [3, 3, 3, 3, 4, 8]);
        tries.begin_again();
        assert_eq!(tries.pause(Some(Duration::from_hours(1))), None);
    }
}
