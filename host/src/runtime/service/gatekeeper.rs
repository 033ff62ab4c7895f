//! The thread that counts what is decided while a canary runs, asks its gates, and does what follows from that without anybody: a
//! canary of which a gate has failed ends, and one whose gates have all passed goes on if its plan says so. It follows behind the
//! thread that decides, and cannot delay an answer; what it counted is in memory, and counted again when the service starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use jiff::Timestamp;

use super::follower::{Follower, LOOK, Words};
use super::turns::Turns;
use super::{Shared, locked};
use crate::ledger::Ledger;
use crate::rollout::{Act, Canary, Counts, EndCause, GatesReport, History, RolloutError};
use crate::runtime::canary::{BY_ITSELF, CanaryCount, CanaryCounter, Follows, end_as_it_stands};
use crate::runtime::replays::{Failure, STACK, give_way, take_leave};
use crate::runtime::{CanaryReport, Deployment, DeploymentError, Home, Kept, Promotion};

/// How many events it looks at in one go.
const STRETCH: u64 = 128;

/// How many threads count what is still behind when somebody promotes: threads of its own, which have the stack that judging
/// takes.
const PROMOTING: usize = 2;

/// A thread that keeps the gates; it ends with this value.
pub(super) struct Gatekeeper {
    seen: Arc<Seen>,
    stop: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread shares with those who ask.
#[derive(Default)]
struct Seen {
    /// What was counted, held by whoever counts more.
    count: Mutex<Option<CanaryCount>>,
    /// What can be told of it at any moment.
    found: Mutex<Option<Found>>,
}

/// What was found so far.
#[derive(Clone)]
struct Found {
    /// The event that began the canary.
    begun: u64,
    /// The first event that was not looked at.
    next: u64,
    counts: Counts,
    /// Why it does not go on.
    stuck: Option<String>,
}

impl Found {
    fn of(count: &CanaryCount) -> Self {
        Self { begun: count.begun(), next: count.next(), counts: count.counts(), stuck: None }
    }
}

impl Gatekeeper {
    pub(super) fn start(home: Home, shared: Arc<Shared>) -> std::io::Result<Self> {
        let (seen, stop) = (Arc::new(Seen::default()), Arc::new(AtomicBool::new(false)));
        let follower = Follower { home, shared, stop: Arc::clone(&stop) };
        let keeping = Keeping { follower, seen: Arc::clone(&seen) };
        let run = move || {
            give_way();
            keeping.run();
        };
        let thread = thread::Builder::new().name("gates".to_owned()).stack_size(STACK).spawn(run)?;
        Ok(Self { seen, stop, thread: Mutex::new(Some(thread)) })
    }

    /// What came of the canary so far, if one runs.
    pub(super) fn report(&self, ledger: &Ledger) -> Result<Option<CanaryReport>, DeploymentError> {
        let Some(canary) = History::read(ledger)?.canary else { return Ok(None) };
        // One that began a moment ago was not seen yet.
        let found = locked(&self.seen.found).clone().filter(|found| found.begun == canary.seq);
        let Found { next, counts, stuck, .. } = found.unwrap_or_else(|| Found::of(&CanaryCount::new(&canary)));
        let behind = ledger.decisions_at(next..u64::MAX)?;
        Ok(Some(CanaryReport::new(canary, counts, behind, stuck)))
    }

    /// Counts what is still behind, asks the gates, and brings the canary on if all have passed.
    pub(super) fn promote(
        &self,
        deployment: &Deployment,
        ledger: &mut Ledger,
        act: Act<'_>,
    ) -> Result<Promotion, DeploymentError> {
        let history = History::read(ledger)?;
        let canary = history.running_canary()?;
        let counter = CanaryCounter::new(deployment, ledger, canary)?;
        let counts = {
            let mut kept = locked(&self.seen.count);
            let count = CanaryCount::of(&mut kept, canary);
            let until = ledger.count()?;
            if !counter.follow(count, ledger, until, PROMOTING, &self.stop, |_| {})? {
                let why = "the service is stopping, and not everything was counted; ask again when it runs".to_owned();
                return Err(RolloutError::Gates { share: canary.share().to_string(), why }.into());
            }
            self.seen.say(count)
        };
        let gates = canary.plan.gates.judge(counts, canary.share());
        deployment.promote_as_it_stands(ledger, &history, &gates, act)
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = locked(&self.thread).take() {
            take_leave(&thread, "the keeper of the gates");
        }
    }
}

impl Drop for Gatekeeper {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Seen {
    /// Lets what was counted be told, and returns it.
    fn say(&self, count: &CanaryCount) -> Counts {
        let found = Found::of(count);
        let counts = found.counts.clone();
        *locked(&self.found) = Some(found);
        counts
    }

    fn forget(&self) {
        *locked(&self.count) = None;
        *locked(&self.found) = None;
    }
}

/// What the thread has.
struct Keeping {
    follower: Follower,
    seen: Arc<Seen>,
}

const WORDS: Words = Words {
    failed: "the gates of the canary cannot be asked; it stays at its step",
    bug: "this is a bug of countersign: what the canary decided could not be counted",
};

impl Keeping {
    fn run(&self) {
        let stuck = |why, panicked| {
            if panicked {
                *locked(&self.seen.count) = None;
            }
            if let Some(found) = locked(&self.seen.found).as_mut() {
                found.stuck = Some(why);
            }
        };
        self.follower.keep(&WORDS, || self.follow(), stuck);
    }

