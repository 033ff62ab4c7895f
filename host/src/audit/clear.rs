//! What everybody may see of a decision: no personal value, and so nothing that erasure takes away.

use serde::Deserialize;

use super::AuditError;
use crate::ledger::DecisionEntry;
use crate::model::{Assistant, Operation, Outcome, SetRef};

/// A decision without its values.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ClearDecision {
    /// The suggestion's id.
    pub id: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The time that it was judged as of, RFC 3339.
    pub decided_at: String,
    /// The set that judged it.
    pub set: SetRef,
    /// What its modules did, in the order of the set's lock.
    pub modules: Vec<ClearRun>,
    /// What was judged.
    pub suggestion: ClearSuggestion,
}

/// What a module did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ClearRun {
    /// Its name.
    pub name: String,
    /// Whether it was called.
    pub called: bool,
}

/// A suggestion without its values.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ClearSuggestion {
    /// What is done to the record.
    pub operation: Operation,
    /// Which fields would change.
    pub changes: Vec<ClearChange>,
    /// Who suggests.
    pub assistant: Assistant,
    /// The confidence in the whole.
    pub confidence: Option<f64>,
}

/// A change without its values.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ClearChange {
    /// The field.
    pub field: String,
    /// The confidence in this change.
    #[serde(default)]
    pub confidence: Option<f64>,
}

impl ClearDecision {
    /// Reads an entry.
    ///
    /// # Errors
    /// [`AuditError::Unreadable`] if it is no decision.
    pub fn read(entry: &DecisionEntry) -> Result<Self, AuditError> {
        serde_json::from_str(&entry.body)
            .map_err(|error| AuditError::Unreadable { seq: entry.seq, message: error.to_string() })
    }
}
