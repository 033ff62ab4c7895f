//! What is counted while suggestions are replayed. Counts of parts add up to those of the whole, in any order.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::distribution::Distribution;
use super::slice::Slice;
use crate::model::Outcome;

/// How many examples are kept of a group: enough to look at, few enough to read.
pub const EXAMPLES: usize = 5;

/// How many of the suggestions that would now be applied though they are wrong are listed.
pub const LISTED: usize = 100;

/// How many names a dimension, and how many causes a report, tells apart. What comes beyond is counted under
/// [`OTHERS`]: names come from the history, and must not fill the memory.
pub const MOST_NAMES: usize = 10_000;

/// The name for what is not told apart any more.
pub const OTHERS: &str = "(others)";

/// All counts of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// All suggestions that were replayed.
    pub all: Slice,
    /// By field, segment, assistant, operation and object: a suggestion that changes two fields counts for both.
    pub by: BTreeMap<Dimension, BTreeMap<String, Slice>>,
    /// Suggestions whose outcome changed, by what caused it; in JSON a list, the largest group first.
    #[serde(with = "super::groups")]
    #[schemars(with = "Vec<Group>")]
    pub groups: BTreeMap<Cause, Members>,
    /// Suggestions whose outcome stayed while the reasons or findings did not.
    pub other_reasons: Tally,
    /// Those that would now be applied though people know them to be wrong, in the order of the history.
    pub applied_though_wrong: Vec<Example>,
    /// Decisions that could not be replayed, by reason.
    pub not_replayable: BTreeMap<String, Tally>,
    /// Faults, by module and kind of fault.
    pub faults: BTreeMap<String, Faults>,
    /// Fuel of calls by module.
    pub fuel: BTreeMap<String, Fuel>,
    /// How many answers of modules were needed, and where they came from.
    pub work: Work,
    /// Recorded answers that came out otherwise when they were computed again: none, if the ledger holds.
    pub differing: Tally,
}

/// What suggestions are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Dimension {
    Field,
    Segment,
    Assistant,
    Operation,
    Object,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Field, Self::Segment, Self::Assistant, Self::Operation, Self::Object];

    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Segment => "segment",
            Self::Assistant => "assistant",
            Self::Operation => "operation",
            Self::Object => "object",
        }
    }
}

/// One suggestion, named without any value of its record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its position: the number of its event, or of its line.
    pub at: u64,
    /// Its id.
    pub id: String,
}

/// How many suggestions, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The first few, in the order of the history.
    pub examples: Vec<Example>,
}

impl Tally {
    /// Counts one suggestion.
    pub fn count(&mut self, at: u64, id: &str) {
        self.count += 1;
        keep(&mut self.examples, EXAMPLES, at, id);
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        merge(&mut self.examples, EXAMPLES, other.examples);
    }
}

/// Keeps an example if it is among the first.
pub(super) fn keep(examples: &mut Vec<Example>, most: usize, at: u64, id: &str) {
    if examples.len() == most && examples.last().is_some_and(|last| last.at <= at) {
        return;
    }
    let place = examples.partition_point(|example| example.at <= at);
    examples.insert(place, Example { at, id: id.to_owned() });
    examples.truncate(most);
}

fn merge(examples: &mut Vec<Example>, most: usize, others: Vec<Example>) {
    examples.extend(others);
    examples.sort_unstable();
    examples.truncate(most);
}

/// What a change of outcome is put down to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The outcome before.
    pub before: Outcome,
    /// The outcome after.
    pub after: Outcome,
    /// The reasons that decide it: new ones where the outcome became stricter, lost ones where it became more
    /// permissive; in alphabetical order.
    pub reasons: Vec<CauseReason>,
}

/// One reason that a change is put down to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseReason {
    /// The module.
    pub module: String,
    /// Its code.
    pub code: String,
    /// The field that it is about; null if it is about the whole.
    pub field: Option<String>,
}

/// Suggestions whose outcome changed for the same cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// All of them.
    pub suggestions: Tally,
    /// How many of them people know to be right.
    pub right: u64,
    /// How many of them people know to be wrong.
    pub wrong: u64,
}

/// A cause with the suggestions that it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The cause.
    pub cause: Cause,
    /// The suggestions.
    pub members: Members,
}

/// Faults of one kind in one module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// Suggestions on which only the candidate has it.
    pub new: Tally,
    /// Suggestions on which only the baseline had it.
    pub gone: Tally,
    /// Suggestions on which both have it.
    pub kept: Tally,
}

/// Fuel of one module's calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fuel {
    /// In the baseline, where the engine is the same one; fuel of other engines cannot be compared.
    pub before: Distribution,
    /// In the candidate.
    pub after: Distribution,
}

/// Where the answers of modules came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// A module was called.
    pub called: u64,
    /// The recorded answer was used: same module, settings and inputs.
    pub reused: u64,
    /// The answer that another set of this run got was used: same module, settings and inputs.
    pub remembered: u64,
    /// Recorded answers that were computed again to check them.
    pub rechecked: u64,
}

impl Counts {
    /// Adds the counts of other suggestions.
    pub fn add(&mut self, other: Self) {
        self.all.add(&other.all);
        for (dimension, names) in other.by {
            let own = self.by.entry(dimension).or_default();
            for (name, slice) in names {
                named(own, name).add(&slice);
            }
        }
        self.other_reasons.add(other.other_reasons);
        merge(&mut self.applied_though_wrong, LISTED, other.applied_though_wrong);
        for (reason, tally) in other.not_replayable {
            self.not_replayable.entry(reason).or_default().add(tally);
        }
        for (name, faults) in other.faults {
            let own = self.faults.entry(name).or_default();
            own.new.add(faults.new);
            own.gone.add(faults.gone);
            own.kept.add(faults.kept);
        }
        for (module, fuel) in other.fuel {
            let own = self.fuel.entry(module).or_default();
            own.before.add(&fuel.before);
            own.after.add(&fuel.after);
        }
        let Work { called, reused, remembered, rechecked } = other.work;
        self.work.called += called;
        self.work.reused += reused;
        self.work.remembered += remembered;
        self.work.rechecked += rechecked;
        self.differing.add(other.differing);
        for (cause, members) in other.groups {
            let own = self.group(cause);
            own.suggestions.add(members.suggestions);
            own.right += members.right;
            own.wrong += members.wrong;
        }
    }

    /// The members of a cause, or of the others if there are too many causes already.
    pub(super) fn group(&mut self, cause: Cause) -> &mut Members {
        let known = self.groups.len() < MOST_NAMES || self.groups.contains_key(&cause);
        self.groups.entry(if known { cause } else { cause.folded() }).or_default()
    }

    /// The groups, the largest first; of equal ones, in the order of their causes.
    #[must_use]
    pub fn largest_groups(&self) -> Vec<(&Cause, &Members)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.suggestions.count));
        groups
    }
}

impl Cause {
    /// The cause that stands for all further ones of the same change.
    pub(super) fn folded(&self) -> Self {
        let reason = CauseReason { module: OTHERS.to_owned(), code: OTHERS.to_owned(), field: None };
        Self { before: self.before, after: self.after, reasons: vec![reason] }
    }
}

/// The slice of a name, or that of the others if there are too many names already.
pub(super) fn named(names: &mut BTreeMap<String, Slice>, name: String) -> &mut Slice {
    let name = if names.len() >= MOST_NAMES && !names.contains_key(&name) { OTHERS.to_owned() } else { name };
    names.entry(name).or_default()
}
