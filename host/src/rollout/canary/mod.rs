//! A set that is tried on a part of the records, step by step, while the active set decides about all others.

mod evidence;
mod gates;
mod judge;
mod plan;
mod sequential;
mod share;

pub use evidence::{ArmCounts, Beside, Counts, Evidence, Observed, StepCounts};
pub use gates::{Gate, GateError, GateResult, GateVerdict, Gates, GatesReport, Standing};
pub use plan::{Plan, PlanError};
pub use share::{Share, ShareError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Act, RolloutError, event};
use crate::ledger::{EventKind, Prepared, RecordedEvent};
use crate::model::{Arm, Assignment, Digest, RecordRef, SetRef, Suggestion};

/// The number of buckets that records fall into.
pub const BUCKETS: u16 = 10_000;

/// A canary that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Canary {
    /// The event that began it: its number names the canary.
    pub seq: u64,
    /// Since when, RFC 3339.
    pub since: String,
    /// Who began it.
    pub by: String,
    /// The set that is tried.
    pub set: SetRef,
    /// The set that decides about all other records.
    pub against: SetRef,
    /// The proposal that is tried, which was approved.
    pub proposal: u64,
    /// Hashed with each record: 32 hexadecimal digits.
    pub salt: String,
    /// What is planned.
    pub plan: Plan,
    /// Why, in the words of whoever began it.
    pub reason: String,
    /// Which step of the plan it has reached, from 0.
    pub step: usize,
    /// The event that began this step.
    pub step_seq: u64,
    /// Since when, RFC 3339.
    pub step_since: String,
}

/// Why a canary ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndCause {
    /// Somebody ended it.
    Person,
    /// A gate failed.
    Gate,
    /// The arms have not the sizes that they must have: what was counted means nothing.
    Mismatch,
    /// The set could not be loaded.
    Unusable,
}

impl EndCause {
    /// The word as it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Gate => "gate",
            Self::Mismatch => "mismatch",
            Self::Unusable => "unusable",
        }
    }
}

/// A canary that ended before its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndedCanary {
    /// The event that ended it.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who did; `countersign` where it ended by itself.
    pub by: String,
    /// The canary as it was then.
    pub canary: Canary,
    /// Why it ended.
    pub cause: EndCause,
    /// What the gates said then, if they were asked.
    pub gates: Option<GatesReport>,
    /// Why, in the words of whoever ended it.
    pub reason: String,
}

/// Where a record falls, by a hash of it and the salt: the same for as long as the canary runs, and in whatever process.
#[must_use]
pub fn bucket(salt: &str, record: &RecordRef) -> u16 {
    let RecordRef { system, object, id } = record;
    // With its length before it no part can be taken for another.
    let lengths = [system, object, id].map(|part| (part.len() as u64).to_be_bytes());
    let [one, two, three] = &lengths;
    let digest = Digest::of_parts(&[
        b"countersign.canary.v1\n",
        salt.as_bytes(),
        one,
        system.as_bytes(),
        two,
        object.as_bytes(),
        three,
        id.as_bytes(),
    ]);
    let first = digest.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    // The remainder favours low buckets by less than one in 10^15.
    u16::try_from(first % u64::from(BUCKETS)).unwrap_or(0)
}

/// Which set decides about a record, where a canary has this salt and share.
#[must_use]
pub fn assign(canary: u64, salt: &str, Share(share): Share, record: &RecordRef) -> Assignment {
    let bucket = bucket(salt, record);
    let arm = if bucket < share { Arm::Canary } else { Arm::Active };
    Assignment { canary, salt: salt.to_owned(), bucket, share, arm }
}

impl Canary {
    /// The share that the canary has now.
    #[must_use]
    pub fn share(&self) -> Share {
        self.plan.steps.get(self.step).copied().unwrap_or_default()
    }

    /// Which set decides; nothing if the suggestion is not of the segment that the canary is for, so that the active set does.
    #[must_use]
    pub fn assign(&self, suggestion: &Suggestion) -> Option<Assignment> {
        if self.plan.segment.is_some() && self.plan.segment != suggestion.context.segment {
            return None;
        }
        Some(assign(self.seq, &self.salt, self.share(), &suggestion.target))
    }

    /// The share of the step after this one; 100 % means that the set comes into force.
    #[must_use]
    pub fn next_share(&self) -> Option<Share> {
        self.plan.steps.get(self.step + 1).copied()
    }

    /// The event that begins a canary. All that the set cites must be among the ledger's objects.
    pub(super) fn begun(
        (set, against): (&SetRef, &SetRef),
        proposal: u64,
        (salt, plan): (&str, &Plan),
        objects: Vec<Digest>,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        let body = serde_json::json!({
            "step": "canary-begun", "set": set, "against": against, "proposal": proposal, "salt": salt, "plan": plan,
            "reason": act.reason,
        });
        event::write(EventKind::RolloutStep, body, objects, act)
    }

    /// The event that begins the next step, which is not the last one.
    pub(super) fn moved(&self, step: usize, gates: &GatesReport, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let body = serde_json::json!({
            "step": "canary-moved", "set": self.set, "begun": self.seq, "to": step, "gates": gates, "reason": act.reason,
        });
        event::write(EventKind::RolloutStep, body, vec![self.set.digest], act)
    }

    /// The event that ends it before its end.
    pub(super) fn ended(
        &self,
        cause: EndCause,
        gates: Option<&GatesReport>,
        act: Act<'_>,
    ) -> Result<Prepared, RolloutError> {
        let body = serde_json::json!({
            "step": "canary-ended", "set": self.set, "begun": self.seq, "cause": cause, "gates": gates,
            "reason": act.reason,
        });
        event::write(EventKind::RolloutStep, body, vec![self.set.digest], act)
    }

    /// What an event says that began one.
    pub(super) fn read(recorded: &RecordedEvent, begun: Begun) -> Self {
        let Begun { set, against, proposal, salt, plan, reason } = begun;
        let (seq, since) = (recorded.seq, recorded.at.clone());
        Self {
            seq,
            by: recorded.actor.clone(),
            set,
            against,
            proposal,
            salt,
            plan,
            reason,
            step: 0,
            step_seq: seq,
            step_since: since.clone(),
            since,
        }
    }
}

/// What the body of an event says that began a canary.
#[derive(Deserialize)]
pub(super) struct Begun {
    set: SetRef,
    against: SetRef,
    proposal: u64,
    salt: String,
    plan: Plan,
    #[serde(default)]
    reason: String,
}

#[cfg(test)]
mod tests;
