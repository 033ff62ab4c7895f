//! Makes a backup.

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

impl Ledger {
    /// Writes all that is committed now into a new file that only its owner reads: a ledger of its own. Others may append
    /// meanwhile. The file is there when it is whole, on disk, and begins as this ledger does; events are not verified.
    ///
    /// # Errors
    /// See [`BackupError`]. There is no file then.
    pub fn backup(&self, to: &Path) -> Result<BackedUp, BackupError> {
        let failed = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => BackupError::Exists { path: to.to_owned() },
            _ => BackupError::File { path: to.to_owned(), error },
        };
        // A name that leads nowhere is a name that is taken, too.
        if to.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: to.to_owned() });
        }
        let part = Part::beside(to).map_err(failed)?;
        self.copy_into(part.path())?;
        let copy = Self::open_read_only(part.path()).map_err(|error| error.about(to))?;
        let (log_id, head) = (*copy.log_id(), copy.head().map_err(|error| error.about(to))?);
        drop(copy);
        if log_id != *self.log_id() || self.root_at(head.size)? != head.root {
            return Err(BackupError::Differs { path: self.path().to_owned() });
        }
        let (bytes, digest) = part.length_and_digest().map_err(failed)?;
        part.keep_new(to).map_err(failed)?;
        Ok(BackedUp { head, bytes, digest })
    }
}
