//! Decides for many who ask at the same time: what waits is recorded together, with one sync of the disk.
//!
//! One thread decides and writes. Those who ask put a suggestion into a queue of bounded length and are called back when the
//! decision is on disk; whoever finds the queue full is told so at once, and nothing of theirs is kept.

mod decider;
mod follower;
mod gatekeeper;
mod ready;
mod shadower;
mod trainer;
mod turns;
mod watcher;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use decider::Decider;
use gatekeeper::Gatekeeper;
use ready::Ready;
use shadower::Shadower;
use trainer::Trainer;
use watcher::Watcher;

use super::checkpoints::Signing;
use super::{
    Answered, Asked, CanaryReport, Checkpoints, Deployment, DeploymentError, EvaluateError, Home, Promotion, Replays,
    ShadowReport,
};
use crate::ledger::Ledger;
use crate::model::{Description, SetRef};
use crate::notify::{Files, Senders};
use crate::rollout::{Act, History};

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// This suggestion cannot be decided, for a reason of its own.
    #[error(transparent)]
    Refused(Arc<EvaluateError>),
    /// Nothing can be recorded at the moment. Whether this one was is not known: ask again with the same id.
    #[error("the ledger cannot be written at the moment: ask again later with the same id")]
    Unavailable,
    /// The program failed. Nothing was recorded.
    #[error("this is a bug of countersign: the suggestion could not be judged")]
    Bug,
}

/// What whoever asked is called back with.
pub type Reply = Box<dyn FnOnce(Result<Answered, NoAnswer>) + Send>;

/// Why a question was not taken. Nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// As many wait as may.
    #[error("as many suggestions wait as may: ask again in a moment")]
    Full,
    /// The service ends.
    #[error("the service is stopping")]
    Stopping,
}

/// One question.
struct Question {
    asked: Asked,
    record: bool,
    reply: Reply,
}

/// How the service is.
#[derive(Clone, Debug)]
pub struct Health {
    /// The set that decides.
    pub set: SetRef,
    /// The set that is tried on a part of the records, if there is one.
    pub canary: Option<SetRef>,
    /// Why the ledger could not be written the last time; nothing, if it could.
    pub ledger: Option<String>,
    /// The newest event that changed what decides here.
    pub change: u64,
    /// Why the configuration that was to be loaded last, or what was last to decide, is not in use; nothing, if it is.
    pub reload: Option<String>,
}

/// What the thread that decides shares with everybody else.
struct Shared {
    deployment: Mutex<Arc<Deployment>>,
    rules: Mutex<Arc<[Description]>>,
    /// What is to decide from now on.
    next: Mutex<Option<Ready>>,
    health: Mutex<Health>,
    waiting: AtomicUsize,
    /// Held while something is got ready to decide, so that what is newest decides last.
    preparing: Mutex<()>,
}

/// A deployment that is asked by many.
pub struct Service {
    queue: Mutex<Option<SyncSender<Question>>>,
    shared: Arc<Shared>,
    decider: Mutex<Option<JoinHandle<()>>>,
    watcher: Mutex<Option<Watcher>>,
    trainer: Mutex<Option<Trainer>>,
    shadower: Mutex<Shadower>,
    gatekeeper: Gatekeeper,
    signing: Mutex<Option<Signing>>,
    senders: Mutex<Option<Senders>>,
    replays: Replays,
    home: Home,
    most: usize,
}

/// The thread that decides has the stack that judging on it needs.
const STACK: usize = 8 << 20;

