//! Walks over events in order, a page at a time: no long read holds up the copying of the log.

use std::collections::VecDeque;
use std::ops::Range;

use rusqlite::params;

use super::read::EVENT;
use super::{Ledger, heads, signed};
use crate::ledger::{LedgerError, RecordedEvent};

/// How many events are in memory at once.
const PAGE: i64 = 64;

/// Events in order. Ends after the first error.
pub struct Events<'l> {
    ledger: &'l Ledger,
    /// The first position that was not read, and the first beyond what was asked for, or was there at the start.
    left: Range<u64>,
    page: VecDeque<RecordedEvent>,
}

impl Ledger {
    /// The events at some positions, in order. What is appended after this call is left out.
    pub fn events(&self, range: Range<u64>) -> Result<Events<'_>, LedgerError> {
        let left = range.start..range.end.min(self.count()?);
        Ok(Events { ledger: self, left, page: VecDeque::new() })
    }

    /// When the events at some positions happened, as they say, in order: without reading or opening them.
    pub(in crate::ledger) fn times(&self, range: Range<u64>) -> Result<Vec<(u64, String)>, LedgerError> {
        let sql = "SELECT seq, at FROM event WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        self.select(sql, params![signed(range.start), signed(range.end)], |ledger, row| {
            heads::get_u64(row, 0).and_then(|seq| Ok((seq, row.get(1)?))).map_err(|error| ledger.unreadable(error))
        })
    }
}

impl Iterator for Events<'_> {
    type Item = Result<RecordedEvent, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty() && !self.left.is_empty() {
            let sql = format!("SELECT {EVENT} WHERE e.seq >= ?1 AND e.seq < ?2 ORDER BY e.seq LIMIT ?3");
            let params = params![signed(self.left.start), signed(self.left.end), PAGE];
            match self.ledger.select(&sql, params, Ledger::recorded_event) {
                Ok(page) => {
                    self.left.start = page.last().map_or(self.left.end, |last| last.seq + 1);
                    self.page = page.into();
                }
                Err(error) => {
                    self.left.start = self.left.end;
                    return Some(Err(error));
                }
            }
        }
        self.page.pop_front().map(Ok)
    }
}
