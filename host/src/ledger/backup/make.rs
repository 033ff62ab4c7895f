//! Makes a backup.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::BackupError;
use super::part::Part;
use crate::ledger::{Digest, Head, Ledger};

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The head of the copy.
    pub head: Head,
    /// The length of the file in bytes.
    pub bytes: u64,
    /// The digest of the file.
    pub digest: Digest,
}

/// A backup that is only read, once. It stands beside the ledger, where its owner alone reads it, and is gone when this is.
pub struct BackupToRead {
    /// What was made.
    pub made: BackedUp,
    file: File,
    /// Removed last, when nobody reads it any more.
    _part: Part,
}

impl Read for BackupToRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Ledger {
    /// Writes all that is committed now into a new file that only its owner reads: a ledger of its own. Others may append
    /// meanwhile. The file is there when it is whole, on disk, and begins as this ledger does; events are not verified.
    ///
    /// # Errors
    /// See [`BackupError`]. There is no file then.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, BackupError> {
        // A name that leads nowhere is a name that is taken, too.
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: to.to_owned() });
        }
        let (part, made) = self.copied_beside(to)?;
        part.keep_new(to).map_err(|error| failed(to, error))?;
        Ok(made)
    }

    /// As [`backup`](Self::backup), for whoever sends it elsewhere: no file is left. One that an interruption leaves is removed
    /// when the next backup is made or restored in the ledger's folder.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn backup_to_read(&self) -> Result<BackupToRead, BackupError> {
        let (part, made) = self.copied_beside(self.path())?;
        let file = part.reopened().map_err(|error| failed(self.path(), error))?;
        Ok(BackupToRead { made, file, _part: part })
    }

    /// A copy that begins as this ledger does, beside the file that it is for.
    fn copied_beside(&self, to: &Path) -> Result<(Part, BackedUp), BackupError> {
        let part = Part::beside(to).map_err(|error| failed(to, error))?;
        self.copy_into(part.path())?;
        let copy = Self::open_read_only(part.path()).map_err(|error| error.about(to))?;
        let (log_id, head) = (*copy.log_id(), copy.head().map_err(|error| error.about(to))?);
        drop(copy);
        if log_id != *self.log_id() || self.root_at(head.size)? != head.root {
            return Err(BackupError::Differs { path: self.path().to_owned() });
        }
        let (bytes, digest) = part.length_and_digest().map_err(|error| failed(to, error))?;
        Ok((part, BackedUp { head, bytes, digest }))
    }
}

fn failed(to: &Path, error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { path: to.to_owned() },
        _ => BackupError::File { path: to.to_owned(), error },
    }
}
