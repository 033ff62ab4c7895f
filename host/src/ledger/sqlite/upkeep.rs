//! What a ledger's file needs now and then beside what is appended: commits are copied from the log into the file, and
//! dictionaries are trained. Whoever appends does it alone between two groups, or leaves it to another handle, so that nobody waits
//! for it.

use super::{Ledger, fail};
use crate::ledger::LedgerError;

/// How long the log may grow, in pages, before the one who appends copies it all the same: 128 MiB. Only then the log begins anew.
const MOST_PAGES: u32 = 8_192;

impl Ledger {
    /// Leaves the upkeep to another handle, which [tends](Self::tend) to the same file all the time.
    ///
    /// # Errors
    /// If the file cannot be used.
    pub fn leave_upkeep(&mut self) -> Result<(), LedgerError> {
        let set = self.conn.pragma_update_and_check(None, "wal_autocheckpoint", MOST_PAGES, |_| Ok(()));
        set.map_err(|error| fail::sqlite(&self.path, "leaving its upkeep to another thread", error))?;
        self.upkeep_left = true;
        Ok(())
    }

    /// Does what is due of the upkeep, while others append. Nothing that is recorded depends on it.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn tend(&mut self) -> Result<(), LedgerError> {
        self.writable()?;
        // What others read from the log, or append meanwhile, is copied the next time.
        let copied = self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        copied.map_err(|error| fail::sqlite(&self.path, "copying its log into the file", error))?;
        let events = self.count()?;
        self.train_if_due(events);
        Ok(())
    }
}
