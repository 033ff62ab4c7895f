//! Walks over events in order, a page at a time: no long read holds up the copying of the log.

use std::collections::VecDeque;
use std::ops::Range;

use rusqlite::params;

use super::read::{DECISION, EVENT};
use super::{Ledger, signed};
use crate::ledger::{LedgerError, Recorded, RecordedEvent};

/// How many events are in memory at once.
const PAGE: i64 = 64;

/// Events in order. Ends after the first error.
pub struct Events<'l>(Pages<'l, RecordedEvent>);

/// Decisions in order. Ends after the first error.
pub struct Decisions<'l>(Pages<'l, Recorded>);

struct Pages<'l, T> {
    ledger: &'l Ledger,
    /// The first position that was not read.
    next: u64,
    /// The first position beyond what was asked for, or beyond what was there at the start.
    end: u64,
    page: VecDeque<T>,
}

impl Ledger {
    /// The events at some positions, in order. What is appended after this call is left out.
    pub fn events(&self, range: Range<u64>) -> Result<Events<'_>, LedgerError> {
        Ok(Events(Pages::new(self, range)?))
    }

    /// All decisions, in order. What is appended after this call is left out.
    pub fn decisions(&self) -> Result<Decisions<'_>, LedgerError> {
        Ok(Decisions(Pages::new(self, 0..u64::MAX)?))
    }
}

impl<'l, T> Pages<'l, T> {
    fn new(ledger: &'l Ledger, range: Range<u64>) -> Result<Self, LedgerError> {
        let end = range.end.min(ledger.count()?);
        Ok(Self { ledger, next: range.start, end, page: VecDeque::new() })
    }

    fn next(
        &mut self,
        read: impl Fn(&Ledger, Range<u64>) -> Result<Vec<T>, LedgerError>,
        seq: impl Fn(&T) -> u64,
    ) -> Option<Result<T, LedgerError>> {
        if self.page.is_empty() && self.next < self.end {
            match read(self.ledger, self.next..self.end) {
                Ok(page) => {
                    self.next = page.last().map_or(self.end, |last| seq(last) + 1);
                    self.page = page.into();
                }
                Err(error) => {
                    self.next = self.end;
                    return Some(Err(error));
                }
            }
        }
        self.page.pop_front().map(Ok)
    }
}

impl Iterator for Events<'_> {
    type Item = Result<RecordedEvent, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = |ledger: &Ledger, range: Range<u64>| {
            let sql = format!("SELECT {EVENT} WHERE e.seq >= ?1 AND e.seq < ?2 ORDER BY e.seq LIMIT ?3");
            let params = params![signed(range.start), signed(range.end), PAGE];
            ledger.select(&sql, params, Ledger::recorded_event)
        };
        self.0.next(read, |event| event.seq)
    }
}

impl Iterator for Decisions<'_> {
    type Item = Result<Recorded, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = |ledger: &Ledger, range: Range<u64>| {
            let sql = format!("SELECT {DECISION} WHERE d.seq >= ?1 AND d.seq < ?2 ORDER BY d.seq LIMIT ?3");
            let params = params![signed(range.start), signed(range.end), PAGE];
            ledger.select(&sql, params, Ledger::recorded)
        };
        self.0.next(read, |decision| decision.seq)
    }
}
