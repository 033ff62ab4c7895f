//! Recomputes everything that the ledger claims, and names the first event that does not hold.

mod event;
mod heads;
mod state;
mod subtrees;

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::thread;

use rusqlite::{Connection, Rows};

use super::dictionaries::{self, Reader};
use super::violation::{VerifyReport, Violation};
use super::{EVENTS, Head, KEPT, Ledger, VIEWS};
use crate::ledger::{Digest, Frontier};
use crate::pipeline::{ThreadFailed, stream};
use event::{Checked, Columns};
use state::State;

/// How many events a thread is given at a time.
const PAGE: usize = 64;

impl Ledger {
    /// Verifies every event, head and object, in one pass over what is committed now.
    ///
    /// `progress` is told now and then how many events of how many are done. What cannot be read is
    /// a violation too. Compare the head of the report with one kept elsewhere: only that shows
    /// whether the ledger was cut short or rebuilt as a whole.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, Violation> {
        self.verify_since(None, progress)
    }

    /// As [`Self::verify`], and the events begin with those that a head covers which somebody kept: none of them was
    /// removed or changed since, whatever else was rebuilt to fit.
    pub fn verify_since(
        &self,
        kept: Option<&Head>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<VerifyReport, Violation> {
        // One transaction: appends that happen meanwhile are not seen.
        let tx = self.conn.unchecked_transaction().map_err(|error| unreadable(None, &error))?;
        // What SQLite finds is told only if no event can be named: it knows pages, not events.
        let sound = check_file(&tx);
        let events = self.check_events(&tx, kept, progress);
        let objects = events.and_then(|(head, heads)| Ok((head, heads, check_objects(&tx)?)));
        let (head, heads, objects) = objects?;
        sound?;
        check_schema(&tx)?;
        Ok(VerifyReport { events: head.size, head, heads, objects })
    }

    /// The head over all events, and how many heads there are.
    fn check_events(
        &self,
        conn: &Connection,
        kept: Option<&Head>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(Head, u64), Violation> {
        let total = super::heads::count(conn).map_err(|error| unreadable(None, &error))?;
        let known = digests(conn)?;
        let mut tree = Frontier::default();
        let mut state = State::new(conn, &self.record_secret);
        let mut heads = heads::Heads::start(conn)?;
        let mut cursor = heads.cursor()?;
        check_kept(kept, &tree)?;
        let mut events = conn.prepare(event::ROWS).map_err(|error| unreadable(Some(0), &error))?;
        let rows = events.query([]).map_err(|error| unreadable(Some(0), &error))?;
        let pages = Pages { conn, reader: &self.reader, rows, next: 0, ended: false };
        // Rows are read, and what follows from several of them is checked, on this thread; each event by itself on others.
        let jobs = thread::available_parallelism().map_or(1, usize::from);
        let secret = &self.record_secret;
        let each = |(): &mut (), page: Page| page.check(secret, &known);
        stream(
            jobs,
            pages.map(Ok),
            || (),
            each,
            |(checked, broken): (Vec<Checked>, Option<Violation>)| {
                for checked in checked {
                    let seq = tree.size();
                    state.take(&checked, &mut tree)?;
                    cursor.check(&tree, &checked.at)?;
                    check_kept(kept, &tree)?;
                    if seq.is_multiple_of(256) {
                        progress(seq, total);
                    }
                }
                broken.map_or(Ok(ControlFlow::Continue(())), Err)
            },
        )?;
        let heads = cursor.finish(&tree)?;
        if let Some(kept) = kept.filter(|kept| kept.size > tree.size()) {
            return Err(Violation::shorter(kept, tree.size()));
        }
        progress(tree.size(), total);
        state.finish()?;
        check_dictionaries(conn)?;
        Ok((Head { size: tree.size(), root: tree.root() }, heads))
    }
}

/// Events that follow each other, as they stand, and what ended the reading.
struct Page {
    first: u64,
    rows: Vec<Columns>,
    broken: Option<Violation>,
}

impl Page {
    /// The events that hold, up to the first one that does not.
    fn check(self, secret: &[u8; 32], objects: &HashSet<Digest>) -> (Vec<Checked>, Option<Violation>) {
        let mut checked = Vec::with_capacity(self.rows.len());
        for (seq, row) in (self.first..).zip(self.rows) {
            match event::check(row, seq, secret, objects) {
                Ok(event) => checked.push(event),
                Err(broken) => return (checked, Some(broken)),
            }
        }
        (checked, self.broken)
    }
}

/// All events, a page at a time.
struct Pages<'c> {
    conn: &'c Connection,
    reader: &'c Reader,
    rows: Rows<'c>,
    next: u64,
    ended: bool,
}

