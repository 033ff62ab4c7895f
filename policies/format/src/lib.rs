//! Notices values that are not well formed, or no longer as well as they were.

mod blank;
mod country;
mod date;
mod domain;
mod email;
mod form;
mod judge;
mod phone;
mod postcode;
mod settings;
mod url;

use countersign_guest::prelude::*;

pub use settings::{Format, Settings};

impl Module for Format {
    const NAME: &'static str = "format";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("format.invalid", "The value is no valid one of its kind."),
        ("format.not-normal", "The value is valid, but not in the normal form of its kind."),
        ("format.loses-normal-form", "The value before was in normal form; the one proposed is valid, but not normal."),
        ("format.type-changed", "A number or a check box would become a value of another type."),
        ("format.blank", "The text has blanks around it, two blanks in a row, or characters that do not show."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        Self::new(settings)
    }

    fn applies_to(&self) -> Scope {
        use Operation::{Append, Enrich, Overwrite};
        Scope::default().operations(&[Append, Enrich, Overwrite]).fields(self.kinds.keys())
    }

    fn reads(&self) -> Reads {
        Reads::default().values(self.kinds.keys())
    }
}

impl Validator for Format {
    fn validate(&self, suggestion: &Suggestion, facts: &Facts) -> Result<Vec<Finding>, String> {
        let countries = self.countries(suggestion, facts);
        let mut findings = Vec::new();
        for change in &suggestion.changes {
            if let Some(kind) = self.kind(facts, &change.field) {
                self.judge(change, kind, &countries, &mut findings);
            }
        }
        Ok(findings)
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(validator Format);

#[cfg(test)]
mod tests;
