//! Sets that are proposed, and who approved them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Act, RolloutError, event};
use crate::access::Role;
use crate::ledger::{EventKind, Prepared, RecordedEvent};
use crate::model::{Digest, SetRef};
use crate::modules::PolicySet;

/// A set that was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// The event: its number names the proposal.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who proposed it.
    pub by: String,
    /// The set, with its digest: nothing else is approved.
    pub set: SetRef,
    /// The set that decided then, which this one is to replace.
    pub against: Option<SetRef>,
    /// Why, in the proposer's words.
    pub reason: String,
    /// Who approved it, in order.
    pub approvals: Vec<Approval>,
    /// The event that activated it, if one did.
    pub activated: Option<u64>,
}

/// An approval of a proposed set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// The event.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// The role that they came in with; none on the command line, in the deployment's folder.
    pub role: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    set: SetRef,
    #[serde(default)]
    against: Option<SetRef>,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct ApprovalBody {
    proposal: u64,
    #[serde(default)]
    role: Option<String>,
}

impl Proposal {
    pub(super) fn read(recorded: &RecordedEvent) -> Result<Self, RolloutError> {
        let Body { set, against, reason } = event::read(recorded)?;
        let (seq, at, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
        Ok(Self { seq, at, by, set, against, reason, approvals: Vec::new(), activated: None })
    }

    /// The event that says that a set is proposed. All that the set cites must be among the ledger's objects.
    pub(super) fn event(set: &PolicySet, against: Option<&SetRef>, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let body = json!({ "set": set.set_ref, "against": against, "reason": act.reason });
        event::write(EventKind::SetProposed, body, cited(set), act)
    }

    /// The event that says that somebody approved it, if they may.
    pub(super) fn approved(&self, role: Option<Role>, act: Act<'_>) -> Result<Prepared, RolloutError> {
        if self.by == act.by {
            return Err(RolloutError::OwnProposal { by: act.by.to_owned() });
        }
        if self.approvals.iter().any(|approval| approval.by == act.by) {
            return Err(RolloutError::ApprovedBefore { by: act.by.to_owned(), proposal: self.seq });
        }
        let body = json!({ "set": self.set, "proposal": self.seq, "role": role, "reason": act.reason });
        event::write(EventKind::SetApproved, body, Vec::new(), act)
    }
}

impl Approval {
    /// The proposal that was approved, and the approval.
    pub(super) fn read(recorded: &RecordedEvent) -> Result<(u64, Self), RolloutError> {
        let ApprovalBody { proposal, role } = event::read(recorded)?;
        let (seq, at, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
        Ok((proposal, Self { seq, at, by, role }))
    }
}

/// All objects that a set's decisions depend on.
pub(super) fn cited(set: &PolicySet) -> Vec<Digest> {
    let modules = set.modules.iter().flat_map(|module| [module.locked.digest, module.locked.settings]);
    std::iter::once(set.set_ref.digest).chain(modules).collect()
}
