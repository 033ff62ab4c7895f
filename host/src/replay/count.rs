//! Counts one suggestion after another.

use std::collections::BTreeSet;

use super::Gathers;
use super::counts::{Cause, CauseReason, Counts, Dimension, Faults, LISTED, MOST_NAMES, OTHERS, Work, keep};
use crate::model::{Decision, GivenReason, ModuleRun, Outcome, Suggestion, Truth};

/// One suggestion with the decisions about it.
pub struct Pair<'a> {
    /// Its event's number, or its line's.
    pub at: u64,
    /// What was suggested.
    pub suggestion: &'a Suggestion,
    /// What people know of it.
    pub truth: Option<Truth>,
    /// The baseline's decision.
    pub before: &'a Decision,
    /// The candidate's.
    pub after: &'a Decision,
    /// Whether both were made with the same engine, so that fuel can be compared.
    pub same_engine: bool,
}

impl Gathers for Counts {
    fn pair(&mut self, pair: &Pair<'_>) {
        let Pair { at, suggestion, truth, before, after, .. } = *pair;
        let id = &suggestion.id;
        let (was, is) = (before.outcome, after.outcome);
        self.all.count(was, is, truth);
        for dimension in Dimension::ALL {
            let names = self.by.entry(dimension).or_default();
            dimension.names(suggestion, |name| {
                // A name is met far more often than it is new.
                if let Some(slice) = names.get_mut(name) {
                    slice.count(was, is, truth);
                } else {
                    let name = if names.len() < MOST_NAMES { name } else { OTHERS };
                    names.entry(name.to_owned()).or_default().count(was, is, truth);
                }
            });
        }
        if was != is {
            let members = self.group(cause(before, after));
            members.suggestions.count(at, id);
            members.right += u64::from(truth == Some(Truth::Approve));
            members.wrong += u64::from(truth == Some(Truth::Reject));
        } else if before.reasons != after.reasons || before.findings != after.findings {
            self.other_reasons.count(at, id);
        }
        if truth == Some(Truth::Reject) && was != Outcome::Apply && is == Outcome::Apply {
            keep(&mut self.applied_though_wrong, LISTED, at, id);
        }
        self.count_faults(pair);
        self.count_fuel(pair);
    }

    fn work(&mut self) -> &mut Work {
        &mut self.work
    }

    fn unusable(&mut self, why: &'static str, at: u64, id: &str) {
        self.not_replayable.entry(why.to_owned()).or_default().count(at, id);
    }

    fn differs(&mut self, at: u64, id: &str) {
        self.differing.count(at, id);
    }
}

impl Counts {
    fn count_faults(&mut self, pair: &Pair<'_>) {
        let (before, after) = (faults(pair.before), faults(pair.after));
        if before.is_empty() && after.is_empty() {
            return;
        }
        let id = &pair.suggestion.id;
        let mut add = |fault: &str, place: fn(&mut Faults) -> &mut super::Tally| {
            place(self.faults.entry(fault.to_owned()).or_default()).count(pair.at, id);
        };
        after.difference(&before).for_each(|fault| add(fault, |faults| &mut faults.new));
        before.difference(&after).for_each(|fault| add(fault, |faults| &mut faults.gone));
        after.intersection(&before).for_each(|fault| add(fault, |faults| &mut faults.kept));
    }

    fn count_fuel(&mut self, pair: &Pair<'_>) {
        let before = if pair.same_engine { pair.before.modules.as_slice() } else { &[] };
        for (runs, is_after) in [(before, false), (pair.after.modules.as_slice(), true)] {
            for ModuleRun { name, fuel, .. } in runs {
                let Some(fuel) = *fuel else { continue };
                if !self.fuel.contains_key(name) {
                    self.fuel.insert(name.clone(), super::Fuel::default());
                }
                if let Some(of) = self.fuel.get_mut(name) {
                    if is_after { of.after.count(fuel) } else { of.before.count(fuel) }
                }
            }
        }
    }
}

/// The module and kind of each fault.
fn faults(decision: &Decision) -> BTreeSet<String> {
    let runs = decision.modules.iter();
    runs.filter_map(|run| Some(format!("{} {}", run.name, run.fault.as_ref()?.kind.as_str()))).collect()
}

/// What a change of outcome is put down to: what the stricter decision rests on and the other does not.
fn cause(before: &Decision, after: &Decision) -> Cause {
    let (stricter, other) = if after.outcome > before.outcome { (after, before) } else { (before, after) };
    let decisive = |decision: &'_ Decision| -> BTreeSet<CauseReason> {
        let reasons = decision.reasons.iter().filter(|reason| reason.outcome >= stricter.outcome);
        reasons
            .map(|GivenReason { module, code, field, .. }| CauseReason {
                module: module.clone(),
                code: code.clone(),
                field: field.clone(),
            })
            .collect()
    };
    let (all, kept) = (decisive(stricter), decisive(other));
    Cause { before: before.outcome, after: after.outcome, reasons: all.difference(&kept).cloned().collect() }
}
