//! What the host withholds, done natively, so that a test cannot rely on more than production gives.

use crate::testing::Case;
use crate::time::Timestamp;
use crate::types::{FieldFact, Parts, Reads, Scope, Suggestion, Value};

/// Whether the host would call a module of this scope.
pub(super) fn in_scope(scope: &Scope, case: &Case) -> bool {
    let Suggestion { operation, target, changes, .. } = &case.suggestion;
    (scope.operations.is_empty() || scope.operations.contains(operation))
        && (scope.objects.is_empty() || scope.objects.contains(&target.object))
        && (scope.fields.is_empty()
            || changes.is_empty()
            || changes.iter().any(|change| case.facts.matches(&change.field, &scope.fields)))
}

/// The case as a module that reads this is given it.
pub(super) fn withhold(reads: &Reads, case: &Case) -> Case {
    let Case { mut suggestion, mut facts } = case.clone();
    let has = |part| reads.parts.contains(part);
    let changed = |field: &str| case.suggestion.changes.iter().any(|change| change.field == field);
    let declared = |field: &str| case.facts.matches(field, &reads.fields);
    let withhold = |field: &str, value: &mut Value| {
        if !(declared(field) || has(Parts::CHANGED_VALUES) && changed(field)) {
            *value = Value::Withheld;
        }
    };
    for change in &mut suggestion.changes {
        withhold(&change.field, &mut change.prior);
        withhold(&change.field, &mut change.proposed);
    }
    if !has(Parts::EVIDENCE) && !has(Parts::EXCERPTS) {
        suggestion.evidence.clear();
    }
    if !has(Parts::EXCERPTS) {
        suggestion.evidence.iter_mut().for_each(|evidence| evidence.excerpt = None);
    }
    if !has(Parts::RATIONALE) {
        suggestion.rationale.clear();
    }
    if !has(Parts::ASSISTANT) {
        suggestion.assistant.vendor.clear();
        suggestion.assistant.model.clear();
        suggestion.assistant.version.clear();
    }
    facts.fields.retain(|fact| declared(&fact.field) || (has(Parts::FIELD_FACTS) && changed(&fact.field)));
    facts.fields.iter_mut().for_each(|FieldFact { field, value, .. }| withhold(field, value));
    if !has(Parts::CONSENTS) {
        facts.consents.clear();
    }
    if !has(Parts::REGIMES) {
        facts.regimes.clear();
    }
    if !has(Parts::SEGMENT) {
        facts.segment = None;
    }
    let now = Timestamp::parse(&facts.now);
    facts.history.retain(|past| match (now, Timestamp::parse(&past.at)) {
        (Some(now), Some(at)) => now.0 - at.0 <= i64::from(reads.history_days) * 86_400,
        _ => false,
    });
    for past in &mut facts.history {
        withhold(&past.field, &mut past.prior);
        withhold(&past.field, &mut past.proposed);
    }
    Case { suggestion, facts }
}
