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

/// How many decisions of one outcome fell into one piece of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    /// The beginning of the times that they were decided at: a day or an hour, as RFC 3339 begins.
    pub piece: String,
    /// The outcome as a word.
    pub outcome: String,
    /// How many.
    pub count: u64,
}

/// A piece of time that decisions are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A day in UTC.
    Day,
    /// An hour in UTC.
    Hour,
}

impl Piece {
    /// How much of a time as RFC 3339 names the piece that it lies in, in characters.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Day => "2026-11-20".len(),
            Self::Hour => "2026-11-20T09".len(),
        }
    }
}

impl Ledger {
    /// How many decisions of each outcome were made in each piece of time since `since` (RFC 3339 in UTC), as far as they are
    /// among the newest `most` events; and whether that left any out.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn outcomes_since(
        &self,
        since: &str,
        piece: Piece,
        most: u64,
    ) -> Result<(Vec<OutcomeCount>, bool), LedgerError> {
        let above = self.count()?.saturating_sub(most);
        let sql = "SELECT substr(decided_at, 1, ?1) AS piece, outcome, count(*) FROM decision
                   WHERE seq >= ?2 AND decided_at >= ?3 GROUP BY piece, outcome ORDER BY piece, outcome";
        let length = i64::try_from(piece.length()).unwrap_or(i64::MAX);
        let counts = self.select(sql, params![length, signed(above), since], |ledger, row| {
            let read = || Ok(OutcomeCount { piece: row.get(0)?, outcome: row.get(1)?, count: heads::get_u64(row, 2)? });
            read().map_err(|error| ledger.unreadable(error))
        })?;
        // The newest one that was left out tells of all: they come in order of time, but for clocks that were set back.
        let sql = "SELECT decided_at FROM decision WHERE seq < ?1 ORDER BY seq DESC LIMIT 1";
        let left: Vec<String> =
            self.select(sql, [signed(above)], |ledger, row| row.get(0).map_err(|error| ledger.unreadable(error)))?;
        Ok((counts, left.first().is_some_and(|at| at.as_str() >= since)))
    }

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
