//! Decides for many who ask at the same time: what waits is recorded together, with one sync of the disk.
//!
//! One thread decides and writes. Those who ask put a suggestion into a queue of bounded length and are called back when the
//! decision is on disk; whoever finds the queue full is told so at once, and nothing of theirs is kept.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;

use super::checkpoints::Signing;
use super::{Answer, Asked, Checkpoints, Deployment, DeploymentError, EvaluateError, Evaluator, GROUP, Home};
use crate::ledger::{Ledger, LedgerError};
use crate::model::{Description, SetRef};
use crate::modules::PolicySet;
use crate::pipeline::LoadedSet;

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
pub type Reply = Box<dyn FnOnce(Result<super::Answered, NoAnswer>) + Send>;

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
    /// Why the ledger could not be written the last time; nothing, if it could.
    pub ledger: Option<String>,
    /// Why the configuration that was to be loaded last is not in use; nothing, if it is.
    pub reload: Option<String>,
}

/// A deployment, and the set of it that was found to be usable.
#[derive(Clone)]
struct Ready {
    deployment: Arc<Deployment>,
    set: Arc<PolicySet>,
    rules: Arc<[Description]>,
}

/// What the thread that decides shares with everybody else.
struct Shared {
    deployment: Mutex<Arc<Deployment>>,
    rules: Mutex<Arc<[Description]>>,
    /// What is to decide from now on.
    next: Mutex<Option<Ready>>,
    health: Mutex<Health>,
    waiting: AtomicUsize,
}

/// A deployment that is asked by many.
pub struct Service {
    queue: Mutex<Option<SyncSender<Question>>>,
    shared: Arc<Shared>,
    decider: Mutex<Option<JoinHandle<()>>>,
    signing: Mutex<Option<Signing>>,
    home: Home,
    most: usize,
}

/// The thread that decides has the stack that judging on it needs.
const STACK: usize = 8 << 20;

