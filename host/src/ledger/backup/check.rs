//! Verifies a backup before anything is touched.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::error::BackupError;
use super::part::{Part, with_suffix};
use crate::ledger::{Ledger, VerifyReport};

/// A backup of which all holds, copied to where it is needed: what is restored is what was verified, whatever happens to
/// the file meanwhile.
pub struct CheckedBackup {
    pub(super) part: Part,
    /// The ledger that it is for.
    pub(super) target: PathBuf,
    pub(super) log_id: [u8; 16],
    report: VerifyReport,
}

impl CheckedBackup {
    /// Copies a backup to the folder of the ledger that it is for, and verifies the copy as [`Ledger::verify`] does. A backup
    /// of an earlier release is brought up to date first. `progress` is told how many events of how many are done.
    ///
    /// # Errors
    /// See [`BackupError`].
    pub fn check(file: &Path, target: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Self, BackupError> {
        let unfinished = |itself| BackupError::Unfinished { path: file.to_owned(), itself };
        if fs::canonicalize(file).is_ok_and(|file| fs::canonicalize(target).is_ok_and(|target| file == target)) {
            return Err(unfinished(true));
        }
        if fs::metadata(with_suffix(file, "-wal")).is_ok_and(|log| log.len() > 0) {
            return Err(unfinished(false));
        }
        let part = copied(file, target)?;
        let about = |error: crate::ledger::LedgerError| error.about(file);
        let copy = Ledger::open_read_only(part.path()).map_err(about)?;
        let report =
            copy.verify(progress).map_err(|violation| BackupError::Broken { path: file.to_owned(), violation })?;
        let log_id = *copy.log_id();
        drop(copy);
        // From here on it is as every ledger that is in use, and one file again when it is closed.
        drop(Ledger::open(part.path()).map_err(about)?);
        Ok(Self { part, target: target.to_owned(), log_id, report })
    }

    /// What was verified.
    #[must_use]
    pub const fn report(&self) -> &VerifyReport {
        &self.report
    }

    /// A handle to read what was verified.
    pub(super) fn ledger(&self) -> Result<Ledger, BackupError> {
        Ok(Ledger::open_read_only(self.part.path())?)
    }
}

fn copied(file: &Path, target: &Path) -> Result<Part, BackupError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| BackupError::File { path, error }
    };
    let mut from = File::open(file).map_err(failed(file))?;
    // A folder can be opened, and says only when it is read that it is none of these.
    if from.metadata().is_ok_and(|of| of.is_dir()) {
        return Err(failed(file)(io::ErrorKind::IsADirectory.into()));
    }
    let mut part = Part::beside(target).map_err(failed(target))?;
    io::copy(&mut from, part.file()).and_then(|_| part.file().sync_all()).map_err(failed(part.path()))?;
    Ok(part)
}
