//! A builder of suggestions.

use crate::types::{
    Assistant, Change, Consent, Evidence, Facts, FieldFact, Finding, Operation, PastChange, RecordRef, Sensitivity,
    Suggestion, Value,
};

/// A suggestion with its facts. Starts as one that nobody would object to: contact `101`, confidence
/// 0.99, one source with a digest, retrieved an hour ago, consent given to `enrichment`, fields of low
/// sensitivity set by an import; the time is 2026-11-20T09:00:00Z.
#[derive(Clone, Debug)]
pub struct Case {
    /// The suggestion, for what the builder has no method for.
    pub suggestion: Suggestion,
    /// The facts, likewise.
    pub facts: Facts,
}

impl Case {
    /// A suggestion of this operation that changes nothing yet.
    #[must_use]
    pub fn new(operation: Operation) -> Self {
        Self {
            suggestion: Suggestion {
                id: "s-1".into(),
                target: RecordRef { system: "hubspot".into(), object: "contact".into(), id: "101".into() },
                operation,
                changes: Vec::new(),
                merge_with: Vec::new(),
                assistant: Assistant { vendor: "acme".into(), model: "enricher".into(), version: "2.1".into() },
                confidence: Some(0.99),
                evidence: vec![Evidence {
                    uri: "https://example.com/about".into(),
                    kind: "web-page".into(),
                    excerpt: Some("We build software.".into()),
                    retrieved_at: Some("2026-11-20T08:00:00Z".into()),
                    sha256: Some("5af08ecc64b773b71b6ccb16df7046a3f4bb428c63822c25835f629ca2a962e3".into()),
                }],
                rationale: "The company's own site says so.".into(),
            },
            facts: Facts {
                now: "2026-11-20T09:00:00Z".into(),
                fields: Vec::new(),
                consents: vec![Consent {
                    purpose: "enrichment".into(),
                    state: "granted".into(),
                    at: Some("2025-03-01T00:00:00Z".into()),
                }],
                regimes: Vec::new(),
                segment: None,
                history: Vec::new(),
            },
        }
    }

    /// Replaces a field's value.
    #[must_use]
    pub fn overwrite(field: &str, prior: impl Into<Value>, proposed: impl Into<Value>) -> Self {
        Self::new(Operation::Overwrite).change(field, prior, proposed)
    }

    /// Fills an empty field.
    #[must_use]
    pub fn enrich(field: &str, proposed: impl Into<Value>) -> Self {
        Self::new(Operation::Enrich).change(field, Value::Null, proposed)
    }

    /// Adds a value beside those that are there.
    #[must_use]
    pub fn append(field: &str, proposed: impl Into<Value>) -> Self {
        Self::new(Operation::Append).change(field, Value::Null, proposed)
    }

    /// Empties a field.
    #[must_use]
    pub fn clear(field: &str, prior: impl Into<Value>) -> Self {
        Self::new(Operation::Clear).change(field, prior, Value::Null)
    }

    /// Changes one more field; the record's field gets the prior value.
    #[must_use]
    pub fn change(mut self, field: &str, prior: impl Into<Value>, proposed: impl Into<Value>) -> Self {
        let prior = prior.into();
        self.suggestion.changes.push(Change {
            field: field.into(),
            prior: prior.clone(),
            proposed: proposed.into(),
            confidence: None,
        });
        self.field(field, prior)
    }

    /// Sets the record's value of a field; of low sensitivity, not verified, set by an import.
    #[must_use]
    pub fn field(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.facts.fields.retain(|fact| fact.field != field);
        self.facts.fields.push(FieldFact {
            field: field.into(),
            value: value.into(),
            sensitivity: Sensitivity::Low,
            tags: Vec::new(),
            verified: false,
            set_by: Some("import".into()),
        });
        self
    }

    /// Changes the facts of the field named last.
    #[must_use]
    pub fn fact(mut self, change: impl FnOnce(&mut FieldFact)) -> Self {
        if let Some(fact) = self.facts.fields.last_mut() {
            change(fact);
        }
        self
    }

    /// Gives the field named last these tags of the catalogue.
    #[must_use]
    pub fn tags(self, tags: &[&str]) -> Self {
        self.fact(|fact| fact.tags = tags.iter().map(|tag| (*tag).to_owned()).collect())
    }

    /// Gives the field named last a sensitivity.
    #[must_use]
    pub fn sensitivity(self, sensitivity: Sensitivity) -> Self {
        self.fact(|fact| fact.sensitivity = sensitivity)
    }

    /// Changes anything of the suggestion.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Suggestion)) -> Self {
        change(&mut self.suggestion);
        self
    }

    /// Changes anything of the facts.
    #[must_use]
    pub fn with_facts(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.facts);
        self
    }

    /// Sets the kind of record.
    #[must_use]
    pub fn object(self, object: &str) -> Self {
        self.with(|suggestion| suggestion.target.object = object.into())
    }

    /// Sets the confidence.
    #[must_use]
    pub fn confidence(self, confidence: impl Into<Option<f64>>) -> Self {
        self.with(|suggestion| suggestion.confidence = confidence.into())
    }

    /// Sets the rationale.
    #[must_use]
    pub fn rationale(self, rationale: impl Into<String>) -> Self {
        self.with(|suggestion| suggestion.rationale = rationale.into())
    }

    /// Replaces the sources.
    #[must_use]
    pub fn evidence(self, evidence: Vec<Evidence>) -> Self {
        self.with(|suggestion| suggestion.evidence = evidence)
    }

    /// Adds an earlier suggestion for the record, by `acme/enricher`, that was applied.
    #[must_use]
    pub fn past(self, field: &str, at: &str, prior: impl Into<Value>, proposed: impl Into<Value>) -> Self {
        let past = PastChange {
            field: field.into(),
            at: at.into(),
            by: "acme/enricher".into(),
            prior: prior.into(),
            proposed: proposed.into(),
            fate: "apply".into(),
        };
        self.with_facts(|facts| facts.history.push(past))
    }
}

/// The codes of findings, in order: what most assertions are about.
#[must_use]
pub fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}
