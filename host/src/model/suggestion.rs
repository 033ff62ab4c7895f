//! What an assistant suggests, as it comes in.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Value;
use super::intake::unique_map;

/// A proposed change to one CRM record: one line of input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// The suggestion's own id, unique in the deployment. The same id with the same content is judged once.
    #[schemars(length(min = 1, max = 256))]
    pub id: String,
    /// When the suggestion came in, RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub received_at: String,
    /// The record to be changed.
    pub target: RecordRef,
    /// What is to be done to it.
    pub operation: Operation,
    /// The fields to be changed.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The records that a merge would fold into the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merge_with: Vec<RecordRef>,
    /// Who suggests.
    pub assistant: Assistant,
    /// The assistant's confidence in the whole, from 0 to 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
    /// The sources that the assistant cites.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The assistant's reasons in its own words.
    #[serde(default)]
    pub rationale: String,
    /// What is known about the record.
    #[serde(default)]
    pub context: Context,
}

/// The name of one record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRef {
    /// The CRM: `hubspot`, `salesforce`.
    #[schemars(length(min = 1))]
    pub system: String,
    /// The kind of record in it: `contact`, `account`.
    #[schemars(length(min = 1))]
    pub object: String,
    /// The record's id in that CRM.
    #[schemars(length(min = 1))]
    pub id: String,
}

/// What the assistant wants to do to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Add a value beside those that are there.
    Append,
    /// Fill a field that is empty.
    Enrich,
    /// Replace a value.
    Overwrite,
    /// Empty a field.
    Clear,
    /// Make one record of several.
    Merge,
    /// Remove the record.
    Delete,
    /// Write a summary of a call, a mail or a meeting.
    Summarize,
    /// Start something outside the record: send, route, tag, schedule.
    Act,
}

impl Operation {
    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Enrich => "enrich",
            Self::Overwrite => "overwrite",
            Self::Clear => "clear",
            Self::Merge => "merge",
            Self::Delete => "delete",
            Self::Summarize => "summarize",
            Self::Act => "act",
        }
    }
}

/// One field that the assistant wants to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The field's name in the CRM.
    #[schemars(length(min = 1))]
    pub field: String,
    /// The value that the assistant saw and wants to replace.
    #[serde(default)]
    pub prior: Value,
    /// The value that it proposes; null empties the field.
    pub proposed: Value,
    /// The assistant's confidence in this change, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: Option<f64>,
}

/// Who suggests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assistant {
    /// The company or team that answers for it.
    pub vendor: String,
    /// The model or product.
    pub model: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
}

/// One source that the assistant cites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Where the source is: a URL or a name such as `crm-note:4711`.
    pub uri: String,
    /// What it is: `web-page`, `email`, `call`, `source-record`.
    pub kind: String,
    /// The passage that carries the claim.
    #[serde(default)]
    pub excerpt: Option<String>,
    /// When the source was read, RFC 3339.
    #[serde(default)]
    pub retrieved_at: Option<String>,
    /// The SHA-256 of what was read, 64 hexadecimal digits.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// What is known about the record when the suggestion comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// The record's fields by name.
    #[serde(deserialize_with = "unique_map")]
    pub fields: BTreeMap<String, FieldState>,
    /// What the data subject has agreed to.
    pub consents: Vec<Consent>,
    /// Regimes that the record is under: `banking`, `health`.
    pub regimes: Vec<String>,
    /// The segment that the record belongs to.
    pub segment: Option<String>,
}

/// One field of the record as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldState {
    /// Its value.
    pub value: Value,
    /// Whether somebody has verified it.
    #[serde(default)]
    pub verified: bool,
    /// Who set it: `person:ana`, `import`, `assistant:acme`.
    #[serde(default)]
    pub set_by: Option<String>,
}

/// What the data subject has agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// For what: `enrichment`, `marketing`.
    pub purpose: String,
    /// `granted`, `denied` or `revoked`.
    pub state: String,
    /// Since when, RFC 3339.
    #[serde(default)]
    pub at: Option<String>,
}
