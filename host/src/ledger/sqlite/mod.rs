//! The ledger in one `SQLite` file. All SQL of the room stands here.

mod append;
mod audits;
mod copy;
mod create;
mod dictionaries;
mod erase;
mod evidence;
mod fail;
mod heads;
mod held;
mod hold;
mod iterate;
mod list;
mod migrate;
mod objections;
mod objects;
mod open;
mod policy;
mod read;
mod rows;
mod subtrees;
mod token;
mod values;
mod verify;
mod views;
mod violation;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{Digest, Frontier, LedgerError};
use dictionaries::Reader;

pub use append::Receipt;
pub use audits::DecisionEntry;
pub(in crate::ledger) use dictionaries::Packed;
pub use dictionaries::Packing;
pub use erase::Destroyed;
pub(in crate::ledger) use evidence::SealedEvent;
pub use heads::Head;
pub(in crate::ledger) use held::Held;
pub use iterate::Events;
pub use list::{DecisionSummary, OutcomeCount, Piece};
pub use objections::Objection;
pub use objects::ObjectKind;
pub use read::PastDecision;
pub use rows::{DecisionPages, DecisionRow, UnopenedError};
pub use values::ValuesRow;
pub use violation::{VerifyReport, Violation};

/// The tables of events and their values, with the triggers that guard them.
const EVENTS: &str = include_str!("events.sql");

/// The tables of tree heads and of what events cite.
const KEPT: &str = include_str!("kept.sql");

/// The tables of state, which can be built again from what is recorded.
const VIEWS: &str = include_str!("views.sql");

/// An open ledger. One handle is used by one thread at a time; several handles, also of several
/// processes, may be open on one file, and take turns to append.
pub struct Ledger {
    conn: Connection,
    path: PathBuf,
    log_id: [u8; 16],
    /// The key of the hash that records are found under: with it, a guess at a record can be tested.
    record_secret: [u8; 32],
    state: State,
    /// The tree over what this handle last saw committed.
    frontier: Frontier,
    /// Unpacks rows, and packs new ones.
    reader: Reader,
    packing: Packing,
    /// Whether no new dictionary could be trained with this handle.
    training_failed: bool,
    /// Whether another handle trains them.
    training_left: bool,
    /// Objects that this handle saw committed. They never go away, so asking again is needless.
    known_objects: HashSet<Digest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Writable,
    ReadOnly,
    Poisoned,
}

impl fmt::Debug for Ledger {
    /// Without the secret: whoever has it can test guesses at records.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.frontier.size();
        f.debug_struct("Ledger")
            .field("path", &self.path)
            .field("state", &self.state)
            .field("size", &size)
            .finish_non_exhaustive()
    }
}

impl Ledger {
    /// The random identity of this ledger, given when it was created.
    #[must_use]
    pub const fn log_id(&self) -> &[u8; 16] {
        &self.log_id
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to write where that was ruled out.
    fn writable(&self) -> Result<(), LedgerError> {
        match self.state {
            State::Writable => Ok(()),
            State::ReadOnly => Err(LedgerError::ReadOnly { path: self.path.clone() }),
            State::Poisoned => Err(LedgerError::Poisoned { path: self.path.clone() }),
        }
    }

    /// After an error that leaves in doubt what the disk holds, nothing more is written.
    fn poison_on<T>(&mut self, result: Result<T, LedgerError>) -> Result<T, LedgerError> {
        if let Err(LedgerError::Full { .. } | LedgerError::Io { .. } | LedgerError::Corrupt { .. }) = &result {
            tracing::error!(path = %self.path.display(), "the ledger takes no more events until it is opened again");
            self.state = State::Poisoned;
        }
        result
    }
}

/// `SQLite`'s integers are signed. No ledger reaches the limit, so what lies beyond it stands for 'all'.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
