//! Suggestions in, decisions out: judged in parallel, recorded in groups, answered in order and not before
//! they are on disk.

use std::collections::HashMap;
use std::sync::Arc;

use super::init::seed;
use super::precheck::input_digest;
use super::way::{self, Way};
use super::{Answered, CanaryArm, Deployment, DeploymentError};
use crate::ledger::{
    Basis, DraftError, Ledger, LedgerError, PastDecision, Prepared, RecordParts, RecordedDecision, SealError,
    decision_event,
};
use crate::model::{Assignment, Decision, Digest, Facts, PastChange, RecordRef, Suggestion};
use crate::pipeline::{LoadedSet, ThreadFailed, judge, on_threads};

/// How many suggestions are recorded with one sync of the disk.
pub const GROUP: usize = 256;

/// How often a group is judged anew because values that it was told were destroyed meanwhile.
const ATTEMPTS: usize = 8;

/// Why a group was not decided. Nothing of the group was recorded or answered.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A decision that cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A value that cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A set that cannot be kept.
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    /// A suggestion whose id is on record with other content.
    #[error("suggestion `{id}` is on record as event {seq} with other content; give each suggestion an id of its own")]
    Conflict {
        /// The id.
        id: String,
        /// Where it stands.
        seq: u64,
    },
    /// A suggestion whose decision is on record, but no longer what was decided about.
    #[error(
        "suggestion `{id}` is on record as event {seq}, and its values were erased: it can't be told whether this one is the \
         same; give it an id of its own"
    )]
    Erased {
        /// The id.
        id: String,
        /// Where it stands.
        seq: u64,
    },
    /// A recorded decision that cannot be read.
    #[error("event {seq} is no decision that can be read: {message}")]
    Unreadable {
        /// Where it stands.
        seq: u64,
        /// Why.
        message: String,
    },
    /// A thread of ours failed.
    #[error(transparent)]
    Thread(#[from] ThreadFailed),
}

/// Decides suggestions with one set, or with two while one of them is tried on a part of the records.
pub struct Evaluator<'a> {
    /// The deployment.
    pub deployment: &'a Deployment,
    /// The set.
    pub set: LoadedSet<'a>,
    /// The set that is tried, if there is one.
    pub canary: Option<CanaryArm<'a>>,
    /// Threads that judge.
    pub jobs: usize,
}

/// What the ledger says of a suggestion that came in.
enum Known {
    Answered(Box<Answered>),
    History(History),
}

/// Earlier suggestions for a record.
#[derive(Default)]
struct History {
    changes: Vec<PastChange>,
    /// The events that they are copied from.
    copied: Vec<u64>,
}

/// A suggestion on its way.
struct Work {
    suggestion: Suggestion,
    actor: Arc<str>,
    input: Digest,
    /// Which of two sets decides about it; nothing, where only one may.
    assignment: Option<Assignment>,
    history: Vec<PastChange>,
    /// The events whose values the history holds.
    copied: Vec<u64>,
    way: Way,
}

/// A suggestion, and who made it as the ledger names them.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// Who.
    pub actor: Arc<str>,
    pub(super) way: Way,
}

impl Asked {
    /// A suggestion that waits from now on to be decided.
    #[must_use]
    pub fn new(suggestion: Suggestion, actor: Arc<str>) -> Self {
        Self { suggestion, actor, way: Way::begin() }
    }
}

/// One answer, or why there is none for this suggestion alone.
pub type Answer = Result<Answered, EvaluateError>;

