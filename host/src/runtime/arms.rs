//! The sets that decide: the active one, and beside it one that is tried on a part of the records.

use std::sync::Arc;

use super::{Active, Deployment, DeploymentError, Evaluator};
use crate::ledger::Ledger;
use crate::model::{Arm, Assignment, Suggestion};
use crate::modules::PolicySet;
use crate::pipeline::LoadedSet;
use crate::rollout::{Canary, History};
use crate::sandbox::Sandbox;

/// What decides, by the ledger.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The set that is in force.
    pub active: Active,
    /// The set that is tried on a part of the records, and on which, if there is one.
    pub canary: Option<(Arc<Canary>, Arc<PolicySet>)>,
    /// The newest event that changed what decides.
    pub change: u64,
}

/// A set that decides about the part of the records on which it is tried.
pub struct CanaryArm<'a> {
    /// The set.
    pub set: LoadedSet<'a>,
    /// On which records it is tried.
    pub canary: Arc<Canary>,
}

impl<'a> CanaryArm<'a> {
    /// Gets the set of a canary ready to be called.
    #[must_use]
    pub fn new((canary, set): (Arc<Canary>, Arc<PolicySet>), sandbox: &'a Sandbox) -> Self {
        Self { set: LoadedSet::new(set, sandbox), canary }
    }
}

impl Evaluator<'_> {
    /// Which set decides about a suggestion, and why; nothing, where only the active one may.
    pub(super) fn assign(&self, suggestion: &Suggestion) -> Option<Assignment> {
        self.canary.as_ref()?.canary.assign(suggestion)
    }

    /// The set that decides where this was assigned.
    pub(super) fn set_for(&self, assignment: Option<&Assignment>) -> &LoadedSet<'_> {
        self.canary.as_ref().filter(|_| is_tried(assignment)).map_or(&self.set, |canary| &canary.set)
    }

    /// How many days of history are told where this was assigned. What a canary decided the active set judges as well, from what
    /// is on record then: so as far back as either of them wants to see. A module sees no more than it asks for.
    pub(super) fn history_days_for(&self, assignment: Option<&Assignment>) -> u32 {
        let days = self.set_for(assignment).history_days();
        if is_tried(assignment) { days.max(self.set.history_days()) } else { days }
    }
}

fn is_tried(assignment: Option<&Assignment>) -> bool {
    assignment.is_some_and(|assignment| assignment.arm == Arm::Canary)
}

impl Deployment {
    /// What decides, by the ledger: the active set, and the one that is tried if there is one, with all that they cite there.
    ///
    /// # Errors
    /// See [`DeploymentError`]; [`DeploymentError::Tried`] if the ledger has not all of the set that is tried.
    pub fn deciding(&self, ledger: &Ledger) -> Result<Deciding, DeploymentError> {
        let history = History::read(ledger)?;
        let activation = history.active()?.clone();
        let (change, _) = history.change()?;
        let active = Active { set: self.recorded_set(ledger, activation.set.digest)?, activation };
        let with_set = |canary: Canary| {
            let set = self.recorded_set(ledger, canary.set.digest).map_err(|error| match error {
                DeploymentError::Active(why) => DeploymentError::Tried(why),
                error => error,
            })?;
            Ok::<_, DeploymentError>((Arc::new(canary), set))
        };
        let canary = history.canary.map(with_set).transpose()?;
        Ok(Deciding { active, canary, change })
    }
}

#[cfg(test)]
pub(super) mod tests;
