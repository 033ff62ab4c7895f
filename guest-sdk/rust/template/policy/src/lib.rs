//! Asks for review where a watched field changes.

use countersign_guest::prelude::*;

/// The fields that a person looks at.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The fields that are watched.
    fields: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fields: vec!["email".into()] }
    }
}

/// The configured policy.
pub struct NewPolicy(Settings);

impl Module for NewPolicy {
    const NAME: &'static str = "new-policy";
    const CODES: &'static [(&'static str, &'static str)] =
        &[("new-policy.watched-field", "A watched field would change.")];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        if settings.fields.is_empty() {
            return Err("fields: names no field; a policy that watches nothing would let everything through".into());
        }
        Ok(Self(settings))
    }
}

impl Policy for NewPolicy {
    fn decide(&self, suggestion: &Suggestion, _: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let mut objections = Objections::default();
        for change in suggestion.changes.iter().filter(|change| self.0.fields.contains(&change.field)) {
            let reason = Reason::new("new-policy.watched-field", "The field is watched.").on(&change.field);
            objections.add(Outcome::Review, reason);
        }
        Ok(objections.into_verdict())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy NewPolicy);

#[cfg(test)]
mod tests {
    use countersign_guest::testing::{self, Case};

    use super::*;

    #[test]
    fn watched_fields_wait_for_a_person() {
        let of = |field: &str| testing::decide::<NewPolicy>("{}", &Case::overwrite(field, "a", "b")).unwrap().outcome;
        assert_eq!(of("email"), Outcome::Review);
        assert_eq!(of("industry"), Outcome::Apply);
    }
}
