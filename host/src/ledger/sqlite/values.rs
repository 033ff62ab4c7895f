//! Events whose values exist, for finding those whose time is over.

use super::{Ledger, fail, heads, signed};
use crate::ledger::{EventKind, LedgerError};

/// How many rows are in memory at once.
const PAGE: i64 = 1_024;

/// An event whose values exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesRow {
    /// The position in the ledger.
    pub seq: u64,
    /// What happened.
    pub kind: EventKind,
    /// When it was recorded, as RFC 3339.
    pub at: String,
    /// The outcome, if it is a decision.
    pub outcome: Option<String>,
}

impl Ledger {
    /// Hands over every event whose values exist, in order.
    pub fn each_with_values<E: From<LedgerError>>(
        &self,
        mut take: impl FnMut(ValuesRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT o.seq, e.kind, e.at, d.outcome FROM opening o JOIN event e ON e.seq = o.seq
             LEFT JOIN decision d ON d.seq = o.seq WHERE o.seq >= ?1 ORDER BY o.seq LIMIT ?2";
        let mut next = 0;
        loop {
            let page = self.select(sql, rusqlite::params![signed(next), PAGE], |ledger, row| {
                let read = || Ok((heads::get_u64(row, 0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?));
                let (seq, kind, at, outcome) = read().map_err(|error| ledger.unreadable(error))?;
                let kind =
                    kind.parse().map_err(|error| fail::corrupt(&ledger.path, format!("event {seq}: {error}")))?;
                Ok(ValuesRow { seq, kind, at, outcome })
            })?;
            let Some(last) = page.last() else { return Ok(()) };
            next = last.seq + 1;
            page.into_iter().try_for_each(&mut take)?;
        }
    }
}