impl Service {
    /// Starts to decide. At most `waiting` suggestions wait, and `jobs` threads judge. With `checkpoints`, the ledger's head is
    /// signed now and then.
    ///
    /// # Errors
    /// If the deployment's set or its ledger cannot be used.
    pub fn start(
        deployment: Deployment,
        jobs: usize,
        waiting: usize,
        checkpoints: Option<Checkpoints>,
    ) -> Result<Self, DeploymentError> {
        let home = deployment.home.clone();
        let mut ledger = Ledger::open(home.ledger())?;
        let ready = Ready::first(Arc::new(deployment), &mut ledger)?;
        ledger.answer_promptly()?;
        let shared = Arc::new(Shared {
            deployment: Mutex::new(Arc::clone(&ready.deployment)),
            rules: Mutex::new(Arc::clone(&ready.rules)),
            next: Mutex::new(None),
            health: Mutex::new(ready.health()),
            waiting: AtomicUsize::new(0),
            preparing: Mutex::default(),
        });
        let (queue, questions) = sync_channel(waiting);
        let decider = Decider {
            questions,
            held: VecDeque::new(),
            ledger: Some(ledger),
            shared: Arc::clone(&shared),
            jobs,
            tried: Instant::now(),
        };
        let decider = thread::Builder::new()
            .name("decider".to_owned())
            .stack_size(STACK)
            .spawn(move || decider.run(ready))
            .map_err(DeploymentError::Thread)?;
        let watcher = Watcher::start(home.clone(), Arc::clone(&shared)).map_err(DeploymentError::Thread)?;
        let trainer = Trainer::start(home.clone()).map_err(DeploymentError::Thread)?;
        let shadower = Shadower::start(home.clone(), Arc::clone(&shared)).map_err(DeploymentError::Thread)?;
        let gatekeeper = Gatekeeper::start(home.clone(), Arc::clone(&shared)).map_err(DeploymentError::Thread)?;
        let sign = |checkpoints| Signing::start(home.clone(), checkpoints);
        let signing = checkpoints.map(sign).transpose();
        let signing = signing.map_err(DeploymentError::Thread)?;
        let (queue, decider, watcher) = (Mutex::new(Some(queue)), Mutex::new(Some(decider)), Mutex::new(Some(watcher)));
        let (signing, senders, replays) = (Mutex::new(signing), Mutex::new(None), Replays::default());
        let (shadower, trainer) = (Mutex::new(shadower), Mutex::new(Some(trainer)));
        Ok(Self {
            queue,
            shared,
            decider,
            watcher,
            trainer,
            shadower,
            gatekeeper,
            signing,
            senders,
            replays,
            home,
            most: waiting,
        })
    }

    /// Tells the deployment's webhooks of what is recorded, from now on; a reload changes them.
    ///
    /// # Errors
    /// If one of them cannot be used.
    pub fn notify(&self) -> Result<(), DeploymentError> {
        let files =
            Files { folder: self.home.folder().to_owned(), ledger: self.home.ledger(), cursors: self.home.webhooks() };
        let mut senders = Senders::new(files);
        senders.change(senders.prepare(&self.deployment().config.serve.webhooks)?)?;
        *locked(&self.senders) = Some(senders);
        Ok(())
    }

    /// Asks. With `record` the decision is on disk when `reply` is called; without, nothing is recorded.
    ///
    /// # Errors
    /// See [`NotTaken`]: what was asked comes back, and `reply` is never called.
    pub fn ask(&self, asked: Asked, record: bool, reply: Reply) -> Result<(), (NotTaken, Box<Asked>)> {
        let Some(queue) = locked(&self.queue).clone() else { return Err((NotTaken::Stopping, Box::new(asked))) };
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        queue.try_send(Question { asked, record, reply }).map_err(|refused| {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            let (why, question) = match refused {
                TrySendError::Full(question) => (NotTaken::Full, question),
                TrySendError::Disconnected(question) => (NotTaken::Stopping, question),
            };
            (why, Box::new(question.asked))
        })
    }

    /// How many suggestions wait or are being decided, and how many may wait.
    #[must_use]
    pub fn load(&self) -> (usize, usize) {
        (self.shared.waiting.load(Ordering::Relaxed), self.most)
    }

    /// How the service is.
    #[must_use]
    pub fn health(&self) -> Health {
        locked(&self.shared.health).clone()
    }

    /// The deployment's folder.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The deployment that decides.
    #[must_use]
    pub fn deployment(&self) -> Arc<Deployment> {
        Arc::clone(&locked(&self.shared.deployment))
    }

    /// The replays that it was asked for.
    #[must_use]
    pub fn replays(&self) -> &Replays {
        &self.replays
    }

