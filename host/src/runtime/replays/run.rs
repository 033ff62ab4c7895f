//! One replay of what is on record, with handles that can only read.

use std::sync::atomic::Ordering;

use super::{MOST_REPLAYED, NotReplayed, ReplayJob};
use crate::ledger::{Ledger, LedgerError};
use crate::replay::{Replay, ReplayError, Report};
use crate::reproduce::PastSets;
use crate::rollout::RolloutError;
use crate::runtime::{Deployment, DeploymentError};

/// Why what is on record could not be judged with another set.
#[derive(Debug, thiserror::Error)]
pub(in crate::runtime) enum Failure {
    #[error(transparent)]
    Set(#[from] DeploymentError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error("there is no decision on record yet")]
    Empty,
    #[error("nothing of the history is selected: look at `from`, `to` and `where`")]
    Nothing,
}

impl Failure {
    pub(in crate::runtime) fn kind(&self) -> NotReplayed {
        match self {
            Self::Set(DeploymentError::Ledger(error))
            | Self::Ledger(error)
            | Self::Replay(ReplayError::Ledger(error))
                if error.breaks() =>
            {
                NotReplayed::Broken
            }
            Self::Replay(ReplayError::Changed { .. }) => NotReplayed::Broken,
            Self::Replay(ReplayError::Thread(_)) => NotReplayed::Bug,
            Self::Set(DeploymentError::Unusable { .. })
            | Self::Replay(ReplayError::TooMany(_))
            | Self::Empty
            | Self::Nothing => NotReplayed::Unusable,
            Self::Set(_) | Self::Ledger(_) | Self::Replay(_) => NotReplayed::Unreadable,
        }
    }

    /// What whoever asked is told: nothing about the files of the deployment, which the log names.
    pub(in crate::runtime) fn shown(&self) -> String {
        match self {
            Self::Set(
                DeploymentError::Unusable { .. }
                | DeploymentError::Cases { .. }
                | DeploymentError::Rollout(RolloutError::Yanked { .. }),
            )
            | Self::Replay(ReplayError::TooMany(_))
            | Self::Empty
            | Self::Nothing => self.to_string(),
            Self::Set(_) => "a set cannot be read; the operator's log says why".to_owned(),
            Self::Ledger(_) | Self::Replay(_) => {
                "what is on record cannot be read; the operator's log says why".to_owned()
            }
        }
    }
}

pub(super) fn run(job: &ReplayJob, deployment: &Deployment) -> Result<Report, Failure> {
    let wanted = &job.wanted;
    let loaded = |named: &str| deployment.load_to_read(Some(named));
    let candidate = loaded(&wanted.candidate)?;
    let baseline = wanted.baseline.as_deref().map(loaded).transpose()?;
    let open = || Ledger::open_read_only(deployment.home.ledger());
    let ledger = open()?;
    let all = ledger.decisions_before(u64::MAX)?;
    if all == 0 {
        return Err(Failure::Empty);
    }
    job.all.store(all, Ordering::Relaxed);
    let past = PastSets::new(open()?, &deployment.sandbox);
    let replay = Replay {
        candidate: &candidate,
        baseline: baseline.as_ref(),
        catalogue: None,
        engine: &deployment.engine,
        selection: wanted.selection.clone(),
        shard: (1, 1),
        // This thread alone: the others are for those who wait for a decision.
        jobs: 1,
        full: wanted.full,
        recheck_ppm: wanted.recheck.0,
        most: MOST_REPLAYED,
        stop: &job.stop,
    };
    let gathered = replay.ledger(&ledger, &past, |rows| {
        job.done.fetch_add(rows, Ordering::Relaxed);
    })?;
    let report = replay.report(gathered);
    if report.extent.complete && report.is_empty() {
        return Err(Failure::Nothing);
    }
    Ok(report)
}
