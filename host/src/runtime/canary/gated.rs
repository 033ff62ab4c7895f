//! What follows from a canary's gates without anybody: it ends where one has failed, and goes on where all have passed and its
//! plan says so.

use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use super::{BY_ITSELF, CanaryCount, CanaryCounter, CanaryReport, Kept, end_as_it_stands};
use crate::ledger::Ledger;
use crate::reproduce::ReproduceError;
use crate::rollout::{Act, Canary, EndCause, GateVerdict, GatesReport, History, RolloutError, Standing};
use crate::runtime::{Deployment, DeploymentError};

/// What follows without anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::runtime) enum Follows {
    /// It ends.
    End(EndCause),
    /// It goes on.
    Promote,
}

impl Follows {
    /// What follows from what the gates say; nothing, if it stays at its step or waits for a person.
    pub(in crate::runtime) const fn from_gates(canary: &Canary, gates: &GatesReport) -> Option<Self> {
        match gates.standing {
            Standing::Failed => Some(Self::End(EndCause::Gate)),
            Standing::Broken => Some(Self::End(EndCause::Mismatch)),
            Standing::Passed if canary.plan.auto => Some(Self::Promote),
            Standing::Passed | Standing::Holds => None,
        }
    }
}

impl Deployment {
    /// What came of a canary so far, counted from its beginning; nothing, if there is none. Where `stop` becomes true meanwhile,
    /// some of it was not counted.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn canary_report(
        &self,
        ledger: &Ledger,
        jobs: usize,
        stop: &AtomicBool,
        progress: impl FnMut(u64),
    ) -> Result<Option<CanaryReport>, DeploymentError> {
        let Some(canary) = History::read(ledger)?.canary else { return Ok(None) };
        self.counted(ledger, canary, jobs, stop, progress).map(Some)
    }

    fn counted(
        &self,
        ledger: &Ledger,
        canary: Canary,
        jobs: usize,
        stop: &AtomicBool,
        progress: impl FnMut(u64),
    ) -> Result<CanaryReport, DeploymentError> {
        let counter = CanaryCounter::new(self, ledger, &canary)?;
        let mut count = CanaryCount::new(&canary);
        counter.follow(&mut count, ledger, ledger.count()?, jobs, stop, progress)?;
        let behind = ledger.decisions_at(count.next()..u64::MAX)?;
        Ok(CanaryReport::new(canary, count.counts(), behind, None))
    }

    /// Asks a canary's gates, and does what follows from that without anybody: where no service runs, whoever lets a folder
    /// decide does this at the end.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn keep_canary(&self, ledger: &mut Ledger, jobs: usize) -> Result<Kept, DeploymentError> {
        match self.keep_as_it_stands(ledger, jobs) {
            // What somebody did who was faster is looked at, once.
            Err(DeploymentError::Rollout(RolloutError::Raced)) => self.keep_as_it_stands(ledger, jobs),
            kept => kept,
        }
    }

    fn keep_as_it_stands(&self, ledger: &mut Ledger, jobs: usize) -> Result<Kept, DeploymentError> {
        let history = History::read(ledger)?;
        let Some(canary) = &history.canary else { return Ok(Kept::Nothing) };
        if let Some(why) = self.unusable(ledger, canary)? {
            let at = Timestamp::now().to_string();
            let act = Act { by: BY_ITSELF, at: &at, reason: &why };
            return Ok(Kept::Ended(end_as_it_stands(ledger, &history, EndCause::Unusable, None, act)?));
        }
        let report = self.counted(ledger, canary.clone(), jobs, &AtomicBool::new(false), |_| {})?;
        // What was decided meanwhile may speak against going on.
        let may = |follows: &Follows| report.behind == 0 || *follows != Follows::Promote;
        match Follows::from_gates(canary, &report.gates).filter(may) {
            Some(follows) => self.follow_gates(ledger, &history, follows, &report.gates),
            None => Ok(Kept::Stays(report)),
        }
    }

    /// Why the set of a canary cannot decide here; nothing, if it can.
    ///
    /// # Errors
    /// If that cannot be told.
    pub(in crate::runtime) fn unusable(
        &self,
        ledger: &Ledger,
        canary: &Canary,
    ) -> Result<Option<String>, DeploymentError> {
        use ReproduceError::{Missing, Unreadable};
        match self.recorded_set(ledger, canary.set.digest).and_then(|set| self.load(set).map(drop)) {
            Ok(()) => Ok(None),
            Err(error @ DeploymentError::Unusable { .. }) => Ok(Some(error.to_string())),
            Err(DeploymentError::Active(error @ (Missing { .. } | Unreadable { .. }))) => {
                Ok(Some(format!("the set that is tried: {error}")))
            }
            Err(error) => Err(error),
        }
    }

    /// Does what follows from the gates of the canary that a history has.
    ///
    /// # Errors
    /// See [`DeploymentError`]; [`RolloutError::Raced`] if the history has gone on.
    pub(in crate::runtime) fn follow_gates(
        &self,
        ledger: &mut Ledger,
        history: &History,
        follows: Follows,
        gates: &GatesReport,
    ) -> Result<Kept, DeploymentError> {
        let (at, by) = (Timestamp::now().to_string(), BY_ITSELF);
        match follows {
            Follows::End(cause) => {
                let failed = gates.gates.iter().filter(|gate| gate.verdict == GateVerdict::Failed);
                let reason = failed.map(ToString::to_string).collect::<Vec<_>>().join("; ");
                let act = Act { by, at: &at, reason: &reason };
                Ok(Kept::Ended(end_as_it_stands(ledger, history, cause, Some(gates), act)?))
            }
            Follows::Promote => {
                let reason = format!("all gates have passed at {}", gates.share);
                let act = Act { by, at: &at, reason: &reason };
                Ok(Kept::Promoted(self.promote_as_it_stands(ledger, history, gates, act)?))
            }
        }
    }
}
