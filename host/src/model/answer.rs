//! What modules say.

use serde::{Deserialize, Serialize};

/// What may happen to a suggestion, from the most permissive to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Applied without a person, and logged.
    Apply,
    /// Waits for one-click approval.
    Review,
    /// Shown to people, but no click applies it.
    HumanOnly,
    /// Ended.
    Reject,
}

impl Outcome {
    /// All of them, most permissive first.
    pub const ALL: [Self; 4] = [Self::Apply, Self::Review, Self::HumanOnly, Self::Reject];

    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Review => "review",
            Self::HumanOnly => "human-only",
            Self::Reject => "reject",
        }
    }
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What a validator noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code, `<module>.<what>`.
    pub code: String,
    /// How serious it is.
    pub severity: Severity,
    /// The field that it is about, if it is about one.
    pub field: Option<String>,
    /// One sentence for people.
    pub message: String,
}

/// Why a policy says what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code, `<module>.<what>`.
    pub code: String,
    /// The field that it is about, if it is about one.
    pub field: Option<String>,
    /// One sentence for people.
    pub message: String,
}

/// What a review must look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReviewNeeds {
    /// The role that may approve; none: any reviewer.
    pub role: Option<String>,
    /// How many people must approve, at least 1.
    pub approvals: u8,
    /// How urgent it is, from 0 (whenever) to 9 (now).
    pub priority: u8,
    /// Within how many hours it must be decided.
    pub within_hours: Option<u32>,
}

/// What one policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<Reason>,
    /// What the review must look like.
    pub review: Option<ReviewNeeds>,
}
