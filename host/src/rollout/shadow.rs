//! A set in the shadow: it judges the same suggestions beside the one that decides, and never acts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::proposal::cited;
use super::{Act, RolloutError, event};
use crate::ledger::{EventKind, Prepared};
use crate::model::SetRef;
use crate::modules::PolicySet;

/// A set that judges what is decided from some event on, so that one sees what it would decide otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SetInTheShadow")]
pub struct Shadow {
    /// The event that began it. What was decided after it is judged.
    pub seq: u64,
    /// Since when, RFC 3339.
    pub since: String,
    /// Who began it.
    pub by: String,
    /// The set.
    pub set: SetRef,
    /// Why, in their words.
    pub reason: String,
}

impl Shadow {
    /// The event that begins one. All that the set cites must be among the ledger's objects.
    pub(super) fn begun(set: &PolicySet, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let body = json!({ "step": "shadow-begun", "set": set.set_ref, "reason": act.reason });
        event::write(EventKind::RolloutStep, body, cited(set), act)
    }

    /// The event that ends it.
    pub(super) fn ended(&self, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let body = json!({ "step": "shadow-ended", "set": self.set, "begun": self.seq, "reason": act.reason });
        event::write(EventKind::RolloutStep, body, vec![self.set.digest], act)
    }
}