impl Evaluator<'_> {
    /// Decides a group, records it with one sync, and answers in order. Ids must be different within a group.
    ///
    /// # Errors
    /// See [`EvaluateError`].
    pub fn record(
        &self,
        ledger: &mut Ledger,
        group: Vec<Suggestion>,
        now: &str,
        actor: &str,
    ) -> Result<Vec<Answered>, EvaluateError> {
        let actor: Arc<str> = actor.into();
        let asked = |suggestion| Asked::new(suggestion, Arc::clone(&actor));
        self.decide(ledger, group.into_iter().map(asked).collect(), now, true)?.into_iter().collect()
    }

    /// As [`record`](Self::record), but a suggestion that cannot be decided keeps nobody else's from being decided.
    ///
    /// # Errors
    /// [`EvaluateError::Ledger`] and [`EvaluateError::Thread`], after which nothing of the group was recorded; the other
    /// errors stand in place of single answers.
    pub fn record_each(&self, ledger: &mut Ledger, group: Vec<Asked>, now: &str) -> Result<Vec<Answer>, EvaluateError> {
        self.decide(ledger, group, now, false)
    }

    /// Decides what is not on record. With `all`, the first suggestion that cannot be decided ends it.
    fn decide(
        &self,
        ledger: &mut Ledger,
        group: Vec<Asked>,
        now: &str,
        all: bool,
    ) -> Result<Vec<Answer>, EvaluateError> {
        let mut answers: Vec<Option<Answer>> = Vec::new();
        let mut work = Vec::new();
        for Asked { suggestion, actor, way } in group {
            let input = input_digest(&suggestion);
            let assignment = self.assign(&suggestion);
            let found = Self::recorded(ledger, &suggestion, input).and_then(|known| match known {
                Some(answered) => Ok(Known::Answered(Box::new(answered))),
                None => Ok(Known::History(self.history(Some(ledger), &suggestion, assignment.as_ref(), now)?)),
            });
            answers.push(match found {
                Ok(Known::Answered(answered)) => Some(Ok(*answered)),
                Ok(Known::History(History { changes: history, copied })) => {
                    work.push(Work { suggestion, actor, input, assignment, history, copied, way });
                    None
                }
                Err(error) if all || matches!(error, EvaluateError::Ledger(_)) => return Err(error),
                Err(error) => Some(Err(error)),
            });
        }
        let mut new = self.judge_and_append(ledger, &mut work, now, all)?.into_iter();
        answers
            .into_iter()
            .map(|answer| answer.or_else(|| new.next()).ok_or(EvaluateError::Thread(ThreadFailed)))
            .collect()
    }

    /// Judges, and records what could be judged. Where values that a history holds are destroyed before it is recorded, all is
    /// judged anew without them: a decision must not bring them back.
    fn judge_and_append(
        &self,
        ledger: &mut Ledger,
        work: &mut [Work],
        now: &str,
        all: bool,
    ) -> Result<Vec<Answer>, EvaluateError> {
        for _ in 0..ATTEMPTS {
            let copied: Vec<u64> = work.iter().flat_map(|work| work.copied.iter().copied()).collect();
            let packing = ledger.packing();
            let judged = self.judge_in_order(work, now, |work, decision| {
                let prepared = self.prepare(work, &decision)?.pack(&packing);
                Ok((decision, prepared))
            })?;
            let mut prepared = Vec::with_capacity(judged.len());
            let mut decisions = Vec::with_capacity(judged.len());
            for judged in judged {
                match judged {
                    Ok((decision, event)) => {
                        prepared.push(event);
                        decisions.push(Ok(decision));
                    }
                    Err(error) if all => return Err(error),
                    Err(error) => decisions.push(Err(error)),
                }
            }
            let appended = way::commit(prepared.len()).in_scope(|| ledger.append_made_of(&prepared, &copied))?;
            if let Some(receipts) = appended {
                let mut receipts = receipts.into_iter();
                let answers = decisions.into_iter().map(|decision| {
                    let (decision, receipt) = (decision?, receipts.next().ok_or(ThreadFailed)?);
                    Ok(Answered { decision, ledger: Some((receipt.seq, receipt.leaf)), repeated: false })
                });
                return Ok(answers.collect());
            }
            for work in &mut *work {
                let History { changes, copied } =
                    self.history(Some(ledger), &work.suggestion, work.assignment.as_ref(), now)?;
                (work.history, work.copied) = (changes, copied);
            }
        }
        Err(LedgerError::Busy { path: ledger.path().to_owned(), doing: "reading histories that are being erased" }
            .into())
    }

    /// Decides a group and records nothing. History is what the ledger holds, if there is one.
    ///
    /// # Errors
    /// See [`EvaluateError`].
    pub fn dry_run(
        &self,
        ledger: Option<&Ledger>,
        group: Vec<Asked>,
        now: &str,
    ) -> Result<Vec<Answered>, EvaluateError> {
        let work = group.into_iter().map(|Asked { suggestion, actor, way }| {
            let assignment = self.assign(&suggestion);
            let History { changes: history, copied } = self.history(ledger, &suggestion, assignment.as_ref(), now)?;
            Ok(Work { suggestion, actor, input: Digest::from_bytes([0; 32]), assignment, history, copied, way })
        });
        let work = work.collect::<Result<Vec<_>, EvaluateError>>()?;
        let judged = self.judge_all(&work.iter().collect::<Vec<_>>(), now, &|_, decision| decision)?;
        Ok(judged.into_iter().map(|decision| Answered { decision, ledger: None, repeated: false }).collect())
    }

    /// The decision on record for a suggestion that was judged before.
    fn recorded(ledger: &Ledger, suggestion: &Suggestion, input: Digest) -> Result<Option<Answered>, EvaluateError> {
        let Some(recorded) = ledger.decision(&suggestion.id)? else { return Ok(None) };
        let (id, seq) = (|| suggestion.id.clone(), recorded.seq);
        match recorded.input_digest {
            Some(known) if known == input => {}
            Some(_) => return Err(EvaluateError::Conflict { id: id(), seq }),
            None => return Err(EvaluateError::Erased { id: id(), seq }),
        }
        let decision = crate::reproduce::decision_on_record(ledger, &recorded)
            .map_err(|error| EvaluateError::Unreadable { seq: recorded.seq, message: error.to_string() })?;
        Ok(Some(Answered { decision, ledger: Some((recorded.seq, recorded.leaf)), repeated: true }))
    }

    /// Earlier suggestions for the record, as far back as any module that is to judge wants to see.
    fn history(
        &self,
        ledger: Option<&Ledger>,
        suggestion: &Suggestion,
        assignment: Option<&Assignment>,
        now: &str,
    ) -> Result<History, EvaluateError> {
        let days = self.history_days_for(assignment);
        let (Some(ledger), true) = (ledger, days > 0) else { return Ok(History::default()) };
        let now: jiff::Timestamp = now.parse().map_err(|_| LedgerError::Time(now.to_owned()))?;
        let since =
            now.checked_sub(jiff::SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(jiff::Timestamp::MIN);
        let RecordRef { system, object, id } = suggestion.target.clone();
        let past = ledger.history(&RecordParts { system, object, id }, &since.to_string(), u64::MAX)?;
        past.iter().try_fold(History::default(), |mut history, past| {
            history.changes.extend(past_changes(past)?);
            history.copied.push(past.seq);
            Ok(history)
        })
    }

    /// Judges in parallel, but so that each suggestion sees those before it in the group that are about the
    /// same record: the answers do not depend on the number of threads or on where groups end.
    fn judge_in_order<T: Send>(
        &self,
        work: &mut [Work],
        now: &str,
        finish: impl Fn(&Work, Decision) -> Result<T, EvaluateError> + Sync,
    ) -> Result<Vec<Result<T, EvaluateError>>, EvaluateError> {
        let mut results: Vec<Option<Result<T, EvaluateError>>> = work.iter().map(|_| None).collect();
        let mut added: HashMap<RecordRef, Vec<PastChange>> = HashMap::new();
        for wave in waves(work) {
            for index in &wave {
                let Some(work) = work.get_mut(*index) else { continue };
                if let Some(changes) = added.get(&work.suggestion.target) {
                    work.history.extend(changes.iter().cloned());
                }
            }
            let members: Vec<&Work> = wave.iter().filter_map(|index| work.get(*index)).collect();
            let judged = self.judge_all(&members, now, &|work, decision| {
                let fate = decision.outcome;
                (fate, finish(work, decision))
            })?;
            for (index, (fate, result)) in wave.into_iter().zip(judged) {
                // What is not recorded was not, for those after it.
                if let (Some(Work { suggestion, .. }), Ok(_)) = (work.get(index), &result) {
                    let changes = changes_of(suggestion, now, fate.as_str());
                    added.entry(suggestion.target.clone()).or_default().extend(changes);
                }
                if let Some(slot) = results.get_mut(index) {
                    *slot = Some(result);
                }
            }
        }
        results.into_iter().map(|result| result.ok_or(EvaluateError::Thread(ThreadFailed))).collect()
    }

    /// Judges independent suggestions on all threads, and answers in order.
    fn judge_all<T: Send>(
        &self,
        work: &[&Work],
        now: &str,
        finish: &(impl Fn(&Work, Decision) -> T + Sync),
    ) -> Result<Vec<T>, EvaluateError> {
        Ok(on_threads(self.jobs, work, |scratch, work| {
            let Deployment { catalogue, .. } = self.deployment;
            let facts = Facts::of(&work.suggestion, catalogue, now.to_owned(), work.history.clone());
            let span = work.way.judge();
            span.in_scope(|| {
                let set = self.set_for(work.assignment.as_ref());
                let judged = judge(set, scratch, &work.suggestion, &facts);
                way::judged(&span, judged.outcome);
                finish(work, Decision { canary: work.assignment.clone(), ..judged })
            })
        })?)
    }

    fn prepare(&self, work: &Work, decision: &Decision) -> Result<Prepared, EvaluateError> {
        let Deployment { catalogue_digest, engine, .. } = self.deployment;
        let basis =
            Basis { suggestion: &work.suggestion, history: &work.history, catalogue: *catalogue_digest, engine };
        let at = jiff::Timestamp::now().to_string();
        Ok(decision_event(decision, &basis, work.input, at, &work.actor, seed())?.prepare()?)
    }
}

