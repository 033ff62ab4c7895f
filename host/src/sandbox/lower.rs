//! From the model to what a module is given: only where it applies, and nothing but what it declared.

use bumpalo::Bump;

use super::bindings::types as wit;
use crate::model::{Facts, FieldClass, Finding, Operation, Reads, Scope, Sensitivity, Severity, Suggestion, Value};

/// Whether a module of this scope is called for a suggestion.
#[must_use]
pub fn in_scope(scope: &Scope, suggestion: &Suggestion, facts: &Facts<'_>) -> bool {
    let Suggestion { operation, target, changes, .. } = suggestion;
    (scope.operations.is_empty() || scope.operations.contains(operation))
        && (scope.objects.is_empty() || scope.objects.contains(&target.object))
        && (scope.fields.is_empty()
            || changes.is_empty()
            || changes.iter().any(|change| matches(&scope.fields, &change.field, facts.class(&change.field))))
}

/// Whether a field is meant by a list of names, `#tag`s and `*`.
fn matches(patterns: &[String], field: &str, class: &FieldClass) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_prefix('#') {
        Some(tag) => class.tags.iter().any(|own| own == tag),
        None => pattern == "*" || pattern == field,
    })
}

/// Makes a module's arguments in an arena that is emptied after the call, so that nothing is copied.
pub(super) struct Lowering<'a> {
    pub(super) arena: &'a Bump,
    pub(super) reads: &'a Reads,
    pub(super) facts: &'a Facts<'a>,
}

