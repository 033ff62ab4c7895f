//! Runs decisions on record again, with modules, settings and catalogue as the ledger keeps them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Difference, differences};
use crate::ledger::{EngineRef, Ledger, LedgerError, Recorded, RecordedDecision};
use crate::model::{Catalogue, Decision, Digest, Facts, FaultKind};
use crate::modules::{Lock, PolicySet, SetModule};
use crate::pipeline::{LoadedSet, judge};
use crate::sandbox::{Sandbox, Scratch};

/// Why a decision cannot be run again.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The decision's values were erased.
    #[error("its values were erased, so it cannot be run again")]
    Erased,
    /// A module was stopped by the clock, which is not part of what can be repeated.
    #[error("the module `{0}` was stopped by the clock, which can't be repeated")]
    Stalled(String),
    /// Something that it cites is not there.
    #[error("it cites {what} {digest}, which the ledger does not have")]
    Missing {
        /// What it is.
        what: &'static str,
        /// Its digest.
        digest: Digest,
    },
    /// Something on record cannot be read.
    #[error("its {what} cannot be read: {message}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Why.
        message: String,
    },
}

/// The decision that is on record.
///
/// # Errors
/// See [`ReproduceError`].
pub fn decision_on_record(ledger: &Ledger, recorded: &Recorded) -> Result<Decision, ReproduceError> {
    let body = recorded.body.as_deref().ok_or(ReproduceError::Erased)?;
    let read = RecordedDecision::read(body).map_err(|error| unreadable("body", &error))?;
    let lock = lock(ledger, read.set.digest)?;
    read.into_decision(&lock).ok_or_else(|| unreadable("list of modules", &"it is not that of the set's lock"))
}

/// Everything of past sets that was needed so far.
pub struct Reproducer<'a> {
    ledger: &'a Ledger,
    sandbox: &'a Sandbox,
    engine: &'a EngineRef,
    sets: HashMap<Digest, Arc<LoadedSet<'a>>>,
    catalogues: HashMap<Digest, Arc<Catalogue>>,
}

/// A decision with all that it takes to run it again.
pub struct Rerun<'a> {
    recorded: RecordedDecision,
    set: Arc<LoadedSet<'a>>,
    catalogue: Arc<Catalogue>,
    same_engine: bool,
}

impl<'a> Reproducer<'a> {
    /// Runs decisions of a ledger again in a sandbox.
    #[must_use]
    pub fn new(ledger: &'a Ledger, sandbox: &'a Sandbox, engine: &'a EngineRef) -> Self {
        Self { ledger, sandbox, engine, sets: HashMap::new(), catalogues: HashMap::new() }
    }

    /// Gathers what a decision cites.
    ///
    /// # Errors
    /// See [`ReproduceError`].
    pub fn gather(&mut self, recorded: &Recorded) -> Result<Rerun<'a>, ReproduceError> {
        let body = recorded.body.as_deref().ok_or(ReproduceError::Erased)?;
        let recorded = RecordedDecision::read(body).map_err(|error| unreadable("body", &error))?;
        let stalled = recorded
            .modules
            .iter()
            .find(|run| run.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Stalled));
        if let Some(run) = stalled {
            return Err(ReproduceError::Stalled(run.name.clone()));
        }
        let set = self.set(recorded.set.digest)?;
        let catalogue = self.catalogue(recorded.catalogue)?;
        let same_engine = recorded.engine == *self.engine;
        Ok(Rerun { recorded, set, catalogue, same_engine })
    }

    fn set(&mut self, digest: Digest) -> Result<Arc<LoadedSet<'a>>, ReproduceError> {
        if let Some(set) = self.sets.get(&digest) {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(LoadedSet::new(Arc::new(past_set(self.ledger, digest)?), self.sandbox));
        self.sets.insert(digest, Arc::clone(&set));
        Ok(set)
    }

    fn catalogue(&mut self, digest: Digest) -> Result<Arc<Catalogue>, ReproduceError> {
        if let Some(catalogue) = self.catalogues.get(&digest) {
            return Ok(Arc::clone(catalogue));
        }
        let text = text(self.ledger, "the catalogue", digest)?;
        let catalogue = Arc::new(Catalogue::parse(&text).map_err(|error| unreadable("catalogue", &error))?);
        self.catalogues.insert(digest, Arc::clone(&catalogue));
        Ok(catalogue)
    }
}

impl Rerun<'_> {
    /// Runs the decision again. Returns what came out otherwise: nothing, if it is reproduced.
    ///
    /// # Errors
    /// If the record does not fit its set.
    pub fn run(&self, scratch: &mut Scratch) -> Result<Vec<Difference>, ReproduceError> {
        let Self { recorded, set, catalogue, same_engine } = self;
        let RecordedDecision { suggestion, history, decided_at, .. } = recorded;
        let facts = Facts::of(suggestion, catalogue, decided_at.clone(), history.clone());
        let now = judge(set, scratch, suggestion, &facts);
        let before = recorded
            .clone()
            .into_decision(&set.set().lock)
            .ok_or_else(|| unreadable("list of modules", &"it is not that of the set's lock"))?;
        Ok(differences(&before, &now, *same_engine))
    }

    /// Whether the decision was made with the engine that runs it again, so that fuel is compared too.
    #[must_use]
    pub fn same_engine(&self) -> bool {
        self.same_engine
    }
}

fn past_set(ledger: &Ledger, digest: Digest) -> Result<PolicySet, ReproduceError> {
    let lock = lock(ledger, digest)?;
    let set_ref = lock.set_ref().map_err(|error| unreadable("set's lock", &error))?;
    let modules = lock.modules.iter().map(|locked| {
        Ok(SetModule {
            component: object(ledger, "the module", locked.digest)?.into(),
            settings: text(ledger, "the settings", locked.settings)?,
            locked: locked.clone(),
        })
    });
    let modules = modules.collect::<Result<_, ReproduceError>>()?;
    Ok(PolicySet { lock, set_ref, modules })
}

fn lock(ledger: &Ledger, digest: Digest) -> Result<Lock, ReproduceError> {
    let text = text(ledger, "the set's lock", digest)?;
    serde_json::from_str(&text).map_err(|error| unreadable("set's lock", &error))
}

fn text(ledger: &Ledger, what: &'static str, digest: Digest) -> Result<String, ReproduceError> {
    String::from_utf8(object(ledger, what, digest)?).map_err(|error| unreadable(what, &error))
}

fn object(ledger: &Ledger, what: &'static str, digest: Digest) -> Result<Vec<u8>, ReproduceError> {
    ledger.object(&digest)?.ok_or(ReproduceError::Missing { what, digest })
}

fn unreadable(what: &'static str, why: &impl ToString) -> ReproduceError {
    ReproduceError::Unreadable { what, message: why.to_string() }
}
