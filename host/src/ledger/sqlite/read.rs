//! Reads events and decisions back, with their values put back where they still exist.

use rusqlite::{Connection, Params, Row, params};

use super::dictionaries::Reader;
use super::{Ledger, fail, heads, signed};
use crate::ledger::event::Entry;
use crate::ledger::{
    Digest, LedgerError, Openings, RecordParts, Recorded, RecordedEvent, SealError, open, placeholder, time,
};

/// A decision about a record, from its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDecision {
    /// The position in the ledger.
    pub seq: u64,
    /// When it was decided, as RFC 3339.
    pub decided_at: String,
    /// The JSON text of its body, opened.
    pub body: String,
}

pub(super) const EVENT: &str = "e.seq, e.entry, o.seed, o.sealed_values, e.kind, e.at, e.leaf
     FROM event e LEFT JOIN opening o ON o.seq = e.seq";
pub(super) const DECISION: &str = "e.seq, e.entry, o.seed, o.sealed_values, e.leaf, d.input_digest, d.record
     FROM decision d JOIN event e ON e.seq = d.seq LEFT JOIN opening o ON o.seq = d.seq";

/// The columns that open a body.
pub(super) struct Stored {
    pub seq: u64,
    pub entry: String,
    pub opening: Option<([u8; 32], String)>,
}

impl Ledger {
    /// The decision about a suggestion, if it was decided.
    pub fn decision(&self, suggestion_id: &str) -> Result<Option<Recorded>, LedgerError> {
        let sql = format!("SELECT {DECISION} WHERE d.suggestion_id = ?1");
        Ok(self.select(&sql, [suggestion_id], Self::recorded)?.pop())
    }

    /// One event, if there is one at that position.
    pub fn event(&self, seq: u64) -> Result<Option<RecordedEvent>, LedgerError> {
        let sql = format!("SELECT {EVENT} WHERE e.seq = ?1");
        Ok(self.select(&sql, [signed(seq)], Self::recorded_event)?.pop())
    }

    /// The decisions about a record at or after `since` (RFC 3339) and before the position `before`,
    /// oldest first. Those whose values were erased are left out.
    pub fn history(&self, record: &RecordParts, since: &str, before: u64) -> Result<Vec<PastDecision>, LedgerError> {
        let since = time::moment(since).ok_or_else(|| LedgerError::Time(since.to_owned()))?;
        // A record that no decision can be about has no history.
        let Some(key) = record.key(&self.record_secret) else { return Ok(Vec::new()) };
        let times = "SELECT seq, decided_at FROM decision WHERE record = ?1 AND seq < ?2 ORDER BY seq";
        let found: Vec<(u64, String)> = self.select(times, params![key, signed(before)], |_, row| {
            heads::get_u64(row, 0).and_then(|seq| Ok((seq, row.get(1)?))).map_err(|error| self.unreadable(error))
        })?;
        let mut past = Vec::new();
        for (seq, decided_at) in found {
            // Times are compared as moments: their texts do not sort as they do.
            if time::moment(&decided_at).is_none_or(|at| at < since) {
                continue;
            }
            let body = self.event(seq)?.and_then(|event| event.body);
            past.extend(body.map(|body| PastDecision { seq, decided_at, body }));
        }
        Ok(past)
    }

    /// All rows of a query, each turned into something.
    pub(super) fn select<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&Self, &Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let failed = |error| self.unreadable(error);
        let mut query = self.conn.prepare_cached(sql).map_err(failed)?;
        let mut rows = query.query(params).map_err(failed)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            all.push(read(self, row)?);
        }
        Ok(all)
    }

    pub(super) fn recorded(&self, row: &Row<'_>) -> Result<Recorded, LedgerError> {
        let read = || {
            Ok((stored(&self.conn, &self.reader, row)?, row.get::<_, [u8; 32]>(4)?, row.get::<_, Option<[u8; 32]>>(5)?))
        };
        let (stored, leaf, input): (Stored, _, Option<_>) = read().map_err(|error| self.unreadable(error))?;
        let body = self.opened(&stored)?.1;
        Ok(Recorded {
            seq: stored.seq,
            leaf: leaf.into(),
            body,
            entry: stored.entry,
            input_digest: input.map(Digest::from),
        })
    }

    pub(super) fn recorded_event(&self, row: &Row<'_>) -> Result<RecordedEvent, LedgerError> {
        let read =
            || Ok((stored(&self.conn, &self.reader, row)?, row.get(4)?, row.get(5)?, row.get::<_, [u8; 32]>(6)?));
        let (stored, kind, at, leaf): (Stored, String, _, _) = read().map_err(|error| self.unreadable(error))?;
        let (actor, body) = self.opened(&stored)?;
        let kind = kind.parse().map_err(|error| fail::corrupt(&self.path, format!("event {}: {error}", stored.seq)))?;
        Ok(RecordedEvent { seq: stored.seq, kind, at, actor, leaf: Digest::from(leaf), body, entry: stored.entry })
    }

    /// The actor and the opened body of an entry.
    fn opened(&self, stored: &Stored) -> Result<(String, Option<String>), LedgerError> {
        let seq = stored.seq;
        let entry = Entry::read(&stored.entry)
            .map_err(|error| fail::corrupt(&self.path, format!("event {seq} is not an entry: {error}")))?;
        let body = entry.body.get();
        let seal = |source| LedgerError::Seal { seq, source };
        let opened = opened(body, stored.opening.as_ref()).map_err(seal)?;
        Ok((entry.actor.into_owned(), opened))
    }

    pub(super) fn unreadable(&self, error: rusqlite::Error) -> LedgerError {
        fail::sqlite(&self.path, "reading events", error)
    }
}

/// A body with its values put back, each held against its commitment; none if they were erased.
pub(super) fn opened(body: &str, opening: Option<&([u8; 32], String)>) -> Result<Option<String>, SealError> {
    match opening {
        Some((seed, values)) => open(body, &Openings::from_stored(*seed, values)?).map(Some),
        None => Ok(placeholder::find(body)?.is_empty().then(|| body.to_owned())),
    }
}

pub(super) fn stored(conn: &Connection, reader: &Reader, row: &Row<'_>) -> rusqlite::Result<Stored> {
    let seed: Option<[u8; 32]> = row.get(2)?;
    let values = seed.map(|_| reader.text(conn, row.get_ref(3)?)).transpose()?;
    Ok(Stored { seq: heads::get_u64(row, 0)?, entry: reader.text(conn, row.get_ref(1)?)?, opening: seed.zip(values) })
}
