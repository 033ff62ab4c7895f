//! What a set in the shadow decides otherwise than what is on record, counted while it goes on.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::counts::{CauseReason, Counts, Dimension, MOST_NAMES, OTHERS, Tally, Work};
use super::{Gathers, Pair};
use crate::model::Decision;

/// The difference between a set in the shadow and what is on record. Those of parts add up to that of the whole, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ShadowDifference")]
pub struct ShadowCounts {
    /// What a report of `countersign replay` counts: the outcomes on record and in the shadow, why they differ, fuel and faults.
    pub counts: Counts,
    /// Reasons that one side alone gives; in JSON a list, those of the most suggestions first.
    #[serde(serialize_with = "listed", deserialize_with = "from_list")]
    #[schemars(with = "Vec<ChangedReason>")]
    pub reasons: BTreeMap<CauseReason, ReasonChange>,
}

/// Suggestions about which one side alone gives a reason, whatever that does to their outcomes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonChange {
    /// Those about which the shadow alone gives it.
    pub appears: Tally,
    /// Those about which what is on record alone gives it.
    pub vanishes: Tally,
}

/// A reason with the suggestions about which one side alone gives it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangedReason {
    /// The reason.
    reason: CauseReason,
    /// The suggestions.
    suggestions: ReasonChange,
}

impl Gathers for ShadowCounts {
    fn pair(&mut self, pair: &Pair<'_>) {
        self.counts.pair(pair);
        let (before, after) = (reasons(pair.before), reasons(pair.after));
        if before == after {
            return;
        }
        let (at, id) = (pair.at, &pair.suggestion.id);
        for reason in after.difference(&before) {
            self.reason(reason).appears.count(at, id);
        }
        for reason in before.difference(&after) {
            self.reason(reason).vanishes.count(at, id);
        }
    }

    fn work(&mut self) -> &mut Work {
        self.counts.work()
    }

    fn unusable(&mut self, why: &'static str, at: u64, id: &str) {
        self.counts.unusable(why, at, id);
    }

    fn differs(&mut self, at: u64, id: &str) {
        self.counts.differs(at, id);
    }
}

impl ShadowCounts {
    /// Adds the difference over other suggestions.
    pub fn add(&mut self, other: Self) {
        self.counts.add(other.counts);
        for (reason, change) in other.reasons {
            let own = self.reason(&reason);
            own.appears.add(change.appears);
            own.vanishes.add(change.vanishes);
        }
    }

    /// How many decisions were judged.
    #[must_use]
    pub fn judged(&self) -> u64 {
        self.counts.all.suggestions()
    }

    /// How many were passed over, because they cannot be judged again.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.counts.not_replayable.values().map(|tally| tally.count).sum()
    }

    /// The reasons that one side alone gives, those of the most suggestions first; of equal ones, in alphabetical order.
    #[must_use]
    pub fn changed_reasons(&self) -> Vec<(&CauseReason, &ReasonChange)> {
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, change)| std::cmp::Reverse(change.appears.count + change.vanishes.count));
        reasons
    }

    /// Takes out what is told apart by segments: they are among the personal values of suggestions.
    pub fn withhold(&mut self) {
        self.counts.by.remove(&Dimension::Segment);
    }

    /// What is counted of a reason, or of the others if there are too many already: fields come from the suggestions.
    fn reason(&mut self, reason: &CauseReason) -> &mut ReasonChange {
        let known = self.reasons.len() < MOST_NAMES || self.reasons.contains_key(reason);
        let others = || CauseReason { module: OTHERS.to_owned(), code: OTHERS.to_owned(), field: None };
        self.reasons.entry(if known { reason.clone() } else { others() }).or_default()
    }
}

/// The reasons of a decision, without their sentences.
fn reasons(decision: &Decision) -> BTreeSet<CauseReason> {
    let reasons = decision.reasons.iter();
    reasons
        .map(|given| CauseReason { module: given.module.clone(), code: given.code.clone(), field: given.field.clone() })
        .collect()
}

