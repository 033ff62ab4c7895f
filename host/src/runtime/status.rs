//! Which set decides, what is to decide next, and which set each service that runs has in force.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deployment, DeploymentError, Instance, InstanceStanding, instances};
use crate::ledger::Ledger;
use crate::model::SetRef;
use crate::rollout::{Activation, Canary, EndedCanary, History, Proposal, Shadow};

/// How the sets of a deployment stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SetStatus {
    /// The activation that says which set decides.
    pub active: Activation,
    /// Whether everything goes to review.
    pub frozen: bool,
    /// The set that decides; while everything is frozen, the one that decides after a thaw.
    pub in_force: SetRef,
    /// The set that a rollback goes back to, if there is one.
    pub previous: Option<SetRef>,
    /// The set in the shadow, if there is one.
    pub shadow: Option<Shadow>,
    /// The set that is tried on a part of the records, if there is one.
    pub canary: Option<Canary>,
    /// The last canary that ended before its end, if no set came into force and no other canary began since.
    pub ended_canary: Option<EndedCanary>,
    /// The proposals that can still be approved or activated, oldest first.
    pub proposals: Vec<OpenProposal>,
    /// The services that run, oldest first.
    pub instances: Vec<RunningInstance>,
}

/// A proposal that can still be approved or activated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenProposal {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// How many of its approvals count.
    pub given: usize,
    /// How many it needs.
    pub needed: usize,
}

/// A service that runs, and how it stands to what is on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunningInstance {
    /// The service.
    #[serde(flatten)]
    pub instance: Instance,
    /// Whether the active set decides in it.
    pub standing: InstanceStanding,
}

impl Deployment {
    /// A proposal, and how many of its approvals count.
    #[must_use]
    pub fn open_proposal(&self, proposal: &Proposal) -> OpenProposal {
        let approvals = &self.config.approvals;
        let (given, needed) = (approvals.given(proposal), approvals.number.into());
        OpenProposal { proposal: proposal.clone(), given, needed }
    }

    /// How the sets stand.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn set_status(&self, ledger: &Ledger) -> Result<SetStatus, DeploymentError> {
        let history = History::read(ledger)?;
        let active = history.active()?.clone();
        let (change, changed_at) = history.change()?;
        let now = Timestamp::now();
        let running =
            |instance: Instance| RunningInstance { standing: instance.standing(change, changed_at, now), instance };
        Ok(SetStatus {
            frozen: history.is_frozen(),
            in_force: history.in_force()?.set.clone(),
            previous: history.previous().ok().map(|activation| activation.set.clone()),
            proposals: history.open_proposals().map(|proposal| self.open_proposal(proposal)).collect(),
            instances: instances(&self.home).into_iter().map(running).collect(),
            ended_canary: last_ended(&history).cloned(),
            shadow: history.shadow,
            canary: history.canary,
            active,
        })
    }
}

/// The last canary that ended before its end, if nothing has taken its place.
fn last_ended(history: &History) -> Option<&EndedCanary> {
    let since = history.activations.last().map(|activation| activation.seq);
    history.ended_canaries.last().filter(|ended| history.canary.is_none() && Some(ended.seq) > since)
}
