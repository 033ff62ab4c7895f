//! Finding things in what the host hands over.

use crate::types::{Facts, FieldFact, Suggestion, Value};

impl Facts {
    /// What is known about a field, if it was handed over.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldFact> {
        self.fields.iter().find(|fact| fact.field == name)
    }

    /// What a field holds, if that is known.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.field(name)?.value.known()
    }

    /// Whether a field matches a list of names and `#tag`s; by its name alone where nothing is known about it.
    ///
    /// ```
    /// use countersign_guest::testing::Case;
    /// let facts = Case::enrich("mail", "ana@example.com").tags(&["email"]).facts;
    /// assert!(facts.matches("mail", &["phone", "#email"]));
    /// assert!(facts.matches("phone", &["phone", "#email"]));
    /// ```
    #[must_use]
    pub fn matches<S: AsRef<str>>(&self, field: &str, patterns: &[S]) -> bool {
        self.field(field).map_or_else(
            || patterns.iter().map(AsRef::as_ref).any(|pattern| pattern == field || pattern == "*"),
            |fact| fact.matches(patterns),
        )
    }

    /// Whether a field is known to carry a tag of the catalogue.
    #[must_use]
    pub fn has_tag(&self, field: &str, tag: &str) -> bool {
        self.field(field).is_some_and(|fact| fact.has_tag(tag))
    }

    /// The facts of the fields that the suggestion changes, in the suggestion's order.
    pub fn changed<'a>(&'a self, suggestion: &'a Suggestion) -> impl Iterator<Item = &'a FieldFact> {
        suggestion.changes.iter().filter_map(|change| self.field(&change.field))
    }
}

impl FieldFact {
    /// Whether the field carries a tag of the catalogue.
    #[must_use]
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|own| own == tag)
    }

    /// Whether the field matches a list of names and `#tag`s.
    #[must_use]
    pub fn matches<S: AsRef<str>>(&self, patterns: &[S]) -> bool {
        patterns.iter().map(AsRef::as_ref).any(|pattern| match pattern.strip_prefix('#') {
            Some(tag) => self.has_tag(tag),
            None => pattern == self.field || pattern == "*",
        })
    }

    /// Whether a person set the value (`set-by` is `person` or begins with `person:`).
    #[must_use]
    pub fn set_by_person(&self) -> bool {
        self.set_by.as_deref().is_some_and(|by| by == "person" || by.starts_with("person:"))
    }
}
