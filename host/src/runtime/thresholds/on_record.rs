//! Thresholds for what is on record, as a service is asked for them.

use std::io;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::{Rehearses, ThresholdError, ThresholdReport, ThresholdTerms, thresholds};
use crate::ledger::{Ledger, LedgerError};
use crate::pipeline::LoadedSet;
use crate::replay::{Gathers, Part, ProposalError, Replay, ReplayError, Selection};
use crate::reproduce::PastSets;
use crate::runtime::replays::{STACK, give_way};
use crate::runtime::{Deployment, DeploymentError, MOST_REPLAYED};

/// Why no thresholds were found for what is on record.
#[derive(Debug, thiserror::Error)]
pub enum NoThresholds {
    /// A set cannot be read.
    #[error(transparent)]
    Set(#[from] DeploymentError),
    /// The set cannot be given thresholds.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// There are none.
    #[error(transparent)]
    Terms(#[from] ThresholdError),
    /// The ledger fails.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What is on record cannot be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Nothing is on record.
    #[error("there is no decision on record yet")]
    Empty,
    /// Somebody ended it.
    #[error("it was stopped: nothing is recommended from a part of the history")]
    Stopped,
    /// There is no thread to be had.
    #[error("a thread for it cannot be started: {0}")]
    Thread(io::Error),
    /// The message was printed where it happened.
    #[error("this is a bug of countersign: the report could not be finished")]
    Bug,
}

/// Finds thresholds for what is selected of a deployment's ledger, with handles that can only read, and on one thread that gives
/// way to all others. It ends early when `stop` becomes true.
///
/// # Errors
/// See [`NoThresholds`].
pub fn thresholds_on_record(
    deployment: &Deployment,
    terms: &ThresholdTerms,
    selection: Selection,
    stop: &AtomicBool,
) -> Result<ThresholdReport, NoThresholds> {
    let history = OnRecord { deployment, selection, stop };
    thread::scope(|scope| {
        let run = || {
            give_way();
            thresholds(deployment, terms, &history).map(|(report, _)| report)
        };
        let thread = thread::Builder::new().name("thresholds".to_owned()).stack_size(STACK);
        let thread = thread.spawn_scoped(scope, run).map_err(NoThresholds::Thread)?;
        thread.join().unwrap_or(Err(NoThresholds::Bug))
    })
}

/// What a deployment's ledger has.
struct OnRecord<'a> {
    deployment: &'a Deployment,
    selection: Selection,
    stop: &'a AtomicBool,
}

impl Rehearses for OnRecord<'_> {
    type Error = NoThresholds;

    fn rehearse<G: Gathers>(
        &self,
        candidate: &LoadedSet<'_>,
        current: &LoadedSet<'_>,
        part: Part,
    ) -> Result<Vec<G>, NoThresholds> {
        let open = || Ledger::open_read_only(self.deployment.home.ledger());
        let ledger = open()?;
        if ledger.decisions_before(u64::MAX)? == 0 {
            return Err(NoThresholds::Empty);
        }
        let made_with = PastSets::new(open()?, &self.deployment.sandbox);
        let replay = Replay {
            candidate,
            baseline: Some(current),
            catalogue: None,
            engine: &self.deployment.engine,
            selection: Selection { part: Some(part), ..self.selection.clone() },
            shard: (1, 1),
            // This thread alone: the others are for those who wait for a decision.
            jobs: 1,
            full: false,
            recheck_ppm: 0,
            most: MOST_REPLAYED,
            stop: self.stop,
        };
        let gathered = replay.ledger(&ledger, &made_with, |_| ())?;
        if gathered.complete { Ok(gathered.parts) } else { Err(NoThresholds::Stopped) }
    }
}
