//! What was found to be usable, and is to decide: a deployment, its active set, and the set that is tried beside it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Health, SERVICE};
use crate::ledger::Ledger;
use crate::model::Description;
use crate::modules::PolicySet;
use crate::rollout::{Canary, History};
use crate::runtime::{Active, Deciding, Deployment, DeploymentError, Home};

/// A deployment, and the sets of it that decide.
#[derive(Clone)]
pub(super) struct Ready {
    pub deployment: Arc<Deployment>,
    pub set: Arc<PolicySet>,
    /// The set that is tried on a part of the records, and on which, if there is one.
    pub canary: Option<(Arc<Canary>, Arc<PolicySet>)>,
    /// The newest event that changed what decides.
    pub change: u64,
    /// Why the set that is tried does not decide; nothing, if it does, or there is none.
    pub lacks: Option<String>,
    pub rules: Arc<[Description]>,
}

impl Ready {
    /// What decides, by the ledger.
    pub(super) fn new(deployment: Arc<Deployment>, ledger: &mut Ledger) -> Result<Self, DeploymentError> {
        let deciding = deployment.deciding(ledger)?;
        Self::load(deployment, deciding, ledger)
    }

    /// As [`Self::new`], where nothing decides yet: if the set that is tried cannot be used, the active one does alone.
    pub(super) fn first(deployment: Arc<Deployment>, ledger: &mut Ledger) -> Result<Self, DeploymentError> {
        match Self::new(Arc::clone(&deployment), ledger) {
            Ok(ready) => Ok(ready),
            Err(why) => Self::alone(deployment, ledger, &why).ok_or(why),
        }
    }

    /// The active set alone, if another one came into force after an event and it is not why what is on record cannot be used.
    pub(super) fn alone_since(
        change: u64,
        deployment: Arc<Deployment>,
        home: &Home,
        why: &DeploymentError,
    ) -> Option<Self> {
        let mut ledger = Ledger::open(home.ledger()).ok()?;
        let newer = ledger.last_activation().ok()? > Some(change);
        if newer { Self::alone(deployment, &mut ledger, why) } else { None }
    }

    /// The active set alone, if it is the set that is tried which cannot be used. What decides then is as old as the activation: so
    /// it shows that something newer is not in use here, and is tried again.
    fn alone(deployment: Arc<Deployment>, ledger: &mut Ledger, why: &DeploymentError) -> Option<Self> {
        let of_a_set = matches!(why, DeploymentError::Unusable { .. } | DeploymentError::Tried(_));
        if !of_a_set || History::read(ledger).ok()?.canary.is_none() {
            return None;
        }
        let active = deployment.active(ledger).ok()?;
        let change = active.activation.seq;
        let ready = Self::load(deployment, Deciding { active, canary: None, change }, ledger).ok()?;
        tracing::error!(error = %why, "the set that is tried cannot be used; the active one decides about all records");
        Some(Self { lacks: Some(why.to_string()), ..ready })
    }

    /// Loads every module of the sets, and keeps in the ledger what their decisions will cite.
    fn load(deployment: Arc<Deployment>, deciding: Deciding, ledger: &mut Ledger) -> Result<Self, DeploymentError> {
        let Deciding { active: Active { set, .. }, canary, change } = deciding;
        let now = Timestamp::now().to_string();
        let loaded = deployment.load(Arc::clone(&set))?;
        let rules = loaded.descriptions().into();
        drop(loaded);
        deployment.keep(ledger, &set, &now, SERVICE)?;
        if let Some((_, tried)) = &canary {
            deployment.load(Arc::clone(tried))?;
            deployment.keep(ledger, tried, &now, SERVICE)?;
        }
        Ok(Self { deployment, set, canary, change, lacks: None, rules })
    }

    /// How a service is that has just begun to decide so.
    pub(super) fn health(&self) -> Health {
        Health {
            set: self.set.set_ref.clone(),
            canary: self.canary.as_ref().map(|(canary, _)| canary.set.clone()),
            ledger: None,
            change: self.change,
            reload: self.lacks.clone(),
        }
    }

    /// Tells the log that this is to decide.
    pub(super) fn say(&self) {
        let set = &self.set.set_ref;
        match &self.canary {
            Some((canary, _)) => tracing::info!(
                set = set.name,
                version = set.version,
                digest = %set.digest,
                canary = format!("{}@{}", canary.set.name, canary.set.version),
                share = %canary.share(),
                "a set is in force, and another one is tried"
            ),
            None => {
                tracing::info!(set = set.name, version = set.version, digest = %set.digest, "another set is in force");
            }
        }
    }
}

#[cfg(test)]
mod tests;
