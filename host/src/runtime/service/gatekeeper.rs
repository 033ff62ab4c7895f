//! The thread that counts what is decided while a canary runs, asks its gates, and does what follows from that without anybody: a
//! canary of which a gate has failed ends, and one whose gates have all passed goes on if its plan says so. It follows behind the
//! thread that decides, and cannot delay an answer; what it counted is in memory, and counted again when the service starts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::turns::Turns;
use super::{Shared, locked};
use crate::ledger::Ledger;
use crate::rollout::{Act, Canary, Counts, EndCause, GatesReport, History, RolloutError};
use crate::runtime::canary::{BY_ITSELF, CanaryCount, CanaryCounter, Follows, end_as_it_stands};
use crate::runtime::replays::{Failure, STACK, give_way, take_leave};
use crate::runtime::{CanaryReport, Deployment, DeploymentError, Home, Kept, Promotion};

/// How many events it looks at in one go.
const STRETCH: u64 = 128;

/// How often it looks for more while there is nothing to do.
const LOOK: Duration = Duration::from_millis(100);

/// After how long it tries again what failed.
const AGAIN: Duration = Duration::from_secs(5);

/// How many threads count what is still behind when somebody promotes: threads of its own, which have the stack that judging
/// takes.
const PROMOTING: usize = 2;

/// A thread that keeps the gates; it ends with this value.
pub(super) struct Gatekeeper {
    seen: Arc<Seen>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread shares with those who ask.
#[derive(Default)]
struct Seen {
    stop: AtomicBool,
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
        let seen = Arc::new(Seen::default());
        let follower = Follower { home, shared, seen: Arc::clone(&seen) };
        let run = move || {
            give_way();
            follower.run();
        };
        let thread = thread::Builder::new().name("gates".to_owned()).stack_size(STACK).spawn(run)?;
        Ok(Self { seen, thread: Mutex::new(Some(thread)) })
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
            if !counter.follow(count, ledger, until, PROMOTING, &self.seen.stop, |_| {})? {
                let why = "the service is stopping, and not everything was counted; ask again when it runs".to_owned();
                return Err(RolloutError::Gates { share: canary.share().to_string(), why }.into());
            }
            self.seen.say(count)
        };
        let gates = canary.plan.gates.judge(counts, canary.share());
        deployment.promote_as_it_stands(ledger, &history, &gates, act)
    }

    pub(super) fn stop(&self) {
        self.seen.stop.store(true, Ordering::Relaxed);
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
struct Follower {
    home: Home,
    shared: Arc<Shared>,
    seen: Arc<Seen>,
}

impl Follower {
    fn run(&self) {
        let mut said = None;
        while !self.ends() {
            let (shown, why) = match catch_unwind(AssertUnwindSafe(|| self.follow())) {
                Ok(Ok(())) => {
                    said = None;
                    continue;
                }
                Ok(Err(failure)) => (failure.shown(), failure.to_string()),
                // The message was printed where it happened. What was half counted is not known.
                Err(_) => {
                    *locked(&self.seen.count) = None;
                    let why = "this is a bug of countersign: what the canary decided could not be counted".to_owned();
                    (why.clone(), why)
                }
            };
            if said.as_ref() != Some(&why) {
                tracing::warn!(error = why, "the gates of the canary cannot be asked; it stays at its step");
                said = Some(why);
            }
            if let Some(found) = locked(&self.seen.found).as_mut() {
                found.stuck = Some(shown);
            }
            self.rest(AGAIN);
        }
    }

    /// Waits for a canary, and keeps its gates until there is none any more, or another deployment.
    fn follow(&self) -> Result<(), Failure> {
        let ledger = Ledger::open_read_only(self.home.ledger())?;
        let Some((begun, mut history)) = self.wait(&ledger)? else { return Ok(()) };
        let deployment = Arc::clone(&locked(&self.shared.deployment));
        self.seen.say(CanaryCount::of(&mut locked(&self.seen.count), &begun));
        if let Some(why) = deployment.unusable(&ledger, &begun)? {
            return self.end_unusable(&history, &why);
        }
        let counter = CanaryCounter::new(&deployment, &ledger, &begun)?;
        let mut turns = Turns::default();
        // Up to where everything was counted when the gates were asked last, since something was recorded about policies.
        let mut asked = None;
        while !self.ends() && self.has(&deployment) {
            turns.step_back(&self.shared.waiting, || self.ends());
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
                self.rest(LOOK);
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
        let whole = counter.follow(count, ledger, until, 1, &self.seen.stop, |_| {})?;
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
        let mut ledger = Ledger::open(self.home.ledger())?;
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
        let mut ledger = Ledger::open(self.home.ledger())?;
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
        while !self.ends() {
            let newest = ledger.last_of_policy()?;
            if known != Some(newest) {
                let history = read(ledger)?;
                if let Some(canary) = history.canary.clone() {
                    return Ok(Some((canary, history)));
                }
                self.seen.forget();
                known = Some(newest);
            }
            self.rest(LOOK);
        }
        Ok(None)
    }

    /// Whether this is still the deployment that decides.
    fn has(&self, deployment: &Arc<Deployment>) -> bool {
        Arc::ptr_eq(deployment, &locked(&self.shared.deployment))
    }

    fn ends(&self) -> bool {
        self.seen.stop.load(Ordering::Relaxed)
    }

    /// Does nothing for a while, and no longer than until it is to end.
    fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while !self.ends() && Instant::now() < until {
            thread::sleep(pause.min(LOOK));
        }
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
