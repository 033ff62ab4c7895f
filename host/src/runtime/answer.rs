//! One answer, and how it is written for programs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Decision, Digest};

/// One answer.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The decision.
    pub decision: Decision,
    /// Where it stands in the ledger: position and leaf; none in a dry run.
    pub ledger: Option<(u64, Digest)>,
    /// Whether it was on record before.
    pub repeated: bool,
}

/// An answer as it is written: the decision, and where it stands in the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Answer")]
pub struct WrittenAnswer<'a> {
    #[serde(flatten)]
    decision: &'a Decision,
    /// Whether the decision was on record before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    repeated: bool,
    /// Where the decision stands in the ledger; nothing, if it was not recorded.
    ledger: Option<Place>,
}

/// Where a decision stands in the ledger.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
struct Place {
    /// The position of its event, from 0.
    seq: u64,
    /// The leaf hash of its event.
    leaf: Digest,
}

impl Answered {
    /// The answer as it is written.
    #[must_use]
    pub fn written(&self) -> WrittenAnswer<'_> {
        let ledger = self.ledger.map(|(seq, leaf)| Place { seq, leaf });
        WrittenAnswer { decision: &self.decision, repeated: self.repeated, ledger }
    }
}
