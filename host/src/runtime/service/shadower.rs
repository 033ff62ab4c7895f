//! The thread that judges what was decided with the set in the shadow, if there is one: a page after the other, behind the thread
//! that decides, and stepping back while somebody waits for that. It reads alone, so it cannot delay an answer; what it found is
//! in memory, and found again from the beginning when the service starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::follower::{Follower, LOOK, Words};
use super::turns::Turns;
use super::{Shared, locked};
use crate::ledger::Ledger;
use crate::replay::ShadowCounts;
use crate::rollout::{History, Shadow};
use crate::runtime::replays::{Failure, STACK, give_way, take_leave};
use crate::runtime::{DeploymentError, Home, ShadowJudge, ShadowReport};

/// How many events it looks at in one go.
const STRETCH: u64 = 128;

/// A thread that judges in the shadow; it ends with this value.
pub(super) struct Shadower {
    stop: Arc<AtomicBool>,
    found: Arc<Mutex<Option<Found>>>,
    thread: Option<JoinHandle<()>>,
}

/// What it found so far.
#[derive(Clone)]
struct Found {
    /// The event that began it.
    begun: u64,
    /// The first event that it did not look at.
    next: u64,
    counts: ShadowCounts,
    /// Why it does not go on.
    stuck: Option<String>,
}

impl Found {
    fn nothing(shadow: &Shadow) -> Self {
        Self { begun: shadow.seq, next: shadow.seq + 1, counts: ShadowCounts::default(), stuck: None }
    }
}

impl Shadower {
    pub(super) fn start(home: Home, shared: Arc<Shared>) -> std::io::Result<Self> {
        let (stop, found) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let follower = Follower { home, shared, stop: Arc::clone(&stop) };
        let judging = Judging { follower, found: Arc::clone(&found) };
        let run = move || {
            give_way();
            judging.run();
        };
        let thread = thread::Builder::new().name("shadow".to_owned()).stack_size(STACK).spawn(run)?;
        Ok(Self { stop, found, thread: Some(thread) })
    }

    /// What came of the set in the shadow so far, if there is one.
    pub(super) fn report(&self, ledger: &Ledger) -> Result<Option<ShadowReport>, DeploymentError> {
        let Some(shadow) = History::read(ledger)?.shadow else { return Ok(None) };
        // One that began a moment ago was not seen yet.
        let found = locked(&self.found).clone().filter(|found| found.begun == shadow.seq);
        let Found { next, counts, stuck, .. } = found.unwrap_or_else(|| Found::nothing(&shadow));
        let behind = ledger.decisions_at(next..u64::MAX)?;
        Ok(Some(ShadowReport::new(shadow, counts, behind, stuck)))
    }

    pub(super) fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            take_leave(&thread, "the set in the shadow");
        }
    }
}

impl Drop for Shadower {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the thread has.
struct Judging {
    follower: Follower,
    found: Arc<Mutex<Option<Found>>>,
}

const WORDS: Words = Words {
    failed: "the set in the shadow cannot go on; what decides is not touched by it",
    bug: "this is a bug of countersign: what was decided could not be judged with it",
};

impl Judging {
    fn run(&self) {
        let stuck = |why, _| {
            if let Some(found) = locked(&self.found).as_mut() {
                found.stuck = Some(why);
            }
        };
        self.follower.keep(&WORDS, || self.follow(), stuck);
    }

    /// Waits for a set in the shadow, and judges with it until there is none any more, or another deployment.
    fn follow(&self) -> Result<(), Failure> {
        let ledger = Ledger::open_read_only(self.follower.home.ledger())?;
        let Some((shadow, mut known)) = self.wait(&ledger)? else { return Ok(()) };
        let deployment = Arc::clone(&locked(&self.follower.shared.deployment));
        let mut next = self.begin(&shadow);
        let judge = ShadowJudge::new(&deployment, &ledger, &shadow)?;
        let mut turns = Turns::default();
        while !self.follower.ends() && self.follower.has(&deployment) {
            turns.step_back(&self.follower.shared.waiting, || self.follower.ends());
            let newest = ledger.last_of_policy()?;
            if newest != known {
                if read(&ledger)?.as_ref() != Some(&shadow) {
                    return Ok(());
                }
                known = newest;
            }
            let end = ledger.count()?.min(next + STRETCH);
            if end <= next {
                self.follower.rest(LOOK);
                continue;
            }
            let judged = turns.work(|| judge.judge(&ledger, next..end, 1, &self.follower.stop, |_| {}));
            let Some(counts) = judged? else { return Ok(()) };
            self.add(counts, end);
            next = end;
        }
        Ok(())
    }

    /// Waits until a set is in the shadow, and returns it with the newest event about policies by then; nothing, if it is to end.
    fn wait(&self, ledger: &Ledger) -> Result<Option<(Shadow, Option<u64>)>, Failure> {
        let mut known = None;
        while !self.follower.ends() {
            let newest = ledger.last_of_policy()?;
            if newest != known {
                known = newest;
                if let Some(shadow) = read(ledger)? {
                    return Ok(Some((shadow, known)));
                }
                *locked(&self.found) = None;
            }
            self.follower.rest(LOOK);
        }
        Ok(None)
    }

    /// Where to go on: behind what was found before, or from the beginning.
    fn begin(&self, shadow: &Shadow) -> u64 {
        let mut found = locked(&self.found);
        let before = found.take().filter(|before| before.begun == shadow.seq);
        found.insert(before.unwrap_or_else(|| Found::nothing(shadow))).next
    }

    fn add(&self, counts: ShadowCounts, next: u64) {
        if let Some(found) = locked(&self.found).as_mut() {
            found.counts.add(counts);
            (found.next, found.stuck) = (next, None);
        }
    }
}

/// The set in the shadow.
fn read(ledger: &Ledger) -> Result<Option<Shadow>, Failure> {
    Ok(History::read(ledger).map_err(DeploymentError::from)?.shadow)
}
