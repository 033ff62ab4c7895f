//! Turns the sensitivity of the fields and the operation into a mode: apply, review, human-only or reject.

mod answer;
mod settings;

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

use answer::Answer;
pub use settings::Settings;
use settings::{Needs, Row};

/// The configured module.
pub struct RiskClass {
    settings: Settings,
    irreversible: Vec<Operation>,
    tags: BTreeMap<String, Outcome>,
}

impl Module for RiskClass {
    const NAME: &'static str = "risk-class";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("risk-class.medium", "The field, or the suggestion as a whole, is of medium sensitivity."),
        ("risk-class.high", "The field, or the suggestion as a whole, is of high sensitivity."),
        ("risk-class.unknown-field", "The catalogue does not know the field, so it counts as one of high sensitivity."),
        ("risk-class.irreversible", "The operation cannot be undone, so two people must approve it."),
        ("risk-class.tag", "The field carries a tag that asks for more than its sensitivity alone."),
        ("risk-class.operation", "The sensitivity is low, but the operation is not applied without a person."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        check_needs("review.low", &settings.review.low)?;
        check_needs("review.medium", &settings.review.medium)?;
        check_needs("review.high", &settings.review.high)?;
        if let Some(tag) = settings.tags.keys().find(|tag| tag.is_empty() || tag.starts_with('#')) {
            return Err(format!("tags: write `{tag}` as the bare name of a tag"));
        }
        let mut irreversible = vec![Operation::Merge, Operation::Delete];
        irreversible.extend(&settings.irreversible);
        // On top of the defaults: whoever adds a tag must not lose the protection of the others unawares.
        let mut tags = Settings::default().tags;
        tags.extend(settings.tags.iter().map(|(tag, mode)| (tag.clone(), *mode)));
        Ok(Self { settings, irreversible, tags })
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::FIELD_FACTS)
    }
}

/// Refuses needs that no review can meet.
fn check_needs(key: &str, needs: &Needs) -> Result<(), String> {
    if needs.priority > 9 {
        return Err(format!("{key}.priority: {} is not from 0 to 9", needs.priority));
    }
    if needs.within_hours == Some(0) {
        return Err(format!("{key}.within-hours: 0 leaves no time; leave it out for no limit"));
    }
    if needs.role.as_ref().is_some_and(|role| role.trim().is_empty()) {
        return Err(format!("{key}.role: is blank; leave it out for any reviewer"));
    }
    Ok(())
}

impl Policy for RiskClass {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let operation = suggestion.operation;
        let row = self.settings.matrix.row(operation);
        let irreversible = self.irreversible.contains(&operation);
        let mut answer = Answer::default();
        if irreversible {
            let message = format!("What `{}` does cannot be undone: two people must approve it.", operation.as_str());
            let level = self.settings.no_field.level(operation);
            answer.add(Outcome::Review, level, Reason::new("risk-class.irreversible", message));
        }
        // What cannot be undone touches the whole record, whatever fields it names: naming a harmless field must not
        // make a deletion harmless.
        if irreversible || suggestion.changes.is_empty() {
            class_whole(&mut answer, operation, row, self.settings.no_field.level(operation));
        }
        for change in &suggestion.changes {
            self.class_field(&mut answer, operation, row, &change.field, facts.field(&change.field));
        }
        Ok(answer.verdict(&self.settings.review, if irreversible { 2 } else { 1 }))
    }
}

/// Classes a suggestion as a whole.
fn class_whole(answer: &mut Answer, operation: Operation, row: Row, level: Sensitivity) {
    let outcome = row.mode(level);
    if outcome > Outcome::Apply {
        let message = format!(
            "`{}` as a whole is of {} sensitivity and {}.",
            operation.as_str(),
            level.as_str(),
            consequence(outcome)
        );
        answer.add(outcome, level, Reason::new(code(level), message));
    }
}

impl RiskClass {
    /// Classes one changed field.
    fn class_field(&self, answer: &mut Answer, operation: Operation, row: Row, field: &str, fact: Option<&FieldFact>) {
        // The host hands over a field that is in no catalogue as one of high sensitivity without tags.
        let unknown = fact.is_none_or(|fact| fact.sensitivity == Sensitivity::High && fact.tags.is_empty());
        let level = fact.map_or(Sensitivity::High, |fact| fact.sensitivity);
        let outcome = row.mode(level);
        let what = operation.as_str();
        if outcome > Outcome::Apply {
            let consequence = consequence(outcome);
            let reason = if unknown {
                let message = format!("The catalogue says nothing about the field, so `{what}` {consequence}.");
                Reason::new("risk-class.unknown-field", message)
            } else {
                let message = format!("The field is of {} sensitivity: `{what}` {consequence}.", level.as_str());
                Reason::new(code(level), message)
            };
            answer.add(outcome, level, reason.on(field));
        }
        for (tag, outcome) in
            fact.into_iter().flat_map(|fact| &fact.tags).filter_map(|tag| self.tags.get_key_value(tag))
        {
            let message = format!("The field is tagged `{tag}`: `{what}` {}.", consequence(*outcome));
            answer.add(*outcome, level, Reason::new("risk-class.tag", message).on(field));
        }
    }
}

/// The code of a class that is not applied.
fn code(level: Sensitivity) -> &'static str {
    match level {
        Sensitivity::Low => "risk-class.operation",
        Sensitivity::Medium => "risk-class.medium",
        Sensitivity::High => "risk-class.high",
    }
}

/// What an outcome means for a change, after the operation.
fn consequence(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Apply => "needs nobody",
        Outcome::Review => "needs review",
        Outcome::HumanOnly => "is left to people",
        Outcome::Reject => "is refused",
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy RiskClass);

#[cfg(test)]
mod tests;