/// JSON's keys are texts, and a reason is none.
fn listed<S: Serializer>(reasons: &BTreeMap<CauseReason, ReasonChange>, to: S) -> Result<S::Ok, S::Error> {
    let mut list: Vec<ChangedReason> = reasons
        .iter()
        .map(|(reason, suggestions)| ChangedReason { reason: reason.clone(), suggestions: suggestions.clone() })
        .collect();
    list.sort_by_key(|one| std::cmp::Reverse(one.suggestions.appears.count + one.suggestions.vanishes.count));
    list.serialize(to)
}

fn from_list<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<CauseReason, ReasonChange>, D::Error> {
    let list = Vec::<ChangedReason>::deserialize(from)?;
    Ok(list.into_iter().map(|ChangedReason { reason, suggestions }| (reason, suggestions)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, GivenReason, Line, Outcome, SetRef, Suggestion, parse_line};

    fn decision(outcome: Outcome, codes: &[&str]) -> Decision {
        let reason = |code: &&str| GivenReason {
            module: "confidence".into(),
            code: (*code).to_owned(),
            field: Some("email".into()),
            message: format!("{code}, in words"),
            outcome,
        };
        Decision {
            id: "s-1".into(),
            outcome,
            decided_at: "2026-11-20T09:00:00Z".into(),
            set: SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"s") },
            canary: None,
            reasons: codes.iter().map(reason).collect(),
            findings: Vec::new(),
            modules: Vec::new(),
            review: None,
        }
    }

    fn suggestion() -> Suggestion {
        let text = serde_json::json!({
            "id": "s-1", "received_at": "2026-05-20T09:00:00Z", "operation": "enrich", "confidence": 0.9, "rationale": "None.",
            "target": { "system": "hubspot", "object": "contact", "id": "101" },
            "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
            "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
        });
        parse_line(&Line { number: 1, text: text.to_string() }).unwrap()
    }

    fn counted(pairs: &[(u64, &Decision, &Decision)]) -> ShadowCounts {
        let (suggestion, mut counts) = (suggestion(), ShadowCounts::default());
        for (at, before, after) in pairs {
            let (at, suggestion) = (*at, &suggestion);
            counts.pair(&Pair { at, suggestion, truth: None, before, after, same_engine: true });
        }
        counts
    }

    #[test]
    fn reasons_appear_and_vanish_also_where_the_outcome_stays() {
        let review = decision(Outcome::Review, &["a", "b"]);
        let (other, apply) = (decision(Outcome::Review, &["b", "c"]), decision(Outcome::Apply, &[]));
        let pairs = [(7, &review, &other), (8, &review, &review), (9, &review, &apply)];
        let mut whole = counted(&pairs);
        let of = |code: &str| {
            let change = whole.reasons.iter().find(|(reason, _)| reason.code == code).unwrap().1;
            (change.appears.count, change.vanishes.count)
        };
        assert_eq!((of("a"), of("b"), of("c")), ((0, 2), (0, 1), (1, 0)));
        assert_eq!(whole.changed_reasons()[0].0.code, "a");
        assert_eq!((whole.judged(), whole.passed_over(), whole.counts.other_reasons.count), (3, 0, 1));
        // Parts add up, in any order.
        let mut parts = counted(&pairs[2..]);
        parts.add(counted(&pairs[..2]));
        assert_eq!(parts, whole);
        let text = serde_json::to_string(&whole).unwrap();
        assert!(text.contains("\"reasons\":[{\"reason\":{\"module\":\"confidence\",\"code\":\"a\""), "{text}");
        assert_eq!(serde_json::from_str::<ShadowCounts>(&text).unwrap(), whole);
        whole.unusable("erased", 10, "s-2");
        assert_eq!((whole.judged(), whole.passed_over()), (3, 1));
    }
}
