//! What a ledger needs now and then beside what is appended: new dictionaries. Whoever appends trains them between two groups, or
//! leaves it to another handle, so that nobody waits for it.

use super::Ledger;
use crate::ledger::LedgerError;

impl Ledger {
    /// Leaves the training of dictionaries to another handle, which [tends](Self::tend) to the same file all the time.
    pub const fn leave_upkeep(&mut self) {
        self.upkeep_left = true;
    }

    /// Trains dictionaries if new ones are due, while others append. Nothing that is recorded depends on it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn tend(&mut self) -> Result<(), LedgerError> {
        self.writable()?;
        let events = self.count()?;
        self.train_if_due(events);
        Ok(())
    }
}
