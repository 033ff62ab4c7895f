//! Tree heads: the root after each group, and the peaks to go on from.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::dictionaries::Reader;
use super::{Ledger, fail, signed};
use crate::ledger::{Digest, Frontier, LedgerError, leaf_hash};

const DOING: &str = "reading the tree head";

/// A head of the tree: keep it elsewhere, and no event that it covers can change unnoticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many events it covers, from the first.
    pub size: u64,
    /// The RFC 6962 root over their leaves.
    pub root: Digest,
}

impl Ledger {
    /// The newest head; of an empty ledger, the head of no events.
    pub fn head(&self) -> Result<Head, LedgerError> {
        newest(&self.conn).map_err(|error| fail::sqlite(&self.path, DOING, error))
    }

    /// How many events there are.
    pub fn count(&self) -> Result<u64, LedgerError> {
        count(&self.conn).map_err(|error| fail::sqlite(&self.path, "counting the events", error))
    }
}

/// The newest head; where there is none, the head of no events.
pub(super) fn newest(conn: &Connection) -> rusqlite::Result<Head> {
    let mut last = conn.prepare_cached("SELECT size, root FROM head ORDER BY size DESC LIMIT 1")?;
    let head = last
        .query_row([], |row| Ok(Head { size: get_u64(row, 0)?, root: row.get::<_, [u8; 32]>(1)?.into() }))
        .optional()?;
    Ok(head.unwrap_or_else(|| Head { size: 0, root: Frontier::default().root() }))
}

pub(super) fn count(conn: &Connection) -> rusqlite::Result<u64> {
    let mut last = conn.prepare_cached("SELECT coalesce(max(seq) + 1, 0) FROM event")?;
    last.query_row([], |row| get_u64(row, 0))
}

/// The frontier of the newest head, or of a `size` that has one.
fn stored(conn: &Connection, path: &Path, before: u64) -> Result<Frontier, LedgerError> {
    let row = conn
        .prepare_cached("SELECT size, root, peaks FROM head WHERE size < ?1 ORDER BY size DESC LIMIT 1")
        .and_then(|mut last| last.query_row([signed(before)], parts).optional())
        .map_err(|error| fail::sqlite(path, DOING, error))?;
    let Some((size, root, peaks)) = row else { return Ok(Frontier::default()) };
    Frontier::from_parts(size, split(&peaks))
        .filter(|frontier| frontier.root() == root)
        .ok_or_else(|| fail::corrupt(path, format!("the head of {size} events contradicts itself")))
}

fn parts(row: &Row<'_>) -> rusqlite::Result<(u64, Digest, Vec<u8>)> {
    Ok((get_u64(row, 0)?, row.get::<_, [u8; 32]>(1)?.into(), row.get(2)?))
}

/// The peaks as they are stored: one digest after the other.
pub(super) fn join(peaks: &[Digest]) -> Vec<u8> {
    peaks.iter().flat_map(|peak| *peak.as_bytes()).collect()
}

fn split(peaks: &[u8]) -> Vec<Digest> {
    // A rest that is no digest leaves one too few, which `from_parts` notices.
    peaks.as_chunks().0.iter().map(|peak| Digest::from_bytes(*peak)).collect()
}

/// The frontier to append to, inside a transaction that holds the write lock: `known` if nothing
/// was appended since, or else the newest stored one.
pub(super) fn current(conn: &Connection, path: &Path, known: &Frontier) -> Result<Frontier, LedgerError> {
    let events = count(conn).map_err(|error| fail::sqlite(path, DOING, error))?;
    let frontier = if events == known.size() { known.clone() } else { stored(conn, path, u64::MAX)? };
    if frontier.size() != events {
        let covered = frontier.size();
        return Err(fail::corrupt(path, format!("there are {events} events, but the last head covers {covered}")));
    }
    if events < known.size() {
        let were = known.size();
        return Err(fail::corrupt(path, format!("there are {events} events, but there were {were} before")));
    }
    Ok(frontier)
}

/// The frontier of all events, after hashing those of the last group again.
pub(super) fn checked_tail(conn: &Connection, reader: &Reader, path: &Path) -> Result<Frontier, LedgerError> {
    let tx = conn.unchecked_transaction().map_err(|error| fail::sqlite(path, DOING, error))?;
    let last = current(&tx, path, &Frontier::default())?;
    let mut again = stored(&tx, path, last.size())?;
    tx.prepare_cached("SELECT entry FROM event WHERE seq >= ?1 ORDER BY seq")
        .and_then(|mut entries| {
            let mut rows = entries.query(params![signed(again.size())])?;
            while let Some(row) = rows.next()? {
                again.push(leaf_hash(reader.text(&tx, row.get_ref(0)?)?.as_bytes()));
            }
            Ok(())
        })
        .map_err(|error| fail::sqlite(path, "checking the last events", error))?;
    if again == last {
        return Ok(last);
    }
    Err(fail::corrupt(path, "the last events are not those that the last head covers"))
}

/// A count or position.
pub(super) fn get_u64(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
