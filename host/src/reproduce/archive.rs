//! What past decisions were made with, as the ledger keeps it: sets, modules, settings and catalogues by digest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::ReproduceError;
use crate::ledger::Ledger;
use crate::model::{Catalogue, Digest};
use crate::modules::{Component, Lock, PolicySet, SetModule};
use crate::pipeline::LoadedSet;
use crate::sandbox::Sandbox;

/// The sets and catalogues of past decisions, each read once. Many threads can ask.
pub struct PastSets<'a> {
    /// A handle of its own: the threads that ask are not those that read decisions.
    ledger: Mutex<Ledger>,
    sandbox: &'a Sandbox,
    locks: Mutex<HashMap<Digest, Arc<Lock>>>,
    sets: Mutex<HashMap<Digest, Arc<LoadedSet<'a>>>>,
    catalogues: Mutex<HashMap<Digest, Arc<Catalogue>>>,
}

impl<'a> PastSets<'a> {
    /// The sets that a ledger keeps, to be run in a sandbox.
    #[must_use]
    pub fn new(ledger: Ledger, sandbox: &'a Sandbox) -> Self {
        Self {
            ledger: Mutex::new(ledger),
            sandbox,
            locks: Mutex::default(),
            sets: Mutex::default(),
            catalogues: Mutex::default(),
        }
    }

    /// A set's lock.
    ///
    /// # Errors
    /// See [`ReproduceError`].
    pub fn lock(&self, digest: Digest) -> Result<Arc<Lock>, ReproduceError> {
        kept(&self.locks, digest, || self.read(|ledger| set_lock(ledger, digest)))
    }

    /// A set that can be run.
    ///
    /// # Errors
    /// See [`ReproduceError`].
    pub fn set(&self, digest: Digest) -> Result<Arc<LoadedSet<'a>>, ReproduceError> {
        kept(&self.sets, digest, || {
            let set = self.read(|ledger| past_set(ledger, digest, |module| object(ledger, "the module", module)))?;
            Ok(LoadedSet::new(Arc::new(set), self.sandbox))
        })
    }

    /// A catalogue.
    ///
    /// # Errors
    /// See [`ReproduceError`].
    pub fn catalogue(&self, digest: Digest) -> Result<Arc<Catalogue>, ReproduceError> {
        kept(&self.catalogues, digest, || {
            let text = self.read(|ledger| text(ledger, "the catalogue", digest))?;
            Catalogue::parse(&text).map_err(|error| ReproduceError::unreadable("catalogue", &error))
        })
    }

    fn read<T>(&self, read: impl FnOnce(&Ledger) -> T) -> T {
        read(&self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What stands under a digest, made if it is asked for the first time.
fn kept<T>(
    all: &Mutex<HashMap<Digest, Arc<T>>>,
    digest: Digest,
    make: impl FnOnce() -> Result<T, ReproduceError>,
) -> Result<Arc<T>, ReproduceError> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(&digest) {
        return Ok(Arc::clone(known));
    }
    let new = Arc::new(make()?);
    all.insert(digest, Arc::clone(&new));
    Ok(new)
}

/// A set as its lock pins it, with components from somewhere, by digest.
///
/// # Errors
/// See [`ReproduceError`].
pub fn past_set<C: Into<Component>>(
    ledger: &Ledger,
    digest: Digest,
    component: impl Fn(Digest) -> Result<C, ReproduceError>,
) -> Result<PolicySet, ReproduceError> {
    let lock = set_lock(ledger, digest)?;
    let set_ref = lock.set_ref().map_err(|error| ReproduceError::unreadable("set's lock", &error))?;
    let modules = lock.modules.iter().map(|locked| {
        Ok(SetModule {
            component: component(locked.digest)?.into(),
            settings: text(ledger, "the settings", locked.settings)?,
            locked: locked.clone(),
        })
    });
    let modules = modules.collect::<Result<_, ReproduceError>>()?;
    Ok(PolicySet { lock, set_ref, modules })
}

/// The lock of a past set.
///
/// # Errors
/// See [`ReproduceError`].
pub fn set_lock(ledger: &Ledger, digest: Digest) -> Result<Lock, ReproduceError> {
    let text = text(ledger, "the set's lock", digest)?;
    serde_json::from_str(&text).map_err(|error| ReproduceError::unreadable("set's lock", &error))
}

fn text(ledger: &Ledger, what: &'static str, digest: Digest) -> Result<String, ReproduceError> {
    String::from_utf8(object(ledger, what, digest)?).map_err(|error| ReproduceError::unreadable(what, &error))
}

fn object(ledger: &Ledger, what: &'static str, digest: Digest) -> Result<Vec<u8>, ReproduceError> {
    ledger.object(&digest)?.ok_or(ReproduceError::Missing { what, digest })
}
