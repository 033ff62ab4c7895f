//! What is counted of a canary. A record counts once for each set, with the first decision that this set makes about it: what
//! follows about the same record depends on it, and what depends on each other may not be counted as if it did not.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

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
#[schemars(rename = "CanaryCounts")]
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

/// What a canary has shown up to now. Of each record it keeps eight bytes for each arm and each step: a hash with a key of its own,
/// so that nothing personal is kept, and nobody can choose records that would be taken for one.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    key: RandomState,
    active: ArmEvidence,
    canary: ArmEvidence,
    judged: u64,
    differing: u64,
    costlier: u64,
    passed_over: u64,
    steps: BTreeMap<Share, StepEvidence>,
}

/// Of one arm. A record that comes over to the canary while its share grows counts once in each: what an arm counts is what its
/// set made of records that it had not decided about before, which is what a set meets when it decides about everything.
#[derive(Clone, Debug, Default)]
struct ArmEvidence {
    records: HashSet<u64>,
    faults: u64,
    reviews: u64,
    overridden: HashSet<u64>,
    corrected: HashSet<u64>,
}

/// At one share.
#[derive(Clone, Debug, Default)]
struct StepEvidence {
    records: HashSet<u64>,
    active_buckets: Buckets,
    canary_buckets: Buckets,
}

impl Evidence {
    /// Counts a decision, if it is the first about its record in its arm.
    pub fn decision(&mut self, observed: &Observed<'_>) {
        let Observed { record, assignment, outcome, faulted, beside } = *observed;
        let record = self.key.hash_one(record);
        self.steps.entry(Share(assignment.share)).or_default().add(record, assignment);
        let arm = self.arm_mut(assignment.arm);
        if !arm.records.insert(record) {
            return;
        }
        arm.faults += u64::from(faulted);
        arm.reviews += u64::from(matches!(outcome, Outcome::Review | Outcome::HumanOnly));
        if let (Arm::Canary, Some(Beside { differs, costs_more })) = (assignment.arm, beside) {
            self.judged += 1;
            self.differing += u64::from(differs);
            self.costlier += u64::from(costs_more);
        }
    }

    /// Counts that a reviewer rejected or edited what this arm had decided about a record.
    pub fn overridden(&mut self, record: &RecordRef, arm: Arm) {
        let record = self.key.hash_one(record);
        let arm = self.arm_mut(arm);
        if arm.records.contains(&record) {
            arm.overridden.insert(record);
        }
    }

    /// Counts that a value was found wrong which this arm had applied to a record.
    pub fn corrected(&mut self, record: &RecordRef, arm: Arm) {
        let record = self.key.hash_one(record);
        let arm = self.arm_mut(arm);
        if arm.records.contains(&record) {
            arm.corrected.insert(record);
        }
    }

    /// Counts a decision that cannot be counted otherwise, because its values were erased or cannot be read.
    pub fn passed_over(&mut self) {
        self.passed_over += 1;
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            active: self.active.counts(),
            canary: self.canary.counts(),
            judged: self.judged,
            differing: self.differing,
            costlier: self.costlier,
            passed_over: self.passed_over,
            steps: self.steps.iter().map(|(share, step)| step.counts(*share)).collect(),
        }
    }

    const fn arm_mut(&mut self, arm: Arm) -> &mut ArmEvidence {
        match arm {
            Arm::Active => &mut self.active,
            Arm::Canary => &mut self.canary,
        }
    }
}

impl ArmEvidence {
    fn counts(&self) -> ArmCounts {
        ArmCounts {
            records: self.records.len() as u64,
            faults: self.faults,
            reviews: self.reviews,
            overrides: self.overridden.len() as u64,
            corrections: self.corrected.len() as u64,
        }
    }
}

impl StepEvidence {
    fn add(&mut self, record: u64, assignment: &Assignment) {
        match assignment.arm {
            Arm::Active => self.active_buckets.add(assignment.bucket),
            Arm::Canary => {
                self.canary_buckets.add(assignment.bucket);
                self.records.insert(record);
            }
        }
    }

    fn counts(&self, share: Share) -> StepCounts {
        StepCounts {
            share,
            records: self.records.len() as u64,
            active_buckets: self.active_buckets.number,
            canary_buckets: self.canary_buckets.number,
        }
    }
}

/// Which buckets were seen: a bit each. One that cannot be would be seen as well, and shows as arms of impossible sizes.
#[derive(Clone, Debug, Default)]
struct Buckets {
    words: Vec<u64>,
    number: u64,
}

impl Buckets {
    fn add(&mut self, bucket: u16) {
        let (word, bit) = (usize::from(bucket / 64), 1_u64 << (bucket % 64));
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(seen) = self.words.get_mut(word).filter(|seen| **seen & bit == 0) {
            *seen |= bit;
            self.number += 1;
        }
    }
}

#[cfg(test)]
mod tests;
