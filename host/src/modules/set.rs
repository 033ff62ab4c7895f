//! A policy set: what its file asks for, resolved to components and settings.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::archive::{Archive, ArchiveError, Component};
use super::settings::{Given, Written};
use super::{Entry, FROZEN, Lock, LockedModule, ModuleReference, WrongSettings};
use crate::model::{Digest, Limits, ModuleKind, Outcome, SetRef};
use crate::sandbox::{Refusal, Sandbox, SandboxError, SettingsCheck, SetupRequest, Shape};

/// A set's file, `sets/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetFile {
    /// The set's name.
    pub name: String,
    /// The set's version, semver.
    pub version: String,
    /// Its validators, in order.
    #[serde(default)]
    pub validator: Vec<Entry>,
    /// Its policies, in order.
    #[serde(default)]
    pub policy: Vec<Entry>,
    #[serde(skip)]
    written: Written,
}

/// Why a set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is no TOML of the right shape; the message has line and key.
    #[error("{}: {error}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Why.
        error: Box<toml::de::Error>,
    },
    /// The name means something else.
    #[error("{}: a set cannot be called {FROZEN}: that one decides while everything is frozen", path.display())]
    Reserved {
        /// The file.
        path: PathBuf,
    },
    /// An entry is wrong.
    #[error("the set {set}, module `{module}`: {message}")]
    Entry {
        /// The set.
        set: String,
        /// The module.
        module: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Settings are not what their modules ask for.
    #[error("the set {set}: {wrong}")]
    Settings {
        /// The set.
        set: String,
        /// All that is wrong with them.
        wrong: WrongSettings,
    },
    /// It cannot be found out whether settings are what their modules ask for.
    #[error("the set {set}: {error}")]
    Unchecked {
        /// The set.
        set: String,
        /// Why.
        error: Box<SandboxError>,
    },
    /// A component is not found.
    #[error("the set {set}: {error}")]
    NotFound {
        /// The set.
        set: String,
        /// Why.
        error: Box<ArchiveError>,
    },
    /// The sandbox refuses a component, or fails.
    #[error("the set {set}, module `{module}`: {error}")]
    Sandbox {
        /// The set.
        set: String,
        /// The module.
        module: String,
        /// Why.
        error: Box<SandboxError>,
    },
    /// The lock and the set's file say different things.
    #[error("{} does not match its set's file: {difference}; if the change is meant, lock it anew: countersign set lock", path.display())]
    Stale {
        /// The lock's file.
        path: PathBuf,
        /// The first difference.
        difference: String,
    },
    /// Something has no JSON or TOML form.
    #[error("the set {set} cannot be written: {message}")]
    Unwritable {
        /// The set.
        set: String,
        /// Why.
        message: String,
    },
}

/// A set with every byte that its decisions depend on.
#[derive(Clone, Debug)]
pub struct PolicySet {
    /// What is pinned.
    pub lock: Lock,
    /// Its name in decisions.
    pub set_ref: SetRef,
    /// Its modules, in the lock's order.
    pub modules: Vec<SetModule>,
}

impl PolicySet {
    /// The set that decides while everything is frozen: without a module, so that nothing of it can fail, and everything goes
    /// to review.
    ///
    /// # Errors
    /// None that can be met.
    pub fn frozen() -> Result<Self, serde_json::Error> {
        let lock = Lock { name: FROZEN.to_owned(), version: "1.0.0".to_owned(), modules: Vec::new() };
        Ok(Self { set_ref: lock.set_ref()?, lock, modules: Vec::new() })
    }

    /// The same set without one of its policies; none if it has no such policy.
    #[must_use]
    pub fn without(&self, policy: &str) -> Option<Self> {
        let is_it = |locked: &LockedModule| locked.kind == ModuleKind::Policy && locked.name == policy;
        let mut set = self.clone();
        set.modules.retain(|module| !is_it(&module.locked));
        set.lock.modules.retain(|locked| !is_it(locked));
        set.set_ref = set.lock.set_ref().ok()?;
        (set.modules.len() < self.modules.len()).then_some(set)
    }
}

/// One module of a set: what is pinned, and the bytes.
#[derive(Clone, Debug)]
pub struct SetModule {
    /// What is pinned.
    pub locked: LockedModule,
    /// Its component.
    pub component: Component,
    /// Its settings, a JSON text.
    pub settings: String,
}

/// What an entry pins, and its settings.
struct Pin {
    locked: LockedModule,
    settings: String,
}

/// What an entry comes to.
struct Resolved {
    module: SetModule,
    /// The schema of its settings.
    schema: String,
    /// Why the module refuses them, in its own words. What it says of itself is said without them then.
    refused: Option<String>,
}