    /// What came of the set in the shadow so far, if there is one. `ledger` can be any handle that reads.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn shadow(&self, ledger: &Ledger) -> Result<Option<ShadowReport>, DeploymentError> {
        locked(&self.shadower).report(ledger)
    }

    /// What came of the canary so far, if one runs. `ledger` can be any handle that reads.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn canary(&self, ledger: &Ledger) -> Result<Option<CanaryReport>, DeploymentError> {
        self.gatekeeper.report(ledger)
    }

    /// Brings the canary to its next step, if all its gates have passed when everything was counted that is on record. At the
    /// last one its set comes into force.
    ///
    /// # Errors
    /// See [`Deployment::promote`].
    pub fn promote(&self, ledger: &mut Ledger, act: Act<'_>) -> Result<Promotion, DeploymentError> {
        let promotion = self.gatekeeper.promote(&self.deployment(), ledger, act)?;
        // It is on record. Should the set not be usable a moment after it was, the status says so.
        if let Err(error) = self.adopt() {
            tracing::error!(%error, "a step of a canary is on record, and not in force here; what decided goes on");
        }
        Ok(promotion)
    }

    /// What each module of the set that decides says about itself, in the set's order.
    #[must_use]
    pub fn rules(&self) -> Arc<[Description]> {
        Arc::clone(&locked(&self.shared.rules))
    }

    /// Lets what is on record decide from the next group on, if it does not yet: the set that was activated last, and the one that
    /// is tried as far as its newest step says. This happens by itself a moment after it was recorded; whoever activates or
    /// promotes need not wait for that. If a set is not usable, what decided before goes on. Returns the active set.
    ///
    /// # Errors
    /// Why it does not decide; also [`health`](Self::health) says so.
    pub fn adopt(&self) -> Result<SetRef, DeploymentError> {
        self.shared.adopt(&self.home)
    }

    /// Reads the deployment's files again with `open`, gets the active set ready beside the one that decides, and lets it decide
    /// from the next group on. If anything is wrong, the last good one goes on.
    ///
    /// # Errors
    /// Why the new one is not used; also [`health`](Self::health) says so until another one is.
    pub fn reload<E: From<DeploymentError> + std::fmt::Display>(
        &self,
        open: impl FnOnce() -> Result<Deployment, E>,
    ) -> Result<SetRef, E> {
        let _preparing = locked(&self.shared.preparing);
        let ready = open().and_then(|deployment| {
            let mut ledger = Ledger::open(self.home.ledger()).map_err(DeploymentError::from)?;
            let ready = Ready::new(Arc::new(deployment), &mut ledger)?;
            if let Some(senders) = locked(&self.senders).as_mut() {
                let webhooks = &ready.deployment.config.serve.webhooks;
                let changed = senders.prepare(webhooks).and_then(|prepared| senders.change(prepared));
                changed.map_err(DeploymentError::from)?;
            }
            Ok(ready)
        });
        match ready {
            Ok(ready) => {
                let set = ready.set.set_ref.clone();
                *locked(&self.shared.next) = Some(ready);
                Ok(set)
            }
            Err(error) => {
                locked(&self.shared.health).reload = Some(error.to_string());
                Err(error)
            }
        }
    }

    /// Takes no more questions, answers those that were taken, and ends.
    pub fn stop(&self) {
        self.replays.stop();
        locked(&self.shadower).stop();
        self.gatekeeper.stop();
        locked(&self.watcher).take();
        locked(&self.queue).take();
        if let Some(decider) = locked(&self.decider).take() {
            // It catches what can fail in it.
            decider.join().ok();
        }
        locked(&self.trainer).take();
        if let Some(mut signing) = locked(&self.signing).take() {
            signing.stop();
        }
        if let Some(mut senders) = locked(&self.senders).take() {
            senders.stop();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// Gets ready what is on record, if it neither decides nor is to decide yet.
    fn adopt(&self, home: &Home) -> Result<SetRef, DeploymentError> {
        let _preparing = locked(&self.preparing);
        let next = locked(&self.next).clone();
        let (deployment, set, change) = if let Some(Ready { deployment, set, change, .. }) = next {
            (deployment, set.set_ref.clone(), change)
        } else {
            let Health { set, change, .. } = locked(&self.health).clone();
            (Arc::clone(&locked(&self.deployment)), set, change)
        };
        let adopted = Ledger::open_read_only(home.ledger()).map_err(DeploymentError::from).and_then(|ledger| {
            if History::read(&ledger)?.change()?.0 == change {
                return Ok(None);
            }
            drop(ledger);
            Ready::new(Arc::clone(&deployment), &mut Ledger::open(home.ledger())?).map(Some)
        });
        match adopted {
            Ok(None) => Ok(set),
            Ok(Some(ready)) => {
                let set = ready.set.set_ref.clone();
                ready.say();
                *locked(&self.next) = Some(ready);
                Ok(set)
            }
            Err(error) => {
                // What came into force does not wait for a set that is only tried.
                if let Some(alone) = Ready::alone_since(change, deployment, home, &error) {
                    alone.say();
                    *locked(&self.next) = Some(alone);
                }
                locked(&self.health).reload = Some(error.to_string());
                Err(error)
            }
        }
    }
}

/// Who acts when the service does something on its own.
const SERVICE: &str = "countersign";

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
