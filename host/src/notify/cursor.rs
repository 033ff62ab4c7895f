//! How far a webhook came.
//!
//! The file of a cursor says which event comes next. It is replaced as a whole, after the receiver said that it has what is
//! before; so after a crash at any moment the next event is one that the receiver has not, or has and drops by its id.
//!
//! A ledger can be restored from an older copy, and go on differently. The cursor would then stand behind events that the
//! receiver never had, so it remembers the leaves of some events before it: dense near it, sparse far away. If the last of
//! them is not in the ledger any more, it goes back to the newest one that is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::WebhookError;
use crate::ledger::{Ledger, LedgerError, Readers, RecordedEvent, replace_file};
use crate::model::Digest;

/// How long it is tried to deliver one event.
const GIVES_UP: SignedDuration = SignedDuration::from_hours(72);

/// Why it is not known, or not kept, how far a webhook came.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    /// The file cannot be read or written.
    #[error("how far a webhook came stands in {}, which cannot be read or written: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{} does not say how far a webhook came: {error}; put back what was there, or remove it to begin with the next event",
        path.display()
    )]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

/// How far a webhook came, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The position of the next event.
    pub next: u64,
    /// Since when that event cannot be delivered; nothing, if that was not tried or all is well.
    pub failing_since: Option<Timestamp>,
}

/// How far the webhook of a name came; nothing, if it never began.
///
/// # Errors
/// See [`CursorError`].
pub fn progress(cursors: &Path, name: &str) -> Result<Option<Progress>, CursorError> {
    let cursor = Cursor::read(&file(cursors, name))?;
    Ok(cursor.map(|Cursor { next, failing_since, .. }| Progress { next, failing_since }))
}

/// The file of the cursor of a webhook.
pub(super) fn file(cursors: &Path, name: &str) -> PathBuf {
    cursors.join(format!("{name}.json"))
}

/// The position of the next event, in which ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// The identity of the ledger.
    ledger: String,
    pub(super) next: u64,
    failing_since: Option<Timestamp>,
    /// Some events before the next one, in order.
    before: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    seq: u64,
    leaf: Digest,
}

/// What was found when a cursor was held against the ledger.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// All that it remembers.
    Same,
    /// The ledger goes on differently: the cursor went back.
    WentBack {
        /// From where.
        from: u64,
    },
    /// Another ledger: the cursor begins anew with its next event.
    Other,
}

impl Cursor {
    /// As it is kept; a new one if none is, which is kept then. A new one begins with the next event.
    pub(super) fn begin(file: &Path, ledger: &Ledger) -> Result<Self, WebhookError> {
        if let Some(cursor) = Self::read(file)? {
            return Ok(cursor);
        }
        let cursor = Self::at_end(ledger)?;
        cursor.write(file)?;
        Ok(cursor)
    }

    fn at_end(ledger: &Ledger) -> Result<Self, LedgerError> {
        let next = ledger.count()?;
        let mut before = Vec::new();
        // 1, 2, 4, … events before the end, and the first.
        let mut distance = 1;
        while distance < next {
            before.extend(mark(ledger, next - distance)?);
            distance *= 2;
        }
        before.extend(mark(ledger, 0)?);
        before.reverse();
        Ok(Self { ledger: hex::encode(ledger.log_id()), next, failing_since: None, before })
    }

    fn read(path: &Path) -> Result<Option<Self>, CursorError> {
        let path = path.to_owned();
        match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(cursor) => Ok(Some(cursor)),
                Err(error) => Err(CursorError::Wrong { path, error }),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CursorError::File { path, error }),
        }
    }

    /// Keeps it. When this returns, it is on disk.
    pub(super) fn write(&self, path: &Path) -> Result<(), CursorError> {
        let failed = |error| CursorError::File { path: path.to_owned(), error };
        let text = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        replace_file(path, &text, Readers::Owner).map_err(failed)
    }

    /// Holds it against the ledger.
    pub(super) fn settle(&mut self, ledger: &Ledger) -> Result<Found, LedgerError> {
        if self.ledger != hex::encode(ledger.log_id()) {
            *self = Self::at_end(ledger)?;
            return Ok(Found::Other);
        }
        let (from, known) = (self.next, self.before.len());
        while let Some(last) = self.before.last() {
            if mark(ledger, last.seq)?.as_ref() == Some(last) {
                break;
            }
            self.before.pop();
        }
        if self.before.len() == known {
            return Ok(Found::Same);
        }
        self.next = self.before.last().map_or(0, |last| last.seq + 1);
        self.failing_since = None;
        Ok(Found::WentBack { from })
    }

    /// Goes on to what comes after an event.
    pub(super) fn pass(&mut self, event: &RecordedEvent) {
        self.next = event.seq + 1;
        self.failing_since = None;
        self.before.push(Mark { seq: event.seq, leaf: event.leaf });
        self.thin();
    }

    /// Says that the next event could not be delivered. True if that was tried for long enough.
    pub(super) fn failed(&mut self, now: Timestamp) -> bool {
        let since = *self.failing_since.get_or_insert(now);
        now.duration_since(since) >= GIVES_UP
    }

    /// Whether the next event could not be delivered.
    pub(super) fn is_failing(&self) -> bool {
        self.failing_since.is_some()
    }

    /// Forgets marks, so that each stands at most twice as far from the end as the one after it: there are few, and going
    /// back to one goes not much further than is needed.
    fn thin(&mut self) {
        let mut at = self.before.len();
        while let Some([older, _, newer]) = at.checked_sub(3).and_then(|from| self.before.get(from..at)) {
            if self.next - older.seq <= 2 * (self.next - newer.seq) {
                self.before.remove(at - 2);
            }
            at -= 1;
        }
    }
}

fn mark(ledger: &Ledger, seq: u64) -> Result<Option<Mark>, LedgerError> {
    Ok(ledger.event(seq)?.map(|event| Mark { seq, leaf: event.leaf }))
}

#[cfg(test)]
mod tests;
