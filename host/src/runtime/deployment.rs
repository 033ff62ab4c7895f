//! A deployment that is open: its files read, its sandbox ready.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Home;
use super::config::{Config, ConfigError, Serve, read};
use super::init::{DEFAULT_CATALOGUE, DEFAULT_SET, SET};
use crate::ledger::EngineRef;
use crate::model::{Catalogue, Digest};
use crate::modules::{ArchiveError, FolderArchive, KeptModules, Lock, PolicySet, SetError, SetFile};
use crate::pipeline::LoadedSet;
use crate::sandbox::{Allocation, ENGINE_VERSION, Sandbox, SandboxError, Worker};
use crate::signature::Untrusted;

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
        let cache = home.cache();
        Self::with(home, config, catalogue_text, allocation, worker, Some(&cache))
    }

    /// As [`Self::open`], or where there is no deployment, one with the defaults that are part of the program and
    /// without a ledger: enough to look at sets that stand in files.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn open_or_default(home: Home, allocation: Allocation, worker: Worker) -> Result<Self, DeploymentError> {
        if home.config().exists() {
            return Self::open(home, allocation, worker);
        }
        let config = Config { set: DEFAULT_SET.to_owned(), retention: Vec::new(), serve: Serve::default() };
        Self::with(home, config, DEFAULT_CATALOGUE.to_owned(), allocation, worker, None)
    }

    fn with(
        home: Home,
        config: Config,
        catalogue_text: String,
        allocation: Allocation,
        worker: Worker,
        cache: Option<&Path>,
    ) -> Result<Self, DeploymentError> {
        let catalogue = Catalogue::parse(&catalogue_text)
            .map_err(|error| ConfigError::Wrong { path: home.catalogue(), message: error.to_string() })?;
        let sandbox = Sandbox::new(allocation, worker, cache)?;
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
        let (set, unlocked) = self.find(named)?;
        if let Some(path) = unlocked {
            let unwritable = |message: String| SetError::Unwritable { set: set.lock.name.clone(), message };
            let text = set.lock.to_file().map_err(|error| unwritable(error.to_string()))?;
            fs::write(&path, text).map_err(|error| DeploymentError::Write { path, error })?;
        }
        Ok(Arc::new(set))
    }

    /// As [`Self::set`], but writes nothing: a set without a lock stays without one.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set_to_read(&self, named: Option<&str>) -> Result<Arc<PolicySet>, DeploymentError> {
        Ok(Arc::new(self.find(named)?.0))
    }

    /// The names of the sets whose files stand in the deployment's folder.
    #[must_use]
    pub fn set_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.home.sets()).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<_> = files.filter_map(|file| file.strip_suffix(".toml").map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }

    /// A set whose modules all can be called.
    ///
    /// # Errors
    /// [`DeploymentError::Unusable`] names the first that cannot.
    pub fn load(&self, set: Arc<PolicySet>) -> Result<LoadedSet<'_>, DeploymentError> {
        let loaded = LoadedSet::new(set, &self.sandbox);
        match loaded.load_all() {
            Ok(()) => Ok(loaded),
            Err((module, fault)) => {
                let set = loaded.set().lock.name.clone();
                Err(DeploymentError::Unusable { set, module, why: fault.to_string() })
            }
        }
    }

    /// The file of a set by name or by file, and its text.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn set_file(&self, named: Option<&str>) -> Result<(PathBuf, String), DeploymentError> {
        let named = named.unwrap_or(&self.config.set);
        let is_file = Path::new(named).extension().is_some_and(|extension| extension == "toml");
        let path = if is_file { named.into() } else { self.home.sets().join(format!("{named}.toml")) };
        match fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(_) if named == DEFAULT_SET && !self.home.config().exists() => Ok((path, SET.to_owned())),
            Err(error) => Err(SetError::Read { path, error }.into()),
        }
    }

    /// A set whose file has this text and stands, or would stand, at this path; it has no lock.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set_from(&self, path: &Path, text: &str) -> Result<Arc<PolicySet>, DeploymentError> {
        let file = SetFile::parse(text, path)?;
        let (folder, modules) = (path.parent().unwrap_or(Path::new(".")), self.home.modules());
        let archive = FolderArchive { folder, named: &KeptModules { folder: &modules } };
        Ok(Arc::new(file.resolve(&archive, &self.sandbox)?))
    }

    /// A set, and where its lock is to be written if it has none.
    fn find(&self, named: Option<&str>) -> Result<(PolicySet, Option<PathBuf>), DeploymentError> {
        let (path, text) = self.set_file(named)?;
        let file = SetFile::parse(&text, &path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock_path = path.with_extension("lock");
        let modules = self.home.modules();
        let archive = FolderArchive { folder, named: &KeptModules { folder: &modules } };
        match fs::read_to_string(&lock_path) {
            Ok(text) => {
                let lock: Lock = toml::from_str(&text)
                    .map_err(|error| SetError::Toml { path: lock_path.clone(), error: Box::new(error) })?;
                Ok((file.pinned_by(lock, &lock_path, &archive)?, None))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok((file.resolve(&archive, &self.sandbox)?, Some(lock_path)))
            }
            Err(error) => Err(SetError::Read { path: lock_path, error }.into()),
        }
    }
}
