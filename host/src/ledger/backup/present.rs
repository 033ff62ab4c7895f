//! How a backup stands to the ledger that is there.

use super::check::CheckedBackup;
use super::error::BackupError;
use crate::ledger::{EventKind, Head, Ledger, LedgerError};

/// What is there in the place of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Present {
    /// No ledger.
    Missing,
    /// The same ledger, and the backup has all of its events.
    Covered {
        /// Its head.
        head: Head,
    },
    /// The same ledger, with events that the backup lacks.
    Longer {
        /// Its head.
        head: Head,
        /// How many events the backup lacks.
        lost: u64,
        /// How many of them are erasures: what they erased can stand in the backup.
        erasures: u64,
    },
    /// The same ledger, with a history that is neither the begin nor the continuation of the backup's.
    Forked {
        /// Its head.
        head: Head,
    },
    /// Another ledger.
    Other {
        /// Its head.
        head: Head,
    },
    /// Something that cannot be read as a ledger.
    Damaged {
        /// What is wrong with it.
        why: String,
    },
}

impl Present {
    /// The head, if there is one that can be read.
    #[must_use]
    pub const fn head(&self) -> Option<Head> {
        match self {
            Self::Covered { head } | Self::Longer { head, .. } | Self::Forked { head } | Self::Other { head } => {
                Some(*head)
            }
            Self::Missing | Self::Damaged { .. } => None,
        }
    }
}

impl CheckedBackup {
    /// Looks at the ledger that is there. Its events are compared by the hashes that stand in it.
    ///
    /// # Errors
    /// If it cannot be read for another reason than that it is damaged.
    pub fn present(&self) -> Result<Present, BackupError> {
        match self.compared() {
            Err(BackupError::Ledger(LedgerError::NotFound { .. })) => Ok(Present::Missing),
            Err(BackupError::Ledger(
                error @ (LedgerError::Corrupt { .. } | LedgerError::NotALedger { .. } | LedgerError::Seal { .. }),
            )) => Ok(Present::Damaged { why: error.to_string() }),
            compared => compared,
        }
    }

    fn compared(&self) -> Result<Present, BackupError> {
        let present = Ledger::open_read_only(&self.target)?;
        let (head, own) = (present.head()?, self.report().head);
        if *present.log_id() != self.log_id {
            return Ok(Present::Other { head });
        }
        if head.size <= own.size {
            let begins = self.ledger()?.root_at(head.size)? == head.root;
            return Ok(if begins { Present::Covered { head } } else { Present::Forked { head } });
        }
        if present.root_at(own.size)? != own.root {
            return Ok(Present::Forked { head });
        }
        let mut erasures = 0;
        for event in present.events(own.size..head.size)? {
            erasures += u64::from(event?.kind == EventKind::Erased);
        }
        Ok(Present::Longer { head, lost: head.size - own.size, erasures })
    }
}
