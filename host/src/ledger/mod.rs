//! The append-only record of every decision, and of everything that is done about it.
//!
//! An event is kept as the exact JSON text of its `entry`, packed once there are enough events to learn
//! from. The SHA-256 leaf of that text stands in an RFC 6962 Merkle tree, so changing, removing or
//! reordering an event shows. Personal values never stand in an entry: a salted commitment takes their
//! place, and the values themselves stand beside it, where they can be destroyed without touching the tree.
//!
//! What this can show: nothing that a head covers has changed since that head was made. Whoever
//! can write the file could rebuild all of it with new heads, so keep a head elsewhere to compare.

mod backup;
mod body;
mod checkpoint;
mod codec;
mod consistency;
mod decision;
mod draft;
mod error;
mod event;
mod export;
mod hold;
mod inclusion;
mod key;
mod keyed;
mod note;
mod placeholder;
mod proof;
mod publish;
mod record;
mod seal;
mod sqlite;
mod subtrees;
mod tiles;
mod time;
mod token;
mod tree;
mod truth;
mod views;

use crate::model::Digest;

pub use backup::{Allowed, BackedUp, BackupError, BackupToRead, CheckedBackup, Present, Restored};
pub use body::{Basis, EngineRef, RecordedBasis, RecordedDecision, RecordedNeeds, RecordedRun, decision_event};
pub use checkpoint::Checkpoint;
pub use consistency::{begins_with, consistency_proof, is_consistent};
pub use draft::{DecisionIndex, Draft, DraftError, Prepared};
pub use error::LedgerError;
pub use event::{EventKind, Recorded, RecordedEvent, UnknownKind};
pub use export::{Export, ExportError, ExportFormat, Exported};
pub use hold::{Cause, HoldInForce, held, released};
pub use inclusion::{inclusion_path, root_of_path};
pub use key::{KeyError, NoteSigner, VerifierKey};
pub use note::NoteError;
pub use proof::{Opening, Proof, ProofError, ProvenEvent, Salt, Shown, ShownDecision, ShownEvent, ShownModule};
pub use publish::{PublishError, Published, Readers, new_secret_file, replace_file, replace_file_with};
pub use record::{NotARecord, RecordParts};
pub use seal::{Openings, SealError, Sealed, Sealer, commitment, open};
pub use sqlite::{
    DecisionEntry, DecisionPages, DecisionRow, DecisionSummary, Destroyed, Events, Head, Ledger, ObjectKind, Objection,
    OutcomeCount, Packing, PastDecision, Piece, Receipt, UnopenedError, ValuesRow, VerifyReport, Violation,
};
pub use subtrees::{Subtrees, root_over};
pub use token::{Created, TokenOnRecord, token_created, token_revoked};
pub use tree::{Frontier, leaf_hash, node_hash};
pub use truth::imported_truth;
