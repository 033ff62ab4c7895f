//! What verification answers.

use std::fmt;

use super::Head;
use crate::ledger::Digest;

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many events hold.
    pub events: u64,
    /// The newest head, computed again from the events.
    pub head: Head,
    /// How many heads hold.
    pub heads: u64,
    /// How many objects hold.
    pub objects: u64,
}

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The first event that does not hold; `None` if no event is to blame. Where a head differs
    /// but each event agrees with itself, the first event that only this head covers.
    pub seq: Option<u64>,
    /// What does not hold, as a sentence without its full stop.
    pub what: String,
    /// What should stand there, if that can be told. Never a personal value.
    pub expected: Option<String>,
    /// What stands there.
    pub found: Option<String>,
}

impl Violation {
    pub(super) fn new(seq: Option<u64>, what: impl Into<String>) -> Self {
        Self { seq, what: what.into(), expected: None, found: None }
    }

    pub(super) fn differs(
        seq: Option<u64>,
        what: impl Into<String>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Self {
        let (expected, found) = (Some(expected.to_string()), Some(found.to_string()));
        Self { expected, found, ..Self::new(seq, what) }
    }

    /// The ledger has fewer events than a head covers that was kept.
    pub(in crate::ledger) fn shorter(kept: &Head, size: u64) -> Self {
        Self::new(Some(size), format!("it is missing: the head that was kept covers {} events", kept.size))
    }

    /// The ledger has other events than a head covers that was kept. `found`: the root over as many events of it, if it is known.
    pub(in crate::ledger) fn another(kept: &Head, found: Option<Digest>) -> Self {
        let what = format!(
            "the ledger is another one than when the head was kept: among its first {} events one was changed, removed, \
             added or moved, and everything after it was rebuilt to fit",
            kept.size
        );
        match found {
            Some(found) => Self::differs(None, what, kept.root, found),
            None => Self::new(None, what),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seq) = self.seq {
            write!(f, "event {seq}: ")?;
        }
        f.write_str(&self.what)?;
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => write!(f, " (expected {expected}, found {found})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Violation {}
