//! What proofs and published logs are made of: entries as they stand, with what opens them beside them.

use std::ops::Range;

use rusqlite::{Params, params};

use super::read::stored;
use super::{Ledger, fail, signed};
use crate::ledger::{EventKind, LedgerError, Openings};

/// An event as it stands, with its values still apart from it.
#[derive(Debug, Clone)]
pub(in crate::ledger) struct SealedEvent {
    pub seq: u64,
    pub entry: String,
    /// None if it has no sealed values, or they were erased.
    pub openings: Option<Openings>,
}

const EVENT: &str = "e.seq, e.entry, o.seed, o.sealed_values FROM event e LEFT JOIN opening o ON o.seq = e.seq";

impl Ledger {
    /// The decision about a suggestion, if it was decided.
    pub(in crate::ledger) fn sealed_decision(&self, suggestion_id: &str) -> Result<Option<SealedEvent>, LedgerError> {
        let sql = format!("SELECT {EVENT} WHERE e.seq = (SELECT seq FROM decision WHERE suggestion_id = ?1)");
        Ok(self.sealed(&sql, [suggestion_id])?.pop())
    }

    /// The events before a position that say how policies came into force: `published`, `set-approved`, `activated` or
    /// `rollout-step`.
    pub(in crate::ledger) fn policy_events(
        &self,
        kind: EventKind,
        before: u64,
    ) -> Result<Vec<SealedEvent>, LedgerError> {
        // The kind stands in the text, because the index is found for a text alone.
        let sql = format!("SELECT {EVENT} WHERE e.kind = '{kind}' AND e.seq < ?1 ORDER BY e.seq");
        self.sealed(&sql, [signed(before)])
    }

    /// The exact texts of some events, in order.
    pub(in crate::ledger) fn entries(&self, range: Range<u64>) -> Result<Vec<String>, LedgerError> {
        let sql = "SELECT entry FROM event WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        let entries: Vec<String> =
            self.select(sql, params![signed(range.start), signed(range.end)], |ledger, row| {
                let text = row.get_ref(0).and_then(|entry| ledger.reader.text(&ledger.conn, entry));
                text.map_err(|error| ledger.unreadable(error))
            })?;
        if u64::try_from(entries.len()) == Ok(range.end.saturating_sub(range.start)) {
            return Ok(entries);
        }
        Err(fail::corrupt(&self.path, format!("events {} to {} are not all there", range.start, range.end)))
    }

    fn sealed(&self, sql: &str, params: impl Params) -> Result<Vec<SealedEvent>, LedgerError> {
        self.select(sql, params, |ledger, row| {
            let stored = stored(&ledger.conn, &ledger.reader, row).map_err(|error| ledger.unreadable(error))?;
            let seq = stored.seq;
            let openings = stored.opening.map(|(seed, values)| Openings::from_stored(seed, &values)).transpose();
            let openings = openings.map_err(|source| LedgerError::Seal { seq, source })?;
            Ok(SealedEvent { seq, entry: stored.entry, openings })
        })
    }
}
