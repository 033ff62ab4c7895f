//! Keeps the tables of state: adds what an event says, and builds all of them anew from the events.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};

use super::dictionaries::Reader;
use super::read::{EVENT, Stored, opened, stored};
use super::{Ledger, VIEWS, fail, heads, signed, subtrees};
use crate::ledger::event::Entry;
use crate::ledger::views::{self, Act, Views};
use crate::ledger::{Digest, EventKind, Frontier, LedgerError};

/// The tables of state, in an order in which they can be dropped.
const TABLES: [&str; 7] = ["decision", "follow_up", "mention", "hold", "token", "destroyed", "subtree"];

const REBUILDING: &str = "building the tables of state anew";

/// Adds the rows of one event. The records that it is about hold no NUL character.
pub(super) fn add(conn: &Connection, secret: &[u8; 32], seq: u64, views: &Views) -> rusqlite::Result<()> {
    let row = signed(seq);
    if let Some(decision) = &views.decision {
        let (record, input) =
            decision.about.as_ref().map(|(record, input)| (record.key(secret), input.as_bytes())).unzip();
        conn.prepare_cached(
            "INSERT INTO decision (seq, suggestion_id, record, outcome, decided_at, set_digest, input_digest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            row,
            decision.suggestion_id,
            record.flatten(),
            decision.outcome,
            decision.decided_at,
            decision.set.as_bytes(),
            input
        ])?;
    }
    if let Some(said) = &views.follow_up {
        conn.prepare_cached("INSERT INTO follow_up (seq, suggestion_id, truth) VALUES (?1, ?2, ?3)")?
            .execute(params![row, said.suggestion_id, said.truth.map(crate::model::Truth::as_str)])?;
    }
    for record in &views.mentions {
        // A record may be named twice in a list of records to merge with.
        conn.prepare_cached("INSERT OR IGNORE INTO mention (record, seq) VALUES (?1, ?2)")?
            .execute(params![record.key(secret), row])?;
    }
    match &views.act {
        Some(Act::Hold(record)) => {
            let record = record.as_ref().and_then(|record| record.key(secret));
            conn.prepare_cached("INSERT INTO hold (seq, record) VALUES (?1, ?2)")?.execute(params![row, record])?;
        }
        Some(Act::Release(hold)) => {
            conn.prepare_cached("DELETE FROM hold WHERE seq = ?1")?.execute([signed(*hold)])?;
        }
        Some(Act::Destroy(events)) => events.iter().try_for_each(|event| destroy(conn, signed(*event), row))?,
        Some(Act::Admit(digest)) => {
            conn.prepare_cached("INSERT INTO token (seq, digest) VALUES (?1, ?2)")?
                .execute(params![row, digest.as_bytes()])?;
        }
        Some(Act::Revoke(token)) => {
            conn.prepare_cached("DELETE FROM token WHERE seq = ?1")?.execute([signed(*token)])?;
        }
        None => {}
    }
    Ok(())
}

/// Destroys the values of one event, and what in the views could tell whom it was about.
fn destroy(conn: &Connection, event: i64, by: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO destroyed (seq, by) VALUES (?1, ?2)")?.execute([event, by])?;
    // Overwritten where it stands, with as many bytes, and only then deleted: deleting alone overwrites the row, but not what
    // is left of it where its page is joined with another.
    conn.prepare_cached(
        "UPDATE opening SET seed = zeroblob(32), sealed_values = CASE typeof(sealed_values)
           WHEN 'blob' THEN zeroblob(length(sealed_values)) ELSE CAST(zeroblob(octet_length(sealed_values)) AS TEXT) END
         WHERE seq = ?1",
    )?
    .execute([event])?;
    conn.prepare_cached("DELETE FROM opening WHERE seq = ?1")?.execute([event])?;
    conn.prepare_cached("UPDATE decision SET record = NULL, input_digest = NULL WHERE seq = ?1")?.execute([event])?;
    conn.prepare_cached("DELETE FROM mention WHERE seq = ?1")?.execute([event])?;
    Ok(())
}

impl Ledger {
    /// Drops every table of state, and builds all of them anew from the events and the values that still exist. Returns from
    /// how many events.
    ///
    /// The events are taken as they stand: [verify](Self::verify) them first.
    ///
    /// # Errors
    /// Nothing is changed if an event cannot be read, or contradicts another one.
    pub fn rebuild(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, LedgerError> {
        self.writable()?;
        let rebuilt = self.rebuild_in_one_go(progress);
        self.poison_on(rebuilt)
    }

    fn rebuild_in_one_go(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, LedgerError> {
        let failed = |error| fail::sqlite(&self.path, REBUILDING, error);
        // The write lock first: nothing may be appended in between.
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let drop = |table| tx.execute_batch(&format!("DROP TABLE IF EXISTS {table}"));
        TABLES
            .into_iter()
            .try_for_each(drop)
            .and_then(|()| tx.execute_batch("DROP INDEX IF EXISTS event_of_policy"))
            .and_then(|()| tx.execute_batch(VIEWS))
            .map_err(failed)?;
        let secret = &self.record_secret;
        let events = Filling { conn: &tx, path: &self.path, reader: &self.reader, secret }.fill(progress)?;
        tx.commit().map_err(failed)?;
        Ok(events)
    }
}

/// Fills the empty tables of state from all events.
pub(super) struct Filling<'c> {
    pub conn: &'c Connection,
    pub path: &'c Path,
    pub reader: &'c Reader,
    /// The key of the hash that records are found under.
    pub secret: &'c [u8; 32],
}

impl Filling<'_> {
    /// Returns how many events there are.
    pub(super) fn fill(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, LedgerError> {
        let failed = |error| fail::sqlite(self.path, REBUILDING, error);
        let total = heads::count(self.conn).map_err(failed)?;
        let mut tree = Frontier::default();
        let mut all = self.conn.prepare(&format!("SELECT {EVENT} ORDER BY e.seq")).map_err(failed)?;
        let mut rows = all.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let seq = tree.size();
            let read = || Ok((stored(self.conn, self.reader, row)?, row.get(4)?, row.get::<_, [u8; 32]>(6)?));
            let (event, kind, leaf): (_, String, _) = read().map_err(failed)?;
            let views = self.views_of(&event, &kind)?;
            add(self.conn, self.secret, seq, &views).map_err(failed)?;
            subtrees::push(self.conn, &mut tree, Digest::from(leaf)).map_err(failed)?;
            if seq.is_multiple_of(256) {
                progress(seq, total);
            }
        }
        progress(total, total);
        Ok(total)
    }

    fn views_of(&self, event: &Stored, kind: &str) -> Result<Views, LedgerError> {
        let seq = event.seq;
        let corrupt = |what: String| fail::corrupt(self.path, format!("event {seq}: {what}"));
        let kind: EventKind = kind.parse().map_err(|error| corrupt(format!("{error}")))?;
        let entry = Entry::read(&event.entry).map_err(|error| corrupt(format!("it is no entry: {error}")))?;
        let body = entry.body.get();
        let opened = opened(body, event.opening.as_ref()).map_err(|source| LedgerError::Seal { seq, source })?;
        let views = views::of(kind, body, opened.as_deref()).map_err(|error| corrupt(error.to_string()))?;
        let records = views.decision.iter().filter_map(|view| view.about.as_ref()).map(|(record, _)| record);
        if records.chain(&views.mentions).any(|record| record.key(self.secret).is_none()) {
            return Err(corrupt("a record holds a NUL character".to_owned()));
        }
        Ok(views)
    }
}
