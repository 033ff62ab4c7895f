//! Copies a ledger while others write to it.

use std::path::Path;

use super::{Ledger, fail};
use crate::ledger::LedgerError;

impl Ledger {
    /// Writes what is committed now into an empty file, as a ledger of its own that is one file. Neither appends that happen
    /// meanwhile nor this wait for each other.
    ///
    /// Rows are copied, and not pages: what was deleted can still stand in free pages and between the rows of the source,
    /// and an erased value must not live on in copies.
    pub(in crate::ledger) fn copy_into(&self, path: &Path) -> Result<(), LedgerError> {
        const DOING: &str = "copying the ledger";
        let Some(name) = path.to_str() else {
            let source = "SQLite takes only names that are UTF-8 text".into();
            return Err(LedgerError::Io { path: path.to_owned(), doing: DOING, source });
        };
        self.conn.execute("VACUUM INTO ?1", [name]).map(drop).map_err(|error| {
            match fail::sqlite(&self.path, DOING, error) {
                // What cannot be written is the copy.
                error @ (LedgerError::Full { .. } | LedgerError::Io { .. }) => error.about(path),
                error => error,
            }
        })
    }
}
