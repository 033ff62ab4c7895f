//! Holds every stored head against the tree as it grows.

use rusqlite::{Connection, Rows, Statement};

use super::unreadable;
use crate::ledger::sqlite::heads::{get_u64, join};
use crate::ledger::sqlite::violation::Violation;
use crate::ledger::{Digest, Frontier};

/// The query that the cursor reads from.
pub(super) struct Heads<'c>(Statement<'c>);

/// The stored heads, from the smallest.
pub(super) struct Cursor<'s> {
    rows: Rows<'s>,
    next: Option<Stored>,
    /// The size of the last head that was met.
    covered: u64,
    count: u64,
}

struct Stored {
    size: u64,
    root: Digest,
    peaks: Vec<u8>,
    at: String,
}

impl<'c> Heads<'c> {
    pub(super) fn start(conn: &'c Connection) -> Result<Self, Violation> {
        let all = conn.prepare("SELECT size, root, peaks, at FROM head ORDER BY size");
        Ok(Self(all.map_err(|error| unreadable(None, &error))?))
    }

    pub(super) fn cursor(&mut self) -> Result<Cursor<'_>, Violation> {
        let rows = self.0.query([]).map_err(|error| unreadable(None, &error))?;
        let mut cursor = Cursor { rows, next: None, covered: 0, count: 0 };
        cursor.advance()?;
        Ok(cursor)
    }
}

impl Cursor<'_> {
    fn advance(&mut self) -> Result<(), Violation> {
        let read = |rows: &mut Rows<'_>| {
            let Some(row) = rows.next()? else { return Ok(None) };
            let root = row.get::<_, [u8; 32]>(1)?.into();
            Ok(Some(Stored { size: get_u64(row, 0)?, root, peaks: row.get(2)?, at: row.get(3)? }))
        };
        self.next = read(&mut self.rows).map_err(|error: rusqlite::Error| unreadable(Some(self.covered), &error))?;
        Ok(())
    }

    /// After each event: the tree so far, and the time of its last event.
    pub(super) fn check(&mut self, tree: &Frontier, at: &str) -> Result<(), Violation> {
        let Some(head) = self.next.as_ref().filter(|head| head.size == tree.size()) else { return Ok(()) };
        let (first, last) = (self.covered, tree.size() - 1);
        let which = if first == last {
            format!("event {first} or the head that covers it was changed")
        } else {
            format!("one of the events {first} to {last}, or the head that covers them, was changed")
        };
        if head.root != tree.root() {
            return Err(Violation::differs(Some(first), which, tree.root(), head.root));
        }
        let peaks = join(tree.peaks());
        if head.peaks != peaks {
            let what = format!("the peaks of the head of {} events were changed", head.size);
            return Err(Violation::differs(Some(first), what, hex::encode(peaks), hex::encode(&head.peaks)));
        }
        if head.at != at {
            let what = format!("the time of the head of {} events was changed", head.size);
            return Err(Violation::differs(Some(first), what, at, &head.at));
        }
        self.covered = tree.size();
        self.count += 1;
        self.advance()
    }

    /// After the last event. Returns how many heads there are.
    pub(super) fn finish(self, tree: &Frontier) -> Result<u64, Violation> {
        let events = tree.size();
        match self.next {
            Some(head) if head.size > events => {
                let what = format!("it is missing: a head covers {} events", head.size);
                Err(Violation::new(Some(events), what))
            }
            Some(head) => Err(Violation::new(None, format!("there is a head of {} events, which is none", head.size))),
            None if self.covered < events => Err(Violation::new(Some(self.covered), "no head covers it")),
            None => Ok(self.count),
        }
    }
}
