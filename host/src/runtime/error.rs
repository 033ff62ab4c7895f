//! Why a deployment cannot be used as somebody wants to.

use std::path::PathBuf;

use super::config::ConfigError;
use crate::ledger::LedgerError;
use crate::model::Digest;
use crate::modules::{ArchiveError, SetError};
use crate::registry::RegistryError;
use crate::replay::ReplayError;
use crate::reproduce::ReproduceError;
use crate::rollout::RolloutError;
use crate::sandbox::SandboxError;
use crate::signature::Untrusted;

/// Why a deployment cannot be opened, or something in it cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// It is not there.
    #[error("there is no deployment in {}: make one with `countersign init`, or name its folder with --home", path.display())]
    NotThere {
        /// The folder.
        path: PathBuf,
    },
    /// There is one already.
    #[error("{} holds something already: nothing was changed; name another folder with --home", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// A file of it is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A set is wrong.
    #[error(transparent)]
    Set(#[from] SetError),
    /// A module of a set cannot be called.
    #[error("the module `{module}` of the set {set} cannot be used: {why}")]
    Unusable {
        /// The set.
        set: String,
        /// The module.
        module: String,
        /// Why.
        why: String,
    },
    /// The set that is on record as the active one cannot be read.
    #[error("the active set: {0}")]
    Active(#[source] ReproduceError),
    /// The set that is on record as tried cannot be read.
    #[error("the set that is tried: {0}")]
    Tried(#[source] ReproduceError),
    /// Sets do not come into force so.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// What was decided while a canary runs cannot be counted.
    #[error("what was decided while the canary runs cannot be counted: {0}")]
    Counting(#[source] ReplayError),
    /// A set does not pass its cases.
    #[error("the set {set} does not pass its cases: {failed}; see `countersign set test {set}`")]
    Cases {
        /// The set.
        set: String,
        /// The first that it does not pass.
        failed: String,
    },
    /// A file is no case of a set.
    #[error("{0}")]
    SetCases(String),
    /// A module that was published cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Nobody who is trusted vouches for a module.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// A module's version is none.
    #[error("`{name}` gives the version {version:?}, which is no semantic version")]
    NoVersion {
        /// The module's name.
        name: String,
        /// The version.
        version: String,
    },
    /// What a module gives as the schema of its settings is none.
    #[error("what it gives as the schema of its settings is no JSON: {0}")]
    NoSettingsSchema(serde_json::Error),
    /// What a module is made of cannot be said.
    #[error(transparent)]
    Sbom(#[from] RegistryError),
    /// Other bytes are known under a version.
    #[error(
        "{name} is known here with the digest {known}, this one has {digest}; a version never changes: raise the version"
    )]
    OtherBytes {
        /// The name and version.
        name: String,
        /// The digest of the one that is known.
        known: Digest,
        /// The digest of this one.
        digest: Digest,
    },
    /// The sandbox fails.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The ledger fails.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The signing key cannot be read or written.
    #[error(transparent)]
    SigningKey(#[from] super::SigningKeyError),
    /// An event of ours is not well formed.
    #[error(transparent)]
    Draft(#[from] crate::ledger::DraftError),
    /// A webhook cannot be used.
    #[error(transparent)]
    Webhook(#[from] crate::notify::WebhookError),
    /// A thread of the service cannot be started.
    #[error("a thread of the service cannot be started: {0}")]
    Thread(std::io::Error),
    /// A file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl From<ReplayError> for DeploymentError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Ledger(error) => Self::Ledger(error),
            error => Self::Counting(error),
        }
    }
}
