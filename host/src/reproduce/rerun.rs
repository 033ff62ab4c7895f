//! Runs decisions on record again, with modules, settings and catalogue as the ledger keeps them.

use std::sync::Arc;

use super::archive::set_lock;
use super::{Difference, PastSets, ReproduceError, differences};
use crate::ledger::{EngineRef, Ledger, Recorded, RecordedBasis, RecordedDecision};
use crate::model::{Assignment, Catalogue, Decision, Facts, FaultKind, RecordRef};
use crate::pipeline::{LoadedSet, judge};
use crate::rollout::{Share, assign};
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
        let canary = before.canary.as_ref().map(|assignment| assigned(assignment, &basis.suggestion.target));
        let now = Decision { canary, ..judge(set, scratch, &basis.suggestion, &facts) };
        differences(before, &now, *same_engine)
    }

    /// Whether the decision was made with the engine that runs it again, so that fuel is compared too.
    #[must_use]
    pub fn same_engine(&self) -> bool {
        self.same_engine
    }
}

/// A record assigned again to one of two sets, by the salt and the share that are on record.
fn assigned(Assignment { canary, salt, share, .. }: &Assignment, record: &RecordRef) -> Assignment {
    assign(*canary, salt, Share(*share), record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Arm, Digest, Outcome, SetRef};
    use crate::rollout::bucket;

    #[test]
    fn a_record_that_was_assigned_to_the_wrong_set_is_found() {
        let record = RecordRef { system: "hubspot".into(), object: "contact".into(), id: "101".into() };
        let salt = "5a17".to_owned();
        let bucket = bucket(&salt, &record);
        let decision = |assignment: Assignment| Decision {
            id: "s-1".into(),
            outcome: Outcome::Review,
            decided_at: "2026-11-20T09:00:00Z".into(),
            set: SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"s") },
            canary: Some(assignment),
            reasons: Vec::new(),
            findings: Vec::new(),
            modules: Vec::new(),
            review: None,
        };
        let found = |recorded: &Assignment| {
            let now = assigned(recorded, &record);
            let mut found = differences(&decision(recorded.clone()), &decision(now), true);
            found.iter_mut().for_each(Difference::withhold);
            found.into_iter().map(|one| (one.part, one.recorded)).collect::<Vec<_>>()
        };
        // The bucket says something of the record, so it is withheld where values are.
        let canary = [("canary".to_owned(), "withheld".to_owned())];
        for (share, arm) in [(bucket, Arm::Active), (bucket + 1, Arm::Canary)] {
            let right = Assignment { canary: 12, salt: salt.clone(), bucket, share, arm };
            assert!(found(&right).is_empty());
            let other = if arm == Arm::Active { Arm::Canary } else { Arm::Active };
            assert_eq!(found(&Assignment { arm: other, ..right.clone() }), canary);
            assert_eq!(found(&Assignment { bucket: bucket + 1, ..right.clone() }), canary);
            assert_eq!(found(&Assignment { salt: "other".to_owned(), ..right }), canary);
        }
    }
}
