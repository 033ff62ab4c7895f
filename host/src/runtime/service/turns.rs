//! How threads that follow the ledger share the machine with the one that decides: they step back while suggestions wait, but
//! not for ever. Where a queue is never empty, about a quarter of their time stays their own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long it steps back before it looks again whether suggestions wait.
const ASIDE: Duration = Duration::from_millis(5);

/// How many times as long as its last stretch of work took it steps back at most.
const SHARE: u32 = 3;

/// The longest that it steps back, however long that took.
const LONGEST: Duration = Duration::from_millis(250);

/// The turns of one thread: stretches of work, and steps back between them.
#[derive(Default)]
pub(super) struct Turns {
    worked: Duration,
}

impl Turns {
    /// Steps back while suggestions wait: as long as they do, or as it may at most, or until the thread is to end.
    pub(super) fn step_back(&self, waiting: &AtomicUsize, ends: impl Fn() -> bool) {
        let most = self.worked.saturating_mul(SHARE).clamp(ASIDE, LONGEST);
        let begun = Instant::now();
        while waiting.load(Ordering::Relaxed) > 0 && begun.elapsed() < most && !ends() {
            thread::sleep(ASIDE);
        }
    }

    /// Does a stretch of work.
    pub(super) fn work<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.worked = begun.elapsed();
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_steps_back_for_ever_and_nobody_for_nothing() {
        let (busy, idle) = (AtomicUsize::new(1), AtomicUsize::new(0));
        let mut turns = Turns::default();
        assert_eq!(turns.work(|| 7), 7);
        let took = |turns: &Turns, waiting: &AtomicUsize, ends: bool| {
            let begun = Instant::now();
            turns.step_back(waiting, || ends);
            begun.elapsed()
        };
        assert!(took(&turns, &busy, false) >= ASIDE, "whoever waits goes first");
        // Three times that would be for ever, if it were not bounded: each of these comes back.
        turns.worked = Duration::MAX;
        assert!(took(&turns, &busy, false) >= LONGEST);
        took(&turns, &busy, true);
        took(&turns, &idle, false);
    }
}
