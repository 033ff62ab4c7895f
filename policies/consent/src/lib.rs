//! Allows only what the data subject has agreed to.

mod settings;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use countersign_guest::prelude::*;

pub use settings::Settings;
use state::State;

/// The configured module.
pub struct ConsentPolicy(Settings);

impl Module for ConsentPolicy {
    const NAME: &'static str = "consent";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("consent.missing", "No consent to the purpose is recorded."),
        ("consent.denied", "The data subject refuses the purpose."),
        ("consent.revoked", "The data subject has revoked the consent."),
        ("consent.expired", "The consent was given too long ago, or nobody knows when."),
        ("consent.unknown-state", "The consent is in a state that is not known, and so counts as missing."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        if settings.on_denied == Outcome::Apply {
            return Err("on-denied: `apply` would let a refusal count for nothing".to_owned());
        }
        if let Some(field) = settings.fields.keys().find(|field| matches!(field.as_str(), "" | "#" | "*")) {
            return Err(format!("fields: `{field}` is neither a field's name nor a `#tag`"));
        }
        if settings.objects.iter().any(|object| object.trim().is_empty()) {
            return Err("objects: a kind of record is blank".to_owned());
        }
        Ok(Self(settings))
    }

    fn applies_to(&self) -> Scope {
        let needing = self.0.purposes.all().into_iter().filter(|(_, purpose)| !purpose.is_empty());
        let operations: Vec<Operation> = needing.map(|(operation, _)| operation).collect();
        // CRMs differ in how they write a kind of record, and one that is missed here is not judged at all.
        let objects = self.0.objects.iter().flat_map(|object| [object.clone(), capitalised(object)]);
        Scope::default().operations(&operations).objects(objects.collect::<BTreeSet<_>>())
    }

    fn reads(&self) -> Reads {
        let mut parts = Parts::CONSENTS;
        if self.0.fields.keys().any(|field| field.starts_with('#')) {
            parts |= Parts::FIELD_FACTS;
        }
        Reads::parts(parts)
    }
}

/// The word with its first letter in upper case.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

impl ConsentPolicy {
    /// The purposes that the suggestion needs, each with the field that asks for it, if it is one.
    fn needed<'a>(&'a self, suggestion: &'a Suggestion, facts: &Facts) -> BTreeMap<&'a str, Option<&'a str>> {
        let mut needed = BTreeMap::new();
        let usual = self.0.purposes.of(suggestion.operation);
        if usual.is_empty() {
            return needed;
        }
        if self.0.fields.is_empty() || suggestion.changes.is_empty() {
            needed.insert(usual, None);
            return needed;
        }
        for change in &suggestion.changes {
            let own = self.of_field(&change.field, facts);
            if own.is_empty() {
                needed.insert(usual, None);
            }
            for purpose in own.into_iter().filter(|purpose| !purpose.is_empty()) {
                needed.entry(purpose).or_insert(Some(change.field.as_str()));
            }
        }
        needed
    }

    /// The purposes that the settings name for a field; none: that of the operation.
    fn of_field(&self, field: &str, facts: &Facts) -> Vec<&str> {
        if let Some(purpose) = self.0.fields.get(field) {
            return vec![purpose];
        }
        let Some(fact) = facts.field(field) else { return Vec::new() };
        let by_tag =
            self.0.fields.iter().filter(|(name, _)| name.strip_prefix('#').is_some_and(|tag| fact.has_tag(tag)));
        by_tag.map(|(_, purpose)| purpose.as_str()).collect()
    }
}

impl Policy for ConsentPolicy {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let settings = &self.0;
        let now = Timestamp::parse(&facts.now).ok_or("the time of the decision is no time")?;
        let mut objections = Objections::default();
        for (purpose, field) in self.needed(suggestion, facts) {
            let (code, outcome, what) = match state::state(&facts.consents, purpose, now, settings.expires_days) {
                State::Granted => continue,
                State::Denied => ("consent.denied", settings.on_denied, "is denied"),
                State::Revoked => ("consent.revoked", settings.on_denied, "is revoked"),
                State::Missing => ("consent.missing", settings.on_missing, "is not recorded"),
                State::Expired => ("consent.expired", settings.on_missing, "has expired"),
                State::Unknown => ("consent.unknown-state", settings.on_missing, "is in a state that is not known"),
            };
            objections.add(outcome, Reason::new(code, format!("Consent to `{purpose}` {what}.")).about(field));
        }
        Ok(objections.into_verdict())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy ConsentPolicy);

#[cfg(test)]
mod tests;
