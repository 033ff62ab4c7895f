//! Walks over events in order, a page at a time: no long read holds up the copying of the log.

use std::collections::VecDeque;
use std::ops::Range;

use rusqlite::params;

use super::read::EVENT;
use super::{Ledger, signed};
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
