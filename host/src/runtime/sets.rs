//! How a set comes into force, and how it is taken back: each step looks at what it needs, and then at what is on record.

use std::sync::Arc;

use super::canary::end_as_it_stands;
use super::init::keep_lock;
use super::{Deployment, DeploymentError, RolledBack};
use crate::access::Role;
use crate::ledger::Ledger;
use crate::model::Digest;
use crate::modules::{Inspected, LockedModule, PolicySet, SetDifference, SetError};
use crate::pipeline::LoadedSet;
use crate::rollout::{Act, Activation, EndCause, History, ModuleArchive, Proposal, Reference, RolloutError, record};

impl Deployment {
    /// A set by name, by file, by its digest on record (`sha256:…`), or the one that decides: `active`.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn named_set(&self, named: &str) -> Result<Arc<PolicySet>, DeploymentError> {
        match (named, named.parse::<Digest>(), self.ledger_to_read()?) {
            ("active", ..) => self.set_to_read(None),
            (_, Ok(digest), Some(ledger)) => self.recorded_set(&ledger, digest),
            _ => self.set_to_read(Some(named)),
        }
    }

    /// As [`Self::named_set`], with modules that all can be called.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn load_named(&self, named: &str) -> Result<LoadedSet<'_>, DeploymentError> {
        let set = self.named_set(named)?;
        let on_record = named == "active" || named.parse::<Digest>().is_ok();
        if on_record { self.load(set) } else { self.load_from_file(set) }
    }

    /// How one set differs from another.
    ///
    /// # Errors
    /// If a module cannot be looked at.
    pub fn set_difference(&self, from: &PolicySet, to: &PolicySet) -> Result<SetDifference, DeploymentError> {
        SetDifference::between(from, to, |module| {
            let (request, digest) = (module.request(), module.locked.digest);
            let ready = self.sandbox.inspect(&module.component, digest, &request)?;
            Inspected::new(ready, &request, digest, module.component.len()).map_err(|error| DeploymentError::Unusable {
                set: to.lock.name.clone(),
                module: module.locked.name.clone(),
                why: format!("the schema of its settings is not JSON: {error}"),
            })
        })
    }

    /// Proposes a set by name or by file, which must be usable and pass its cases. What it consists of is kept, so that what is
    /// approved is what comes into force, whatever becomes of the files.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn propose(&self, ledger: &mut Ledger, named: &str, act: Act<'_>) -> Result<Proposal, DeploymentError> {
        let set = self.set(named)?;
        self.vouched_set(ledger, &set)?;
        same_versions(ledger, &set)?;
        self.usable(&self.load_from_file(Arc::clone(&set))?)?;
        self.keep(ledger, &set, act.at, act.by)?;
        let history = History::read(ledger)?;
        let event = history.propose(&set, act)?;
        let seq = record(ledger, &history, &[event])?;
        proposal(ledger, seq)
    }

    /// Approves a proposal.
    ///
    /// # Errors
    /// See [`RolloutError`].
    pub fn approve(
        &self,
        ledger: &mut Ledger,
        meant: &Reference,
        role: Option<Role>,
        act: Act<'_>,
    ) -> Result<Proposal, DeploymentError> {
        let history = History::read(ledger)?;
        let meant = history.proposal(meant, |set| self.locked_digest(set))?;
        let event = history.approve(meant, role, &self.config.approvals, act)?;
        record(ledger, &history, &[event])?;
        proposal(ledger, meant.seq)
    }

    /// Brings a proposed set into force that was approved, whose modules are all usable, and that passes its cases.
    ///
    /// # Errors
    /// See [`DeploymentError`]. What was in force stays so.
    pub fn activate(
        &self,
        ledger: &mut Ledger,
        meant: &Reference,
        act: Act<'_>,
    ) -> Result<Activation, DeploymentError> {
        let history = History::read(ledger)?;
        let meant = history.proposal(meant, |set| self.locked_digest(set))?;
        let approvals = &self.config.approvals;
        // Before anything is compiled.
        history.may_activate(meant, approvals)?;
        let set = self.recorded_set(ledger, meant.set.digest)?;
        self.vouched_set(ledger, &set)?;
        self.usable(&self.load(Arc::clone(&set))?)?;
        self.keep(ledger, &set, act.at, act.by)?;
        let event = history.activate(meant, &set, approvals, self.catalogue_digest, act)?;
        let seq = record(ledger, &history, &[event])?;
        activation(ledger, seq)
    }

    /// Goes back to the set that decided before. It must be usable; the one that decides need not be. While a canary runs, that
    /// alone is taken back, and what is in force stays so: whoever repeats it goes back further.
    ///
    /// # Errors
    /// See [`DeploymentError`]. What was in force stays so.
    pub fn roll_back(&self, ledger: &mut Ledger, act: Act<'_>) -> Result<RolledBack, DeploymentError> {
        let history = History::read(ledger)?;
        if history.canary.is_some() {
            let ended = end_as_it_stands(ledger, &history, EndCause::Person, None, act)?;
            return Ok(RolledBack { activation: history.active()?.clone(), ended: Some(ended) });
        }
        let set = self.recorded_set(ledger, history.previous()?.set.digest)?;
        self.load(set)?;
        self.keep_catalogue(ledger)?;
        let event = history.roll_back(self.catalogue_digest, act)?;
        let seq = record(ledger, &history, &[event])?;
        Ok(RolledBack { activation: activation(ledger, seq)?, ended: None })
    }

    /// Sends everything to review. No module is looked at.
    ///
    /// # Errors
    /// If it does already, or the ledger cannot be written.
    pub fn freeze(&self, ledger: &mut Ledger, act: Act<'_>) -> Result<Activation, DeploymentError> {
        let unwritable = |error: serde_json::Error| SetError::Unwritable {
            set: crate::modules::FROZEN.to_owned(),
            message: error.to_string(),
        };
        let frozen = PolicySet::frozen().map_err(unwritable)?;
        keep_lock(ledger, &frozen)?;
        self.keep_catalogue(ledger)?;
        let history = History::read(ledger)?;
        let event = history.freeze(&frozen, self.catalogue_digest, act)?;
        let seq = record(ledger, &history, &[event])?;
        activation(ledger, seq)
    }

    /// Ends a freeze: the set that decided before decides again. It must be usable.
    ///
    /// # Errors
    /// See [`DeploymentError`]. Everything stays frozen then.
    pub fn thaw(&self, ledger: &mut Ledger, act: Act<'_>) -> Result<Activation, DeploymentError> {
        let history = History::read(ledger)?;
        if !history.is_frozen() {
            return Err(RolloutError::NotFrozen.into());
        }
        self.load(self.recorded_set(ledger, history.in_force()?.set.digest)?)?;
        self.keep_catalogue(ledger)?;
        let event = history.thaw(self.catalogue_digest, act)?;
        let seq = record(ledger, &history, &[event])?;
        activation(ledger, seq)
    }

    /// Whether a set that can be called can come into force.
    pub(super) fn usable(&self, loaded: &LoadedSet<'_>) -> Result<(), DeploymentError> {
        let name = &loaded.set().lock.name;
        match self.test_set(loaded, &self.home.set_cases(name))?.into_iter().find(|tested| !tested.passed()) {
            Some(tested) => Err(DeploymentError::Cases { set: name.clone(), failed: tested.name }),
            None => Ok(()),
        }
    }

    fn keep_catalogue(&self, ledger: &mut Ledger) -> Result<(), DeploymentError> {
        ledger.put_object(crate::ledger::ObjectKind::Catalogue, self.catalogue_text.as_bytes())?;
        Ok(())
    }
}

