//! The folder of a deployment.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// The folder of a deployment, and what stands where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The deployment in a folder, whether it is there or not.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The deployment's configuration.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.0.join("countersign.toml")
    }

    /// The inventory of fields.
    #[must_use]
    pub fn catalogue(&self) -> PathBuf {
        self.0.join("catalogue.toml")
    }

    /// The folder of policy sets.
    #[must_use]
    pub fn sets(&self) -> PathBuf {
        self.0.join("sets")
    }

    /// Whose signatures modules need that are published here; whoever publishes needs none if the file is not there.
    #[must_use]
    pub fn trust(&self) -> PathBuf {
        self.0.join("trust.toml")
    }

    /// The cases of a set of this name.
    #[must_use]
    pub fn set_cases(&self, set: &str) -> PathBuf {
        self.sets().join(set).join("cases")
    }

    /// The folder in which each service that runs says which set decides in it.
    #[must_use]
    pub fn instances(&self) -> PathBuf {
        self.0.join("instances")
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger.db")
    }

    /// The newest checkpoint that a service signed.
    #[must_use]
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    /// Where a ledger is kept that was replaced at this time.
    #[must_use]
    pub fn replaced_ledger(&self, at: Timestamp) -> PathBuf {
        self.0.join(format!("ledger.db.replaced-{}", at.strftime("%Y-%m-%dT%H-%M-%S.%fZ")))
    }

    /// The key that signs the ledger's checkpoints.
    #[must_use]
    pub fn signing_key(&self) -> PathBuf {
        self.0.join("ledger.key")
    }

    /// The folder that says how far each webhook came.
    #[must_use]
    pub fn webhooks(&self) -> PathBuf {
        self.0.join("webhooks")
    }

    /// The cache of compiled code. Deleting it costs time and nothing else.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }
}
