//! The deployment's inventory of fields.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// How much harm a wrong value in a field can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Sensitivity {
    Low,
    Medium,
    High,
}

/// What the catalogue says of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldClass {
    /// How much harm a wrong value can do.
    pub sensitivity: Sensitivity,
    /// What the field is: `email`, `pii`, `payment`.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl FieldClass {
    /// A field that is in no catalogue.
    pub const UNKNOWN: &'static Self = &Self { sensitivity: Sensitivity::High, tags: Vec::new() };
}

/// The deployment's inventory of fields, by system and kind of record.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    objects: HashMap<String, HashMap<String, HashMap<String, FieldClass>>>,
}

/// Why a text is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The text is no TOML of the right shape. The message has line and key.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// Two entries for one kind of record.
    #[error("the fields of `{object}` in `{system}` are given twice; join the two entries")]
    Twice {
        /// The CRM.
        system: String,
        /// The kind of record.
        object: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    object: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    system: String,
    object: String,
    fields: BTreeMap<String, FieldClass>,
}

impl Catalogue {
    /// The system that stands for all of which nothing nearer is said.
    const ANY: &'static str = "*";

    /// Reads a catalogue from TOML.
    ///
    /// # Errors
    /// See [`CatalogueError`].
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let file: File = toml::from_str(text)?;
        let mut objects: HashMap<String, HashMap<String, _>> = HashMap::new();
        for Entry { system, object, fields } in file.object {
            let kinds = objects.entry(system.clone()).or_default();
            if kinds.insert(object.clone(), fields.into_iter().collect()).is_some() {
                return Err(CatalogueError::Twice { system, object });
            }
        }
        Ok(Self { objects })
    }

    /// What is said of a field: by its own system, else by `*`, else that it is unknown.
    #[must_use]
    pub fn class(&self, system: &str, object: &str, field: &str) -> &FieldClass {
        [system, Self::ANY]
            .into_iter()
            .find_map(|system| self.objects.get(system)?.get(object)?.get(field))
            .unwrap_or(FieldClass::UNKNOWN)
    }

    /// How many fields are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.values().flat_map(HashMap::values).map(HashMap::len).sum()
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [[object]]
        system = "*"
        object = "contact"
        [object.fields]
        email = { sensitivity = "medium", tags = ["email"] }
        [[object]]
        system = "hubspot"
        object = "contact"
        [object.fields]
        email = { sensitivity = "low" }
    "#;

    #[test]
    fn the_nearer_entry_wins_and_the_unknown_is_high() {
        let catalogue = Catalogue::parse(TEXT).unwrap();
        assert_eq!(catalogue.class("hubspot", "contact", "email").sensitivity, Sensitivity::Low);
        assert_eq!(catalogue.class("salesforce", "contact", "email").tags, ["email"]);
        assert_eq!(catalogue.class("hubspot", "deal", "email"), FieldClass::UNKNOWN);
    }

    #[test]
    fn mistakes_are_named() {
        let twice = format!("{TEXT}{TEXT}");
        assert!(Catalogue::parse(&twice).unwrap_err().to_string().contains("given twice"));
        let typo = TEXT.replace("sensitivity = \"low\"", "sensitivty = \"low\"");
        assert!(Catalogue::parse(&typo).unwrap_err().to_string().contains("sensitivty"));
    }
}
