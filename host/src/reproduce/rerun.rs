//! Runs decisions on record again, with modules, settings and catalogue as the ledger keeps them.

use std::sync::Arc;

use super::archive::set_lock;
use super::{Difference, PastSets, ReproduceError, differences};
use crate::ledger::{EngineRef, Ledger, Recorded, RecordedBasis, RecordedDecision};
use crate::model::{Catalogue, Decision, Facts, FaultKind};
use crate::pipeline::{LoadedSet, judge};
use crate::sandbox::Scratch;

/// The decision that is on record.
///
/// # Errors
/// See [`ReproduceError`].
pub fn decision_on_record(ledger: &Ledger, recorded: &Recorded) -> Result<Decision, ReproduceError> {
    let body = recorded.body.as_deref().ok_or(ReproduceError::Erased)?;
    let read = RecordedDecision::read(body).map_err(|error| ReproduceError::unreadable("body", &error))?;
    let lock = set_lock(ledger, read.set.digest)?;
    read.into_decision(&lock).ok_or_else(|| ReproduceError::unreadable("list of modules", NOT_THAT_OF_THE_LOCK))
}

const NOT_THAT_OF_THE_LOCK: &str = "it is not that of the set's lock";

/// A decision with all that it takes to run it again.
pub struct Rerun<'a> {
    before: Decision,
    basis: RecordedBasis,
    set: Arc<LoadedSet<'a>>,
    catalogue: Arc<Catalogue>,
    same_engine: bool,
}

impl<'a> Rerun<'a> {
    /// Gathers what a decision cites; `body` is its text with the values put back.
    ///
    /// # Errors
    /// See [`ReproduceError`].
    pub fn gather(past: &PastSets<'a>, engine: &EngineRef, body: &str) -> Result<Self, ReproduceError> {
        let recorded = RecordedDecision::read(body).map_err(|error| ReproduceError::unreadable("body", &error))?;
        let set = past.set(recorded.set.digest)?;
        let catalogue = past.catalogue(recorded.catalogue)?;
        let (before, basis) = recorded
            .split(&set.set().lock)
            .ok_or_else(|| ReproduceError::unreadable("list of modules", NOT_THAT_OF_THE_LOCK))?;
        let stalled = |fault: &crate::model::Fault| fault.kind == FaultKind::Stalled;
        if let Some(run) = before.modules.iter().find(|run| run.fault.as_ref().is_some_and(stalled)) {
            return Err(ReproduceError::Stalled(run.name.clone()));
        }
        let same_engine = basis.engine == *engine;
        Ok(Self { before, basis, set, catalogue, same_engine })
    }

    /// Runs the decision again. Returns what came out otherwise: nothing, if it is reproduced.
    #[must_use]
    pub fn run(&self, scratch: &mut Scratch) -> Vec<Difference> {
        let Self { before, basis, set, catalogue, same_engine } = self;
        let facts = Facts::of(&basis.suggestion, catalogue, before.decided_at.clone(), basis.history.clone());
        differences(before, &judge(set, scratch, &basis.suggestion, &facts), *same_engine)
    }

    /// Whether the decision was made with the engine that runs it again, so that fuel is compared too.
    #[must_use]
    pub fn same_engine(&self) -> bool {
        self.same_engine
    }
}
