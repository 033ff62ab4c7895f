//! What is said about one change.

use countersign_guest::prelude::*;

use crate::country::{self, Code};
use crate::form::Form;
use crate::settings::{Format, Kind};
use crate::{blank, date, email, phone, postcode, url};

/// How many countries of a record are looked at; a contact has two or three, of several addresses.
const MOST_COUNTRIES: usize = 8;

/// The findings about one change: each code once, however many texts it fits.
struct Noted<'a> {
    field: &'a str,
    first: usize,
    findings: &'a mut Vec<Finding>,
}

impl Noted<'_> {
    fn add(&mut self, code: &str, severity: Severity, message: impl FnOnce() -> String) {
        if self.findings.iter().skip(self.first).all(|finding| finding.code != code) {
            self.findings.push(Finding::new(code, severity, message()).on(self.field));
        }
    }
}

impl Format {
    /// Adds what there is to say about a change of a field of this kind.
    pub(crate) fn judge(&self, change: &Change, kind: Kind, countries: &[Code], findings: &mut Vec<Finding>) {
        let Change { field, prior, proposed, .. } = change;
        let mut noted = Noted { field, first: findings.len(), findings };
        if let Some(was) = loses_type(prior, proposed) {
            noted.add("format.type-changed", Severity::Medium, || {
                format!("{was} would become a value of another type.")
            });
        }
        if kind != Kind::Any && matches!(proposed, Value::Boolean(_)) {
            noted.add("format.invalid", Severity::Medium, || invalid(kind, "it is a check box"));
        }
        let mut was_normal = None;
        for text in proposed.texts() {
            if blank::is_untidy(text) {
                noted.add("format.blank", Severity::Low, || {
                    "The text has blanks around it, two in a row, or characters that do not show.".to_owned()
                });
            }
            match self.form(text, kind, countries) {
                Form::Normal => {}
                Form::Invalid(why) => noted.add("format.invalid", Severity::Medium, || invalid(kind, why)),
                Form::Valid(why) => {
                    if *was_normal.get_or_insert_with(|| self.is_normal(prior, kind, countries)) {
                        let message = || format!("The value before was in normal form, this one is not: {why}.");
                        noted.add("format.loses-normal-form", Severity::Medium, message);
                    } else {
                        let message = || format!("The {} is valid but not in normal form: {why}.", name(kind));
                        noted.add("format.not-normal", Severity::Low, message);
                    }
                }
            }
        }
    }

    /// The countries of the record, as they would be after the change; else the default. None where no postcode
    /// is changed.
    pub(crate) fn countries(&self, suggestion: &Suggestion, facts: &Facts) -> Vec<Code> {
        if !suggestion.changes.iter().any(|change| self.kind(facts, &change.field) == Some(Kind::Postcode)) {
            return Vec::new();
        }
        let holds = |field: &str| self.kind(facts, field) == Some(Kind::Country);
        let changes = suggestion.changes.iter().map(|change| (&change.field, &change.proposed));
        let is_changed = |field: &str| suggestion.changes.iter().any(|change| change.field == field);
        let kept = facts.fields.iter().filter(|fact| !is_changed(&fact.field)).map(|fact| (&fact.field, &fact.value));
        let mut named = changes
            .chain(kept)
            .filter(|(field, value)| holds(field) && value.known().is_some_and(|value| !value.is_empty()))
            .peekable();
        if named.peek().is_none() {
            return self.default_country.into_iter().collect();
        }
        let texts = named.flat_map(|(_, value)| value.texts()).take(MOST_COUNTRIES);
        texts.filter_map(country::read).map(|(code, _)| code).collect()
    }

    fn form(&self, text: &str, kind: Kind, countries: &[Code]) -> Form {
        let inner = text.trim();
        if inner.is_empty() {
            return Form::Normal;
        }
        let form = match kind {
            Kind::Email => email::form(inner),
            Kind::Phone => phone::form(inner),
            Kind::Postcode => postcode::form(inner, countries),
            Kind::Date => date::form(inner, &self.dates),
            Kind::Url => url::form(inner),
            Kind::Country => country::form(inner),
            Kind::Any => return Form::Normal,
        };
        match form {
            Form::Normal if inner.len() < text.len() => Form::Valid("it has blanks around it"),
            form => form,
        }
    }

    fn is_normal(&self, value: &Value, kind: Kind, countries: &[Code]) -> bool {
        !value.is_empty() && {
            let mut texts = value.texts().peekable();
            texts.peek().is_some() && texts.all(|text| self.form(text, kind, countries) == Form::Normal)
        }
    }
}

/// What the value was, if it was a number or a check box and would become something else.
fn loses_type(prior: &Value, proposed: &Value) -> Option<&'static str> {
    if proposed.is_empty() || proposed.known().is_none() {
        return None;
    }
    match (prior, proposed) {
        (Value::Number(_), Value::Number(_)) | (Value::Boolean(_), Value::Boolean(_)) => None,
        (Value::Number(_), _) => Some("A number"),
        (Value::Boolean(_), _) => Some("A check box"),
        _ => None,
    }
}

fn invalid(kind: Kind, why: &str) -> String {
    format!("The value is no valid {}: {why}.", name(kind))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "e-mail address",
        Kind::Phone => "phone number",
        Kind::Postcode => "postcode",
        Kind::Date => "date",
        Kind::Url => "web address",
        Kind::Country => "country",
        Kind::Any => "value",
    }
}
