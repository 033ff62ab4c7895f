//! What is said of a module to those who look at it: what it is, what it asks for, and what it may return.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::{CodeMeaning, Digest, ModuleKind, Reads, Scope};
use crate::sandbox::{Ready, Snapshot};

/// A module as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "ModuleDescription")]
pub struct Inspected {
    /// Its name.
    name: String,
    /// Its version.
    version: String,
    /// What it is for.
    summary: String,
    /// Validator or policy.
    kind: ModuleKind,
    /// The version of the interface that it is written against.
    interface: String,
    /// What it imports.
    imports: Imports,
    /// The digest of its component.
    digest: Digest,
    /// The length of its component, in bytes.
    bytes: usize,
    /// Whether calls start from a snapshot.
    snapshot: Snapshot,
    /// Where it applies.
    applies_to: Scope,
    /// What it wants to see; it is given nothing else.
    reads: Reads,
    /// Every code that it may return, with its meaning.
    codes: Vec<CodeMeaning>,
    /// The JSON Schema of its settings.
    settings_schema: Value,
}

/// What a module imports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Imports {
    /// Whether it imports `log`.
    log: bool,
    /// Instances that it imports for their types alone.
    types_only: Vec<String>,
}

impl Inspected {
    /// What is said of a component of a digest and so many bytes that was made ready.
    ///
    /// # Errors
    /// If what the module gives as the schema of its settings is no JSON.
    pub fn new(ready: Ready, digest: Digest, bytes: usize) -> Result<Self, serde_json::Error> {
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
            snapshot,
            applies_to: description.applies_to,
            reads: description.reads,
            codes: description.codes,
        })
    }
}
