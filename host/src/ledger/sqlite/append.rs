//! Appends groups of events: one transaction, one sync, no answer before it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, ffi, params};

use super::dictionaries::Packing;
use super::{Ledger, fail, heads, open, policy, signed, subtrees, views};
use crate::ledger::views::Views;
use crate::ledger::{Digest, Frontier, LedgerError, Prepared};

const DOING: &str = "appending events";

/// Where an event was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The position in the ledger, from 0.
    pub seq: u64,
    /// The leaf hash of the entry.
    pub leaf: Digest,
}

impl Ledger {
    /// Records all events of a group, in order, or none of them.
    ///
    /// When this returns receipts, the events are on disk. After [`LedgerError::Full`],
    /// [`LedgerError::Io`] or [`LedgerError::Corrupt`] this handle appends nothing more; open
    /// the ledger again and look up by suggestion id whether the group is there, because a failed sync
    /// does not tell. Every other error leaves the ledger as it was and usable, and the group can be
    /// given again, mended.
    pub fn append(&mut self, group: &[Prepared]) -> Result<Vec<Receipt>, LedgerError> {
        Ok(self.append_made_of(group, &[])?.unwrap_or_default())
    }

    /// As [`append`](Self::append), for a group that holds copies of the values of other events. If the values of one of these
    /// were destroyed meanwhile, nothing is recorded, and there are no receipts: what was destroyed must not come back.
    pub fn append_made_of(&mut self, group: &[Prepared], copied: &[u64]) -> Result<Option<Vec<Receipt>>, LedgerError> {
        self.writable()?;
        if group.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let appended = self.append_group(group, |conn| Ok(!any_destroyed(conn, copied)?));
        self.poison_on(appended)
    }

    /// As [`append`](Self::append), if the newest event that says how policies come into force is the one at `last`, which the
    /// group was made by; otherwise nothing is recorded, and there are no receipts: somebody else was faster.
    pub fn append_after_policy(
        &mut self,
        group: &[Prepared],
        last: Option<u64>,
    ) -> Result<Option<Vec<Receipt>>, LedgerError> {
        self.writable()?;
        let appended = self.append_group(group, |conn| Ok(policy::last(conn)? == last));
        self.poison_on(appended)
    }

    /// Writes what stands there already, with a sync, to see whether events could be recorded.
    ///
    /// # Errors
    /// Those of [`append`](Self::append): what they mean is the same.
    pub fn try_writing(&mut self) -> Result<(), LedgerError> {
        self.writable()?;
        let begun = self.conn.transaction_with_behavior(TransactionBehavior::Immediate);
        let written = begun.and_then(|tx| {
            tx.pragma_update(None, "user_version", open::FORMAT)?;
            tx.commit()
        });
        let written = written.map_err(|error| fail::sqlite(&self.path, "trying whether it can be written", error));
        self.poison_on(written)
    }

    /// Records the group if `may` says so of what is on record when nobody else can write.
    fn append_group(
        &mut self,
        group: &[Prepared],
        may: impl FnOnce(&Connection) -> rusqlite::Result<bool>,
    ) -> Result<Option<Vec<Receipt>>, LedgerError> {
        let path = &self.path;
        let failed = |error| fail::sqlite(path, DOING, error);
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        if !may(&tx).map_err(failed)? {
            return Ok(None);
        }
        let mut frontier = heads::current(&tx, path, &self.frontier)?;
        check_objects(&tx, path, group, &mut self.known_objects)?;
        let receipts = insert(&tx, path, &self.record_secret, group, &mut frontier, &self.packing)?;
        tx.commit().map_err(failed)?;
        self.frontier = frontier;
        self.train_if_due(self.frontier.size());
        Ok(Some(receipts))
    }
}

/// Whether the values of one of some events were destroyed.
fn any_destroyed(conn: &Connection, events: &[u64]) -> rusqlite::Result<bool> {
    let mut find = conn.prepare_cached("SELECT 1 FROM destroyed WHERE seq = ?1")?;
    for seq in events {
        if find.exists([signed(*seq)])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every object that the group cites must be there already.
fn check_objects(
    conn: &Connection,
    path: &Path,
    group: &[Prepared],
    known: &mut HashSet<Digest>,
) -> Result<(), LedgerError> {
    for digest in group.iter().flat_map(|draft| &draft.objects) {
        if known.contains(digest) {
            continue;
        }
        conn.prepare_cached("SELECT 1 FROM object WHERE digest = ?1")
            .and_then(|mut find| find.exists([digest.as_bytes()]))
            .map_err(|error| fail::sqlite(path, "looking for a cited object", error))?
            .then(|| known.insert(*digest))
            .ok_or(LedgerError::MissingObject(*digest))?;
    }
    Ok(())
}

pub(super) fn insert(
    conn: &Connection,
    path: &Path,
    record_secret: &[u8; 32],
    group: &[Prepared],
    frontier: &mut Frontier,
    packing: &Packing,
) -> Result<Vec<Receipt>, LedgerError> {
    let first = frontier.size();
    let failed = |error| fail::sqlite(path, DOING, error);
    let mut event = conn
        .prepare_cached("INSERT INTO event (seq, kind, at, leaf, entry) VALUES (?1, ?2, ?3, ?4, ?5)")
        .map_err(failed)?;
    let mut opening =
        conn.prepare_cached("INSERT INTO opening (seq, seed, sealed_values) VALUES (?1, ?2, ?3)").map_err(failed)?;
    let mut receipts = Vec::with_capacity(group.len());
    for draft in group {
        let seq = frontier.size();
        let row = signed(seq);
        let values = draft.opening.as_ref().map(|(_, values)| values.as_str());
        let packed = match &draft.packed {
            Some(packed) if packing.knows(packed) => Cow::Borrowed(packed),
            _ => Cow::Owned(packing.pack(&draft.entry, values)),
        };
        event
            .execute(params![row, draft.kind.as_str(), draft.at, draft.leaf.as_bytes(), packed.entry(&draft.entry)])
            .map_err(failed)?;
        if let Some((seed, values)) = &draft.opening {
            opening.execute(params![row, seed, packed.values(values)]).map_err(failed)?;
        }
        views::add(conn, record_secret, seq, &draft.views)
            .map_err(|error| duplicate(conn, first, &draft.views, &error).unwrap_or_else(|| failed(error)))?;
        subtrees::push(conn, frontier, draft.leaf).map_err(failed)?;
        receipts.push(Receipt { seq, leaf: draft.leaf });
    }
    let at = group.last().map_or("", |draft| draft.at.as_str());
    conn.prepare_cached("INSERT INTO head (size, root, peaks, at) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut head| {
            let (size, root) = (signed(frontier.size()), frontier.root());
            head.execute(params![size, root.as_bytes(), heads::join(frontier.peaks()), at])
        })
        .map_err(failed)?;
    Ok(receipts)
}

/// The error for a suggestion that has a decision, if that is what `SQLite` refused.
fn duplicate(conn: &Connection, first: u64, views: &Views, error: &rusqlite::Error) -> Option<LedgerError> {
    let decision = views.decision.as_ref()?;
    let code = error.sqlite_error().map(|error| error.extended_code);
    if code != Some(ffi::SQLITE_CONSTRAINT_UNIQUE) {
        return None;
    }
    let seq = conn
        .query_row("SELECT seq FROM decision WHERE suggestion_id = ?1", [&decision.suggestion_id], |row| {
            heads::get_u64(row, 0)
        })
        .optional()
        .ok()??;
    let id = decision.suggestion_id.clone();
    Some(LedgerError::DuplicateSuggestion { id, seq: (seq < first).then_some(seq) })
}
