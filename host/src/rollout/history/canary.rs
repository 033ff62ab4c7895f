//! The steps of a canary, as far as what stands allows them.

use super::History;
use crate::ledger::Prepared;
use crate::model::Digest;
use crate::modules::PolicySet;
use crate::rollout::activation::NewActivation;
use crate::rollout::canary::{Canary, EndCause, GatesReport, Plan};
use crate::rollout::proposal::cited;
use crate::rollout::{Act, Approvals, Cause, Proposal, RolloutError};

impl History {
    /// Whether a proposal may be tried on a part of the records.
    ///
    /// # Errors
    /// What stands against it: as [`may_activate`](Self::may_activate), and if no plan can be followed.
    pub fn may_try(&self, proposal: &Proposal, plan: &Plan, approvals: &Approvals) -> Result<(), RolloutError> {
        plan.check()?;
        self.may_activate(proposal, approvals)
    }

    /// The event from which on a proposed set, whose modules are all usable, is tried on a part of the records. `salt` is random.
    ///
    /// # Errors
    /// As [`may_try`](Self::may_try), and if the set names a module that was yanked.
    pub fn begin_canary(
        &self,
        (proposal, set): (&Proposal, &PolicySet),
        (salt, plan): (&str, &Plan),
        approvals: &Approvals,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        self.may_try(proposal, plan, approvals)?;
        self.refuse_yanked(set)?;
        let against = &self.in_force()?.set;
        Canary::begun((&set.set_ref, against), proposal.seq, (salt, plan), cited(set), act)
    }

    /// The canary that runs.
    ///
    /// # Errors
    /// [`RolloutError::NoCanary`] if there is none.
    pub fn running_canary(&self) -> Result<&Canary, RolloutError> {
        self.canary.as_ref().ok_or(RolloutError::NoCanary)
    }

    /// The event that brings the canary to its next step; at the last one, the set comes into force. All gates must have passed.
    ///
    /// # Errors
    /// [`RolloutError::NoCanary`] and [`RolloutError::Gates`].
    pub fn promote(
        &self,
        set: &PolicySet,
        gates: &GatesReport,
        catalogue: Digest,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        let canary = self.running_canary()?;
        gates.allow(canary)?;
        let next = canary.step + 1;
        if !canary.plan.is_last(next) {
            return canary.moved(next, gates, act);
        }
        self.refuse_yanked(set)?;
        let (cause, proposal) = (Cause::Canary, Some(canary.proposal));
        NewActivation { set: &canary.set, catalogue, cause, proposal, earlier: None, objects: cited(set) }.event(act)
    }

    /// The event that ends the canary before its end.
    ///
    /// # Errors
    /// [`RolloutError::NoCanary`] if there is none.
    pub fn end_canary(
        &self,
        cause: EndCause,
        gates: Option<&GatesReport>,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        self.running_canary()?.ended(cause, gates, act)
    }
}
