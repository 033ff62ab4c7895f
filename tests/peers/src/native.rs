//! The rule as a Rust function: what the work itself costs.

use std::hint::black_box;

use countersign::model::{Facts, Outcome, Suggestion};

use crate::Peer;

/// The same reasons, by code.
pub struct Native<'a>(Vec<(&'a Suggestion, &'a Facts<'a>)>);

impl<'a> Native<'a> {
    pub fn new(given: &[(&'a Suggestion, &'a Facts<'a>)]) -> Self {
        Self(given.to_vec())
    }
}

impl Peer for Native<'_> {
    fn outcome(&mut self, input: usize) -> Outcome {
        let (suggestion, facts) = self.0[input];
        let (outcome, codes) = rule(suggestion, facts);
        black_box(codes);
        outcome
    }
}

fn rule(suggestion: &Suggestion, facts: &Facts<'_>) -> (Outcome, Vec<String>) {
    let mut outcome = Outcome::Apply;
    let mut codes = Vec::new();
    let mut object = |with: Outcome, code: &str| {
        outcome = outcome.max(with);
        codes.push(code.to_owned());
    };
    let consents = &suggestion.context.consents;
    if !consents.iter().any(|consent| consent.purpose == "enrichment" && consent.state == "granted") {
        object(Outcome::Reject, "rule.consent");
    }
    for change in &suggestion.changes {
        if facts.class(&change.field).tags.iter().any(|tag| tag == "legal" || tag == "payment") {
            object(Outcome::HumanOnly, "rule.protected");
        }
    }
    if suggestion.confidence.is_none_or(|confidence| confidence < 0.9) {
        object(Outcome::Review, "rule.confidence");
    }
    let evidence = &suggestion.evidence;
    if evidence.is_empty() || !evidence.iter().all(|one| one.sha256.is_some() && one.excerpt.is_some()) {
        object(Outcome::Review, "rule.evidence");
    }
    (outcome, codes)
}

/// What the other engines are given: the whole suggestion, with the tags of the changed fields beside it.
pub fn as_json(suggestion: &Suggestion, facts: &Facts<'_>) -> serde_json::Value {
    let mut json: serde_json::Value = serde_json::from_str(&suggestion.canonical().unwrap()).unwrap();
    let fields = suggestion
        .changes
        .iter()
        .map(|change| serde_json::json!({ "field": change.field, "tags": facts.class(&change.field).tags }));
    json["fields"] = fields.collect();
    json["consents"] = json["context"]["consents"].take();
    json
}

/// The outcome of this name.
pub fn named(outcome: &str) -> Outcome {
    Outcome::ALL.into_iter().find(|known| known.as_str() == outcome).unwrap()
}
