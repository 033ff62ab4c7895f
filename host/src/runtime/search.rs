//! Decisions that meet conditions, newest first. For one page a bounded part of the ledger is looked at; the next page goes on
//! where that ended.

use std::collections::HashMap;
use std::str::FromStr;

use serde::Deserialize;

use crate::ledger::{DecisionSummary, Ledger, LedgerError};
use crate::model::{Assistant, Digest, Operation};
use crate::replay::{Selection, Told};
use crate::reproduce::{ReproduceError, set_lock};

/// How much is looked at for one page: some tenths of a second of work.
const BOUNDS: Bounds = Bounds { rows: 200_000, entries: 4_000 };

/// How many rows are read at once.
const CHUNK: u32 = 1_024;

/// What decisions are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// When they were decided, with what outcome, and what was suggested.
    pub selection: Selection,
    /// Which set judged.
    pub set: Option<WhichSet>,
    /// The system that the record is of.
    pub system: Option<String>,
    /// A code that one of the reasons or findings has.
    pub code: Option<String>,
}

/// One version of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichSet {
    /// By the digest of its lock.
    Digest(Digest),
    /// By its name and version.
    Version {
        /// The name.
        name: String,
        /// The version.
        version: String,
    },
}

/// A text that names no version of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a set is named by the digest of its lock, or as NAME@VERSION, such as crm-default@1.0.0")]
pub struct NotASet;

impl FromStr for WhichSet {
    type Err = NotASet;

    fn from_str(text: &str) -> Result<Self, NotASet> {
        match (text.parse(), text.split_once('@')) {
            (Ok(digest), _) => Ok(Self::Digest(digest)),
            (Err(_), Some((name, version))) if !(name.is_empty() || version.is_empty()) => {
                Ok(Self::Version { name: name.to_owned(), version: version.to_owned() })
            }
            _ => Err(NotASet),
        }
    }
}

/// A part of what was looked for.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Decisions that meet the conditions, newest first.
    pub decisions: Vec<DecisionSummary>,
    /// The position before which it goes on; none, if all of the ledger was looked at.
    pub next: Option<u64>,
}

/// Why a search ended.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The lock of a set that judged cannot be read.
    #[error(transparent)]
    Set(#[from] ReproduceError),
    /// A decision on record cannot be read.
    #[error("event {seq} is no decision that can be read: {error}")]
    Unreadable {
        /// Where it stands.
        seq: u64,
        /// Why not.
        error: serde_json::Error,
    },
}

#[derive(Clone, Copy)]
struct Bounds {
    /// The most decisions that are looked at.
    rows: usize,
    /// The most of them whose entries are read, which takes far longer.
    entries: usize,
}

/// What was looked at so far.
#[derive(Default)]
struct Looked {
    rows: usize,
    entries: usize,
    /// By digest, whether a set is the one that is meant.
    sets: HashMap<Digest, bool>,
}

impl Search {
    /// Whether personal values tell what is looked for.
    #[must_use]
    pub fn needs_values(&self) -> bool {
        self.selection.conditions.name_segments()
    }

    /// The newest decisions before a position that meet the conditions: at most so many, and fewer if a lot had to be looked at.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn page(&self, ledger: &Ledger, before: u64, most: u32) -> Result<Found, SearchError> {
        self.page_within(ledger, before, most, BOUNDS)
    }

    fn page_within(&self, ledger: &Ledger, before: u64, most: u32, bounds: Bounds) -> Result<Found, SearchError> {
        let (mut found, mut looked, mut next) = (Found::default(), Looked::default(), before);
        // One more than is shown tells whether there is a next page; that is all, where nothing is passed over.
        let mut chunk = most.saturating_add(1);
        loop {
            let rows = ledger.newest_decisions(next, None, chunk)?;
            let last = rows.len() < chunk as usize;
            for row in rows {
                let full = found.decisions.len() >= most as usize;
                if full || looked.rows >= bounds.rows || looked.entries >= bounds.entries {
                    found.next = Some(next);
                    return Ok(found);
                }
                next = row.seq;
                looked.rows += 1;
                if self.fits(ledger, &row, &mut looked)? {
                    found.decisions.push(row);
                }
            }
            if last {
                return Ok(found);
            }
            chunk = CHUNK;
        }
    }

    /// Whether a decision meets the conditions: what is cheap to tell is asked first.
    fn fits(&self, ledger: &Ledger, row: &DecisionSummary, looked: &mut Looked) -> Result<bool, SearchError> {
        let Self { selection, set, system, code } = self;
        if !(selection.has_outcome(&row.outcome) && selection.has_time(&row.decided_at)) {
            return Ok(false);
        }
        if let Some(set) = set
            && !set.is(ledger, row.set, &mut looked.sets)?
        {
            return Ok(false);
        }
        if selection.conditions.are_of_outcomes() && system.is_none() && code.is_none() {
            return Ok(true);
        }
        looked.entries += 1;
        let body = if self.needs_values() {
            ledger.event(row.seq)?.and_then(|event| event.body)
        } else {
            ledger.decision_entry(&row.suggestion_id)?.map(|entry| entry.body)
        };
        // Nobody can tell any more which segment an erased one was of.
        let Some(body) = body else { return Ok(false) };
        let body: Body =
            serde_json::from_str(&body).map_err(|error| SearchError::Unreadable { seq: row.seq, error })?;
        let Body { suggestion, reasons, findings } = body;
        let of_system = system.as_ref().is_none_or(|system| suggestion.target.system == *system);
        let has_code = code.as_ref().is_none_or(|code| reasons.iter().chain(&findings).any(|said| said.code == *code));
        Ok(of_system && has_code && selection.has_suggestion(&suggestion))
    }
}

impl WhichSet {
    /// Whether a set is this one. The lock of a set is read once for all decisions that cite it.
    fn is(&self, ledger: &Ledger, digest: Digest, known: &mut HashMap<Digest, bool>) -> Result<bool, ReproduceError> {
        match self {
            Self::Digest(meant) => Ok(digest == *meant),
            Self::Version { name, version } => {
                if let Some(is) = known.get(&digest) {
                    return Ok(*is);
                }
                let lock = set_lock(ledger, digest)?;
                let is = lock.name == *name && lock.version == *version;
                known.insert(digest, is);
                Ok(is)
            }
        }
    }
}

/// What is looked at in the body of a decision. All but the segment stands there in the clear.
#[derive(Deserialize)]
struct Body {
    reasons: Vec<Said>,
    findings: Vec<Said>,
    suggestion: Suggested,
}

#[derive(Deserialize)]
struct Said {
    code: String,
}

#[derive(Deserialize)]
struct Suggested {
    target: Target,
    operation: Operation,
    changes: Vec<Changed>,
    assistant: Assistant,
    /// Nothing of it is known where a commitment stands in its place.
    #[serde(default)]
    context: Context,
}

#[derive(Deserialize)]
struct Target {
    system: String,
    object: String,
}

#[derive(Deserialize)]
struct Changed {
    field: String,
}

#[derive(Default, Deserialize)]
struct Context {
    segment: Option<String>,
}

impl Told for Suggested {
    fn fields(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(|change| change.field.as_str())
    }

    fn segment(&self) -> Option<&str> {
        self.context.segment.as_deref()
    }

    fn assistant(&self) -> &Assistant {
        &self.assistant
    }

    fn operation(&self) -> Operation {
        self.operation
    }

    fn object(&self) -> &str {
        &self.target.object
    }
}

#[cfg(test)]
mod tests;
