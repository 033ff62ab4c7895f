//! Notices changes that come too often, go back and forth, jump in size, or were refused before.

mod compare;
mod history;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use compare::{jumps, same};
use countersign_guest::prelude::*;
use history::Past;
pub use settings::Settings;

/// The configured module.
pub struct SuddenChange(Settings);

impl Module for SuddenChange {
    const NAME: &'static str = "sudden-change";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("sudden-change.again", "The field was changed already within the window, or a change of it is pending."),
        ("sudden-change.flip-flop", "The proposed value is one that an earlier change within the window replaced."),
        ("sudden-change.size-jump", "A number grows or shrinks by at least the factor, or changes its sign."),
        ("sudden-change.burst", "One assistant changes many fields of the record within a short time."),
        ("sudden-change.rejected-before", "The same value for the same field was rejected within the window."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        settings.check()?;
        Ok(Self(settings))
    }

    fn applies_to(&self) -> Scope {
        use Operation::{Act, Append, Clear, Enrich, Merge, Overwrite, Summarize};
        let scope = Scope::default().operations(&[Append, Enrich, Overwrite, Clear, Merge, Summarize, Act]);
        if self.0.burst_fields == 0 {
            // Every other finding is about one of these; a burst may be made of any fields.
            return scope.fields(self.watched());
        }
        scope
    }

    fn reads(&self) -> Reads {
        let parts = if self.0.burst_fields == 0 { Parts::empty() } else { Parts::ASSISTANT };
        Reads::parts(parts).values(self.watched()).history(self.0.history_days())
    }
}

impl SuddenChange {
    /// The fields whose values are needed.
    fn watched(&self) -> impl Iterator<Item = &String> {
        self.0.fields.iter().chain(&self.0.size_fields)
    }

    /// What there is to say about one field that is changed.
    fn judge(&self, change: &Change, facts: &Facts, past: &[Past], findings: &mut Vec<Finding>) {
        let steady = facts.matches(&change.field, &self.0.fields);
        let size = facts.matches(&change.field, &self.0.size_fields);
        if !steady && !size {
            return;
        }
        // The record's own value counts; the assistant's word for it only where nobody else says.
        let current = facts.value(&change.field).unwrap_or(&change.prior);
        if same(current, &change.proposed) {
            return;
        }
        let severities = &self.0.severities;
        let mut add = |code, level: Severity, message: String| {
            findings.push(Finding::new(code, level, message).on(&change.field));
        };
        // The latest of each kind stands for all.
        let recent = || {
            let past = history::of_field(past, &change.field).iter().rev();
            past.filter(|past| past.within_days(self.0.window_days))
        };
        if steady {
            if let Some(last) = recent().find(|past| !past.rejected) {
                let bank = facts.has_tag(&change.field, "bank");
                let level = if bank { severities.again_bank } else { severities.again };
                let pending = matches!(last.change.fate.as_str(), "review" | "human-only");
                let what = if pending { "was suggested" } else { "was made" };
                add("sudden-change.again", level, format!("A change of this field {what} {}.", last.ago()));
            }
            let replaced = |past: &&Past| !past.rejected && same(&past.change.prior, &change.proposed);
            if let Some(past) = recent().find(replaced) {
                let message = format!("This brings back the value that a change {} replaced.", past.ago());
                add("sudden-change.flip-flop", severities.flip_flop, message);
            }
        }
        if size
            && let (Some(old), Some(new)) = (current.as_number(), change.proposed.as_number())
            && jumps(old, new, self.0.size_factor)
        {
            let message = format!("The number changes its sign or by a factor of {} or more.", self.0.size_factor);
            add("sudden-change.size-jump", severities.size_jump, message);
        }
        let refused = |past: &&Past| past.rejected && same(&past.change.proposed, &change.proposed);
        if let Some(past) = recent().find(refused) {
            let message = format!("The same value was rejected for this field {}.", past.ago());
            add("sudden-change.rejected-before", severities.rejected_before, message);
        }
    }

    /// Whether the assistant changes so many fields that it looks like a burst.
    fn burst(&self, suggestion: &Suggestion, past: &[Past]) -> Option<Finding> {
        let Settings { burst_fields, burst_hours, severities, .. } = &self.0;
        if *burst_fields == 0 || suggestion.changes.is_empty() {
            return None;
        }
        let mut fields: BTreeSet<&str> = suggestion.changes.iter().map(|change| change.field.as_str()).collect();
        let own = |past: &&Past| !past.rejected && past.within_hours(*burst_hours) && past.by(&suggestion.assistant);
        fields.extend(past.iter().filter(own).map(|past| past.change.field.as_str()));
        if u32::try_from(fields.len()).is_ok_and(|count| count < *burst_fields) {
            return None;
        }
        let message = format!(
            "With this suggestion the assistant changes {} fields of the record within {burst_hours} hours.",
            fields.len()
        );
        Some(Finding::new("sudden-change.burst", severities.burst, message))
    }
}

impl Validator for SuddenChange {
    fn validate(&self, suggestion: &Suggestion, facts: &Facts) -> Result<Vec<Finding>, String> {
        let past = history::read(facts)?;
        let mut findings = Vec::new();
        for change in &suggestion.changes {
            self.judge(change, facts, &past, &mut findings);
        }
        findings.extend(self.burst(suggestion, &past));
        Ok(findings)
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(validator SuddenChange);