impl<'a> Lowering<'a> {
    pub(super) fn suggestion(&self, from: &'a Suggestion) -> wit::Suggestion<'a> {
        let parts = self.reads.parts;
        let changes = from.changes.iter().map(|change| wit::Change {
            field: &change.field,
            prior: self.value(from, &change.field, &change.prior),
            proposed: self.value(from, &change.field, &change.proposed),
            confidence: change.confidence,
        });
        let cited: &[_] = if parts.evidence || parts.excerpts { &from.evidence } else { &[] };
        let evidence = cited.iter().map(|evidence| wit::Evidence {
            uri: &evidence.uri,
            kind: &evidence.kind,
            excerpt: evidence.excerpt.as_deref().filter(|_| parts.excerpts),
            retrieved_at: evidence.retrieved_at.as_deref(),
            sha256: evidence.sha256.as_deref(),
        });
        let assistant = &from.assistant;
        let named = |name: &'a str| if parts.assistant { name } else { "" };
        wit::Suggestion {
            id: &from.id,
            target: record(&from.target),
            operation: operation(from.operation),
            changes: self.arena.alloc_slice_fill_iter(changes),
            merge_with: self.arena.alloc_slice_fill_iter(from.merge_with.iter().map(record)),
            assistant: wit::Assistant {
                vendor: named(&assistant.vendor),
                model: named(&assistant.model),
                version: named(&assistant.version),
            },
            confidence: from.confidence,
            evidence: self.arena.alloc_slice_fill_iter(evidence),
            rationale: if parts.rationale { &from.rationale } else { "" },
        }
    }

    pub(super) fn facts(&self, suggestion: &'a Suggestion) -> wit::Facts<'a> {
        let parts = self.reads.parts;
        let context = &suggestion.context;
        let consents: &[_] = if parts.consents { &context.consents } else { &[] };
        let consents = consents.iter().map(|consent| wit::Consent {
            purpose: &consent.purpose,
            state: &consent.state,
            at: consent.at.as_deref(),
        });
        let regimes: &[_] = if parts.regimes { &context.regimes } else { &[] };
        wit::Facts {
            now: &self.facts.now,
            fields: self.fields(suggestion),
            consents: self.arena.alloc_slice_fill_iter(consents),
            regimes: self.texts(regimes),
            segment: context.segment.as_deref().filter(|_| parts.segment),
            history: self.history(suggestion),
        }
    }

    pub(super) fn findings(&self, from: &'a [Finding]) -> &'a [wit::FindingParam<'a>] {
        self.arena.alloc_slice_fill_iter(from.iter().map(|finding| wit::FindingParam {
            code: &finding.code,
            severity: severity(finding.severity),
            field: finding.field.as_deref(),
            message: &finding.message,
        }))
    }

    fn fields(&self, suggestion: &'a Suggestion) -> &'a [wit::FieldFact<'a>] {
        if !self.reads.parts.field_facts && self.reads.fields.is_empty() {
            return &[];
        }
        let mut facts = bumpalo::collections::Vec::new_in(self.arena);
        for (field, class) in &self.facts.classes {
            let declared = matches(&self.reads.fields, field, class);
            let asked = declared || (self.reads.parts.field_facts && changes(suggestion, field));
            if !asked {
                continue;
            }
            let state = suggestion.context.fields.get(*field);
            facts.push(wit::FieldFact {
                field,
                value: state.map_or(wit::Value::Withheld, |state| self.value(suggestion, field, &state.value)),
                sensitivity: sensitivity(class.sensitivity),
                tags: self.texts(&class.tags),
                verified: state.is_some_and(|state| state.verified),
                set_by: state.and_then(|state| state.set_by.as_deref()),
            });
        }
        facts.into_bump_slice()
    }

    fn history(&self, suggestion: &Suggestion) -> &'a [wit::PastChange<'a>] {
        if self.reads.history_days == 0 {
            return &[];
        }
        let Ok(now) = self.facts.now.parse::<jiff::Timestamp>() else { return &[] };
        let window = i64::from(self.reads.history_days) * 86_400;
        let recent = |at: &str| {
            at.parse::<jiff::Timestamp>().is_ok_and(|at| now.as_second().saturating_sub(at.as_second()) <= window)
        };
        let mut history = bumpalo::collections::Vec::new_in(self.arena);
        history.extend(self.facts.history.iter().filter(|past| recent(&past.at)).map(|past| wit::PastChange {
            field: &past.field,
            at: &past.at,
            by: &past.by,
            prior: self.value(suggestion, &past.field, &past.prior),
            proposed: self.value(suggestion, &past.field, &past.proposed),
            fate: &past.fate,
        }));
        history.into_bump_slice()
    }

    /// The value, if the module asked for it.
    fn value(&self, suggestion: &Suggestion, field: &str, value: &'a Value) -> wit::Value<'a> {
        let Reads { parts, fields, .. } = self.reads;
        let asked = (parts.changed_values && changes(suggestion, field))
            || (!fields.is_empty() && matches(fields, field, self.facts.class(field)));
        if asked { self.shown(value) } else { wit::Value::Withheld }
    }

    fn shown(&self, value: &'a Value) -> wit::Value<'a> {
        match value {
            Value::Null => wit::Value::Null,
            Value::Boolean(value) => wit::Value::Boolean(*value),
            Value::Number(text) => wit::Value::Number(text),
            Value::Text(text) => wit::Value::Text(text),
            Value::Choices(choices) => wit::Value::Choices(self.texts(choices)),
        }
    }

    fn texts(&self, from: &'a [String]) -> &'a [&'a str] {
        self.arena.alloc_slice_fill_iter(from.iter().map(String::as_str))
    }
}

fn changes(suggestion: &Suggestion, field: &str) -> bool {
    suggestion.changes.iter().any(|change| change.field == field)
}

fn record(from: &crate::model::RecordRef) -> wit::RecordRef<'_> {
    wit::RecordRef { system: &from.system, object: &from.object, id: &from.id }
}

fn operation(from: Operation) -> wit::Operation {
    match from {
        Operation::Append => wit::Operation::Append,
        Operation::Enrich => wit::Operation::Enrich,
        Operation::Overwrite => wit::Operation::Overwrite,
        Operation::Clear => wit::Operation::Clear,
        Operation::Merge => wit::Operation::Merge,
        Operation::Delete => wit::Operation::Delete,
        Operation::Summarize => wit::Operation::Summarize,
        Operation::Act => wit::Operation::Act,
    }
}

fn sensitivity(from: Sensitivity) -> wit::Sensitivity {
    match from {
        Sensitivity::Low => wit::Sensitivity::Low,
        Sensitivity::Medium => wit::Sensitivity::Medium,
        Sensitivity::High => wit::Sensitivity::High,
    }
}

fn severity(from: Severity) -> wit::Severity {
    match from {
        Severity::Info => wit::Severity::Info,
        Severity::Low => wit::Severity::Low,
        Severity::Medium => wit::Severity::Medium,
        Severity::High => wit::Severity::High,
        Severity::Critical => wit::Severity::Critical,
    }
}