/// How often the thread that decides looks for a new deployment while nobody asks.
const IDLE: Duration = Duration::from_millis(100);

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
        let ready = Ready::new(deployment, &mut ledger)?;
        let health = Health { set: ready.set.set_ref.clone(), ledger: None, reload: None };
        let shared = Arc::new(Shared {
            deployment: Mutex::new(Arc::clone(&ready.deployment)),
            rules: Mutex::new(Arc::clone(&ready.rules)),
            next: Mutex::new(None),
            health: Mutex::new(health),
            waiting: AtomicUsize::new(0),
        });
        let (queue, questions) = sync_channel(waiting);
        let decider =
            Decider { questions, held: VecDeque::new(), ledger: Some(ledger), shared: Arc::clone(&shared), jobs };
        let decider = thread::Builder::new()
            .name("decider".to_owned())
            .stack_size(STACK)
            .spawn(move || decider.run(ready))
            .map_err(|error| DeploymentError::Write { path: home.folder().to_owned(), error })?;
        let sign = |checkpoints| Signing::start(home.clone(), checkpoints);
        let signing = checkpoints.map(sign).transpose();
        let signing = signing.map_err(|error| DeploymentError::Write { path: home.folder().to_owned(), error })?;
        let (queue, decider) = (Mutex::new(Some(queue)), Mutex::new(Some(decider)));
        Ok(Self { queue, shared, decider, signing: Mutex::new(signing), home, most: waiting })
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

    /// What each module of the set that decides says about itself, in the set's order.
    #[must_use]
    pub fn rules(&self) -> Arc<[Description]> {
        Arc::clone(&locked(&self.shared.rules))
    }

    /// Reads the deployment's files again with `open`, gets its set ready beside the one that decides, and lets it decide
    /// from the next group on. If anything is wrong, the last good one goes on.
    ///
    /// # Errors
    /// Why the new one is not used; also [`health`](Self::health) says so until another one is.
    pub fn reload<E: From<DeploymentError> + std::fmt::Display>(
        &self,
        open: impl FnOnce() -> Result<Deployment, E>,
    ) -> Result<SetRef, E> {
        let ready = open().and_then(|deployment| {
            let mut ledger = Ledger::open(self.home.ledger()).map_err(DeploymentError::from)?;
            Ok(Ready::new(deployment, &mut ledger)?)
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
        locked(&self.queue).take();
        if let Some(decider) = locked(&self.decider).take() {
            // It catches what can fail in it.
            decider.join().ok();
        }
        if let Some(mut signing) = locked(&self.signing).take() {
            signing.stop();
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Ready {
    /// Loads every module of a deployment's set, and keeps in the ledger what its decisions will cite.
    fn new(deployment: Deployment, ledger: &mut Ledger) -> Result<Self, DeploymentError> {
        let set = deployment.set(None)?;
        let loaded = LoadedSet::new(Arc::clone(&set), &deployment.sandbox);
        loaded.load_all().map_err(|(module, fault)| DeploymentError::Unusable {
            set: set.lock.name.clone(),
            module,
            why: fault.to_string(),
        })?;
        let rules = loaded.descriptions().into();
        drop(loaded);
        deployment.keep(ledger, &set, &Timestamp::now().to_string(), SERVICE)?;
        Ok(Self { deployment: Arc::new(deployment), set, rules })
    }
}

/// Who acts when the service does something on its own.
const SERVICE: &str = "countersign";

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread that decides.
struct Decider {
    questions: Receiver<Question>,
    /// Questions that wait for the next group, because one in this group has the same id.
    held: VecDeque<Question>,
    /// None after it failed, until it could be opened again.
    ledger: Option<Ledger>,
    shared: Arc<Shared>,
    jobs: usize,
}

impl Decider {
    fn run(mut self, first: Ready) {
        let mut ready = first;
        while let Some(next) = self.with(&ready) {
            ready = next;
        }
    }

    /// Decides with one deployment, until there is another one. None if nobody can ask any more.
    fn with(&mut self, Ready { deployment, set, rules }: &Ready) -> Option<Ready> {
        {
            let mut health = locked(&self.shared.health);
            (health.set, health.reload) = (set.set_ref.clone(), None);
            *locked(&self.shared.deployment) = Arc::clone(deployment);
            *locked(&self.shared.rules) = Arc::clone(rules);
        }
        let set = LoadedSet::new(Arc::clone(set), &deployment.sandbox);
        let evaluator = Evaluator { deployment, set, jobs: self.jobs };
        loop {
            if let Some(next) = locked(&self.shared.next).take() {
                return Some(next);
            }
            match self.group() {
                Ok(group) if group.is_empty() => {}
                Ok(group) => self.answer(&evaluator, group),
                Err(Ended) => return None,
            }
        }
    }

    /// What waits, but no two of one id; nothing, if nobody asks for a while.
    fn group(&mut self) -> Result<Vec<Question>, Ended> {
        let mut group = Vec::new();
        let mut ids = HashSet::new();
        let mut again = VecDeque::new();
        let mut take = |question: Question, group: &mut Vec<Question>| {
            if ids.insert(question.asked.suggestion.id.clone()) {
                group.push(question);
            } else {
                again.push_back(question);
            }
        };
        for question in self.held.drain(..) {
            take(question, &mut group);
        }
        if group.is_empty() {
            match self.questions.recv_timeout(IDLE) {
                Ok(question) => take(question, &mut group),
                Err(RecvTimeoutError::Timeout) => return Ok(group),
                Err(RecvTimeoutError::Disconnected) => return Err(Ended),
            }
        }
        while group.len() < GROUP {
            match self.questions.try_recv() {
                Ok(question) => take(question, &mut group),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.held = again;
        Ok(group)
    }

    /// Decides a group, and calls back everybody in it.
    fn answer(&mut self, evaluator: &Evaluator<'_>, group: Vec<Question>) {
        let now = Timestamp::now().to_string();
        let (recorded, dry): (Vec<_>, Vec<_>) = group.into_iter().partition(|question| question.record);
        let questions = split(recorded);
        self.reply(questions, |ledger, asked| evaluator.record_each(ledger, asked, &now));
        let questions = split(dry);
        self.reply(questions, |ledger, asked| {
            let suggestions = asked.into_iter().map(|asked| asked.suggestion).collect();
            Ok(evaluator.dry_run(Some(ledger), suggestions, &now)?.into_iter().map(Ok).collect())
        });
    }

    fn reply(
        &mut self,
        (asked, replies): (Vec<Asked>, Vec<Reply>),
        decide: impl FnOnce(&mut Ledger, Vec<Asked>) -> Result<Vec<Answer>, EvaluateError>,
    ) {
        if asked.is_empty() {
            return;
        }
        let number = replies.len();
        let decided = match self.ledger() {
            Ok(ledger) => catch_unwind(AssertUnwindSafe(|| decide(ledger, asked))),
            Err(error) => Ok(Err(error.into())),
        };
        let answers: Vec<Result<_, NoAnswer>> = match decided {
            Ok(Ok(answers)) => {
                locked(&self.shared.health).ledger = None;
                answers.into_iter().map(|answer| answer.map_err(|error| NoAnswer::Refused(Arc::new(error)))).collect()
            }
            Ok(Err(error)) => {
                let why = self.failed(&error);
                (0..number).map(|_| Err(why.clone())).collect()
            }
            // The message was printed where it happened.
            Err(_) => (0..number).map(|_| Err(NoAnswer::Bug)).collect(),
        };
        self.shared.waiting.fetch_sub(number, Ordering::Relaxed);
        for (reply, answer) in replies.into_iter().zip(answers) {
            reply(answer);
        }
    }

    /// The ledger, opened again if that is needed.
    fn ledger(&mut self) -> Result<&mut Ledger, LedgerError> {
        if self.ledger.is_none() {
            let path = locked(&self.shared.deployment).home.ledger();
            self.ledger = Some(Ledger::open(path)?);
        }
        // It was put there a line above.
        self.ledger.as_mut().ok_or_else(|| LedgerError::ReadOnly { path: "ledger.db".into() })
    }

    /// After a whole group failed: what everybody in it is told.
    fn failed(&mut self, error: &EvaluateError) -> NoAnswer {
        tracing::error!(%error, "a group was not decided");
        if matches!(error, EvaluateError::Ledger(_)) {
            locked(&self.shared.health).ledger = Some(error.to_string());
            self.ledger = None;
            return NoAnswer::Unavailable;
        }
        NoAnswer::Bug
    }
}

/// Nobody can ask any more.
struct Ended;

fn split(questions: Vec<Question>) -> (Vec<Asked>, Vec<Reply>) {
    questions.into_iter().map(|Question { asked, reply, .. }| (asked, reply)).unzip()
}
