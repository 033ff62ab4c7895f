//! Notices proposed texts in capital letters.

use countersign_guest::prelude::*;

/// What counts as shouting.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Shorter texts may be in capitals: abbreviations are.
    min_length: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_length: 8 }
    }
}

/// The configured validator.
pub struct NewPolicy(Settings);

impl Module for NewPolicy {
    const NAME: &'static str = "new-policy";
    const CODES: &'static [(&'static str, &'static str)] =
        &[("new-policy.shouting", "A proposed text is in capital letters.")];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        Ok(Self(settings))
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::CHANGED_VALUES)
    }
}

impl NewPolicy {
    fn shouts(&self, text: &str) -> bool {
        text.chars().count() >= self.0.min_length
            && text.chars().any(char::is_alphabetic)
            && !text.chars().any(char::is_lowercase)
    }
}

impl Validator for NewPolicy {
    fn validate(&self, suggestion: &Suggestion, _: &Facts) -> Result<Vec<Finding>, String> {
        let shouting = |change: &&Change| matches!(&change.proposed, Value::Text(text) if self.shouts(text));
        let finding = |change: &Change| {
            Finding::new("new-policy.shouting", Severity::Low, "The text is in capital letters.").on(&change.field)
        };
        Ok(suggestion.changes.iter().filter(shouting).map(finding).collect())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(validator NewPolicy);

#[cfg(test)]
mod tests {
    use countersign_guest::testing::{self, Case};

    use super::*;

    #[test]
    fn long_texts_in_capitals_are_noticed() {
        let found = |to: &str| testing::validate::<NewPolicy>("{}", &Case::overwrite("city", "Bern", to)).unwrap().len();
        assert_eq!(found("NEW YORK CITY"), 1);
        assert_eq!(found("New York City"), 0);
        assert_eq!(found("NYC"), 0);
        assert_eq!(found("12345678"), 0);
    }
}
