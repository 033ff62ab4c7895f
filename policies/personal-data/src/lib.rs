//! Finds payment cards, bank account numbers, government ids and secrets where they do not belong.

mod card;
mod checks;
mod cursor;
mod government;
mod iban;
mod scan;
mod secret;
mod settings;
#[cfg(test)]
mod tests;

use countersign_guest::prelude::*;
use countersign_guest::text::cut;
use scan::{Found, scan};
use settings::Kind;
pub use settings::Settings;

/// How much of one text is scanned, in bytes.
const MOST_OF_TEXT: usize = 65_536;
/// How much is scanned in one call, in bytes: it keeps the call within its fuel.
const MOST_OF_CALL: usize = 262_144;
/// How much of a field's name a message repeats, in bytes.
const MOST_OF_NAME: usize = 64;

/// The configured module.
pub struct PersonalData(Settings);

impl Module for PersonalData {
    const NAME: &'static str = "personal-data";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("personal-data.payment-card", "The number of a payment card stands where it does not belong."),
        ("personal-data.iban", "An international bank account number stands where it does not belong."),
        ("personal-data.government-id", "A number by which a state knows a person stands where it does not belong."),
        ("personal-data.secret", "A password, key or token stands where it does not belong."),
        ("personal-data.unscanned", "A text is too long and was scanned only in part, or not at all."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        settings.check()?;
        Ok(Self(settings))
    }

    fn applies_to(&self) -> Scope {
        use Operation::{Act, Append, Clear, Enrich, Merge, Overwrite, Summarize};
        Scope::default().operations(&[Append, Enrich, Overwrite, Clear, Merge, Summarize, Act])
    }

    fn reads(&self) -> Reads {
        // Any field may be where a secret ends up; its tags say whether it may.
        Reads::parts(Parts::CHANGED_VALUES | Parts::FIELD_FACTS | Parts::EXCERPTS | Parts::RATIONALE)
    }
}

impl Validator for PersonalData {
    fn validate(&self, suggestion: &Suggestion, facts: &Facts) -> Result<Vec<Finding>, String> {
        let mut call = Call { settings: &self.0, budget: MOST_OF_CALL, findings: Vec::new() };
        for change in &suggestion.changes {
            call.look(change.proposed.texts(), &Place::Field(&change.field, facts));
        }
        for (at, evidence) in suggestion.evidence.iter().enumerate() {
            call.look(evidence.excerpt.as_deref().into_iter(), &Place::Source(at + 1));
        }
        call.look(std::iter::once(suggestion.rationale.as_str()), &Place::Rationale);
        Ok(call.findings)
    }
}

/// Where a text stands.
enum Place<'a> {
    Field(&'a str, &'a Facts),
    /// Counted from one.
    Source(usize),
    Rationale,
}

impl Place<'_> {
    /// Whether the place may hold what matches this list.
    fn is_one_of(&self, patterns: &[String]) -> bool {
        matches!(self, Self::Field(field, facts) if facts.matches(field, patterns))
    }

    /// Whether a phone number is expected here.
    fn is_phone(&self) -> bool {
        matches!(self, Self::Field(field, facts) if facts.has_tag(field, "phone"))
    }

    /// For people.
    fn name(&self) -> String {
        match self {
            Self::Field(field, _) => format!("the proposed value of `{}`", cut(field, MOST_OF_NAME)),
            Self::Source(number) => format!("the excerpt of source {number}"),
            Self::Rationale => "the rationale".into(),
        }
    }
}

/// One call.
struct Call<'a> {
    settings: &'a Settings,
    /// How many bytes may still be scanned.
    budget: usize,
    findings: Vec<Finding>,
}

impl Call<'_> {
    /// Scans all texts of one place.
    fn look<'t>(&mut self, texts: impl Iterator<Item = &'t str>, place: &Place) {
        let mut found = Found::default();
        let (phone, mut left, mut whole) = (place.is_phone(), MOST_OF_TEXT.min(self.budget), true);
        for text in texts {
            let scanned = text.as_bytes().get(..left).unwrap_or(text.as_bytes());
            scan(scanned, phone, &mut found);
            whole &= scanned.len() == text.len();
            left -= scanned.len();
            self.budget -= scanned.len();
        }
        let Settings { kinds, allowed, severities } = self.settings;
        for kind in Kind::ALL.into_iter().filter(|kind| kinds.contains(kind) && !place.is_one_of(allowed.of(*kind))) {
            if let Some(what) = found.of(kind) {
                let message = format!("What looks like {what} stands in {}.", place.name());
                self.add(kind.code(), severities.of(kind), message, place);
            }
        }
        if !whole {
            let message = format!("Only the beginning of {} was scanned: it is too long.", place.name());
            self.add("personal-data.unscanned", severities.unscanned, message, place);
        }
    }

    fn add(&mut self, code: &str, severity: Severity, message: String, place: &Place) {
        let finding = Finding::new(code, severity, message);
        self.findings.push(match place {
            Place::Field(field, _) => finding.on(field),
            Place::Source(_) | Place::Rationale => finding,
        });
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(validator PersonalData);