impl Iterator for Pages<'_> {
    type Item = Page;

    fn next(&mut self) -> Option<Page> {
        if self.ended {
            return None;
        }
        let mut page = Page { first: self.next, rows: Vec::with_capacity(PAGE), broken: None };
        while page.rows.len() < PAGE && !self.ended {
            let row = match self.rows.next() {
                Ok(Some(row)) => event::columns(self.conn, self.reader, row),
                Ok(None) => {
                    self.ended = true;
                    break;
                }
                Err(error) => Err(error),
            };
            match row {
                Ok(row) => page.rows.push(row),
                Err(error) => {
                    page.broken = Some(unreadable(Some(self.next), &error));
                    self.ended = true;
                }
            }
            self.next += 1;
        }
        Some(page)
    }
}

impl From<ThreadFailed> for Violation {
    fn from(failed: ThreadFailed) -> Self {
        Self::new(None, format!("it was not looked at to its end: {failed}"))
    }
}

/// Every dictionary is the one that was trained.
fn check_dictionaries(conn: &Connection) -> Result<(), Violation> {
    let failed = |error| unreadable(None, &error);
    let mut all = conn.prepare("SELECT number, digest, bytes FROM dictionary ORDER BY number").map_err(failed)?;
    let mut rows = all.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let read = || Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?.into(), row.get::<_, Vec<u8>>(2)?));
        let (number, digest, bytes): (u32, Digest, _) = read().map_err(failed)?;
        if !dictionaries::holds(number, &digest, &bytes) {
            return Err(Violation::new(None, format!("the dictionary {number} was changed")));
        }
    }
    Ok(())
}

/// A head that was kept is that of the tree at its size.
fn check_kept(kept: Option<&Head>, tree: &Frontier) -> Result<(), Violation> {
    match kept {
        Some(kept) if kept.size == tree.size() && kept.root != tree.root() => {
            Err(Violation::another(kept, Some(tree.root())))
        }
        _ => Ok(()),
    }
}

/// What cannot be read does not hold.
fn unreadable(seq: Option<u64>, error: &rusqlite::Error) -> Violation {
    Violation::new(seq, format!("the file cannot be read: {error}"))
}

/// `SQLite`'s own check of pages, indexes and constraints.
fn check_file(conn: &Connection) -> Result<(), Violation> {
    let found: String =
        conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| unreadable(None, &error))?;
    if found == "ok" { Ok(()) } else { Err(Violation::new(None, format!("the file is damaged: {found}"))) }
}

/// No row beside those that were met at the events they belong to.
fn check_count(conn: &Connection, table: &str, met: u64) -> Result<(), Violation> {
    let rows: i64 = conn
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
        .map_err(|error| unreadable(None, &error))?;
    if u64::try_from(rows) == Ok(met) {
        return Ok(());
    }
    Err(Violation::differs(None, format!("the table `{table}` has rows that belong to no event"), met, rows))
}

fn digests(conn: &Connection) -> Result<HashSet<Digest>, Violation> {
    let read = || -> rusqlite::Result<HashSet<Digest>> {
        let mut all = conn.prepare("SELECT digest FROM object")?;
        let digests = all.query_map([], |row| row.get::<_, [u8; 32]>(0).map(Digest::from))?;
        digests.collect()
    };
    read().map_err(|error| unreadable(None, &error))
}

/// Every object's bytes have its digest.
fn check_objects(conn: &Connection) -> Result<u64, Violation> {
    let failed = |error| unreadable(None, &error);
    let mut all = conn.prepare("SELECT digest, bytes FROM object ORDER BY digest").map_err(failed)?;
    let mut rows = all.query([]).map_err(failed)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        let read = || Ok((row.get::<_, [u8; 32]>(0)?, Digest::of(row.get_ref(1)?.as_bytes()?)));
        let (digest, found) = read().map_err(failed)?;
        let digest = Digest::from(digest);
        if found != digest {
            return Err(Violation::differs(None, format!("the bytes of object {digest} were changed"), digest, found));
        }
        count += 1;
    }
    Ok(count)
}

/// The tables and the triggers that guard them are those of a new ledger, no more and no less.
fn check_schema(conn: &Connection) -> Result<(), Violation> {
    let read = |conn: &Connection| -> rusqlite::Result<HashSet<(String, String)>> {
        let mut all =
            conn.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
        let parts = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        parts.collect()
    };
    let fresh = Connection::open_in_memory().and_then(|fresh| {
        [EVENTS, KEPT, VIEWS].into_iter().try_for_each(|tables| fresh.execute_batch(tables))?;
        read(&fresh)
    });
    let fresh = fresh.map_err(|error| unreadable(None, &error))?;
    let found = read(conn).map_err(|error| unreadable(None, &error))?;
    match fresh.symmetric_difference(&found).map(|(name, _)| name).min() {
        None => Ok(()),
        Some(name) => Err(Violation::new(
            None,
            format!("`{name}` of the database was added, changed or removed: the tables may be unguarded"),
        )),
    }
}
