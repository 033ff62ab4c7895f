//! What a proof that holds shows.

use crate::ledger::{Checkpoint, EventKind};
use crate::model::{Digest, ModuleKind, SetRef};

/// All that a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The head under which all of its events stand.
    pub checkpoint: Checkpoint,
    /// The decision.
    pub decision: ShownDecision,
    /// The modules of the set that made it, in the order in which they ran.
    pub modules: Vec<ShownModule>,
    /// The event that let the set decide, of the kind `activated`, or `rollout-step` if it was tried on a part of the records;
    /// none if the proof holds none.
    pub activation: Option<ShownEvent>,
    /// The events by which the set was approved.
    pub approvals: Vec<ShownEvent>,
}

/// An event that stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEvent {
    /// The position in the ledger, from 0.
    pub seq: u64,
    /// What happened.
    pub kind: EventKind,
    /// When, as RFC 3339.
    pub at: String,
    /// Who or what caused it.
    pub actor: String,
    /// The JSON text of the body as it is hashed.
    pub committed: String,
    /// The JSON text of the body with the values that are shown.
    pub body: String,
    /// How many sealed values are shown.
    pub shown: usize,
    /// How many sealed values are not.
    pub hidden: usize,
}

/// A decision that stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownDecision {
    /// Its event.
    pub event: ShownEvent,
    /// The suggestion's id.
    pub id: String,
    /// The outcome as a word.
    pub outcome: String,
    /// When it was decided, as RFC 3339.
    pub decided_at: String,
    /// The set that made it.
    pub set: SetRef,
}

/// A module of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownModule {
    /// Validator or policy.
    pub kind: ModuleKind,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings.
    pub settings: Digest,
    /// The event by which it was published; none if the proof holds none.
    pub published: Option<ShownEvent>,
}
