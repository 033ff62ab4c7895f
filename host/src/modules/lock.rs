//! What a set's lock pins: every byte that its decisions depend on.

use serde::{Deserialize, Serialize};

use crate::model::{Digest, Limits, ModuleKind, Outcome, SetRef};

/// The pinned form of a set. Its digest names the set in every decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The set's name.
    pub name: String,
    /// The set's version.
    pub version: String,
    /// Its modules in order: validators first.
    #[serde(rename = "module")]
    pub modules: Vec<LockedModule>,
}

/// One pinned module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LockedModule {
    /// Validator or policy.
    pub kind: ModuleKind,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings, a JSON text.
    pub settings: Digest,
    /// What a fault of it means.
    pub on_fault: Outcome,
    /// Whether it brings an interpreter, and so may have a larger shape.
    pub scripted: bool,
    /// What one call of it may use.
    pub limits: Limits,
}

/// The name of the set that decides while everything is frozen. No file of a set may have it.
pub const FROZEN: &str = "countersign.frozen";

impl Lock {
    /// The text that is kept with decisions and that the digest is of.
    ///
    /// # Errors
    /// None that a lock can cause: all of its parts have a JSON form.
    pub fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The name of the set in decisions.
    ///
    /// # Errors
    /// As [`Self::canonical`].
    pub fn set_ref(&self) -> Result<SetRef, serde_json::Error> {
        let digest = Digest::of(self.canonical()?.as_bytes());
        Ok(SetRef { name: self.name.clone(), version: self.version.clone(), digest })
    }

    /// The text of the lock file.
    ///
    /// # Errors
    /// None that a lock can cause.
    pub fn to_file(&self) -> Result<String, toml::ser::Error> {
        let body = toml::to_string(self)?;
        Ok(format!(
            "# Written by countersign; pins every byte that decisions of this set depend on. Review it, but do not edit it.\n\n{body}"
        ))
    }
}