impl SetModule {
    /// What the sandbox is asked for.
    #[must_use]
    pub fn request(&self) -> SetupRequest {
        let shape = if self.locked.scripted { Shape::SCRIPTED } else { Shape::ORDINARY };
        SetupRequest { settings: self.settings.clone(), shape, strict: true, snapshot: true }
    }
}

impl SetFile {
    /// Reads the text of a set's file, and the rules' files beside it that it names.
    ///
    /// # Errors
    /// With line and key, if it is no set; [`SetError::Read`] if a file is not there.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SetError> {
        let mut set: Self =
            toml::from_str(text).map_err(|error| SetError::Toml { path: path.to_owned(), error: Box::new(error) })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let name = set.name.clone();
        if name == FROZEN {
            return Err(SetError::Reserved { path: path.to_owned() });
        }
        for entry in set.validator.iter_mut().chain(&mut set.policy) {
            entry.take_in(&name, folder)?;
        }
        set.written = Written { path: path.to_owned(), text: text.to_owned() };
        Ok(set)
    }

    /// Finds every module, has the sandbox look at it with its settings, and pins all of it.
    ///
    /// # Errors
    /// See [`SetError`].
    pub fn resolve(&self, archive: &dyn Archive, sandbox: &Sandbox) -> Result<PolicySet, SetError> {
        let mut all: Vec<Resolved> = Vec::new();
        for (kind, entry) in self.entries() {
            let resolved = self.resolve_entry(kind, entry, archive, sandbox)?;
            let same = |earlier: &Resolved| {
                earlier.refused.is_none() && earlier.module.locked.name == resolved.module.locked.name
            };
            if resolved.refused.is_none() && all.iter().any(same) {
                return Err(self.entry_error(
                    entry,
                    "stands in the set twice; give each module once, or each its own `name` where the module takes one",
                ));
            }
            all.push(resolved);
        }
        self.check_settings(&all, sandbox)?;
        let modules: Vec<SetModule> = all.into_iter().map(|resolved| resolved.module).collect();
        let locked = modules.iter().map(|module| module.locked.clone()).collect();
        let lock = Lock { name: self.name.clone(), version: self.version.clone(), modules: locked };
        let set_ref = lock.set_ref().map_err(|error| self.unwritable(&error))?;
        Ok(PolicySet { lock, set_ref, modules })
    }

    /// Whether all settings are what their modules ask for.
    fn check_settings(&self, all: &[Resolved], sandbox: &Sandbox) -> Result<(), SetError> {
        let given = self.entries().zip(all).enumerate().map(|(number, ((kind, entry), resolved))| Given {
            list: (kind, number.checked_sub(self.validator.len()).unwrap_or(number)),
            entry,
            check: SettingsCheck { schema: resolved.schema.clone(), settings: resolved.module.settings.clone() },
            refused: resolved.refused.as_deref(),
        });
        self.written.check(&self.name, &given.collect::<Vec<_>>(), sandbox)
    }

    /// The set as its lock pins it, without looking into any component again. Components are found by digest.
    ///
    /// # Errors
    /// [`SetError::Stale`] if the lock pins something else than this file asks for.
    pub fn pinned_by(&self, lock: Lock, path: &Path, archive: &dyn Archive) -> Result<PolicySet, SetError> {
        let stale = |difference: String| SetError::Stale { path: path.to_owned(), difference };
        if (&self.name, &self.version) != (&lock.name, &lock.version) {
            return Err(stale(format!(
                "it pins {}@{}, the file is {}@{}",
                lock.name, lock.version, self.name, self.version
            )));
        }
        let entries: Vec<_> = self.entries().collect();
        if entries.len() != lock.modules.len() {
            return Err(stale(format!("it pins {} modules, the file names {}", lock.modules.len(), entries.len())));
        }
        let mut modules = Vec::new();
        for ((kind, entry), locked) in entries.into_iter().zip(&lock.modules) {
            let differs = |what: &str| stale(format!("`{}` differs in {what}", locked.name));
            let pinned = self.pin(kind, entry, locked.digest)?;
            let reference: ModuleReference =
                entry.module.parse().map_err(|message: String| self.entry_error(entry, &message))?;
            let same_module = match &reference {
                ModuleReference::Named { name, version } => {
                    entry.name.as_ref().unwrap_or(name) == &locked.name
                        && locked.version.parse().is_ok_and(|own| version.matches(&own))
                }
                ModuleReference::File(_) => true,
            };
            if !same_module {
                return Err(differs("its name or version"));
            }
            let expected = LockedModule { name: locked.name.clone(), version: locked.version.clone(), ..pinned.locked };
            if expected != *locked {
                return Err(differs("its settings, limits, kind or on-fault"));
            }
            let component = match archive.by_digest(locked.digest) {
                Some(component) => component,
                None => archive
                    .find(&reference)
                    .map_err(|error| self.not_found(error))?
                    .component_of(locked.digest)
                    .ok_or_else(|| differs("its component's bytes"))?,
            };
            modules.push(SetModule { locked: expected, component, settings: pinned.settings });
        }
        let set_ref = lock.set_ref().map_err(|error| self.unwritable(&error))?;
        Ok(PolicySet { lock, set_ref, modules })
    }

    /// The entries in the lock's order, with their kinds.
    fn entries(&self) -> impl Iterator<Item = (ModuleKind, &Entry)> {
        let validators = self.validator.iter().map(|entry| (ModuleKind::Validator, entry));
        validators.chain(self.policy.iter().map(|entry| (ModuleKind::Policy, entry)))
    }

    /// What an entry pins, but for the name and version, which the component itself says.
    fn pin(&self, kind: ModuleKind, entry: &Entry, digest: Digest) -> Result<Pin, SetError> {
        if entry.on_fault == Outcome::Apply {
            return Err(self.entry_error(entry, "on-fault may be review, human-only or reject: nothing fails open"));
        }
        let limits = entry.limits.unwrap_or(if entry.scripted { Limits::SCRIPTED } else { Limits::DEFAULT });
        if let Some((key, ceiling)) = limits.over_ceiling() {
            return Err(self.entry_error(entry, &format!("limits.{key} is over the host's ceiling of {ceiling}")));
        }
        let settings = serde_json::to_string(&entry.settings).map_err(|error| self.unwritable(&error))?;
        let locked = LockedModule {
            kind,
            name: String::new(),
            version: String::new(),
            digest,
            settings: Digest::of(settings.as_bytes()),
            on_fault: entry.on_fault,
            scripted: entry.scripted,
            limits,
        };
        Ok(Pin { locked, settings })
    }

    fn resolve_entry(
        &self,
        kind: ModuleKind,
        entry: &Entry,
        archive: &dyn Archive,
        sandbox: &Sandbox,
    ) -> Result<Resolved, SetError> {
        let reference: ModuleReference =
            entry.module.parse().map_err(|message: String| self.entry_error(entry, &message))?;
        let found = archive.find(&reference).map_err(|error| self.not_found(error))?;
        let Pin { locked, settings } = self.pin(kind, entry, found.digest)?;
        let mut module = SetModule { locked, component: found.component, settings };
        let failed =
            |error| SetError::Sandbox { set: self.name.clone(), module: entry.module.clone(), error: Box::new(error) };
        let request = module.request();
        let (ready, refused) = match sandbox.inspect(&module.component, found.digest, &request) {
            Ok(ready) => (ready, None),
            Err(SandboxError::Refused { refusal: Refusal::Settings(why), .. }) => {
                // What it asks for, it says without them as well.
                let lenient = SetupRequest { strict: false, snapshot: false, ..request };
                let ready = sandbox.inspect(&module.component, found.digest, &lenient).map_err(failed)?;
                (ready, Some(entry.with_files(&why)))
            }
            Err(error) => return Err(failed(error)),
        };
        if ready.admitted.kind != kind {
            let message =
                format!("is a {}, not a {}; move it to the other list", ready.admitted.kind.as_str(), kind.as_str());
            return Err(self.entry_error(entry, &message));
        }
        let described = (ready.description.name, ready.description.version);
        let named = entry.name.as_deref();
        if let Some((released, version)) = found.release
            && refused.is_none()
            && (described.0 != named.unwrap_or(&released) || described.1 != version.to_string())
        {
            let name = named.unwrap_or(&released);
            let message = format!("calls itself {}@{}, but stands here as {name}@{version}", described.0, described.1);
            return Err(self.entry_error(entry, &message));
        }
        (module.locked.name, module.locked.version) = described;
        Ok(Resolved { module, schema: ready.description.settings_schema, refused })
    }

    fn not_found(&self, error: ArchiveError) -> SetError {
        SetError::NotFound { set: self.name.clone(), error: Box::new(error) }
    }

    fn entry_error(&self, entry: &Entry, message: &str) -> SetError {
        SetError::Entry { set: self.name.clone(), module: entry.module.clone(), message: message.to_owned() }
    }

    fn unwritable(&self, error: &serde_json::Error) -> SetError {
        SetError::Unwritable { set: self.name.clone(), message: error.to_string() }
    }
}
