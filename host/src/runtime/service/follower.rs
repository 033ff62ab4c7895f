//! What the threads have in common that follow the ledger behind the one that decides: they go on after a failure, look for more
//! now and then, and end when they are told to.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Shared, locked};
use crate::runtime::replays::Failure;
use crate::runtime::{Deployment, Home};

/// How often it is looked for more while there is nothing to do.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// After how long it is tried again what failed.
const AGAIN: Duration = Duration::from_secs(5);

/// What such a thread has.
pub(super) struct Follower {
    pub home: Home,
    pub shared: Arc<Shared>,
    /// Becomes true when it is to end.
    pub stop: Arc<AtomicBool>,
}

/// What is said where one cannot go on.
pub(super) struct Words {
    /// What follows from that.
    pub failed: &'static str,
    /// What is told instead of a panic's message, which was printed where it happened.
    pub bug: &'static str,
}

impl Follower {
    /// Follows again and again, until it is to end. `stuck` is told why it does not go on, in words for whoever asks, and whether
    /// that is a panic, after which what was half done is not known.
    pub(super) fn keep(&self, words: &Words, follow: impl Fn() -> Result<(), Failure>, stuck: impl Fn(String, bool)) {
        let mut said = None;
        while !self.ends() {
            let followed = catch_unwind(AssertUnwindSafe(&follow));
            let panicked = followed.is_err();
            let (shown, why) = match followed {
                Ok(Ok(())) => {
                    said = None;
                    continue;
                }
                Ok(Err(failure)) => (failure.shown(), failure.to_string()),
                Err(_) => (words.bug.to_owned(), words.bug.to_owned()),
            };
            if said.as_ref() != Some(&why) {
                tracing::warn!(error = why, "{}", words.failed);
                said = Some(why);
            }
            stuck(shown, panicked);
            self.rest(AGAIN);
        }
    }

    /// Whether this is still the deployment that decides.
    pub(super) fn has(&self, deployment: &Arc<Deployment>) -> bool {
        Arc::ptr_eq(deployment, &locked(&self.shared.deployment))
    }

    pub(super) fn ends(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Does nothing for a while, and no longer than until it is to end.
    pub(super) fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.ends() && Instant::now() < until {
            thread::sleep(pause.min(LOOK));
        }
    }
}