/// Refuses a module of a file that gives itself a version under which other bytes are known: with the set it is published.
fn same_versions(ledger: &Ledger, set: &PolicySet) -> Result<(), DeploymentError> {
    let archive = ModuleArchive::open(Some(ledger))?;
    for LockedModule { name, version, digest, .. } in set.modules.iter().map(|module| &module.locked) {
        // What is known by its bytes may be called otherwise in a set.
        if archive.all().iter().any(|known| known.digest == *digest) {
            continue;
        }
        if let Some(known) = version.parse().ok().and_then(|version| archive.get(name, &version)) {
            let name = format!("{name}@{version}");
            return Err(DeploymentError::OtherBytes { name, known: known.digest, digest: *digest });
        }
    }
    Ok(())
}

fn proposal(ledger: &Ledger, seq: u64) -> Result<Proposal, DeploymentError> {
    let found = History::read(ledger)?.proposals.into_iter().find(|proposal| proposal.seq == seq);
    Ok(found.ok_or_else(|| RolloutError::NoProposal(seq.to_string()))?)
}

/// An activation that is on record.
pub(super) fn activation(ledger: &Ledger, seq: u64) -> Result<Activation, DeploymentError> {
    let event = ledger.event(seq)?.ok_or(RolloutError::NothingActive)?;
    Ok(Activation::read(&event)?)
}
