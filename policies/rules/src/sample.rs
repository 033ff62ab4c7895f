//! Suggestions with everything in them, for first runs in `configure`: what an engine makes ready at its first use is in
//! the snapshot then, and no call pays for it.

use countersign_guest::prelude::*;

/// A suggestion with its facts and what validators found.
pub type Sample = (Suggestion, Facts, Vec<Finding>);

/// One suggestion that has every part.
#[must_use]
pub fn everything() -> Sample {
    let case = testing::Case::overwrite("city", "Bern", "Basel")
        .change("revenue", Value::Number("12.50".into()), Value::Null)
        .change("interests", Value::Choices(vec!["hiking".into()]), true)
        .sensitivity(Sensitivity::High)
        .tags(&["pii", "legal"])
        .past("city", "2026-11-01T09:00:00Z", "Biel", "Bern")
        .with(|suggestion| {
            suggestion.confidence = Some(0.5);
            suggestion.merge_with.push(suggestion.target.clone());
            suggestion.changes.iter_mut().for_each(|change| change.confidence = Some(0.25));
        })
        .with_facts(|facts| {
            facts.regimes.push("banking".into());
            facts.segment = Some("saas".into());
        });
    let finding = Finding::new("format.not-normal", Severity::Low, "The value is not in normal form.").on("city");
    (case.suggestion, case.facts, vec![finding])
}

/// Suggestions of every operation, with and without each part.
pub fn several() -> impl Iterator<Item = Sample> {
    let operations = Operation::ALL.iter().cycle().take(4 * Operation::ALL.len());
    operations.enumerate().map(|(number, operation)| {
        let (mut suggestion, mut facts, mut findings) = everything();
        let one_in = |of: usize| number % of == 0;
        suggestion.operation = *operation;
        suggestion.confidence =
            [Some(0.99), None, Some(0.5), Some(f64::NAN), Some(0.95)].get(number % 5).copied().flatten();
        suggestion.changes.truncate(number / 3 % 4);
        if !one_in(3) {
            suggestion.changes.iter_mut().for_each(|change| change.confidence = None);
        }
        let states = ["granted", "denied", "revoked", "maybe"];
        for consent in &mut facts.consents {
            consent.state = (*states.get(number / 2 % 4).unwrap_or(&"granted")).to_owned();
        }
        for (place, fact) in facts.fields.iter_mut().enumerate() {
            fact.sensitivity = *Sensitivity::ALL.get((number + place) % 3).unwrap_or(&Sensitivity::High);
            fact.verified = one_in(2);
        }
        if one_in(4) {
            facts.consents.clear();
            facts.history.clear();
            facts.segment = None;
            facts.regimes.clear();
            findings.clear();
        }
        if one_in(5) {
            facts.fields.clear();
            suggestion.evidence.clear();
        }
        (suggestion, facts, findings)
    })
}
