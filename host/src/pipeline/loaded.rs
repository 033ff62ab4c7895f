//! A set whose modules can be called.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use crate::model::{Description, Fault, FaultKind};
use crate::modules::{PolicySet, SetModule};
use crate::sandbox::{Module, Sandbox};

/// A set whose modules can be called. Each is loaded at its first call, so that one suggestion costs only
/// the modules that look at it.
pub struct LoadedSet<'a> {
    set: Arc<PolicySet>,
    sandbox: &'a Sandbox,
    modules: Vec<OnceLock<Result<Module, Fault>>>,
}

impl<'a> LoadedSet<'a> {
    /// Gets a set ready to be called.
    #[must_use]
    pub fn new(set: Arc<PolicySet>, sandbox: &'a Sandbox) -> Self {
        let modules = set.modules.iter().map(|_| OnceLock::new()).collect();
        Self { set, sandbox, modules }
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> &PolicySet {
        &self.set
    }

    /// How many days of a record's history the modules want to see at most.
    #[must_use]
    pub fn history_days(&self) -> u32 {
        let loaded = self.modules().filter_map(|(_, module)| module.ok());
        loaded.map(|module| module.description().reads.history_days).max().unwrap_or_default()
    }

    /// What each module says about itself, in the set's order; those that cannot be loaded are left out.
    #[must_use]
    pub fn descriptions(&self) -> Vec<Description> {
        self.modules().filter_map(|(_, module)| module.ok()).map(|module| module.description().clone()).collect()
    }

    /// Loads every module now, and names the first that cannot be.
    ///
    /// # Errors
    /// The module's name and why it is unavailable.
    pub fn load_all(&self) -> Result<(), (String, Fault)> {
        // Checking and mapping compiled code takes milliseconds: all cores share it.
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(self.modules.len());
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| while self.load(next.fetch_add(1, Ordering::Relaxed)).is_some() {});
            }
        });
        for (pinned, loaded) in self.modules() {
            loaded.map_err(|fault| (pinned.locked.name.clone(), fault.clone()))?;
        }
        Ok(())
    }

    /// The modules in the set's order. One that cannot be loaded is a fault wherever it would be called.
    pub(super) fn modules(&self) -> impl Iterator<Item = (&SetModule, Result<&Module, &Fault>)> {
        (0..).map_while(|index| self.load(index))
    }

    /// One module, loaded if it was not yet; none beyond the last.
    fn load(&self, index: usize) -> Option<(&SetModule, Result<&Module, &Fault>)> {
        let (pinned, slot) = self.set.modules.get(index).zip(self.modules.get(index))?;
        let loaded = slot.get_or_init(|| {
            self.sandbox
                .load(&pinned.component, pinned.locked.digest, &pinned.request(), pinned.locked.limits)
                .map_err(|error| Fault::new(FaultKind::Unavailable, error.to_string()))
        });
        Some((pinned, loaded.as_ref()))
    }
}
