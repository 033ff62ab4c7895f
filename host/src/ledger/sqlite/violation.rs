//! What verification answers.

use std::fmt;

use super::Head;

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
