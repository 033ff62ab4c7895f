//! Puts a backup in the place of the ledger.

use std::path::{Path, PathBuf};

use super::aside;
use super::check::CheckedBackup;
use super::error::BackupError;
use super::part::Part;
use super::present::Present;
use crate::ledger::LedgerError;
use crate::ledger::sqlite::Held;

/// What whoever restores has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// That a ledger which is there is replaced.
    pub replace: bool,
    /// That events which the backup lacks are lost.
    pub lose_events: bool,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was there before.
    pub before: Present,
    /// Where it is now, if there was something.
    pub kept: Option<PathBuf>,
}

impl CheckedBackup {
    /// Puts the backup in the place of the ledger. What was there is kept under the name `kept`, which nothing has yet.
    ///
    /// After a crash at any moment the old ledger is there, or the new one; a damaged one may be found under `kept` alone.
    /// No other process may have the ledger open.
    ///
    /// # Errors
    /// See [`BackupError`]. The ledger is then what it was.
    pub fn restore(self, allowed: Allowed, kept: &Path) -> Result<Restored, BackupError> {
        let before = self.present()?;
        self.agreed(&before, allowed)?;
        if kept.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: kept.to_owned() });
        }
        let Self { part, target, .. } = self;
        if before == Present::Missing {
            let failed = |error| BackupError::File { path: target.clone(), error };
            aside::put_away_beside(&target, kept).map_err(failed)?;
            part.keep_new(&target).map_err(failed)?;
            return Ok(Restored { before, kept: None });
        }
        let done = match Held::take(&target)? {
            Some(held) => in_its_place(held, &part, &before, kept)?,
            None => false,
        };
        if !done {
            aside::replace(part, &target, kept).map_err(|error| BackupError::File { path: target, error })?;
        }
        Ok(Restored { before, kept: Some(kept.to_owned()) })
    }

    /// Refuses what nobody agreed to.
    fn agreed(&self, before: &Present, allowed: Allowed) -> Result<(), BackupError> {
        let path = self.target.clone();
        match *before {
            Present::Missing => Ok(()),
            _ if !allowed.replace => Err(BackupError::Present { path }),
            Present::Longer { lost, erasures, .. } if !allowed.lose_events => {
                Err(BackupError::Loses { path, lost, erasures })
            }
            Present::Forked { head } if !allowed.lose_events => Err(BackupError::Forked { path, size: head.size }),
            Present::Other { head } if !allowed.lose_events => Err(BackupError::Other { path, size: head.size }),
            _ => Ok(()),
        }
    }
}

/// Keeps a copy of what is there, and replaces it. False if it is so damaged that its pages cannot be copied.
fn in_its_place(mut held: Held, part: &Part, before: &Present, kept: &Path) -> Result<bool, BackupError> {
    let target = held.path().to_owned();
    // Whoever looked before had not kept the others out yet.
    if before.head().is_some() && held.head() != before.head() {
        return Err(BackupError::Written { path: target });
    }
    let failed = |error| BackupError::File { path: kept.to_owned(), error };
    let copy = Part::beside(kept).map_err(failed)?;
    match held.copy_into(copy.path()) {
        Ok(()) => {}
        Err(LedgerError::Corrupt { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    copy.keep_new(kept).map_err(failed)?;
    held.replace_with(part.path())?;
    Ok(true)
}
