//! One suggestion of a history, ready to be judged again.

use std::sync::Arc;

use super::ReplayError;
use super::selection::Selection;
use crate::ledger::{DecisionRow, EngineRef, RecordedBasis, RecordedDecision, UnopenedError};
use crate::model::{Catalogue, Decision, Facts, PastChange, Suggestion, Truth};
use crate::modules::Lock;
use crate::reproduce::{PastSets, ReproduceError};

/// A suggestion of a history.
pub(super) struct Past {
    /// Its event's number, or its line's.
    pub at: u64,
    /// What was suggested.
    pub suggestion: Suggestion,
    /// The record's history as the modules could see it.
    pub history: Vec<PastChange>,
    /// The time it is judged at.
    pub now: String,
    /// What people know of it.
    pub truth: Option<Truth>,
    /// The decision on record, if there is one.
    pub record: Option<Record>,
}

/// A decision on record.
pub(super) struct Record {
    pub decision: Decision,
    pub lock: Arc<Lock>,
    pub catalogue: Arc<Catalogue>,
    /// By module of the lock: whether it is on record what its verdict wanted of a review.
    pub reviews_known: Vec<bool>,
    /// Whether it was made with the engine that is here.
    pub same_engine: bool,
}

/// What became of a decision on record.
pub(super) enum Found {
    /// It can be replayed.
    Past(Box<Past>),
    /// It is not meant.
    NotMeant,
    /// It cannot be replayed.
    Unusable(&'static str),
}

impl Past {
    /// What else is known, under a catalogue.
    pub fn facts<'a>(&'a self, catalogue: &'a Catalogue) -> Facts<'a> {
        Facts::of(&self.suggestion, catalogue, self.now.clone(), self.history.clone())
    }
}

/// Opens a decision on record. With `check`, its values are held against their commitments.
///
/// # Errors
/// If what is on record was changed, or the ledger fails.
pub(super) fn recorded(
    row: &DecisionRow,
    check: bool,
    selection: &Selection,
    past: &PastSets<'_>,
    engine: &EngineRef,
) -> Result<Found, ReplayError> {
    let meant = selection.has_time(&row.decided_at)
        && selection.has_outcome(&row.outcome)
        && selection.has_part(&row.suggestion_id);
    if !meant {
        return Ok(Found::NotMeant);
    }
    let body = match row.open(check) {
        Ok(body) => body,
        Err(UnopenedError::Erased) => return Ok(Found::Unusable("erased")),
        Err(UnopenedError::Newer(_)) => return Ok(Found::Unusable("written by a later release")),
        Err(UnopenedError::Entry) => return Ok(Found::Unusable("unreadable")),
        Err(UnopenedError::Seal(error)) => return Err(ReplayError::Changed { seq: row.seq, error }),
    };
    let Ok(decision) = RecordedDecision::read(&body) else { return Ok(Found::Unusable("unreadable")) };
    if !selection.has_suggestion(&decision.suggestion) {
        return Ok(Found::NotMeant);
    }
    let cited = past.lock(decision.set.digest).and_then(|lock| Ok((lock, past.catalogue(decision.catalogue)?)));
    let (lock, catalogue) = match cited {
        Ok(cited) => cited,
        Err(ReproduceError::Missing { .. }) => return Ok(Found::Unusable("what it cites is not there")),
        Err(ReproduceError::Unreadable { .. }) => return Ok(Found::Unusable("what it cites is unreadable")),
        Err(error) => return Err(error.into()),
    };
    let Some((decision, basis)) = decision.split(&lock) else { return Ok(Found::Unusable("unreadable")) };
    let RecordedBasis { suggestion, history, engine: made_with, reviews_known, .. } = basis;
    let same_engine = made_with == *engine;
    Ok(Found::Past(Box::new(Past {
        at: row.seq,
        suggestion,
        history,
        now: decision.decided_at.clone(),
        truth: row.truth,
        record: Some(Record { decision, lock, catalogue, reviews_known, same_engine }),
    })))
}