    /// Waits for a canary, and keeps its gates until there is none any more, or another deployment.
    fn follow(&self) -> Result<(), Failure> {
        let ledger = Ledger::open_read_only(self.follower.home.ledger())?;
        let Some((begun, mut history)) = self.wait(&ledger)? else { return Ok(()) };
        let deployment = Arc::clone(&locked(&self.follower.shared.deployment));
        self.seen.say(CanaryCount::of(&mut locked(&self.seen.count), &begun));
        if let Some(why) = deployment.unusable(&ledger, &begun)? {
            return self.end_unusable(&history, &why);
        }
        let counter = CanaryCounter::new(&deployment, &ledger, &begun)?;
        let mut turns = Turns::default();
        // Up to where everything was counted when the gates were asked last, since something was recorded about policies.
        let mut asked = None;
        while !self.follower.ends() && self.follower.has(&deployment) {
            turns.step_back(&self.follower.shared.waiting, || self.follower.ends());
            if ledger.last_of_policy()? != history.last() {
                history = read(&ledger)?;
                asked = None;
            }
            let Some(canary) = history.canary.as_ref().filter(|canary| canary.seq == begun.seq) else { return Ok(()) };
            let all = ledger.count()?;
            let Some((next, counts)) = turns.work(|| self.count(&counter, &ledger, canary, all))? else {
                return Ok(());
            };
            if asked == Some(next) {
                self.follower.rest(LOOK);
                continue;
            }
            asked = Some(next);
            let gates = canary.plan.gates.judge(counts, canary.share());
            // What is still behind may speak against going on.
            let follows =
                Follows::from_gates(canary, &gates).filter(|follows| next >= all || *follows != Follows::Promote);
            if let Some(follows) = follows
                && !self.take(&deployment, &history, follows, &gates)?
            {
                asked = None;
            }
        }
        Ok(())
    }

    /// Counts one stretch more, if there is more. Returns how far that is, and what was counted so far; nothing, if it is to end.
    fn count(
        &self,
        counter: &CanaryCounter<'_>,
        ledger: &Ledger,
        canary: &Canary,
        all: u64,
    ) -> Result<Option<(u64, Counts)>, Failure> {
        let mut kept = locked(&self.seen.count);
        let count = CanaryCount::of(&mut kept, canary);
        let until = all.min(count.next() + STRETCH);
        let whole = counter.follow(count, ledger, until, 1, &self.follower.stop, |_| {})?;
        Ok(whole.then(|| (count.next(), self.seen.say(count))))
    }

    /// Does what follows from the gates. Returns false if somebody else was faster, so that it has to be looked at again.
    fn take(
        &self,
        deployment: &Deployment,
        history: &History,
        follows: Follows,
        gates: &GatesReport,
    ) -> Result<bool, Failure> {
        let mut ledger = Ledger::open(self.follower.home.ledger())?;
        match deployment.follow_gates(&mut ledger, history, follows, gates) {
            Ok(kept) => {
                say(&kept);
                Ok(true)
            }
            Err(DeploymentError::Rollout(RolloutError::Raced)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a canary whose set cannot decide here: those whom it should decide about would wait for it.
    fn end_unusable(&self, history: &History, why: &str) -> Result<(), Failure> {
        let mut ledger = Ledger::open(self.follower.home.ledger())?;
        let at = Timestamp::now().to_string();
        let act = Act { by: BY_ITSELF, at: &at, reason: why };
        match end_as_it_stands(&mut ledger, history, EndCause::Unusable, None, act) {
            Ok(ended) => say(&Kept::Ended(ended)),
            Err(DeploymentError::Rollout(RolloutError::Raced)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Waits until a canary runs, and returns it with the history that has it; nothing, if it is to end.
    fn wait(&self, ledger: &Ledger) -> Result<Option<(Canary, History)>, Failure> {
        let mut known = None;
        while !self.follower.ends() {
            let newest = ledger.last_of_policy()?;
            if known != Some(newest) {
                let history = read(ledger)?;
                if let Some(canary) = history.canary.clone() {
                    return Ok(Some((canary, history)));
                }
                self.seen.forget();
                known = Some(newest);
            }
            self.follower.rest(LOOK);
        }
        Ok(None)
    }
}

/// Tells the operator what was done by itself.
fn say(kept: &Kept) {
    match kept {
        Kept::Nothing | Kept::Stays(_) => {}
        Kept::Ended(ended) => {
            let set = &ended.canary.set;
            let (cause, reason) = (ended.cause.as_str(), ended.reason.as_str());
            tracing::warn!(set = set.name, version = set.version, cause, reason, "the canary ended by itself");
        }
        Kept::Promoted(Promotion::Moved(canary)) => {
            let (set, share) = (&canary.set, canary.share().to_string());
            tracing::info!(set = set.name, version = set.version, share, "the canary is at its next step");
        }
        Kept::Promoted(Promotion::Activated(activation)) => {
            let set = &activation.set;
            tracing::info!(set = set.name, version = set.version, "the canary's set is in force for everything");
        }
    }
}

/// What is on record about policies.
fn read(ledger: &Ledger) -> Result<History, Failure> {
    Ok(History::read(ledger).map_err(DeploymentError::from)?)
}
