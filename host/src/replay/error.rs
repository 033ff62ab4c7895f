//! What ends a replay.

use crate::ledger::{LedgerError, SealError};
use crate::pipeline::ThreadFailed;
use crate::reproduce::ReproduceError;

/// Why a history cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The ledger fails.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Values of a decision were changed in the file.
    #[error("event {seq}: {error}; verify the ledger")]
    Changed {
        /// Where it stands.
        seq: u64,
        /// What does not hold.
        error: SealError,
    },
    /// What decisions cite cannot be read.
    #[error(transparent)]
    Cited(#[from] ReproduceError),
    /// The history's file or the labels' file cannot be read, or is wrong. The message has a line for each mistake.
    #[error("{0}")]
    Input(String),
    /// More is selected than may be judged.
    #[error("more than {0} decisions are selected: narrow it with `from`, `to` and `where`")]
    TooMany(u64),
    /// A thread of ours failed.
    #[error(transparent)]
    Thread(#[from] ThreadFailed),
}
