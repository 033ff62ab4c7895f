//! What the host knows about a suggestion beside the suggestion itself.

use serde::{Deserialize, Serialize};

use super::{Catalogue, FieldClass, RecordRef, Suggestion, Value};

/// What the host knows about a suggestion beside the suggestion itself. With the suggestion and the
/// set, this is all that a decision depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The time of the decision, RFC 3339 in UTC.
    pub now: String,
    /// The catalogue's class of every field that the suggestion or its context names, in the order of
    /// [`super::Suggestion::field_names`].
    pub classes: Vec<(&'a str, &'a FieldClass)>,
    /// Earlier suggestions for the record, oldest first.
    pub history: Vec<PastChange>,
}

impl<'a> Facts<'a> {
    /// The facts of a suggestion under a catalogue.
    #[must_use]
    pub fn of(suggestion: &'a Suggestion, catalogue: &'a Catalogue, now: String, history: Vec<PastChange>) -> Self {
        let RecordRef { system, object, .. } = &suggestion.target;
        let classes = suggestion.field_names().map(|field| (field, catalogue.class(system, object, field))).collect();
        Self { now, classes, history }
    }

    /// The class of a field; what is not in the list is unknown to the catalogue.
    #[must_use]
    pub fn class(&self, field: &str) -> &'a FieldClass {
        self.classes.iter().find(|(name, _)| *name == field).map_or(FieldClass::UNKNOWN, |(_, class)| class)
    }
}

/// One change of an earlier suggestion for the same record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastChange {
    /// The field.
    pub field: String,
    /// When it was decided, RFC 3339.
    pub at: String,
    /// Who suggested it: `vendor/model`.
    pub by: String,
    /// The value before.
    pub prior: Value,
    /// The value proposed.
    pub proposed: Value,
    /// What became of it.
    pub fate: String,
}
