//! What can be wrong with a decision on record.

use crate::ledger::{LedgerError, UnopenedError};
use crate::model::Digest;

/// Why a decision cannot be run again.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The decision's values were erased.
    #[error("its values were erased, so it cannot be run again")]
    Erased,
    /// The event cannot be opened.
    #[error("its event cannot be opened: {0}")]
    Unopened(#[source] UnopenedError),
    /// A module was stopped by the clock, which is not part of what can be repeated.
    #[error("the module `{0}` was stopped by the clock, which can't be repeated")]
    Stalled(String),
    /// Something that it cites is not there.
    #[error("it cites {what} {digest}, which the ledger does not have")]
    Missing {
        /// What it is.
        what: &'static str,
        /// Its digest.
        digest: Digest,
    },
    /// Something on record cannot be read.
    #[error("its {what} cannot be read: {message}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Why.
        message: String,
    },
}

impl ReproduceError {
    pub(crate) fn unreadable(what: &'static str, why: &(impl ToString + ?Sized)) -> Self {
        Self::Unreadable { what, message: why.to_string() }
    }
}

impl From<UnopenedError> for ReproduceError {
    fn from(error: UnopenedError) -> Self {
        match error {
            UnopenedError::Erased => Self::Erased,
            error => Self::Unopened(error),
        }
    }
}
