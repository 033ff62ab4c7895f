//! What is counted of a canary. A record counts once in each count, with the first of its decisions: what follows about the same
//! record depends on it, and what depends on each other may not be counted as if it did not.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Share;
use crate::model::{Arm, Assignment, Outcome, RecordRef};

/// One decision that was made while the canary ran, about a record that it is for.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The record.
    pub record: &'a RecordRef,
    /// Why which set decided.
    pub assignment: &'a Assignment,
    /// The outcome.
    pub outcome: Outcome,
    /// Whether a module gave no answer.
    pub faulted: bool,
    /// What the other set makes of it; only for decisions of the canary, and of those only where it can be told.
    pub beside: Option<Beside>,
}

/// What the active set makes of a suggestion that the canary decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Whether its outcome is another one.
    pub differs: bool,
    /// Whether the canary used more than twice its fuel.
    pub costs_more: bool,
}

/// What is counted of one arm, in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArmCounts {
    /// Records that it decided about.
    pub records: u64,
    /// Those for which a module gave no answer.
    pub faults: u64,
    /// Those that went to people.
    pub reviews: u64,
    /// Those where reviewers rejected or edited what was suggested, so far.
    pub overrides: u64,
    /// Those where an applied value was found wrong, so far.
    pub corrections: u64,
}

/// What is counted of a canary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Of the set that is in force.
    pub active: ArmCounts,
    /// Of the set that is tried.
    pub canary: ArmCounts,
    /// Records of the canary that the active set has judged as well.
    pub judged: u64,
    /// Those of them that it would have decided otherwise.
    pub differing: u64,
    /// Those of them for which the canary used more than twice its fuel.
    pub costlier: u64,
    /// Decisions that cannot be counted, because their values were erased or cannot be read.
    pub passed_over: u64,
    /// What belongs to the shares that the plan has reached, smallest first.
    pub steps: Vec<StepCounts>,
}

/// What is counted at one share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepCounts {
    /// The share.
    pub share: Share,
    /// Records that the canary decided about at this share.
    pub records: u64,
    /// Of the 10,000 buckets, those in which a record was decided about by the set in force.
    pub active_buckets: u64,
    /// Those in which one was by the canary.
    pub canary_buckets: u64,
}
