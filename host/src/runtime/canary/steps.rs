//! How a canary begins, goes on and ends: each step looks at what it needs, and then at what is on record.

use std::sync::Arc;

use rand::random;

use super::{CanaryReport, Promotion};
use crate::ledger::Ledger;
use crate::rollout::{Act, Canary, EndCause, EndedCanary, GatesReport, History, Plan, Reference, RolloutError, record};
use crate::runtime::sets::activation;
use crate::runtime::{Deployment, DeploymentError};

/// Who acts when a canary ends or goes on by itself.
pub(in crate::runtime) const BY_ITSELF: &str = "countersign";

impl Deployment {
    /// Tries a proposed set on a part of the records from now on. It must be what could be activated: approved, still the change
    /// that was approved, its modules all usable, and passing its cases.
    ///
    /// # Errors
    /// See [`DeploymentError`]. What was in force stays so.
    pub fn begin_canary(
        &self,
        ledger: &mut Ledger,
        meant: &Reference,
        plan: &Plan,
        act: Act<'_>,
    ) -> Result<Canary, DeploymentError> {
        let history = History::read(ledger)?;
        let meant = history.proposal(meant, |set| self.locked_digest(set))?;
        let approvals = &self.config.approvals;
        // Before anything is compiled.
        history.may_try(meant, plan, approvals)?;
        let set = self.recorded_set(ledger, meant.set.digest)?;
        self.vouched_set(ledger, &set)?;
        self.usable(&self.load(Arc::clone(&set))?)?;
        self.keep(ledger, &set, act.at, act.by)?;
        let salt = hex::encode(random::<[u8; 16]>());
        let event = history.begin_canary((meant, &set), (&salt, plan), approvals, act)?;
        let seq = record(ledger, &history, &[event])?;
        let begun = History::read(ledger)?.canary.filter(|canary| canary.seq == seq);
        Ok(begun.ok_or(RolloutError::Raced)?)
    }

    /// Brings the canary to its next step. At the last one its set comes into force for everything, and must be what could be
    /// activated. All gates must have passed in the report.
    ///
    /// # Errors
    /// See [`DeploymentError`]; [`RolloutError::Gates`] if they have not, and [`RolloutError::Raced`] if the report is about another
    /// step, or another canary. The canary stays at its step.
    pub fn promote(
        &self,
        ledger: &mut Ledger,
        report: &CanaryReport,
        act: Act<'_>,
    ) -> Result<Promotion, DeploymentError> {
        let history = History::read(ledger)?;
        if history.running_canary()?.step_seq != report.canary.step_seq {
            return Err(RolloutError::Raced.into());
        }
        self.promote_as_it_stands(ledger, &history, &report.gates, act)
    }

    /// Brings on the canary of a history, which the gates were asked about.
    ///
    /// # Errors
    /// As [`promote`](Self::promote), and [`RolloutError::Raced`] if the history has gone on.
    pub(in crate::runtime) fn promote_as_it_stands(
        &self,
        ledger: &mut Ledger,
        history: &History,
        gates: &GatesReport,
        act: Act<'_>,
    ) -> Result<Promotion, DeploymentError> {
        let canary = history.running_canary()?;
        // Before anything is compiled.
        gates.allow(canary)?;
        let set = self.recorded_set(ledger, canary.set.digest)?;
        let step = canary.step + 1;
        let comes_into_force = canary.plan.is_last(step);
        if comes_into_force {
            self.vouched_set(ledger, &set)?;
            self.usable(&self.load(Arc::clone(&set))?)?;
            self.keep(ledger, &set, act.at, act.by)?;
        }
        let event = history.promote(&set, gates, self.catalogue_digest, act)?;
        let seq = record(ledger, history, &[event])?;
        if comes_into_force {
            return Ok(Promotion::Activated(activation(ledger, seq)?));
        }
        let (step_seq, step_since) = (seq, act.at.to_owned());
        Ok(Promotion::Moved(Canary { step, step_seq, step_since, ..canary.clone() }))
    }

    /// Ends the canary before its end: the set that is in force decides about everything again. No module is looked at.
    ///
    /// # Errors
    /// [`RolloutError::NoCanary`], or if the ledger cannot be written.
    pub fn end_canary(
        &self,
        ledger: &mut Ledger,
        cause: EndCause,
        gates: Option<&GatesReport>,
        act: Act<'_>,
    ) -> Result<EndedCanary, DeploymentError> {
        let history = History::read(ledger)?;
        end_as_it_stands(ledger, &history, cause, gates, act)
    }
}

/// Ends the canary of a history.
///
/// # Errors
/// As [`Deployment::end_canary`], and [`RolloutError::Raced`] if the history has gone on.
pub(in crate::runtime) fn end_as_it_stands(
    ledger: &mut Ledger,
    history: &History,
    cause: EndCause,
    gates: Option<&GatesReport>,
    act: Act<'_>,
) -> Result<EndedCanary, DeploymentError> {
    let event = history.end_canary(cause, gates, act)?;
    let seq = record(ledger, history, &[event])?;
    let ended = History::read(ledger)?.ended_canaries.into_iter().find(|ended| ended.seq == seq);
    Ok(ended.ok_or(RolloutError::Raced)?)
}
