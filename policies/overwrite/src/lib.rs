//! Keeps assistants from writing blindly over what people verified, entered or decided.

#[cfg(test)]
mod tests;

use countersign_guest::prelude::*;

/// What happens to a suggestion that would lose something. `apply` switches a rule off.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// When the field holds a verified value.
    verified: Outcome,
    /// When a person set the field, also when they left it empty.
    person_entered: Outcome,
    /// When the field carries one of `privacy-tags`, whatever it holds.
    privacy_flag: Outcome,
    /// Tags of the catalogue, without `#`, that mark what only people decide.
    privacy_tags: Vec<String>,
    /// When the field would be emptied.
    clear: Outcome,
    /// When the assistant saw another value than the record holds now.
    stale_prior: Outcome,
    /// Fields that can hold several values, as names or `#tag`: overwriting a value there asks for review,
    /// since it could be added instead.
    prefer_append: Vec<String>,
    /// When the operation is `enrich` but the field holds a value.
    enrich_not_empty: Outcome,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verified: Outcome::Review,
            person_entered: Outcome::Review,
            privacy_flag: Outcome::HumanOnly,
            privacy_tags: ["privacy-flag", "legal"].map(str::to_owned).to_vec(),
            clear: Outcome::Review,
            stale_prior: Outcome::Review,
            prefer_append: ["#email", "#phone", "#address"].map(str::to_owned).to_vec(),
            enrich_not_empty: Outcome::Review,
        }
    }
}

/// The configured module.
pub struct Overwrite(Settings);

impl Module for Overwrite {
    const NAME: &'static str = "overwrite";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("overwrite.verified", "The field holds a value that somebody has verified."),
        ("overwrite.person-entered", "The field was last set by a person."),
        ("overwrite.privacy-flag", "The field records a privacy or legal choice."),
        ("overwrite.clears", "The field would be emptied."),
        ("overwrite.stale-prior", "The record no longer holds the value that the assistant saw."),
        ("overwrite.append-preferred", "The field can hold several values, and a value would be replaced."),
        ("overwrite.not-empty", "The field was to be filled but holds a value."),
        ("overwrite.unknown-field", "It is not known what the field holds."),
    ];
    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, String> {
        for tag in &mut settings.privacy_tags {
            // `#` is how every other setting writes a tag; a tag that never matches would fail open.
            if let Some(bare) = tag.strip_prefix('#') {
                *tag = bare.to_owned();
            }
            if tag.trim().is_empty() {
                return Err("privacy-tags: a tag is blank".to_owned());
            }
        }
        check_fields("prefer-append", &settings.prefer_append)?;
        Ok(Self(settings))
    }

    fn applies_to(&self) -> Scope {
        // `append` too: it loses no value, but a privacy flag is not for assistants to set.
        Scope::default().operations(&[Operation::Append, Operation::Enrich, Operation::Overwrite, Operation::Clear])
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::FIELD_FACTS | Parts::CHANGED_VALUES)
    }
}

impl Policy for Overwrite {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let mut objections = Objections::default();
        for change in &suggestion.changes {
            self.judge(suggestion.operation, change, facts.field(&change.field), &mut objections);
        }
        Ok(objections.into_verdict())
    }
}

impl Overwrite {
    /// Judges one change by what it does, not by what its operation is called: an `enrich` with an empty
    /// value empties the field.
    fn judge(&self, operation: Operation, change: &Change, fact: Option<&FieldFact>, objections: &mut Objections) {
        let Change { field, prior, proposed, .. } = change;
        let mut object = |outcome, code, message: &str| objections.add(outcome, Reason::new(code, message).on(field));

        let stands = fact.and_then(|fact| fact.value.known());
        if stands.is_some_and(|value| keeps(operation, value, proposed)) {
            return;
        }
        let clears = operation == Operation::Clear || proposed.is_empty();
        if clears {
            object(self.0.clear, "overwrite.clears", "The field would be emptied.");
        }
        // What is added beside a value loses nothing, whatever the value is; only of a field without facts it is not
        // even known whether assistants may touch it.
        let adds = operation == Operation::Append && !clears;
        let unknown = if adds { fact.is_none() } else { stands.is_none() };
        if unknown {
            // Not a setting: nothing else here can be judged without knowing what would be lost.
            object(Outcome::Review, "overwrite.unknown-field", "It is not known what the field holds.");
        }
        let Some(fact) = fact else { return };
        if self.0.privacy_tags.iter().any(|tag| fact.has_tag(tag)) {
            let message = "The field records a privacy or legal choice, which only people change.";
            object(self.0.privacy_flag, "overwrite.privacy-flag", message);
        }
        if adds {
            return;
        }
        if fact.verified {
            object(self.0.verified, "overwrite.verified", "Somebody has verified what the field holds.");
        }
        if fact.set_by_person() {
            object(self.0.person_entered, "overwrite.person-entered", "A person set what the field holds.");
        }
        let Some(stands) = stands else { return };
        let replaces = !clears && !stands.is_empty();
        if replaces && operation == Operation::Enrich {
            object(self.0.enrich_not_empty, "overwrite.not-empty", "The field was to be filled but holds a value.");
        }
        if replaces && operation == Operation::Overwrite && fact.matches(&self.0.prefer_append) {
            let message = "The field can hold several values: add the new one beside the old one.";
            object(Outcome::Review, "overwrite.append-preferred", message);
        }
        // Who fills an empty field need not say that it was empty; `not-empty` is what is wrong then.
        let silent = operation == Operation::Enrich && prior.is_empty();
        if !silent && !same(prior, stands) {
            let message = "The record no longer holds the value that the assistant saw.";
            object(self.0.stale_prior, "overwrite.stale-prior", message);
        }
    }
}

/// Whether the field is left as it stands.
fn keeps(operation: Operation, stands: &Value, proposed: &Value) -> bool {
    // A `clear` that proposes a value contradicts itself, and is not believed to leave anything.
    (operation != Operation::Clear || proposed.is_empty()) && same(stands, proposed)
}

/// Whether two values are the same to the last character; nothing is nothing, however it is written. Numbers
/// are not compared as numbers: too strict asks a person, too lax loses a digit.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Withheld, _) | (_, Value::Withheld) => false,
        _ => one == other || (one.is_empty() && other.is_empty()),
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Overwrite);
