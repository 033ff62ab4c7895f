//! The set that is tried on a part of the records, as the page of sets shows it.

use super::page::moment;
use crate::model::SetRef;
use crate::rollout::{ArmCounts, Canary, EndedCanary, GateResult, GateVerdict};
use crate::runtime::CanaryReport;
use crate::words::{canary_follows, gate_verdict, grouped, named, of_records, plain, why_ended};

/// A step of the plan.
pub(super) struct Step {
    pub share: String,
    /// Whether the canary has it now, or had it before.
    pub now: bool,
    pub past: bool,
}

/// What is counted of one arm.
pub(super) struct Arm {
    pub name: &'static str,
    pub numbers: [String; 5],
}

/// What a gate says.
pub(super) struct Said {
    pub gate: &'static str,
    pub sign: &'static str,
    pub word: &'static str,
    /// The class of what it says: its colour stands beside the word, and never alone.
    pub class: &'static str,
    pub why: String,
}

/// A canary that runs.
pub(super) struct Tried {
    pub set: SetRef,
    pub against: String,
    pub share: String,
    pub since: String,
    pub by: String,
    pub seq: u64,
    pub reason: String,
    pub steps: Vec<Step>,
    pub auto: bool,
    pub arms: [Arm; 2],
    pub gates: Vec<Said>,
    pub follows: String,
    pub behind: Option<String>,
    pub stuck: Option<String>,
}

impl Tried {
    pub(super) fn new(report: &CanaryReport) -> Self {
        let CanaryReport { canary, gates, behind, stuck } = report;
        let Canary { seq, since, by, set, against, plan, reason, step, .. } = canary;
        let steps = plan.steps.iter().enumerate();
        let counts = &gates.counts;
        Self {
            set: set.clone(),
            against: named(against),
            share: of_records(canary, canary.share()),
            since: moment(since),
            by: plain(by),
            seq: *seq,
            reason: plain(reason),
            steps: steps
                .map(|(at, share)| Step { share: share.to_string(), now: at == *step, past: at < *step })
                .collect(),
            auto: plan.auto,
            arms: [arm("set in force", &counts.active), arm("canary", &counts.canary)],
            gates: gates.gates.iter().map(said).collect(),
            follows: canary_follows(canary, gates.standing).0,
            behind: (*behind > 0).then(|| grouped(*behind)),
            stuck: stuck.as_deref().map(plain),
        }
    }
}

fn arm(name: &'static str, counts: &ArmCounts) -> Arm {
    let ArmCounts { records, faults, reviews, overrides, corrections } = counts;
    Arm { name, numbers: [records, faults, reviews, overrides, corrections].map(|number| grouped(*number)) }
}

fn said(result: &GateResult) -> Said {
    let (sign, word) = gate_verdict(result.verdict);
    let class = match result.verdict {
        GateVerdict::Passed => "apply",
        GateVerdict::Failed => "reject",
        GateVerdict::Inconclusive => "review",
    };
    Said { gate: result.gate.as_str(), sign, word, class, why: plain(&result.why) }
}

/// A canary that ended before its end.
pub(super) struct Ended {
    pub set: SetRef,
    pub share: String,
    pub at: String,
    pub by: String,
    pub seq: u64,
    pub cause: &'static str,
    pub why: String,
}

impl Ended {
    pub(super) fn new(ended: &EndedCanary) -> Self {
        let EndedCanary { seq, at, by, canary, cause, .. } = ended;
        Self {
            set: canary.set.clone(),
            share: of_records(canary, canary.share()),
            at: moment(at),
            by: plain(by),
            seq: *seq,
            cause: cause.as_str(),
            why: why_ended(ended),
        }
    }
}
