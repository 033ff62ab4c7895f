//! A deployment that is open: its files read, its sandbox ready.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Home;
use super::config::{Config, ConfigError, read};
use crate::ledger::EngineRef;
use crate::model::{Catalogue, Digest};
use crate::modules::{ArchiveError, FolderArchive, KeptModules, Lock, PolicySet, SetError, SetFile};
use crate::sandbox::{Allocation, ENGINE_VERSION, Sandbox, SandboxError, Worker};

/// A deployment that is open.
pub struct Deployment {
    /// Its folder.
    pub home: Home,
    /// Its configuration.
    pub config: Config,
    /// Its inventory of fields.
    pub catalogue: Catalogue,
    /// The text of the inventory, which decisions cite by digest.
    pub catalogue_text: String,
    /// The digest of that text.
    pub catalogue_digest: Digest,
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The sandbox's engine, as decisions name it.
    pub engine: EngineRef,
}

/// Why a deployment cannot be opened.
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
    /// A module that was published cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A module's version is none.
    #[error("`{name}` gives the version {version:?}, which is no semantic version")]
    NoVersion {
        /// The module's name.
        name: String,
        /// The version.
        version: String,
    },
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
    Ledger(#[from] crate::ledger::LedgerError),
    /// An event of ours is not well formed.
    #[error(transparent)]
    Draft(#[from] crate::ledger::DraftError),
    /// A file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl Deployment {
    /// Reads a deployment's files and starts its sandbox.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn open(home: Home, allocation: Allocation, worker: Worker) -> Result<Self, DeploymentError> {
        if !home.config().exists() {
            return Err(DeploymentError::NotThere { path: home.folder().to_owned() });
        }
        let config = Config::read(&home.config())?;
        let catalogue_text = read(&home.catalogue())?;
        let catalogue = Catalogue::parse(&catalogue_text)
            .map_err(|error| ConfigError::Wrong { path: home.catalogue(), message: error.to_string() })?;
        let sandbox = Sandbox::new(allocation, worker, Some(&home.cache()))?;
        let engine = EngineRef { version: ENGINE_VERSION.to_owned(), config: sandbox.fingerprint() };
        let catalogue_digest = Digest::of(catalogue_text.as_bytes());
        Ok(Self { home, config, catalogue, catalogue_text, catalogue_digest, sandbox, engine })
    }

    /// A set by name (`sets/<name>.toml`) or by file; the active one if none is named. Pinned by the lock
    /// beside it; a set without a lock is resolved and its lock is written.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set(&self, named: Option<&str>) -> Result<Arc<PolicySet>, DeploymentError> {
        let named = named.unwrap_or(&self.config.set);
        let is_file = Path::new(named).extension().is_some_and(|extension| extension == "toml");
        let path = if is_file { named.into() } else { self.home.sets().join(format!("{named}.toml")) };
        let text = fs::read_to_string(&path).map_err(|error| SetError::Read { path: path.clone(), error })?;
        let file = SetFile::parse(&text, &path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock_path = path.with_extension("lock");
        let modules = self.home.modules();
        let archive = FolderArchive { folder, named: &KeptModules { folder: &modules } };
        let set = match fs::read_to_string(&lock_path) {
            Ok(text) => {
                let lock: Lock = toml::from_str(&text)
                    .map_err(|error| SetError::Toml { path: lock_path.clone(), error: Box::new(error) })?;
                file.pinned_by(lock, &lock_path, &archive)?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let set = file.resolve(&archive, &self.sandbox)?;
                let unwritable = |message: String| SetError::Unwritable { set: set.lock.name.clone(), message };
                let text = set.lock.to_file().map_err(|error| unwritable(error.to_string()))?;
                fs::write(&lock_path, text).map_err(|error| DeploymentError::Write { path: lock_path, error })?;
                set
            }
            Err(error) => return Err(SetError::Read { path: lock_path, error }.into()),
        };
        Ok(Arc::new(set))
    }
}
