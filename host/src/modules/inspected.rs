//! What is said of a module to those who look at it: what it is, what it asks for, and what it may return.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{CodeMeaning, Digest, ModuleKind, Reads, Scope};
use crate::sandbox::{Ready, SetupRequest, Snapshot};

/// A module as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ModuleDescription")]
pub struct Inspected {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is for.
    pub summary: String,
    /// Validator or policy.
    pub kind: ModuleKind,
    /// The version of the interface that it is written against.
    pub interface: String,
    /// What it imports.
    pub imports: Imports,
    /// The digest of its component.
    pub digest: Digest,
    /// The length of its component, in bytes.
    pub bytes: usize,
    /// Whether calls start from a snapshot; nothing, if that was not tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Snapshot>,
    /// Where it applies.
    pub applies_to: Scope,
    /// What it wants to see; it is given nothing else.
    pub reads: Reads,
    /// Every code that it may return, with its meaning.
    pub codes: Vec<CodeMeaning>,
    /// The JSON Schema of its settings.
    pub settings_schema: Value,
}

/// What a module imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Imports {
    /// Whether it imports `log`.
    pub log: bool,
    /// Instances that it imports for their types alone.
    pub types_only: Vec<String>,
}

impl Inspected {
    /// What is said of a component of a digest and so many bytes that was made ready as it was asked for.
    ///
    /// # Errors
    /// If what the module gives as the schema of its settings is no JSON.
    pub fn new(ready: Ready, request: &SetupRequest, digest: Digest, bytes: usize) -> Result<Self, serde_json::Error> {
        let Ready { admitted, description, snapshot } = ready;
        Ok(Self {
            settings_schema: serde_json::from_str(&description.settings_schema)?,
            name: description.name,
            version: description.version,
            summary: description.summary,
            kind: admitted.kind,
            interface: admitted.version,
            imports: Imports { log: admitted.logs, types_only: admitted.type_imports },
            digest,
            bytes,
            snapshot: request.snapshot.then_some(snapshot),
            applies_to: description.applies_to,
            reads: description.reads,
            codes: description.codes,
        })
    }
}
