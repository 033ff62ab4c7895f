//! A deployment that is open: its files read, its sandbox ready.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::{Config, ConfigError, read};
use super::init::{DEFAULT_CATALOGUE, DEFAULT_SET, SET};
use super::{DeploymentError, Home};
use crate::ledger::{EngineRef, Ledger, Readers, replace_file};
use crate::model::{Catalogue, Digest};
use crate::modules::{Archive, FolderArchive, Lock, PolicySet, ReleasedModules, SetError, SetFile};
use crate::pipeline::LoadedSet;
use crate::reproduce::{ReproduceError, past_set};
use crate::rollout::{Activation, ModuleArchive, RolloutError};
use crate::sandbox::{Allocation, ENGINE_VERSION, Sandbox, Worker};

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

/// The set that decides.
#[derive(Clone, Debug)]
pub struct Active {
    /// The set, as it was when it came into force.
    pub set: Arc<PolicySet>,
    /// Since when, and why.
    pub activation: Activation,
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
        let config = Config::default();
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

    /// The set that decides: the one that the ledger has as activated last, with all that it cites there. Files are not asked.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn active(&self, ledger: &Ledger) -> Result<Active, DeploymentError> {
        let seq = ledger.last_activation()?.ok_or(RolloutError::NothingActive)?;
        let event = ledger.event(seq)?.ok_or(RolloutError::NothingActive)?;
        let activation = Activation::read(&event)?;
        Ok(Active { set: self.recorded_set(ledger, activation.set.digest)?, activation })
    }

    /// A set that is on record. Modules that are part of the program are taken from there, which is faster.
    ///
    /// # Errors
    /// [`DeploymentError::Active`] if the ledger has not all of it.
    pub fn recorded_set(&self, ledger: &Ledger, digest: Digest) -> Result<Arc<PolicySet>, DeploymentError> {
        let component = |digest| match ReleasedModules.by_digest(digest) {
            Some(component) => Ok(component),
            None => match ledger.object(&digest)? {
                Some(component) => Ok(component.into()),
                None => Err(ReproduceError::Missing { what: "the module", digest }),
            },
        };
        past_set(ledger, digest, component).map(Arc::new).map_err(DeploymentError::Active)
    }

    /// The ledger to be read, if there is one.
    pub(super) fn ledger_to_read(&self) -> Result<Option<Ledger>, DeploymentError> {
        let path = self.home.ledger();
        Ok(if path.exists() { Some(Ledger::open_read_only(path)?) } else { None })
    }

    /// A set by name (`sets/<name>.toml`) or by file. Pinned by the lock beside it; a set without a lock is resolved and its
    /// lock is written.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set(&self, named: &str) -> Result<Arc<PolicySet>, DeploymentError> {
        let (set, unlocked) = self.find(named)?;
        if let Some(path) = unlocked {
            write_lock(&path, &set)?;
        }
        Ok(Arc::new(set))
    }

    /// As [`Self::set`], but writes nothing: a set without a lock stays without one. If none is named, the one that decides; the
    /// default where there is no deployment.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set_to_read(&self, named: Option<&str>) -> Result<Arc<PolicySet>, DeploymentError> {
        match (named, self.ledger_to_read()?) {
            (Some(named), _) => Ok(Arc::new(self.find(named)?.0)),
            (None, Some(ledger)) => Ok(self.active(&ledger)?.set),
            (None, None) => Ok(Arc::new(self.find(DEFAULT_SET)?.0)),
        }
    }

    /// Resolves a set's file anew and writes its lock, whatever stands there. Returns what the lock pinned before, if it pinned
    /// anything, and what it pins now.
    ///
    /// # Errors
    /// See [`DeploymentError`]; then nothing is written.
    pub fn lock(&self, named: &str, write: bool) -> Result<(Option<Lock>, Arc<PolicySet>), DeploymentError> {
        let (path, text) = self.set_file(named)?;
        let lock_path = path.with_extension("lock");
        // A lock that cannot be read pins nothing.
        let before = fs::read_to_string(&lock_path).ok().and_then(|text| toml::from_str(&text).ok());
        let set = self.set_from(&path, &text)?;
        if write && before.as_ref() != Some(&set.lock) {
            write_lock(&lock_path, &set)?;
        }
        Ok((before, set))
    }

    /// The digest of the lock that stands beside a set's file; none if there is no lock that can be read.
    #[must_use]
    pub fn locked_digest(&self, set: &str) -> Option<Digest> {
        let text = fs::read_to_string(self.home.sets().join(format!("{set}.lock"))).ok()?;
        let lock: Lock = toml::from_str(&text).ok()?;
        lock.set_ref().ok().map(|set| set.digest)
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

    /// As [`Self::load`], for a set that comes from a file: its settings must be what its modules ask for. A set that is on record
    /// is not asked that again: it decided.
    ///
    /// # Errors
    /// As [`Self::load`], and [`SetError::Settings`].
    pub fn load_from_file(&self, set: Arc<PolicySet>) -> Result<LoadedSet<'_>, DeploymentError> {
        let loaded = self.load(set)?;
        loaded.set().check_settings(&loaded.descriptions(), &self.sandbox)?;
        Ok(loaded)
    }

    /// A set by name or by file, or if none is named the one that decides, whose modules all can be called.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn load_to_read(&self, named: Option<&str>) -> Result<LoadedSet<'_>, DeploymentError> {
        let set = self.set_to_read(named)?;
        if named.is_some() { self.load_from_file(set) } else { self.load(set) }
    }

    /// The file of a set by name or by file, and its text.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn set_file(&self, named: &str) -> Result<(PathBuf, String), DeploymentError> {
        let is_file = Path::new(named).extension().is_some_and(|extension| extension == "toml");
        let path = if is_file { named.into() } else { self.home.sets().join(format!("{named}.toml")) };
        match fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(_) if named == DEFAULT_SET && !self.home.config().exists() => Ok((path, SET.to_owned())),
            Err(error) => Err(SetError::Read { path, error }.into()),
        }
    }

    /// The name of the set that decides; that of the default set where there is no deployment.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn active_name(&self) -> Result<String, DeploymentError> {
        match self.ledger_to_read()? {
            Some(ledger) => Ok(self.active(&ledger)?.set.lock.name.clone()),
            None => Ok(DEFAULT_SET.to_owned()),
        }
    }

    /// A set whose file has this text and stands, or would stand, at this path; it has no lock.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn set_from(&self, path: &Path, text: &str) -> Result<Arc<PolicySet>, DeploymentError> {
        let file = SetFile::parse(text, path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let ledger = self.ledger_to_read()?;
        let archive = FolderArchive { folder, named: &ModuleArchive::open(ledger.as_ref())? };
        Ok(Arc::new(file.resolve(&archive, &self.sandbox)?))
    }

    /// A set, and where its lock is to be written if it has none.
    fn find(&self, named: &str) -> Result<(PolicySet, Option<PathBuf>), DeploymentError> {
        let (path, text) = self.set_file(named)?;
        let file = SetFile::parse(&text, &path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock_path = path.with_extension("lock");
        let ledger = self.ledger_to_read()?;
        let archive = FolderArchive { folder, named: &ModuleArchive::open(ledger.as_ref())? };
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

/// Writes a lock whole, or not at all.
fn write_lock(path: &Path, set: &PolicySet) -> Result<(), DeploymentError> {
    let unwritable = |message: String| SetError::Unwritable { set: set.lock.name.clone(), message };
    let text = set.lock.to_file().map_err(|error| unwritable(error.to_string()))?;
    replace_file(path, text.as_bytes(), Readers::All)
        .map_err(|error| DeploymentError::Write { path: path.to_owned(), error })
}