/// Splits a group into waves: the first suggestion for each record, then the second for each, and so on.
fn waves(work: &[Work]) -> Vec<Vec<usize>> {
    let mut seen: HashMap<&RecordRef, usize> = HashMap::new();
    let mut waves: Vec<Vec<usize>> = Vec::new();
    for (index, Work { suggestion, .. }) in work.iter().enumerate() {
        let earlier = seen.entry(&suggestion.target).or_default();
        match waves.get_mut(*earlier) {
            Some(wave) => wave.push(index),
            None => waves.push(vec![index]),
        }
        *earlier += 1;
    }
    waves
}

fn changes_of(suggestion: &Suggestion, at: &str, fate: &str) -> impl Iterator<Item = PastChange> {
    let by = format!("{}/{}", suggestion.assistant.vendor, suggestion.assistant.model);
    suggestion.changes.iter().map(move |change| PastChange {
        field: change.field.clone(),
        at: at.to_owned(),
        by: by.clone(),
        prior: change.prior.clone(),
        proposed: change.proposed.clone(),
        fate: fate.to_owned(),
    })
}

fn past_changes(past: &PastDecision) -> Result<Vec<PastChange>, EvaluateError> {
    let recorded = RecordedDecision::read(&past.body)
        .map_err(|error| EvaluateError::Unreadable { seq: past.seq, message: error.to_string() })?;
    Ok(changes_of(&recorded.suggestion, &recorded.decided_at, recorded.outcome.as_str()).collect())
}
