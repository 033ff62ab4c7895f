//! What is told of a canary.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rollout::{Activation, Canary, Counts, EndedCanary, GatesReport};

/// A canary, and what its gates say of what was counted so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryReport {
    /// The canary.
    #[serde(flatten)]
    pub canary: Canary,
    /// What its gates say.
    pub gates: GatesReport,
    /// How many decisions are still to be counted.
    pub behind: u64,
    /// Why it does not go on; nothing, if it does.
    pub stuck: Option<String>,
}

impl CanaryReport {
    /// What the gates say of what was counted, with so many decisions still to be counted.
    #[must_use]
    pub fn new(canary: Canary, counts: Counts, behind: u64, stuck: Option<String>) -> Self {
        let gates = canary.plan.gates.judge(counts, canary.share());
        Self { canary, gates, behind, stuck }
    }
}

/// What came of bringing a canary on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "promotion", rename_all = "kebab-case")]
pub enum Promotion {
    /// It is at its next step.
    Moved(Canary),
    /// Its set is in force for everything.
    Activated(Activation),
}

/// What a canary did by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// Nothing: there is none.
    Nothing,
    /// It stays at its step.
    Stays(CanaryReport),
    /// It ended.
    Ended(EndedCanary),
    /// It went on.
    Promoted(Promotion),
}

/// What decides about everything after a rollback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RolledBack {
    /// The activation of the set.
    #[serde(flatten)]
    pub activation: Activation,
    /// The canary that this ended, if one ran. Nothing else changed then, and whoever repeats it goes back further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedCanary>,
}
