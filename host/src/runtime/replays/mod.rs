//! Replays that a service is asked for: one at a time, on a thread that gives way to those that decide. What came of them is kept
//! in memory, and goes with the service.

mod run;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::random;

pub(super) use run::Failure;

use super::Deployment;
use crate::replay::{Recheck, Report, Selection};

/// How many are kept; the oldest goes first.
pub const KEPT_REPLAYS: usize = 16;

/// The most decisions that one of them judges. Whoever wants more lets the command line do it, with all cores.
pub const MOST_REPLAYED: u64 = 1_000_000;

/// How long one that was told to end has, before nobody waits for it any more.
const FAREWELL: Duration = Duration::from_secs(5);

/// Modules are called on the thread of a replay.
pub(super) const STACK: usize = 8 << 20;

/// What is to be replayed.
#[derive(Clone, Debug)]
pub struct WantedReplay {
    /// The name of the set under test.
    pub candidate: String,
    /// The name of the set that it is compared with; none: what is on record.
    pub baseline: Option<String>,
    /// Which part of what is on record.
    pub selection: Selection,
    /// Whether every module is called, also where its answer is known.
    pub full: bool,
    /// The share of the answers on record that is computed again.
    pub recheck: Recheck,
}

/// How far a replay is.
#[derive(Clone, Debug)]
pub enum ReplayState {
    /// It goes on.
    Running,
    /// It went to its end.
    Done(Arc<Report>),
    /// Somebody ended it: the report says what was done by then.
    Stopped(Arc<Report>),
    /// It could not be done, for a reason that may be shown.
    Failed(NotReplayed, String),
}

/// What kind of reason there is that a replay could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReplayed {
    /// What was asked for cannot be replayed.
    Unusable,
    /// What it takes cannot be read.
    Unreadable,
    /// What is on record does not hold.
    Broken,
    /// A fault of the program.
    Bug,
}

/// One replay.
pub struct ReplayJob {
    /// What it is found by.
    pub id: String,
    /// What is replayed.
    pub wanted: WantedReplay,
    /// Who asked for it.
    pub actor: Arc<str>,
    /// When.
    pub begun_at: Timestamp,
    stop: AtomicBool,
    done: AtomicU64,
    all: AtomicU64,
    state: Mutex<ReplayState>,
}

/// Why a replay was not begun.
#[derive(Debug, thiserror::Error)]
pub enum NoReplay {
    /// Another one goes on.
    #[error("the replay {0} goes on: wait for it, or stop it")]
    Busy(String),
    /// The service ends.
    #[error("the service is stopping")]
    Stopping,
    /// There is no thread to be had.
    #[error("a thread for it cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The replays of a service.
#[derive(Default)]
pub struct Replays {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Oldest first. All but the last are over.
    jobs: VecDeque<Arc<ReplayJob>>,
    thread: Option<JoinHandle<()>>,
    stopping: bool,
}

impl ReplayJob {
    /// How far it is.
    #[must_use]
    pub fn state(&self) -> ReplayState {
        locked(&self.state).clone()
    }

    /// How many decisions were looked at, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }

    /// Tells it to end. One that is over stays as it is.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn is_running(&self) -> bool {
        matches!(*locked(&self.state), ReplayState::Running)
    }

    fn run(&self, deployment: &Deployment) {
        let ran = catch_unwind(AssertUnwindSafe(|| run::run(self, deployment)));
        *locked(&self.state) = match ran {
            Ok(Ok(report)) if report.extent.complete => ReplayState::Done(Arc::new(report)),
            Ok(Ok(report)) => ReplayState::Stopped(Arc::new(report)),
            Ok(Err(failure)) => {
                tracing::warn!(replay = self.id, error = %failure, "a replay could not be done");
                ReplayState::Failed(failure.kind(), failure.shown())
            }
            // The message was printed where it happened.
            Err(_) => {
                let why = "this is a bug of countersign: the replay could not be finished".to_owned();
                ReplayState::Failed(NotReplayed::Bug, why)
            }
        };
    }
}

impl Replays {
    /// Begins one.
    ///
    /// # Errors
    /// See [`NoReplay`].
    pub fn begin(
        &self,
        deployment: Arc<Deployment>,
        wanted: WantedReplay,
        actor: Arc<str>,
    ) -> Result<Arc<ReplayJob>, NoReplay> {
        let mut kept = locked(&self.kept);
        if kept.stopping {
            return Err(NoReplay::Stopping);
        }
        if let Some(running) = kept.jobs.iter().find(|job| job.is_running()) {
            return Err(NoReplay::Busy(running.id.clone()));
        }
        let job = Arc::new(ReplayJob {
            id: hex::encode(random::<[u8; 8]>()),
            wanted,
            actor,
            begun_at: Timestamp::now(),
            stop: AtomicBool::new(false),
            done: AtomicU64::new(0),
            all: AtomicU64::new(0),
            state: Mutex::new(ReplayState::Running),
        });
        let running = Arc::clone(&job);
        let run = move || {
            give_way();
            running.run(&deployment);
        };
        kept.thread = Some(thread::Builder::new().name("replay".to_owned()).stack_size(STACK).spawn(run)?);
        kept.jobs.push_back(Arc::clone(&job));
        if kept.jobs.len() > KEPT_REPLAYS {
            kept.jobs.pop_front();
        }
        Ok(job)
    }

    /// One of those that are kept.
    #[must_use]
    pub fn job(&self, id: &str) -> Option<Arc<ReplayJob>> {
        locked(&self.kept).jobs.iter().find(|job| job.id == id).map(Arc::clone)
    }

    /// All that are kept, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<ReplayJob>> {
        locked(&self.kept).jobs.iter().rev().map(Arc::clone).collect()
    }

    /// Begins no more, and ends the one that goes on.
    pub fn stop(&self) {
        let thread = {
            let mut kept = locked(&self.kept);
            kept.stopping = true;
            kept.jobs.iter().for_each(|job| job.stop());
            kept.thread.take()
        };
        if let Some(thread) = thread {
            take_leave(&thread, "a replay");
        }
    }
}

/// Waits for a thread that was told to end, and not for long: what it records stands whole in the ledger, or not at all.
pub(super) fn take_leave(thread: &JoinHandle<()>, what: &str) {
    let begun = Instant::now();
    while !thread.is_finished() && begun.elapsed() < FAREWELL {
        thread::sleep(Duration::from_millis(5));
    }
    if !thread.is_finished() {
        tracing::warn!("{what} did not end in time; it ends with the program, and leaves nothing half done");
    }
}

/// Lets all other threads of this machine go first. On Linux a thread has a priority of its own, which those that it starts
/// inherit.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    const LAST: i32 = 19;
    if let Err(error) = rustix::process::setpriority_process(None, LAST) {
        tracing::debug!(%error, "what should give way takes its turn with all others");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
