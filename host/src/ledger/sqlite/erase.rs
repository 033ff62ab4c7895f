//! Destroys personal values for good: those of one subject on request, and those of events whose time is over.
//!
//! Values, the seeds of their salts, and what in the tables of state could tell whom they were about are deleted and
//! overwritten, in the file and in its log. The entries stay as they are, so the tree and every proof of another event stay
//! whole; an event says which values were destroyed, and why.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::append::insert;
use super::dictionaries::Reader;
use super::read::stored;
use super::{Ledger, fail, heads, signed};
use crate::ledger::event::{Entry, version_and_body};
use crate::ledger::views::{Erased, MOST_ERASED};
use crate::ledger::{Cause, Draft, DraftError, EventKind, LedgerError, Prepared, RecordParts, seal};

const DOING: &str = "destroying values";

/// What was destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Destroyed {
    /// The events whose values are gone now, in order.
    pub events: Vec<u64>,
    /// The events that say so, in order.
    pub by: Vec<u64>,
    /// How many events were spared because they are on hold.
    pub held: u64,
    /// Whether the file's log was emptied too. If not, another process was reading: until it ends and the ledger is opened
    /// for writing again, deleted bytes can be left in the log.
    pub log_emptied: bool,
}

impl Ledger {
    /// Destroys the values of every event that is about a record: decisions that would change it or merge another with it,
    /// later ones that hold what was proposed with such a merge in their history, what was said of all these, and legal
    /// holds that ended.
    ///
    /// # Errors
    /// [`LedgerError::OnHold`] if any of these events is on hold; then nothing is destroyed.
    pub fn erase(&mut self, subject: &RecordParts, cause: Cause<'_>) -> Result<Destroyed, LedgerError> {
        self.writable()?;
        let Some(key) = subject.key(&self.record_secret) else { return Ok(Destroyed::default()) };
        let destroyed = self.destroy("request", cause, |conn, reader, path| {
            let events = about(conn, reader, &key).map_err(|error| fail::sqlite(path, DOING, error))?;
            match events.iter().find_map(|seq| hold_on(conn, *seq).transpose()) {
                Some(hold) => Err(on_hold(conn, reader, path, hold.map_err(|error| fail::sqlite(path, DOING, error))?)),
                None => Ok((events, 0)),
            }
        });
        self.poison_on(destroyed)
    }

    /// Destroys the values of these events, as far as they exist and are not on hold, and of what was said of the decisions
    /// among them later.
    pub fn expire(&mut self, events: &[u64], cause: Cause<'_>) -> Result<Destroyed, LedgerError> {
        self.writable()?;
        let destroyed = self.destroy("retention", cause, |conn, _, path| {
            let choose = || {
                let mut chosen = Vec::new();
                let mut held = 0;
                for seq in events {
                    match hold_on(conn, *seq)? {
                        Some(_) => held += 1,
                        None => chosen.extend(with_follow_ups(conn, *seq)?),
                    }
                }
                chosen.sort_unstable();
                chosen.dedup();
                Ok((chosen, held))
            };
            choose().map_err(|error| fail::sqlite(path, DOING, error))
        });
        self.poison_on(destroyed)
    }

    /// One transaction: the events are chosen, the events that say what is destroyed are appended, and it is destroyed.
    fn destroy(
        &mut self,
        why: &str,
        cause: Cause<'_>,
        choose: impl FnOnce(&Connection, &Reader, &Path) -> Result<(Vec<u64>, u64), LedgerError>,
    ) -> Result<Destroyed, LedgerError> {
        let path = &self.path;
        let failed = |error| fail::sqlite(path, DOING, error);
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut frontier = heads::current(&tx, path, &self.frontier)?;
        let (events, held) = choose(&tx, &self.reader, path)?;
        let mut by = Vec::new();
        if events.is_empty() {
            drop(tx);
        } else {
            let group: Vec<_> =
                events.chunks(MOST_ERASED).map(|events| tombstone(why, events, cause)).collect::<Result<_, _>>()?;
            let receipts = insert(&tx, path, &self.record_secret, &group, &mut frontier, &self.packing)?;
            by.extend(receipts.iter().map(|receipt| receipt.seq));
            tx.commit().map_err(failed)?;
            self.frontier = frontier;
        }
        // Also where nothing was left to destroy: an earlier run may have found the log in use.
        let log_emptied = empty_log(&self.conn).map_err(|error| fail::sqlite(&self.path, DOING, error))?;
        Ok(Destroyed { events, by, held, log_emptied })
    }

    /// The events that [`Self::erase`] would destroy the values of, in order.
    pub fn events_about(&self, subject: &RecordParts) -> Result<Vec<u64>, LedgerError> {
        let Some(key) = subject.key(&self.record_secret) else { return Ok(Vec::new()) };
        about(&self.conn, &self.reader, &key).map_err(|error| self.unreadable(error))
    }

    /// The event that began a hold on an event, if it is on hold.
    pub fn held_by(&self, seq: u64) -> Result<Option<u64>, LedgerError> {
        hold_on(&self.conn, seq).map_err(|error| self.unreadable(error))
    }

    /// Whether the values of an event were destroyed, and by which event.
    pub fn destroyed_by(&self, seq: u64) -> Result<Option<u64>, LedgerError> {
        let found = self.select("SELECT by FROM destroyed WHERE seq = ?1", [signed(seq)], |ledger, row| {
            heads::get_u64(row, 0).map_err(|error| ledger.unreadable(error))
        })?;
        Ok(found.first().copied())
    }
}

