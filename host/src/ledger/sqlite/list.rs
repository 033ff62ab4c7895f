//! Lists what is on record, newest first, a page at a time.

use rusqlite::params;

use super::{Ledger, heads, signed};
use crate::ledger::{Digest, LedgerError};

/// What a list says of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionSummary {
    /// The position in the ledger.
    pub seq: u64,
    /// The suggestion's id.
    pub suggestion_id: String,
    /// The outcome as a word.
    pub outcome: String,
    /// When it was decided, as RFC 3339.
    pub decided_at: String,
    /// The digest of the set.
    pub set: Digest,
}

impl Ledger {
    /// The newest decisions before a position, at most so many, newest first; of one outcome, if one is named.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn newest_decisions(
        &self,
        before: u64,
        outcome: Option<&str>,
        most: u32,
    ) -> Result<Vec<DecisionSummary>, LedgerError> {
        let sql = "SELECT seq, suggestion_id, outcome, decided_at, set_digest FROM decision
                   WHERE seq < ?1 AND (?2 IS NULL OR outcome = ?2) ORDER BY seq DESC LIMIT ?3";
        self.select(sql, params![signed(before), outcome, most], |ledger, row| {
            let read = || {
                Ok(DecisionSummary {
                    seq: heads::get_u64(row, 0)?,
                    suggestion_id: row.get(1)?,
                    outcome: row.get(2)?,
                    decided_at: row.get(3)?,
                    set: row.get::<_, [u8; 32]>(4)?.into(),
                })
            };
            read().map_err(|error| ledger.unreadable(error))
        })
    }
}
