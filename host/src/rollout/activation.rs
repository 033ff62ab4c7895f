//! Which set decides since when, and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Act, RolloutError, event};
use crate::ledger::{EventKind, Prepared, RecordedEvent};
use crate::model::{Digest, SetRef};

/// Why a set came into force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The deployment began with it.
    #[default]
    Init,
    /// It was proposed, approved and activated.
    Proposal,
    /// It was proposed, approved and tried on a growing part of the records, up to all of them.
    Canary,
    /// What decided before was wrong.
    Rollback,
    /// Everything goes to review for a while.
    Freeze,
    /// What decided before a freeze decides again.
    Thaw,
}

impl Cause {
    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Proposal => "proposal",
            Self::Canary => "canary",
            Self::Rollback => "rollback",
            Self::Freeze => "freeze",
            Self::Thaw => "thaw",
        }
    }
}

/// A set that came into force. The newest activation says which set decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Activation {
    /// The event.
    pub seq: u64,
    /// Since when, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// The set.
    pub set: SetRef,
    /// Why it came into force.
    pub cause: Cause,
    /// Why, in the words of whoever did it.
    pub reason: String,
    /// The proposal that was activated, if one was.
    pub proposal: Option<u64>,
    /// The earlier activation that this one goes back to, or that it suspends.
    pub earlier: Option<u64>,
}

#[derive(Deserialize)]
struct Body {
    set: SetRef,
    #[serde(default)]
    cause: Cause,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    proposal: Option<u64>,
    #[serde(default)]
    earlier: Option<u64>,
}

/// What is to come into force. The objects must be in the ledger.
pub(super) struct NewActivation<'a> {
    pub set: &'a SetRef,
    pub catalogue: Digest,
    pub cause: Cause,
    pub proposal: Option<u64>,
    pub earlier: Option<u64>,
    pub objects: Vec<Digest>,
}

impl Activation {
    /// Reads the event of one.
    ///
    /// # Errors
    /// [`RolloutError::Unreadable`] if it is none.
    pub fn read(recorded: &RecordedEvent) -> Result<Self, RolloutError> {
        let Body { set, cause, reason, proposal, earlier } = event::read(recorded)?;
        let (seq, at, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
        Ok(Self { seq, at, by, set, cause, reason, proposal, earlier })
    }
}

impl NewActivation<'_> {
    pub(super) fn event(self, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let Self { set, catalogue, cause, proposal, earlier, mut objects } = self;
        let body = json!({
            "set": set, "catalogue": catalogue, "cause": cause, "reason": act.reason, "proposal": proposal,
            "earlier": earlier,
        });
        objects.push(catalogue);
        event::write(EventKind::Activated, body, objects, act)
    }
}
