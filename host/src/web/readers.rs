//! Handles that read the ledger, for many who ask.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::ledger::{Ledger, LedgerError};

/// Handles that nobody uses at the moment. One is opened when there is none, so there are never more than were used at a
/// time.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Ledger>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// Does something with a handle. One with which something failed is closed.
    pub(super) fn with<T, E: From<LedgerError>>(&self, read: impl FnOnce(&Ledger) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let ledger = match idle {
            Some(ledger) => ledger,
            None => Ledger::open_read_only(&self.path)?,
        };
        let done = read(&ledger);
        if done.is_ok() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(ledger);
        }
        done
    }
}
