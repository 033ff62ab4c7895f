//! The thread that decides what waits, and writes.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{Health, NoAnswer, Question, Ready, Reply, Shared, locked};
use crate::ledger::{Ledger, LedgerError};
use crate::pipeline::LoadedSet;
use crate::runtime::{Answer, Asked, CanaryArm, EvaluateError, Evaluator, GROUP, way};

/// How often it looks for a new deployment while nobody asks.
const IDLE: Duration = Duration::from_millis(100);

/// How often it looks whether a ledger that failed is well again while nobody asks: whoever sends requests only to services that
/// are ready would wait for ever.
const AGAIN: Duration = Duration::from_secs(2);

/// The thread that decides.
pub(super) struct Decider {
    pub questions: Receiver<Question>,
    /// Questions that wait for the next group, because one in this group has the same id.
    pub held: VecDeque<Question>,
    /// None after it failed, until it could be opened again.
    pub ledger: Option<Ledger>,
    pub shared: Arc<Shared>,
    pub jobs: usize,
    /// When the ledger failed, or was tried again.
    pub tried: Instant,
}

impl Decider {
    pub(super) fn run(mut self, first: Ready) {
        let mut ready = first;
        while let Some(next) = self.with(&ready) {
            ready = next;
        }
    }

    /// Decides with one deployment, until there is another one. None if nobody can ask any more.
    fn with(&mut self, ready: &Ready) -> Option<Ready> {
        let Ready { deployment, set, canary, rules, .. } = ready;
        {
            let mut health = locked(&self.shared.health);
            *health = Health { ledger: health.ledger.take(), ..ready.health() };
            *locked(&self.shared.deployment) = Arc::clone(deployment);
            *locked(&self.shared.rules) = Arc::clone(rules);
        }
        let set = LoadedSet::new(Arc::clone(set), &deployment.sandbox);
        let canary = canary.clone().map(|canary| CanaryArm::new(canary, &deployment.sandbox));
        let evaluator = Evaluator { deployment, set, canary, jobs: self.jobs };
        loop {
            if let Some(next) = locked(&self.shared.next).take() {
                return Some(next);
            }
            match self.group() {
                Ok(group) if group.is_empty() => self.idle(),
                Ok(group) => {
                    // Whoever was told that a set is in force, or of a step of a canary, asked after that: what decided before
                    // must not answer any more.
                    if let Some(next) = locked(&self.shared.next).take() {
                        let later = std::mem::take(&mut self.held);
                        self.held = group.into_iter().chain(later).collect();
                        return Some(next);
                    }
                    self.answer(&evaluator, group);
                }
                Err(Ended) => return None,
            }
        }
    }

    /// What waits, but no two of one id; nothing, if nobody asks for a while.
    fn group(&mut self) -> Result<Vec<Question>, Ended> {
        let mut group = Vec::new();
        let mut ids = HashSet::new();
        let mut again = VecDeque::new();
        let mut take = |mut question: Question, group: &mut Vec<Question>| {
            if ids.insert(question.asked.suggestion.id.clone()) {
                question.asked.way.taken();
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
        self.reply(questions, true, |ledger, asked| evaluator.record_each(ledger, asked, &now));
        let questions = split(dry);
        self.reply(questions, false, |ledger, asked| {
            Ok(evaluator.dry_run(Some(ledger), asked, &now)?.into_iter().map(Ok).collect())
        });
    }

    fn reply(
        &mut self,
        (asked, replies): (Vec<Asked>, Vec<Reply>),
        record: bool,
        decide: impl FnOnce(&mut Ledger, Vec<Asked>) -> Result<Vec<Answer>, EvaluateError>,
    ) {
        if asked.is_empty() {
            return;
        }
        let number = replies.len();
        let group = way::group(asked.iter().map(|asked| &asked.way), record);
        let decided = match self.ledger() {
            Ok(ledger) => catch_unwind(AssertUnwindSafe(|| group.in_scope(|| decide(ledger, asked)))),
            Err(error) => Ok(Err(error.into())),
        };
        let answers: Vec<Result<_, NoAnswer>> = match decided {
            Ok(Ok(answers)) => {
                // What was only read says nothing of the disk.
                let new = |answer: &Answer| answer.as_ref().is_ok_and(|answered| !answered.repeated);
                if record && answers.iter().any(new) {
                    locked(&self.shared.health).ledger = None;
                }
                answers.into_iter().map(|answer| answer.map_err(|error| NoAnswer::Refused(Arc::new(error)))).collect()
            }
            Ok(Err(error)) => {
                let why = self.failed(&error);
                (0..number).map(|_| Err(why.clone())).collect()
            }
            // The message was printed where it happened. What was half done with the ledger is not known.
            Err(_) => {
                self.ledger = None;
                (0..number).map(|_| Err(NoAnswer::Bug)).collect()
            }
        };
        drop(group);
        self.shared.waiting.fetch_sub(number, Ordering::Relaxed);
        for (reply, answer) in replies.into_iter().zip(answers) {
            reply(answer);
        }
    }

    /// The ledger, opened again if that is needed.
    fn ledger(&mut self) -> Result<&mut Ledger, LedgerError> {
        if self.ledger.is_none() {
            let path = locked(&self.shared.deployment).home.ledger();
            let mut ledger = Ledger::open(path)?;
            ledger.answer_promptly()?;
            self.ledger = Some(ledger);
        }
        // It was put there a line above.
        self.ledger.as_mut().ok_or_else(|| LedgerError::ReadOnly { path: "ledger.db".into() })
    }

    /// After a whole group failed: what everybody in it is told.
    fn failed(&mut self, error: &EvaluateError) -> NoAnswer {
        tracing::error!(%error, "a group was not decided");
        if matches!(error, EvaluateError::Ledger(_)) {
            self.lost(error.to_string());
            return NoAnswer::Unavailable;
        }
        NoAnswer::Bug
    }

    /// The ledger failed. It is opened again before it is used again.
    fn lost(&mut self, why: String) {
        locked(&self.shared.health).ledger = Some(why);
        (self.ledger, self.tried) = (None, Instant::now());
    }

    /// While nobody asks.
    fn idle(&mut self) {
        if locked(&self.shared.health).ledger.is_some() && self.tried.elapsed() >= AGAIN {
            self.try_again();
        }
    }

    /// Says that the ledger is well, if it can be written again.
    fn try_again(&mut self) {
        match self.ledger().and_then(Ledger::try_writing) {
            Ok(()) => {
                tracing::info!("the ledger can be written again");
                locked(&self.shared.health).ledger = None;
            }
            Err(error) => self.lost(error.to_string()),
        }
    }
}

/// Nobody can ask any more.
struct Ended;

#[cfg(test)]
mod tests;

fn split(questions: Vec<Question>) -> (Vec<Asked>, Vec<Reply>) {
    questions.into_iter().map(|Question { asked, reply, .. }| (asked, reply)).unzip()
}
