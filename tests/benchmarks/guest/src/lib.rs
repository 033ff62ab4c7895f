//! The policy that is measured: one rule that looks at all of a suggestion. The peers run the same rule.

use countersign_guest::prelude::*;

/// What the rule asks for.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The confidence below which a person is asked.
    threshold: f64,
    /// Tags of fields that no click may change.
    protected: Vec<String>,
    /// Ids of records that no assistant may change.
    frozen: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: 0.9, protected: vec!["legal".to_owned(), "payment".to_owned()], frozen: Vec::new() }
    }
}

/// The configured policy.
pub struct Rule(Settings);

impl Module for Rule {
    const NAME: &'static str = "rule";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("rule.frozen", "The record is one that no assistant may change."),
        ("rule.consent", "The data subject has not agreed to enrichment."),
        ("rule.protected", "A changed field has a protected tag."),
        ("rule.confidence", "The confidence is too low."),
        ("rule.evidence", "A source is missing, or cannot be checked."),
    ];
    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, String> {
        settings.frozen.sort_unstable();
        Ok(Self(settings))
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::all()).values(["*"]).history(30)
    }
}

impl Policy for Rule {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let Settings { threshold, protected, frozen } = &self.0;
        let mut objections = Objections::default();
        if frozen.binary_search(&suggestion.target.id).is_ok() {
            objections.add(Outcome::Reject, Reason::new("rule.frozen", "The record is frozen."));
        }
        let agreed = |consent: &Consent| consent.purpose == "enrichment" && consent.state == "granted";
        if !facts.consents.iter().any(agreed) {
            objections.add(Outcome::Reject, Reason::new("rule.consent", "Nobody agreed to enrichment."));
        }
        for change in &suggestion.changes {
            let fact = facts.fields.iter().find(|fact| fact.field == change.field);
            if fact.is_some_and(|fact| fact.tags.iter().any(|tag| protected.contains(tag))) {
                let reason = Reason::new("rule.protected", "The field is protected.").on(&change.field);
                objections.add(Outcome::HumanOnly, reason);
            }
        }
        if suggestion.confidence.is_none_or(|confidence| confidence < *threshold) {
            objections.add(Outcome::Review, Reason::new("rule.confidence", "The confidence is too low."));
        }
        let checkable = |evidence: &Evidence| evidence.sha256.is_some() && evidence.excerpt.is_some();
        if suggestion.evidence.is_empty() || !suggestion.evidence.iter().all(checkable) {
            objections.add(Outcome::Review, Reason::new("rule.evidence", "A source cannot be checked."));
        }
        Ok(objections.into_verdict())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Rule);
