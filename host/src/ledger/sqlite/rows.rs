//! Decisions as they stand, a page at a time, to be opened elsewhere: reading is cheap and done by one thread, opening
//! and judging are not.

use std::ops::Range;

use rusqlite::{Row, params};

use super::read::stored;
use super::{Ledger, heads, signed};
use crate::ledger::event::{VERSION, version_and_body};
use crate::ledger::{LedgerError, Openings, SealError, open, placeholder, seal};
use crate::model::Truth;

/// How many decisions are in one page.
const PAGE: i64 = 128;

const ROWS: &str = "SELECT e.seq, e.entry, o.seed, o.sealed_values, d.suggestion_id, d.decided_at, d.outcome,
         (SELECT j.truth FROM follow_up j WHERE j.suggestion_id = d.suggestion_id AND j.truth IS NOT NULL ORDER BY j.seq DESC LIMIT 1)
     FROM decision d JOIN event e ON e.seq = d.seq LEFT JOIN opening o ON o.seq = d.seq
     WHERE d.seq >= ?1 AND d.seq < ?2 AND d.seq % ?3 = ?4 ORDER BY d.seq LIMIT ?5";

/// A decision as it stands, with its values still apart from it.
#[derive(Debug, Clone)]
pub struct DecisionRow {
    /// The position in the ledger.
    pub seq: u64,
    /// The suggestion's id.
    pub suggestion_id: String,
    /// When it was decided, as RFC 3339.
    pub decided_at: String,
    /// The outcome as a word.
    pub outcome: String,
    /// What people said last about the suggestion.
    pub truth: Option<Truth>,
    entry: String,
    opening: Option<([u8; 32], String)>,
}

/// Why a decision cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum UnopenedError {
    /// Its values were destroyed.
    #[error("its values were erased")]
    Erased,
    /// It was written by a later release.
    #[error("it has the form {0}, which this release does not know")]
    Newer(u32),
    /// Its text is no entry.
    #[error("it is no entry")]
    Entry,
    /// Its values do not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl DecisionRow {
    /// The JSON text of the body with its values put back. With `check`, each value is held against its commitment,
    /// which takes most of the time; without it, nobody has looked whether values were changed in the file.
    ///
    /// # Errors
    /// See [`UnopenedError`].
    pub fn open(&self, check: bool) -> Result<String, UnopenedError> {
        let (version, body) = version_and_body(&self.entry).ok_or(UnopenedError::Entry)?;
        if version > VERSION {
            return Err(UnopenedError::Newer(version));
        }
        match &self.opening {
            Some((seed, values)) if check => Ok(open(body, &Openings::from_stored(*seed, values)?)?),
            Some((_, values)) => Ok(seal::fill(body, values)?),
            None if placeholder::find(body)?.is_empty() => Ok(body.to_owned()),
            None => Err(UnopenedError::Erased),
        }
    }
}

/// Pages of decisions, in order. Ends after the first error.
pub struct DecisionPages<'l> {
    ledger: &'l Ledger,
    range: Range<u64>,
    shard: (u32, u32),
}

impl Ledger {
    /// Decisions at some positions, in pages and in order: those whose position leaves the remainder `shard.0` when it
    /// is divided by `shard.1`.
    #[must_use]
    pub fn decision_pages(&self, range: Range<u64>, shard: (u32, u32)) -> DecisionPages<'_> {
        DecisionPages { ledger: self, range, shard }
    }

    /// How many decisions stand before a position.
    pub fn decisions_before(&self, before: u64) -> Result<u64, LedgerError> {
        self.decisions_at(0..before)
    }

    /// How many decisions stand at some positions.
    pub fn decisions_at(&self, range: Range<u64>) -> Result<u64, LedgerError> {
        let sql = "SELECT count(*) FROM decision WHERE seq >= ?1 AND seq < ?2";
        let counted = self.select(sql, params![signed(range.start), signed(range.end)], |ledger, row| {
            heads::get_u64(row, 0).map_err(|error| ledger.unreadable(error))
        })?;
        Ok(counted.first().copied().unwrap_or_default())
    }

    /// What people said last about a suggestion.
    pub fn truth(&self, suggestion_id: &str) -> Result<Option<Truth>, LedgerError> {
        self.truth_before(suggestion_id, u64::MAX)
    }

    /// What people had said last about a suggestion when there were so many events.
    pub fn truth_before(&self, suggestion_id: &str, before: u64) -> Result<Option<Truth>, LedgerError> {
        let sql = "SELECT truth FROM follow_up WHERE suggestion_id = ?1 AND seq < ?2 AND truth IS NOT NULL ORDER BY seq DESC LIMIT 1";
        let said = self.select(sql, params![suggestion_id, signed(before)], |ledger, row| {
            row.get::<_, String>(0).map_err(|error| ledger.unreadable(error))
        })?;
        Ok(said.first().and_then(|word| Truth::from_word(word)))
    }

    /// Whether a suggestion was decided.
    pub fn is_decided(&self, suggestion_id: &str) -> Result<bool, LedgerError> {
        let found = self.select("SELECT 1 FROM decision WHERE suggestion_id = ?1", [suggestion_id], |_, _| Ok(()))?;
        Ok(!found.is_empty())
    }
}

impl Iterator for DecisionPages<'_> {
    type Item = Result<Vec<DecisionRow>, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        let Range { start, end } = self.range;
        let (remainder, of) = self.shard;
        let params = params![signed(start), signed(end), of.max(1), remainder, PAGE];
        let page = self
            .ledger
            .select(ROWS, params, |ledger, row| decision_row(ledger, row).map_err(|error| ledger.unreadable(error)));
        self.range.start = match &page {
            Ok(page) => page.last().map_or(end, |last| last.seq + 1),
            Err(_) => end,
        };
        match page {
            Ok(page) if page.is_empty() => None,
            page => Some(page),
        }
    }
}

fn decision_row(ledger: &Ledger, row: &Row<'_>) -> rusqlite::Result<DecisionRow> {
    let stored = stored(&ledger.conn, &ledger.reader, row)?;
    let truth: Option<String> = row.get(7)?;
    Ok(DecisionRow {
        seq: stored.seq,
        suggestion_id: row.get(4)?,
        decided_at: row.get(5)?,
        outcome: row.get(6)?,
        truth: truth.as_deref().and_then(Truth::from_word),
        entry: stored.entry,
        opening: stored.opening,
    })
}