/// After an interruption between the commit and the emptying of the log: what the newest event destroyed may still stand in it.
pub(super) fn finish_interrupted(ledger: &Ledger) -> Result<(), LedgerError> {
    let failed = |error| fail::sqlite(&ledger.path, DOING, error);
    let newest: Option<String> = ledger
        .conn
        .query_row("SELECT kind FROM event ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    if newest.as_deref() == Some(EventKind::Erased.as_str()) {
        empty_log(&ledger.conn).map_err(failed)?;
    }
    Ok(())
}

/// Copies the log into the file and cuts it to nothing; false if another process is reading what stands in it.
fn empty_log(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

fn tombstone(why: &str, events: &[u64], cause: Cause<'_>) -> Result<Prepared, LedgerError> {
    let body = Erased { cause: why.to_owned(), reason: cause.reason.to_owned(), events: Erased::runs(events) };
    let body = serde_json::to_string(&body).map_err(DraftError::Entry)?;
    let (at, actor) = (cause.at.to_owned(), cause.actor.to_owned());
    let draft = Draft { kind: EventKind::Erased, at, actor, body, openings: None, index: None, objects: Vec::new() };
    Ok(draft.prepare()?)
}

/// The events about a record whose values exist, in order.
fn about(conn: &Connection, reader: &Reader, key: &[u8]) -> rusqlite::Result<Vec<u64>> {
    let seqs = |sql| -> rusqlite::Result<Vec<u64>> {
        conn.prepare_cached(sql)?.query_map([key], |row| heads::get_u64(row, 0))?.collect()
    };
    let mut direct = seqs("SELECT seq FROM decision WHERE record = ?1")?;
    for mention in seqs("SELECT seq FROM mention WHERE record = ?1")? {
        direct.push(mention);
        direct.extend(copies(conn, reader, mention)?);
    }
    let mut all = Vec::new();
    for seq in direct {
        all.extend(with_follow_ups(conn, seq)?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Later decisions that hold what a decision proposed, in the history of the record that it would have changed.
fn copies(conn: &Connection, reader: &Reader, decision: u64) -> rusqlite::Result<Vec<u64>> {
    #[derive(Deserialize)]
    struct Body {
        history: Vec<Past>,
    }
    #[derive(Deserialize)]
    struct Past {
        at: String,
    }
    let mut later = conn.prepare_cached(
        "SELECT e.seq, e.entry, o.seed, o.sealed_values, m.decided_at FROM decision m
           JOIN decision d ON d.record = m.record AND d.seq > m.seq
           JOIN event e ON e.seq = d.seq JOIN opening o ON o.seq = d.seq WHERE m.seq = ?1",
    )?;
    let mut rows = later.query([signed(decision)])?;
    let mut copies = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, decided_at) = (stored(conn, reader, row)?, row.get::<_, String>(4)?);
        let values = event.opening.as_ref().map_or("[]", |(_, values)| values);
        let body = version_and_body(&event.entry).and_then(|(_, body)| seal::fill(body, values).ok());
        let body: Option<Body> = body.and_then(|body| serde_json::from_str(&body).ok());
        // What cannot be read is not spared.
        if body.is_none_or(|body| body.history.iter().any(|past| past.at == decided_at)) {
            copies.push(event.seq);
        }
    }
    Ok(copies)
}

/// An event and, if it is a decision, what was said of it later: those of them whose values exist.
fn with_follow_ups(conn: &Connection, seq: u64) -> rusqlite::Result<Vec<u64>> {
    let mut find = conn.prepare_cached(
        "SELECT seq FROM opening WHERE seq = ?1
         UNION SELECT f.seq FROM decision d JOIN follow_up f ON f.suggestion_id = d.suggestion_id
           JOIN opening o ON o.seq = f.seq WHERE d.seq = ?1",
    )?;
    let found = find.query_map([signed(seq)], |row| heads::get_u64(row, 0))?;
    found.collect()
}

/// A hold on an event: on everything, on a record that it is about, or on one that the decision it speaks of is about.
fn hold_on(conn: &Connection, seq: u64) -> rusqlite::Result<Option<u64>> {
    let mut find = conn.prepare_cached(
        "WITH about (seq) AS (
           SELECT ?1 UNION SELECT d.seq FROM follow_up f JOIN decision d ON d.suggestion_id = f.suggestion_id WHERE f.seq = ?1)
         SELECT seq FROM hold WHERE record IS NULL OR record IN (
           SELECT record FROM decision WHERE seq IN about UNION SELECT record FROM mention WHERE seq IN about)
         ORDER BY seq LIMIT 1",
    )?;
    find.query_row(params![signed(seq)], |row| heads::get_u64(row, 0)).optional()
}

/// The error that names a hold.
fn on_hold(conn: &Connection, reader: &Reader, path: &Path, seq: u64) -> LedgerError {
    let read = conn.query_row("SELECT at, entry FROM event WHERE seq = ?1", [signed(seq)], |row| {
        Ok((row.get(0)?, reader.text(conn, row.get_ref(1)?)?))
    });
    match read {
        Ok((at, entry)) => {
            let actor = Entry::read(&entry).map_or_else(|_| String::new(), |entry| entry.actor.into_owned());
            LedgerError::OnHold { seq, actor, at }
        }
        Err(error) => fail::sqlite(path, DOING, error),
    }
}
