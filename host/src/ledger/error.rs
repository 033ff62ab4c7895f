//! What can go wrong with the ledger, and what to do about it.

use std::path::{Path, PathBuf};

use super::{Digest, DraftError, SealError};

/// Why the ledger could not do what was asked. Nothing of a refused group is recorded, but see
/// [`LedgerError::Io`].
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A ledger is never overwritten.
    #[error("{} exists already: open it, or choose another place for a new ledger", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A ledger is never created by accident.
    #[error("there is no ledger at {}: create one, or name the right folder", .path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else, or was never finished.
    #[error("{} is no ledger of Countersign: name the right file; if creating it was interrupted \
             and it holds nothing, remove it and create it again", .path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later release.
    #[error("{} has the format {found}, and this release knows formats up to {known}: \
             use the release that wrote it, or a later one", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The disk is full. The ledger takes no more events until it is opened again.
    #[error("no space is left for {} while {doing}: free some space and open the ledger again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
    },
    /// Another process holds the ledger. Trying again is safe.
    #[error("another process holds {} for too long while {doing}: try again, or stop that process", .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
    },
    /// The file could not be read or written. The ledger takes no more events until it is opened
    /// again. If this befell an append, whether the group was recorded can only be told after that.
    #[error("{} failed while {doing}: check the disk and the permissions, then open the ledger again", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What stands in the file is not what was written. The ledger takes no more events.
    #[error("{} does not hold: {what}; verify it, and restore a copy that holds", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// A suggestion is decided once.
    #[error("suggestion `{id}` {}", match .seq {
        Some(seq) => format!("was decided already, as event {seq}: use that decision"),
        None => "stands twice in one group: drop the second".to_owned(),
    })]
    DuplicateSuggestion {
        /// The id of the suggestion.
        id: String,
        /// Where its decision stands; `None` if it stands earlier in the refused group itself.
        seq: Option<u64>,
    },
    /// An event cites an object that is not in the ledger.
    #[error("the ledger has no object {0}: put it there before the event that cites it")]
    MissingObject(Digest),
    /// The ledger was opened for reading.
    #[error("{} was opened for reading only: open it for writing", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// An earlier error left in doubt what the disk holds.
    #[error("{} takes no more events after an earlier error: open the ledger again", .path.display())]
    Poisoned {
        /// The file.
        path: PathBuf,
    },
    /// A time that was asked for is none.
    #[error("{0:?} is not a time such as 2026-11-20T09:00:00Z")]
    Time(String),
    /// The values of an event do not open its body.
    #[error("event {seq} cannot be opened: {source}")]
    Seal {
        /// The position of the event.
        seq: u64,
        /// Why not.
        source: SealError,
    },
    /// Values that are on hold are not destroyed.
    #[error(
        "it is on hold by event {seq}, which `{actor}` recorded at {at}: nothing was destroyed; once the hold has ended \
             (`ledger release {seq}`), try again"
    )]
    OnHold {
        /// The event that began the hold.
        seq: u64,
        /// Who set it.
        actor: String,
        /// Since when.
        at: String,
    },
    /// An event that the ledger itself makes cannot be recorded.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

impl LedgerError {
    /// Whether what is on record does not hold.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        matches!(self, Self::Corrupt { .. } | Self::Seal { .. } | Self::MissingObject(_))
    }

    /// The same error about another file: a ledger that is looked at as a copy is known to people by the name of the
    /// original.
    #[must_use]
    pub(super) fn about(self, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            Self::Exists { .. } => Self::Exists { path },
            Self::NotFound { .. } => Self::NotFound { path },
            Self::NotALedger { .. } => Self::NotALedger { path },
            Self::Newer { found, known, .. } => Self::Newer { path, found, known },
            Self::Full { doing, .. } => Self::Full { path, doing },
            Self::Busy { doing, .. } => Self::Busy { path, doing },
            Self::Io { doing, source, .. } => Self::Io { path, doing, source },
            Self::Corrupt { what, .. } => Self::Corrupt { path, what },
            Self::ReadOnly { .. } => Self::ReadOnly { path },
            Self::Poisoned { .. } => Self::Poisoned { path },
            other @ (Self::DuplicateSuggestion { .. }
            | Self::MissingObject(_)
            | Self::Time(_)
            | Self::Seal { .. }
            | Self::OnHold { .. }
            | Self::Draft(_)) => other,
        }
    }
}
