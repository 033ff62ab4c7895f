//! Why a backup was not made, or not restored.

use std::io;
use std::path::PathBuf;

use crate::ledger::{LedgerError, Violation};

/// Why a backup was not made or not restored. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The ledger failed, or what should be one.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A backup never overwrites anything.
    #[error("{} exists already, and a backup never overwrites a file: name another one", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{} cannot be read or written: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The copy is not what the ledger begins with.
    #[error("the copy of {} does not begin as it does, so it was thrown away: verify the ledger", .path.display())]
    Differs {
        /// The ledger.
        path: PathBuf,
    },
    /// A file that was being written, or is the present ledger.
    #[error(
        "{} {}: restore a file that `countersign ledger backup` made",
        .path.display(),
        if *.itself { "is the ledger itself" } else { "has a log of commits beside it, so it is in use or incomplete" }
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// Whether it is the present ledger.
        itself: bool,
    },
    /// The backup does not hold.
    #[error("{} does not hold, and was not restored: {violation}", .path.display())]
    Broken {
        /// The backup.
        path: PathBuf,
        /// The first thing that does not hold.
        violation: Violation,
    },
    /// There is a ledger, and nobody said that it goes.
    #[error("{} is there and was left as it is: to put the backup in its place, say --replace", .path.display())]
    Present {
        /// The present ledger.
        path: PathBuf,
    },
    /// The backup lacks events of the present ledger.
    #[error(
        "{} has {lost} event{} that the backup lacks, and was left as it is: replacing it loses them{}; to do so all the same, \
         say --lose-events",
        .path.display(),
        if *.lost == 1 { "" } else { "s" },
        if *.erasures == 0 { "" } else { ", among them erasures, whose values stand in the backup again" }
    )]
    Loses {
        /// The present ledger.
        path: PathBuf,
        /// How many events the backup lacks.
        lost: u64,
        /// How many of them are erasures.
        erasures: u64,
    },
    /// The present ledger is the same one, with another history.
    #[error(
        "{} with its {size} events was left as it is: it and the backup are one ledger with two histories, so one of them was \
         rewritten, or the ledger went on after an earlier backup had been restored; replacing it loses what it has; to do so \
         all the same, say --lose-events",
        .path.display()
    )]
    Forked {
        /// The present ledger.
        path: PathBuf,
        /// How many events it has.
        size: u64,
    },
    /// The present ledger is another one.
    #[error(
        "{} is another ledger than the one that was backed up, and was left as it is: replacing it loses its {size} event{}; \
         to do so all the same, say --lose-events",
        .path.display(),
        if *.size == 1 { "" } else { "s" }
    )]
    Other {
        /// The present ledger.
        path: PathBuf,
        /// How many events it has.
        size: u64,
    },
    /// Somebody wrote after the present ledger was looked at.
    #[error("{} was written to meanwhile, and was left as it is: stop what writes to it, and try again", .path.display())]
    Written {
        /// The present ledger.
        path: PathBuf,
    },
}

impl BackupError {
    /// Whether what is on record, or a backup of it, does not hold.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::Forked { .. } | Self::Differs { .. })
    }
}
