//! The answer for one suggestion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Assignment, Digest, Fault, ModuleKind, Outcome, ReviewNeeds, Severity};

/// The outcome for one suggestion, with everything needed to explain it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The suggestion's id.
    pub id: String,
    /// What may happen to it.
    pub outcome: Outcome,
    /// The time it was judged at, RFC 3339 in UTC: the modules' only clock.
    pub decided_at: String,
    /// The set that judged it.
    pub set: SetRef,
    /// Why this one of two sets judged it; nothing, if none was tried then, or not on such suggestions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Assignment>,
    /// Every reason of every policy, in the set's order.
    pub reasons: Vec<GivenReason>,
    /// Every finding of every validator, in the set's order.
    pub findings: Vec<GivenFinding>,
    /// What each module of the set did.
    pub modules: Vec<ModuleRun>,
    /// What a review must look like, if the outcome is `review` or `human-only`.
    pub review: Option<ReviewNeeds>,
}

/// The name of one version of a policy set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetRef {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its lock.
    pub digest: Digest,
}

/// A reason, with who gave it and the outcome that they asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GivenReason {
    /// The module.
    pub module: String,
    /// The code; `<module>.fault` when the sandbox speaks for the module.
    pub code: String,
    /// The field, if it is about one.
    pub field: Option<String>,
    /// One sentence for people.
    pub message: String,
    /// The outcome of the module's verdict.
    pub outcome: Outcome,
}

/// A finding, with who noticed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GivenFinding {
    /// The module.
    pub module: String,
    /// The code.
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
    /// The field, if it is about one.
    pub field: Option<String>,
    /// One sentence for people.
    pub message: String,
}

/// What one module of the set did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModuleRun {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Validator or policy.
    pub kind: ModuleKind,
    /// The digest of its component.
    pub digest: Digest,
    /// The digest of its settings.
    pub settings: Digest,
    /// Whether it was called; it is not where it does not apply.
    pub called: bool,
    /// The outcome it asked for; none for validators without fault and modules not called.
    pub outcome: Option<Outcome>,
    /// What its verdict wants of a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewNeeds>,
    /// Why it gave no answer.
    pub fault: Option<Fault>,
    /// The fuel that the call used.
    pub fuel: Option<u64>,
    /// What it logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}
