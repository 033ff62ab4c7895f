//! What audits read: where the events of a time stand, decisions as everybody may see them, and the events of one kind.

use std::ops::Range;

use jiff::Timestamp;
use rusqlite::{Params, params};

use super::read::EVENT;
use super::{Ledger, fail, heads, signed};
use crate::ledger::event::{Entry, VERSION};
use crate::ledger::{EventKind, LedgerError, RecordedEvent, time};

/// How many decisions are in memory at once.
const PAGE: i64 = 128;

/// A decision as everybody may see it, also after its values were erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionEntry {
    /// The position in the ledger.
    pub seq: u64,
    /// When it was recorded, as RFC 3339.
    pub at: String,
    /// The JSON text of its body, with commitments in place of personal values.
    pub body: String,
}

impl Ledger {
    /// Where the events before a position stand that were recorded at a time or later, but before another: from the first of
    /// them to behind the last. Other events may stand among them, where a clock was put back. None if there is no such event.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] if an event has no time.
    pub fn recorded_in(&self, span: &Range<Timestamp>, before: u64) -> Result<Option<Range<u64>>, LedgerError> {
        const DOING: &str = "reading the times of events";
        let failed = |error| fail::sqlite(self.path(), DOING, error);
        // Times need not be in order, so all of them are looked at. They stand before the long columns.
        let sql = "SELECT seq, at FROM event WHERE seq < ?1 ORDER BY seq";
        let mut query = self.conn.prepare_cached(sql).map_err(failed)?;
        let mut rows = query.query(params![signed(before)]).map_err(failed)?;
        let mut found: Option<Range<u64>> = None;
        while let Some(row) = rows.next().map_err(failed)? {
            let seq = heads::get_u64(row, 0).map_err(failed)?;
            let at = row.get_ref(1).and_then(|at| Ok(at.as_str()?)).map_err(failed)?;
            let at = time::moment(at)
                .ok_or_else(|| fail::corrupt(self.path(), format!("the time of event {seq} is none: {at:?}")))?;
            if span.contains(&at) {
                found = Some(found.map_or(seq, |found| found.start)..seq + 1);
            }
        }
        Ok(found)
    }

    /// Shows the decisions at some positions, in order.
    ///
    /// # Errors
    /// If one cannot be read, or the error of whoever is shown them.
    pub fn decision_entries<E: From<LedgerError>>(
        &self,
        range: Range<u64>,
        mut show: impl FnMut(DecisionEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT e.seq, e.entry FROM decision d JOIN event e ON e.seq = d.seq
             WHERE d.seq >= ?1 AND d.seq < ?2 ORDER BY d.seq LIMIT ?3";
        let mut start = range.start;
        loop {
            // A page at a time: no long read holds up the copying of the log.
            let page = self.decision_page(sql, params![signed(start), signed(range.end), PAGE])?;
            let Some(last) = page.last() else { return Ok(()) };
            start = last.seq + 1;
            page.into_iter().try_for_each(&mut show)?;
        }
    }

    /// The decision about a suggestion as everybody may see it, if it was decided.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn decision_entry(&self, suggestion_id: &str) -> Result<Option<DecisionEntry>, LedgerError> {
        let sql = "SELECT e.seq, e.entry FROM decision d JOIN event e ON e.seq = d.seq WHERE d.suggestion_id = ?1";
        Ok(self.decision_page(sql, [suggestion_id])?.pop())
    }

    fn decision_page(&self, sql: &str, params: impl Params) -> Result<Vec<DecisionEntry>, LedgerError> {
        self.select(sql, params, |ledger, row| {
            let read = || Ok((heads::get_u64(row, 0)?, ledger.reader.text(&ledger.conn, row.get_ref(1)?)?));
            let (seq, entry) = read().map_err(|error| ledger.unreadable(error))?;
            let corrupt = |what: String| fail::corrupt(ledger.path(), format!("event {seq} {what}"));
            let entry = Entry::read(&entry).map_err(|error| corrupt(format!("is not an entry: {error}")))?;
            if entry.v > VERSION {
                return Err(corrupt(format!("has the form {}, which this release does not know", entry.v)));
            }
            Ok(DecisionEntry { seq, at: entry.at.into_owned(), body: entry.body.get().to_owned() })
        })
    }

    /// The events of one kind at some positions, in order.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn events_of(&self, kind: EventKind, range: &Range<u64>) -> Result<Vec<RecordedEvent>, LedgerError> {
        let sql = format!("SELECT {EVENT} WHERE e.kind = ?1 AND e.seq >= ?2 AND e.seq < ?3 ORDER BY e.seq");
        let params = params![kind.as_str(), signed(range.start), signed(range.end)];
        self.select(&sql, params, Self::recorded_event)
    }

    /// The last event of one kind before a position.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn last_event_of(&self, kind: EventKind, before: u64) -> Result<Option<RecordedEvent>, LedgerError> {
        // From the end on: what is looked for is seldom far from it.
        let sql = format!("SELECT {EVENT} WHERE e.kind = ?1 AND e.seq < ?2 ORDER BY e.seq DESC LIMIT 1");
        Ok(self.select(&sql, params![kind.as_str(), signed(before)], Self::recorded_event)?.pop())
    }
}
