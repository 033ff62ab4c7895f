//! Turns what `SQLite` says into what to do about it.

use std::io;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};

use crate::ledger::LedgerError;

/// The error of a statement or a commit.
pub(super) fn sqlite(path: &Path, doing: &'static str, error: Error) -> LedgerError {
    let path = path.to_owned();
    // The file by which readers and writers agree could not be made large enough.
    if error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE) {
        return LedgerError::Full { path, doing };
    }
    match error.sqlite_error_code() {
        // A commit refused for lack of memory or by a lock leaves the file as it was, as Io does not.
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Busy { path, doing },
        Some(ErrorCode::DiskFull) => LedgerError::Full { path, doing },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation) => {
            LedgerError::Corrupt { path, what: format!("{doing}: {error}") }
        }
        Some(_) => LedgerError::Io { path, doing, source: error.into() },
        // Not from SQLite: a column is missing, or holds something that cannot be there.
        None => LedgerError::Corrupt { path, what: format!("{doing}: {error}") },
    }
}

/// The error of a file operation.
pub(super) fn file(path: &Path, doing: &'static str, error: io::Error) -> LedgerError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::AlreadyExists => LedgerError::Exists { path },
        io::ErrorKind::NotFound => LedgerError::NotFound { path },
        io::ErrorKind::StorageFull => LedgerError::Full { path, doing },
        _ => LedgerError::Io { path, doing, source: error.into() },
    }
}

/// A finding of our own that the file cannot hold what was written.
pub(super) fn corrupt(path: &Path, what: impl Into<String>) -> LedgerError {
    LedgerError::Corrupt { path: path.to_owned(), what: what.into() }
}
